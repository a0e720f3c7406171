package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// view is a document in the form that the formats share which show all commands alike. What it holds is
// as it came; each format makes it harmless in its own way.
type view struct {
	Command string // diff, apply, drift, promote or validate
	Head
	At  time.Time // of the look at the gateway; zero where the document has none
	Sum string    // one sentence of our own words

	Failed   bool // the comparison came to no end: what is not here is not known
	Tallies  []tally
	Findings []finding // what needs attention besides changes, worst first
	Rules    []*rule   // that stand beside those of all documents
	Items    []item    // the changes, in the order of the document
	Extra    []Extra
	Requests Requests

	// Managed are the addresses of all that the files declare, where they are known. Those without a
	// change are as they should be.
	Managed            []string
	Unchanged, Ignored int

	Traffic   []Traffic
	Undo      *Undo  // of an apply
	Applied   bool   // it is about an apply
	Converged *bool  // of one; nil when it is not known
	Health    *Drift // of a drift report

	About    string   // of a comparison of targets: which, made harmless
	Declared []string // of one: differences on purpose, a line each, made harmless
}

// tally is a number to show.
type tally struct {
	Name string // stable, such as create
	N    int
}

// finding is something that a person should know. Its place is in Problem.
type finding struct {
	Rule *rule
	Problem
}

// item is a change with what became of it.
type item struct {
	*Change
	Rule   *rule
	Level  severity
	Status apply.Status // "" unless it was applied
	Story  string       // what became of it, or what stands behind it, made harmless; may be empty
	Advice string       // what to do about it, made harmless; may be empty
}

func viewPlan(d *Plan) *view {
	s := d.Summary
	v := &view{
		Command: "diff", Head: d.Head, Sum: d.sum(), Extra: d.Extra, Requests: d.Requests,
		Managed: d.Managed, Unchanged: s.Unchanged, Ignored: s.Ignored, Tallies: tallies(s), Traffic: d.Traffic,
	}
	v.fail(d.Errors)
	v.refusals(d.Refusals)
	v.add(ruleWarning, d.Warnings...)
	v.displaced(pointers(d.Changes), d.Refusals)
	v.extras()
	v.changes(d.Changes)
	return v
}

func viewResults(d *Results) *view {
	s := d.Summary
	v := &view{
		Command: "apply", Head: d.Head, Sum: d.sum(), Requests: d.Requests, Applied: true, Converged: d.Converged,
		Tallies: []tally{{"succeeded", s.Succeeded}, {"failed", s.Failed}, {"skipped", s.Skipped}, {"unknown", s.Unknown}},
	}
	if len(d.Results) == 0 && len(d.Errors)+len(d.Refusals) > 0 {
		v.Failed, v.Sum = true, "Apply did not begin: nothing was changed."
	}
	if len(d.Refusals) == 0 { // else the errors repeat them
		v.add(ruleError, d.Errors...)
	}
	v.refusals(d.Refusals)
	for i := range d.Results {
		r := &d.Results[i]
		rule := actionRules[r.Action]
		if failed := statusRules[r.Status]; failed != nil {
			rule = failed
			p := r.problem(r.story())
			p.Hint = r.Advice
			v.add(failed, p)
		}
		v.Items = append(v.Items, item{Change: &r.Change, Rule: rule, Level: rule.Level, Status: r.Status, Story: r.story(), Advice: Clean(r.Advice)})
	}
	var changes []*Change
	for i := range d.Results {
		changes = append(changes, &d.Results[i].Change)
	}
	v.displaced(changes, d.Refusals)
	for _, c := range d.surprises() {
		v.add(ruleRemaining, c.problem("still differs: "+c.gist()))
	}
	if d.Stopped {
		v.add(ruleWarning, Problem{Message: "the run was stopped before everything was tried"})
	}
	v.undo(d.Undo)
	v.add(ruleWarning, d.Warnings...)
	v.sort()
	return v
}

func pointers(list []Change) (out []*Change) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// undo tells of the plan that takes a run back, nil when there is none.
func (v *view) undo(u *Undo) {
	if v.Undo = u; u == nil {
		return
	}
	for _, l := range u.NotRestorable {
		v.add(ruleLoss, Problem{Address: l.Address, Path: l.Path, Message: l.Reason})
	}
}

