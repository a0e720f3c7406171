package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// view is a document of any command as numbers, findings and changes, for the formats that show all commands in the
// same way. Unless a comment says "made harmless", its texts are as the gateway and the files have them, and formats
// escape them.
type view struct {
	Command string // diff, apply, drift, promote, test or validate
	ID      string // a prefix that distinguishes its parts from those of other targets in the same output; "" in a run for one target
	document.Head
	At  time.Time // when the gateway was read; zero if the document does not say
	Sum string    // the result in a sentence

	Failed      bool      // errors ended the command before it had a result: everything except Findings is empty
	Tallies     []tally   // numbers for people
	Numbers     []tally   // numbers for programs, under stable names; nil if they are the same as Tallies
	Impact      []finding // what a plan means to callers, worst first
	ImpactTable document.ImpactTable
	Findings    []finding // what needs attention besides changes, worst first
	Rules       []*rule   // of this document only, in addition to allRules
	Items       []item    // the changes, in the order of the document
	Extra       []document.Extra
	Requests    document.Requests

	// Managed are the addresses of everything that the files declare, if known. Addresses without an item are
	// unchanged.
	Managed            []string
	Unchanged, Ignored int

	Traffic   []document.Traffic
	Applied   bool            // the document is about an apply
	Undo      *document.Undo  // of an apply: how it is taken back; may be nil
	Converged *bool           // of an apply: whether the gateway matches the files now; nil if that is not known
	Health    *document.Drift // of a drift report: the report; else nil
	Cover     string          // of a drift report: how many objects the files declare, in a sentence; "" if that is not known

	Cases []document.TestCase // of test

	About    string   // of promote: the two targets, made harmless
	Declared []string // of promote: the differences that overlays or variables declare, a line each, made harmless
}

// tally is a number to show.
type tally struct {
	Name string // stable, such as create
	N    int
}

// Look returns the CSS class of the number on a page.
func (t tally) Look() string { return strings.ReplaceAll(t.Name, " ", "-") }

// finding is a problem, or something else that a person should know, with the rule that says how much it matters.
type finding struct {
	Rule *rule
	document.Problem
}

// item is a change with its outcome.
type item struct {
	*document.Change
	Rule        *rule
	Level       severity
	Divergence  document.Divergence // of a drift report: how gateway and files differ; else ""
	Status      apply.Status        // of an apply; else ""
	Explanation string              // of an apply: the outcome in words; else why the change is there. Made harmless; may be empty
	Advice      string              // of an apply: what to do about it, made harmless; may be empty
	Impact      impact.Level        // the worst level of its impact; "" if there is none
}

// viewOf returns the view of a document. Documents without a view belong to commands that no format with views
// supports.
func viewOf(d document.Document) *view {
	switch d := d.(type) {
	case *document.Plan:
		return viewPlan(d)
	case *document.Results:
		return viewResults(d)
	case *document.Check:
		return viewCheck(d)
	case *document.Drift:
		return viewDrift(d)
	case *document.Tests:
		return viewTests(d)
	case *document.Promotion:
		return viewPromotion(d)
	}
	panic(fmt.Sprintf("there is no view of %T", d)) // see Format.Commands
}

func viewPlan(d *document.Plan) *view {
	s := d.Summary
	v := &view{
		Command: "diff", Head: d.Head, Sum: d.Sum(), Extra: d.Extra, Requests: d.Requests,
		Managed: d.Managed, Unchanged: s.Unchanged, Ignored: s.Ignored, Tallies: tallies(s.Summary), Traffic: d.Traffic,
	}
	v.changes(d.Changes)
	v.addImpact(&d.ImpactTable, d.Changes)
	v.fail(d.Errors)
	v.refusals(d.Refusals)
	v.add(ruleWarning, d.Warnings...)
	v.displaced(d.Refusals)
	v.extras("--prune deletes it")
	return v
}

