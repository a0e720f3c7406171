package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// Results is what an apply did.
type Results struct {
	Head
	Summary   ResultSummary `json:"summary"`
	Impact    []Impact      `json:"impact"` // of the plan
	Results   []Result      `json:"results"`
	Converged *bool         `json:"converged"` // what was written was read again and matches; nil if it could not be read
	Remaining []Change      `json:"remaining"` // what still differs
	Stopped   bool          `json:"stopped"`   // the run was stopped before everything was tried
	Refusals  []Refusal     `json:"refusals"`  // guards that kept the plan from being applied
	Requests  Requests      `json:"requests"`
	Undo      *Undo         `json:"undo,omitempty"`       // nil if nothing was written, or no undo file
	TakesBack *TakesBack    `json:"takes_back,omitempty"` // of an undo: what it takes back
	Problems

	ImpactTable ImpactTable `json:"-"` // Impact for people
	Saved       bool        `json:"-"` // the plan came from a file of its own
}

// Result is the outcome of one planned change.
type Result struct {
	Change
	Status     apply.Status   `json:"status"`
	Attempts   int            `json:"attempts"`
	BindID     string         `json:"bind_id,omitempty"`    // of an unbind that failed inside a batch
	WaitedFor  string         `json:"waited_for,omitempty"` // address of the failed change that a skipped one needed
	Remark     string         `json:"remark,omitempty"`     // a note on the outcome, such as that the object was gone already
	Error      *apply.Failure `json:"error,omitempty"`      // set unless the change succeeded
	Advice     string         `json:"advice,omitempty"`     // what happened / what to do, and the command to run next; set unless the change succeeded
	PartlyDone bool           `json:"-"`                    // it did not succeed, but part of it was carried out

	permanent bool // no retry fixes it
}

// Matches reports whether it is known that the gateway is as it should be.
func (d *Results) Matches() bool { return d.Converged != nil && *d.Converged }

// Wrote reports whether anything was changed, or may have been.
func (d *Results) Wrote() bool {
	s := d.Summary
	return s.Succeeded+s.Unknown > 0 || slices.ContainsFunc(d.Results, func(r Result) bool { return r.PartlyDone })
}

// Changes returns the changes of the plan.
func (d *Results) Changes() []Change {
	out := make([]Change, len(d.Results))
	for i := range d.Results {
		out[i] = d.Results[i].Change
	}
	return out
}

// EmptyResults returns the document of an apply that had nothing to do, or did not begin.
func EmptyResults(h Head) *Results {
	return &Results{Head: h, Impact: []Impact{}, Results: []Result{}, Remaining: []Change{}, Refusals: []Refusal{}, Problems: noProblems()}
}

// NewResults returns the document of results and the remaining differences.
func NewResults(h Head, results []apply.Result, remaining []diff.Change) *Results {
	d := EmptyResults(h)
	d.Summary.Summary, d.Remaining = apply.Summarize(results), Changes(remaining)
	for i := range results {
		d.Results = append(d.Results, newResult(&results[i]))
	}
	return d
}

func newResult(r *apply.Result) Result {
	d := Result{
		Change: newChange(r.Change), Status: r.Status, Attempts: r.Attempts,
		BindID: r.BindID, WaitedFor: r.WaitedFor, Remark: r.Note, Error: r.Error, PartlyDone: r.Begun,
	}
	if d.Error == nil && d.Status != apply.Succeeded {
		d.Error = &apply.Failure{ErrorMsg: reason(r)}
	}
	return d
}

// Advise adds to each change that did not succeed what the user can do about it. Next has the command lines that it may
// recommend.
func (d *Results) Advise(results []apply.Result, next map[api.Next]string) {
	for i := range results {
		r := &results[i]
		if r.Status == apply.Succeeded {
			continue
		}
		t := trouble(r)
		repeat, then := "a retry does not fix it", "then "
		if t.Again {
			repeat, then = "a retry may fix it", ""
		}
		d.Results[i].permanent = !t.Again
		do := cmp.Or(t.You, "see the message")
		d.Results[i].Advice = fmt.Sprintf("%s%s / %s: %s; %srun: %s", strings.ToLower(t.Title[:1]), t.Title[1:], repeat, do, then, next[t.Next])
	}
}

// trouble describes a change that did not succeed.
func trouble(r *apply.Result) api.Trouble {
	switch {
	case r.Status == apply.Skipped && r.WaitedFor != "":
		return api.Trouble{Title: "It needs " + r.WaitedFor, You: "once that is fixed", Again: true, Next: api.Apply}
	case r.Status == apply.Skipped:
		return api.Trouble{Title: "The run was stopped before this change", You: "nothing is done twice", Again: true, Next: api.Apply}
	case r.Status == apply.Unknown:
		return api.Trouble{Title: "Its outcome could not be found out", You: "it first checks what the gateway has", Again: true, Next: api.Diff}
	case r.Error == nil || r.Error.Trouble.Title == "":
		return api.Trouble{Title: "It did not succeed", Again: true, Next: api.Diff}
	}
	return r.Error.Trouble
}

