// Package apply carries out a plan. It runs each step when the steps that it needs have ended, as many at a time as allowed,
// and returns what became of each change, however badly the run goes.
package apply

import (
	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Status is what became of a change.
type Status string

// Unknown means that it is not known whether the change happened.
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
	Attempts  int      // requests for the change, including repeats
	Error     *Failure // nil when it succeeded
	BindID    string   // of an unbind that failed inside a batch
	WaitedFor string   // address of the failed change that a skipped one needed; "" when the run was stopped
	Note      string   // what a person should know, such as that a binding was already gone
	Begun     bool     // it did not succeed, but a part of it was carried out
}

// Failure is why a change did not succeed. Fields are zero where the gateway did not answer.
type Failure struct {
	HTTPStatus int    `json:"http_status,omitempty"`
	ErrorCode  string `json:"error_code,omitempty"`
	ErrorMsg   string `json:"error_msg"`
	RequestID  string `json:"request_id,omitempty"`

	Trouble api.Trouble `json:"-"` // what to do about it; the zero value if that is not known
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

// IncompleteReplace begins the note of a replace that was begun and did not succeed.
const IncompleteReplace = "the replace is incomplete"

// results makes one result for each change from the outcomes of its items.
func (r *runner) results() []Result {
	n := len(r.plan.Changes)
	out, begun, seen, staged := make([]Result, n), make([]bool, n), make([]bool, n), make([]bool, n)
	for i := range out {
		out[i] = Result{Change: &r.plan.Changes[i], Status: Succeeded}
	}
	for i := range r.plan.Steps {
		for j := range r.plan.Steps[i].Items {
			c, o := r.plan.Steps[i].Items[j].Change, &r.outcomes[i][j]
			did := o.status == Succeeded || o.status == Unknown
			begun[c], seen[c] = begun[c] || did, true
			staged[c] = staged[c] || did && (r.plan.Steps[i].Op == diff.OpStage || r.plan.Steps[i].Op == diff.OpRestage)
			addOutcome(&out[c], o)
		}
	}
	for i := range out {
		switch res := &out[i]; {
		case !seen[i]:
			res.Status = Skipped
		case res.Status != Succeeded && begun[i] && res.Change.Action == diff.Replace:
			if res.Note = IncompleteReplace; staged[i] {
				res.Note += ", and " + res.Change.TempName + " remains until a later run completes it"
			}
		}
		out[i].Begun = begun[i] && out[i].Status != Succeeded
	}
	return out
}

// severity orders statuses: a change has the worst status of its items.
var severity = map[Status]int{Succeeded: 0, Skipped: 1, Unknown: 2, Failed: 3}

// addOutcome adds the outcome of one item to the result of its change.
func addOutcome(to *Result, o *outcome) {
	status := o.status
	if status == "" {
		status = Skipped
	}
	to.Attempts += o.attempts
	if o.note != "" {
		to.Note = o.note
	}
	if severity[status] > severity[to.Status] {
		to.Status, to.Error, to.WaitedFor, to.BindID = status, o.failure, o.waitedFor, o.bindID
	}
}