func viewResults(d *document.Results) *view {
	s := d.Summary
	v := &view{
		Command: "apply", Head: d.Head, Sum: d.Sum(), Requests: d.Requests, Applied: true, Converged: d.Converged,
		Tallies: []tally{{"succeeded", s.Succeeded}, {"failed", s.Failed}, {"skipped", s.Skipped}, {"unknown", s.Unknown}},
	}
	if len(d.Results) == 0 && len(d.Errors)+len(d.Refusals) > 0 {
		v.Failed, v.Sum = true, "Apply did not begin: nothing was changed."
	}
	if len(d.Refusals) == 0 { // otherwise the errors repeat them
		v.add(ruleError, d.Errors...)
	}
	v.refusals(d.Refusals)
	for i := range d.Results {
		r := &d.Results[i]
		rule := actionRules[r.Action]
		if failed := statusRules[r.Status]; failed != nil {
			rule = failed
			p := r.About(r.OutcomeText())
			p.Hint = r.Advice
			v.add(failed, p)
		}
		v.Items = append(v.Items, item{Change: &r.Change, Rule: rule, Level: rule.Level, Status: r.Status, Explanation: r.OutcomeText(), Advice: document.Clean(r.Advice)})
	}
	v.addImpact(&d.ImpactTable, d.Changes())
	v.displaced(d.Refusals)
	for _, c := range d.Unexplained() {
		v.add(ruleRemaining, c.About("still differs: "+c.Summary()))
	}
	if d.Stopped {
		v.add(ruleWarning, document.Problem{Message: "the run was stopped before everything was tried"})
	}
	v.undo(d.Undo)
	v.add(ruleWarning, d.Warnings...)
	v.sort()
	return v
}

// addImpact makes a finding of each row of an impact, at the file and line of the first change that causes the row.
func (v *view) addImpact(f *document.ImpactTable, changes []document.Change) {
	v.ImpactTable = *f
	for i := range f.Rows {
		r := &f.Rows[i]
		p := document.Problem{Message: document.RowText(r)}
		if f.Target != "" {
			p.Message = "apply --target " + document.Clean(f.Target) + ": " + p.Message
		}
		causes := func(c document.Change) bool { return c.Source != nil && slices.Contains(r.Because, c.Address) }
		if first := slices.IndexFunc(changes, causes); first >= 0 {
			p = p.At(changes[first].Source)
		}
		v.Impact = append(v.Impact, finding{impactRules[r.Level], p})
	}
}

// undo adds the undo file of an apply, nil if there is none, and what it cannot restore.
func (v *view) undo(u *document.Undo) {
	if v.Undo = u; u == nil {
		return
	}
	for _, l := range u.NotRestorable {
		v.add(ruleLoss, document.Problem{Address: l.Address, Path: l.Path, Message: l.Reason})
	}
}

func viewCheck(d *document.Check) *view {
	v := &view{Command: "validate", Head: d.Head, Sum: "The files are valid: " + d.Sum() + "."}
	switch {
	case d.Lint != nil && d.Lint.Summary.Error > 0:
		v.Sum = "The files are valid, but lint finds errors: " + d.Sum() + "."
	case !d.Valid:
		v.Sum = "The files are not valid: " + document.Count(len(d.Errors), "error", "errors") + "."
	}
	v.add(ruleError, d.Errors...)
	v.add(ruleWarning, d.Warnings...)
	v.lint(d.Lint)
	v.sort()
	return v
}

func tallies(s diff.Summary) []tally {
	return []tally{
		{"create", s.Create},
		{"update", s.Update},
		{"replace", s.Replace},
		{"delete", s.Delete},
		{"bind", s.Bind},
		{"unbind", s.Unbind},
		{"displaced", s.Displaced},
		{"extra", s.Extra},
		{"ignored", s.Ignored},
		{"unchanged", s.Unchanged},
	}
}