// reason returns why a change did not succeed if no answer of the gateway says so.
func reason(r *apply.Result) string {
	switch {
	case r.WaitedFor != "":
		return "it needs " + r.WaitedFor + ", which did not succeed"
	case r.Status == apply.Skipped:
		return "the run was stopped before this change"
	case r.Status == apply.Unknown:
		return "the outcome could not be found out"
	}
	return "no reason is known"
}

// Actions lists the actions of changes, in the order in which reports show them.
var Actions = []diff.Action{diff.Create, diff.Update, diff.Replace, diff.Delete, diff.Bind, diff.Unbind}

var pastTense = map[diff.Action]string{
	diff.Create: "created", diff.Update: "updated", diff.Replace: "replaced", diff.Delete: "deleted",
	diff.Bind: "bound", diff.Unbind: "unbound",
}

// Plain reports whether a change succeeded as planned, with nothing else to report.
func (r *Result) Plain() bool { return r.Status == apply.Succeeded && r.Remark == "" }

// Done counts the plain results in words, such as "2 created, 316 unbound"; "" if there are none.
func (d *Results) Done() string {
	n := map[diff.Action]int{}
	for i := range d.Results {
		if d.Results[i].Plain() {
			n[d.Results[i].Action]++
		}
	}
	var parts []part
	for _, a := range Actions {
		parts = append(parts, part{n[a], pastTense[a], pastTense[a]})
	}
	return strings.Join(counted(parts...), ", ")
}

// Unexplained returns remaining differences that no failure above explains.
func (d *Results) Unexplained() (out []Change) {
	explained := map[string]bool{}
	for i := range d.Results {
		if r := &d.Results[i]; r.Status != apply.Succeeded {
			explained[r.Address] = true
		}
	}
	for i := range d.Remaining {
		if !explained[d.Remaining[i].Address] {
			out = append(out, d.Remaining[i])
		}
	}
	return out
}

// OutcomeText returns words that say how a change ended.
func (r *Result) OutcomeText() string {
	var b strings.Builder
	switch r.Status {
	case apply.Succeeded:
		b.WriteString(pastTense[r.Action])
		if r.Attempts > 1 {
			fmt.Fprintf(&b, " (%d requests)", r.Attempts)
		}
	case apply.Failed:
		b.WriteString(string(r.Action) + " failed: " + r.failure())
	case apply.Skipped:
		b.WriteString("skipped: " + r.failure())
	case apply.Unknown:
		b.WriteString(string(r.Action) + " unknown: " + r.failure())
	}
	if r.Remark != "" {
		b.WriteString("; " + r.Remark)
	}
	return Clean(b.String())
}

// failure returns bind_id ID, API, status, code, message and request, as far as known.
func (r *Result) failure() string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if r.BindID != "" {
		add("bind_id %s", r.BindID)
		if r.Binding != nil {
			add("API %s/%s", r.Binding.Group, r.Binding.API)
		}
	}
	e := r.Error
	if e == nil {
		return strings.Join(parts, ", ")
	}
	if code := strings.TrimPrefix(fmt.Sprintf("%d %s", e.HTTPStatus, e.ErrorCode), "0 "); code != "" {
		add("%s", strings.TrimSpace(code))
	}
	out := strings.Join(parts, ", ")
	if e.ErrorMsg != "" {
		out = strings.TrimPrefix(out+": "+e.ErrorMsg, ": ")
	}
	if e.RequestID != "" {
		out += " (request " + e.RequestID + ")"
	}
	return out
}

// Sum returns the last line of an apply.
func (d *Results) Sum() string {
	s := d.Summary
	out := fmt.Sprintf("Apply: %d succeeded, %d failed, %d skipped, %d unknown.", s.Succeeded, s.Failed, s.Skipped, s.Unknown)
	switch {
	case d.Converged == nil && d.Saved:
		return out + " Whether the gateway matches the plan could not be verified; make a new plan to find out."
	case d.Converged == nil:
		return out + " Whether the gateway matches the files could not be verified; " + d.checkCommand()
	case *d.Converged && d.Saved:
		return out + " The gateway matches the plan."
	case *d.Converged:
		return out + " The gateway matches the files."
	case d.Saved:
		return out + " The gateway does not match the plan yet; make a new plan for the rest."
	}
	return out + " The gateway does not match the files yet; " + d.completeCommand()
}

// checkCommand returns what the user can run to find out whether the gateway matches the files.
func (d *Results) checkCommand() string {
	if d.Summary.Succeeded == len(d.Results) {
		return "run diff to find out."
	}
	return d.completeCommand()
}

// completeCommand returns what the user can run to complete what is not done.
func (d *Results) completeCommand() string {
	if slices.ContainsFunc(d.Results, func(r Result) bool { return r.permanent }) {
		return "a retry alone does not fix this, see above."
	}
	return "apply again to finish the rest."
}
