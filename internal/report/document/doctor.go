package document

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
)

// Diagnosis is the outcome of checks for whatever would stop the files from being applied.
type Diagnosis struct {
	Head
	Healthy  bool           `json:"healthy"` // no check failed
	Checks   []doctor.Check `json:"checks"`  // in the order in which they were made
	Requests Requests       `json:"requests"`
	Problems
}

// Sum counts the checks by their outcome.
func (d *Diagnosis) Sum() string {
	n := map[doctor.Status]int{}
	for i := range d.Checks {
		n[d.Checks[i].Status]++
	}
	word := "Healthy"
	if !d.Healthy {
		word = "Not healthy"
	}
	return fmt.Sprintf("%s: %d ok, %s, %d failed, %d skipped.", word, n[doctor.OK], Count(n[doctor.Warning], "warning", "warnings"), n[doctor.Failed], n[doctor.Skipped])
}

// NewDiagnosis returns the document of checks.
func NewDiagnosis(h Head, checks []doctor.Check, reads int) *Diagnosis {
	d := &Diagnosis{Head: h, Healthy: true, Checks: append([]doctor.Check{}, checks...), Requests: Requests{Read: reads}, Problems: noProblems()}
	for _, c := range checks {
		d.Healthy = d.Healthy && c.Status != doctor.Failed
	}
	return d
}
