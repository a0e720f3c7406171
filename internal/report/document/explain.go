package document

import (
	"github.com/apigw-sync/apigw-sync/internal/calls/explain"
)

// Explanation is what is in force for one API in one environment.
type Explanation struct {
	Head
	*explain.Report
	Requests Requests `json:"requests"`
	Problems
}

// NewExplanation returns the document of r; r is nil if the command failed.
func NewExplanation(h Head, r *explain.Report) *Explanation {
	d := &Explanation{Head: h, Report: r, Problems: noProblems()}
	if r != nil {
		d.Requests.Read = r.Reads
		d.Warnings = append(d.Warnings, Notes(r.Unread)...)
	}
	return d
}