// fail adds the errors of a comparison, which then has no numbers.
func (v *view) fail(errors []document.Problem) {
	if v.Failed = len(errors) > 0; v.Failed {
		v.Tallies, v.Numbers, v.Sum = nil, nil, "The comparison failed: "+document.Count(len(errors), "error", "errors")+"."
	}
	v.add(ruleError, errors...)
}

// numbers returns the numbers for programs.
func (v *view) numbers() []tally {
	if v.Numbers != nil {
		return v.Numbers
	}
	return v.Tallies
}

func (v *view) add(r *rule, problems ...document.Problem) {
	for _, p := range problems {
		v.Findings = append(v.Findings, finding{r, p})
	}
}

func (v *view) refusals(list []document.Refusal) {
	for _, r := range list {
		p := r.Problem()
		p.Message = strings.TrimPrefix(p.Message, "refused ")
		v.add(ruleRefused, p)
	}
}

func (v *view) extras(hint string) {
	for _, e := range v.Extra {
		p := document.Problem{Address: e.Address, Message: "the files own it but do not declare it", Hint: hint}
		p.Message = strings.Join(append([]string{p.Message}, e.Reasons()...), "; ")
		v.add(ruleExtra, p)
	}
}

func (v *view) changes(list []document.Change) {
	for i := range list {
		c := &list[i]
		r := actionRules[c.Action]
		v.Items = append(v.Items, item{Change: c, Rule: r, Level: r.Level, Explanation: c.Context()})
	}
}

// sort puts findings of the worst severity first, each severity in the order of the document.
func (v *view) sort() {
	slices.SortStableFunc(v.Findings, func(a, b finding) int { return int(b.Rule.Level) - int(a.Rule.Level) })
}

// hasRule reports whether a rule is one of Rules.
func (v *view) hasRule(r *rule) bool {
	return slices.ContainsFunc(v.Rules, func(other *rule) bool { return other.ID == r.ID })
}

// removes reports whether the item removes an object, even if it creates it again.
func (c *item) removes() bool { return c.Divergence == "" && c.Destroys() }

// count counts findings of a severity.
func (v *view) count(s severity) (n int) {
	for i := range v.Findings {
		if v.Findings[i].Rule.Level == s {
			n++
		}
	}
	return n
}

// displaced adds a finding for each policy that binds displace although no file declares it. If a guard refuses the
// plan because of that, its refusal says so already.
func (v *view) displaced(refused []document.Refusal) {
	reported := map[string]int{} // address to its finding
	n := map[string]int{}        // address to how many slots it loses
	for i := range v.Items {
		c := v.Items[i].Change
		for _, d := range c.Displaced() {
			if d.Declared || slices.ContainsFunc(refused, func(r document.Refusal) bool { return r.Flag == "--take-over="+d.Address }) {
				continue
			}
			if n[d.Address]++; n[d.Address] == 1 {
				reported[d.Address] = len(v.Findings)
				p := c.About(d.Loss(c, 0))
				p.Address = d.Address
				v.add(ruleDisplaced, p)
				continue
			}
			f := &v.Findings[reported[d.Address]]
			f.Message = d.Loss(c, n[d.Address]-1)
		}
	}
}

func viewTests(d *document.Tests) *view {
	s := d.Summary
	v := &view{Command: "test", Head: d.Head, Sum: d.Sum(), Cases: d.Cases, Tallies: []tally{{"passed", s.Passed}, {"failed", s.Failed}, {"uncertain", s.Uncertain}}}
	if len(d.Errors) > 0 {
		v.Failed, v.Tallies, v.Sum = true, nil, "The cases were not tried: "+document.Count(len(d.Errors), "error", "errors")+"."
	}
	v.add(ruleError, d.Errors...)
	for i := range d.Cases {
		switch c := &d.Cases[i]; c.Status {
		case intent.Failed:
			v.add(ruleCaseFailed, c.AsProblem())
		case intent.Unsure:
			v.add(ruleCaseUncertain, c.AsProblem())
		case intent.Passed:
		}
	}
	v.add(ruleWarning, d.Warnings...)
	return v
}