func viewCheck(d *Check) *view {
	v := &view{Command: "validate", Head: d.Head, Sum: "The files are valid: " + d.sum() + "."}
	switch {
	case d.Lint != nil && d.Lint.Summary.Error > 0:
		v.Sum = "The files are valid, but lint finds errors: " + d.sum() + "."
	case !d.Valid:
		v.Sum = "The files are not valid: " + count(len(d.Errors), "error", "errors") + "."
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

// fail tells of a comparison that errors ended; without errors it does nothing.
func (v *view) fail(errors []Problem) {
	if v.Failed = len(errors) > 0; v.Failed {
		v.Tallies, v.Sum = nil, "The comparison failed: "+count(len(errors), "error", "errors")+"."
	}
	v.add(ruleError, errors...)
}

func (v *view) add(r *rule, problems ...Problem) {
	for _, p := range problems {
		v.Findings = append(v.Findings, finding{r, p})
	}
}

func (v *view) refusals(list []Refusal) {
	for _, r := range list {
		p := r.Problem()
		p.Message = strings.TrimPrefix(p.Message, "refused ")
		v.add(ruleRefused, p)
	}
}

func (v *view) extras() {
	for _, e := range v.Extra {
		p := Problem{Address: e.Address, Message: "the files own it but do not declare it", Hint: "--prune deletes it"}
		if side := sides[e.Moved]; side != "" {
			p.Message += "; " + side
		}
		v.add(ruleExtra, p)
	}
}

func (v *view) changes(list []Change) {
	for i := range list {
		c := &list[i]
		r := actionRules[c.Action]
		v.Items = append(v.Items, item{Change: c, Rule: r, Level: r.Level, Story: c.background()})
	}
}

// sort brings the worst findings to the top and leaves the order otherwise as it is.
func (v *view) sort() {
	slices.SortStableFunc(v.Findings, func(a, b finding) int { return int(b.Rule.Level) - int(a.Rule.Level) })
}

// rules reports whether a rule is one of those that stand beside those of all documents.
func (v *view) rules(r *rule) bool {
	return slices.ContainsFunc(v.Rules, func(other *rule) bool { return other.ID == r.ID })
}

// worst counts findings of a severity.
func (v *view) worst(s severity) (n int) {
	for i := range v.Findings {
		if v.Findings[i].Rule.Level == s {
			n++
		}
	}
	return n
}

// destroys reports whether a change takes an object away, if only to make it anew.
func (c *Change) destroys() bool { return c.Action == diff.Delete || c.Action == diff.Replace }

// details are the leaves of a change, and what goes along without a change of its own.
func (c *Change) details() []Field {
	out := slices.Clip(c.Fields)
	for _, a := range c.Along {
		if !a.own {
			out = append(out, Field{Path: "takes along", Before: name(a.Address)})
		}
	}
	return out
}

// along is what goes along without a change of its own, in a few words.
func (c *Change) along() string {
	var kinds []string
	n := map[string]int{}
	for _, a := range c.Along {
		if kind, _, _ := strings.Cut(a.Address, "/"); !a.own {
			if n[kind]++; n[kind] == 1 {
				kinds = append(kinds, kind)
			}
		}
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", n[kind], Clean(kind))
	}
	if len(kinds) == 0 {
		return ""
	}
	return "takes along " + strings.Join(kinds, ", ")
}

// problem is a sentence about the change at its place in the files.
func (c *Change) problem(message string) Problem {
	p := Problem{Address: c.Address, Message: message}
	if c.Source != nil {
		p.File, p.Line, p.Column = c.Source.File, c.Source.Line, c.Source.Column
	}
	return p
}

// gist is what a change does in one line, made harmless: its action and up to three of its leaves.
func (c *Change) gist() string {
	const most, room = 3, 60
	if b := c.Binding; b != nil {
		return Clean(strings.TrimSpace(fmt.Sprintf("%s %s/%s in %s: %s %s", c.Action, b.Group, b.API, b.Environment, b.Method, b.Path)))
	}
	var parts []string
	for i := range c.Fields {
		f := &c.Fields[i]
		if len(parts) == most {
			parts = append(parts, fmt.Sprintf("%d more", len(c.Fields)-most))
			break
		}
		before, after := shorten(f.Before, f.now(), room)
		switch c.Action {
		case diff.Create:
			parts = append(parts, Clean(f.Path)+": "+shown(after, f.Sensitive))
		case diff.Delete:
			parts = append(parts, Clean(f.Path)+": "+shown(before, f.Sensitive))
		default:
			parts = append(parts, Clean(f.Path)+": "+shown(before, f.Sensitive)+" → "+shown(after, f.Sensitive))
		}
	}
	return strings.TrimSuffix(string(c.Action)+" "+strings.Join(parts, ", "), " ")
}

// place is file:line of a change, made harmless; "" for what no file declares.
func (c *Change) place() string {
	if c.Source == nil {
		return ""
	}
	return Clean(fmt.Sprintf("%s:%d", c.Source.File, c.Source.Line))
}
