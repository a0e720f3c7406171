// Package apply carries out a plan: every step once what it needs is there, as many at a time as allowed,
// and ends with the truth about each change, however badly the run goes.
package apply

import (
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Status is what became of a change.
type Status string

// The statuses. Unknown means that the outcome could not be found out.
const (
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Skipped   Status = "skipped"
	Unknown   Status = "unknown"
)

// Result is what became of one change.
type Result struct {
	Change    *diff.Change
	Status    Status
	Attempts  int      // requests that served the change, repeats included
	Error     *Failure // nil when it succeeded
	BindID    string   // of an unbind that failed inside a batch
	WaitedFor string   // address of the failed change that a skipped one needed; "" when the run was stopped
	Note      string   // what a person should know, such as that a binding was already gone
}

// Failure is why a change did not succeed. Fields are zero where the gateway did not answer.
type Failure struct {
	HTTPStatus int    `json:"http_status,omitempty"`
	ErrorCode  string `json:"error_code,omitempty"`
	ErrorMsg   string `json:"error_msg"`
	RequestID  string `json:"request_id,omitempty"`
}

// Summary counts results by status.
type Summary struct {
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Unknown   int `json:"unknown"`
}

// Summarize counts results by status.
func Summarize(results []Result) (s Summary) {
	for i := range results {
		switch results[i].Status {
		case Succeeded:
			s.Succeeded++
		case Failed:
			s.Failed++
		case Skipped:
			s.Skipped++
		case Unknown:
			s.Unknown++
		}
	}
	return s
}
