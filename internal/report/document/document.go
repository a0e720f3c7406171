// Package document holds the results of commands as plain data without secrets, and the sentences that describe them in
// every format. Layout is left to package report. Whatever is kept on disk, such as saved plans and drift reports,
// consists of documents only.
package document

import (
	"fmt"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// FormatVersion is the version of the machine formats. It does not change when they only get additional keys.
const FormatVersion = "1.0"

// Head begins every document.
type Head struct {
	FormatVersion string `json:"format_version"`
	ToolVersion   string `json:"tool_version"`
	InstanceID    string `json:"instance_id"` // "" if no gateway is known

	Gateway *Gateway `json:"gateway,omitempty"` // nil if the command contacts no gateway
	Shown   bool     `json:"-"`                 // the gateway and the plan have been shown before
}

// Problems ends every document.
type Problems struct {
	Warnings []Problem `json:"warnings"`
	Errors   []Problem `json:"errors"`
}

// Fail adds errors to the document.
func (t *Problems) Fail(errors ...Problem) { t.Errors = append(t.Errors, errors...) }

// Document is what a command found.
type Document interface {
	Header() *Head
	Fail(errors ...Problem)
}

// Empty returns the document of a command that failed before it had a result; commands without a document of their own
// get that of validate.
func Empty(command string, h Head, now time.Time) Document {
	switch command {
	case "diff":
		return EmptyPlan(h)
	case "apply", "undo":
		return EmptyResults(h)
	case "drift":
		return EmptyDrift(h, now)
	case "explain":
		return NewExplanation(h, nil)
	case "test":
		return NewTests(h, nil)
	case "promote":
		return NewPromotion(h, Target{}, Target{}, nil)
	case "explain-field":
		return NewManual(h, nil)
	case "list":
		return EmptyList(h)
	case "targets":
		return EmptyTargets(h)
	case "doctor":
		return &Diagnosis{Head: h, Checks: []doctor.Check{}, Problems: noProblems()}
	}
	return NewCheck(h, map[string]int{})
}

// Problem is a warning or an error, with its position in a file if it has one.
type Problem struct {
	Address string `json:"address,omitempty"` // of the object concerned
	File    string `json:"file"`              // "" if it is about no file
	Line    int    `json:"line"`              // from 1; 0 if it is about no line
	Column  int    `json:"column"`            // in characters, from 1; 0 if not known
	Path    string `json:"path"`              // JSON pointer inside the YAML document
	Message string `json:"message"`
	Hint    string `json:"hint"` // what to do about it; may be empty
}

// At gives the problem a position in a file; nil means none.
func (p Problem) At(s *kind.Source) Problem {
	if s != nil {
		p.File, p.Line, p.Column = s.File, s.Line, s.Column
	}
	return p
}

// Notes returns the notes of a comparison as problems.
func Notes(notes []diff.Note) []Problem {
	var out []Problem
	for _, n := range notes {
		out = append(out, Problem{Address: n.Address, Message: n.Message}.At(n.Source))
	}
	return out
}

// Plan lists the differences between a gateway and its files.
type Plan struct {
	Head
	Summary  PlanSummary `json:"summary"`
	Impact   []Impact    `json:"impact"` // the worst first
	Changes  []Change    `json:"changes"`
	Extra    []Extra     `json:"extra"`
	Refusals []Refusal   `json:"refusals"`
	Traffic  []Traffic   `json:"traffic,omitzero"` // of the groups that the changes affect; nil if not asked for
	Requests Requests    `json:"requests"`
	Problems

	ImpactTable ImpactTable `json:"-"` // Impact for people
	Managed     []string    `json:"-"` // addresses of everything that the files declare, for formats that also list what is unchanged
}

// Change is one difference. Fields belong to objects, Binding to links.
type Change struct {
	Address     string        `json:"address"`
	Kind        string        `json:"kind"`
	Name        string        `json:"name"`
	Action      diff.Action   `json:"action"`
	Source      *kind.Source  `json:"source"` // nil for what no file declares
	Fields      []Field       `json:"fields,omitzero"`
	Binding     *Binding      `json:"binding,omitempty"`
	AlsoRemoved []AlsoRemoved `json:"takes_along,omitempty"` // of a delete: what is deleted with it, even by a change of its own
	Note        string        `json:"note,omitempty"`
	BoundBefore int           `json:"-"`             // of an unbind: how many such bindings its owner has in that environment
	Via         string        `json:"via,omitempty"` // of a replace: the name that the new object has until the old one is gone
	displacement
	Moved     drift.Side  `json:"moved,omitempty"`      // the side that changed since the baseline; "" if not known
	ChangedBy *ChangedBy  `json:"changed_by,omitempty"` // who made the difference; nil if not asked for or not known
	Traffic   *TrafficSum `json:"traffic,omitempty"`    // of the APIs that the change affects; nil if not asked for
}

// AlsoRemoved is something that is deleted together with an object.
type AlsoRemoved struct {
	Address string `json:"address"`

	hasChange bool // it also has a change of its own
}

// Field is one changed leaf. Before is nil if the leaf did not exist, After is nil if it will not exist.
type Field struct {
	Path      string `json:"path"`
	Before    any    `json:"before"`
	After     any    `json:"after"`
	Default   any    `json:"default,omitempty"` // the value that the gateway uses instead, where After is nil
	Added     []any  `json:"added,omitzero"`    // of a set, like Removed; nil for any other leaf
	Removed   []any  `json:"removed,omitzero"`
	Sensitive bool   `json:"sensitive"`
}

// Binding is the API side of a link.
type Binding struct {
	Group       string `json:"group"`
	API         string `json:"api"`
	Environment string `json:"environment"`
	Method      string `json:"method"`
	Path        string `json:"path"`
}

// Call returns the method and path of the API, "" if the gateway's list of bindings has no path.
func (b *Binding) Call() string {
	if b.Path == "" {
		return ""
	}
	return b.Method + " " + b.Path
}

// Extra is an object that the files own but do not declare.
type Extra struct {
	Address   string     `json:"address"`
	Moved     drift.Side `json:"moved,omitempty"`      // as in Change
	ChangedBy *ChangedBy `json:"changed_by,omitempty"` // as in Change
}

// Refusal is a guard that refuses to apply the plan.
type Refusal struct {
	Guard   string `json:"guard"`
	Reason  string `json:"reason"`
	Would   string `json:"would"`             // what would have happened
	Flag    string `json:"flag"`              // the flag that overrides it; "" if there is no such flag
	Address string `json:"address,omitempty"` // of the object concerned
}

// NewRefusals returns refusals in the form of the documents.
func NewRefusals(list []diff.Refusal) (out []Refusal) {
	for _, r := range list {
		out = append(out, Refusal(r))
	}
	return out
}

// Problem returns the refusal as an error.
func (r Refusal) Problem() Problem {
	p := Problem{Address: r.Address, Message: "refused (" + r.Guard + "): " + r.Reason}
	if r.Would != "" {
		p.Message += "; " + r.Would
	}
	if r.Flag != "" {
		p.Hint = "allow it with " + r.Flag
	}
	return p
}

// Requests counts what is sent to the gateway: what was read, and what was or will be written.
type Requests struct {
	Read       int         `json:"read"`
	Write      int         `json:"write"`
	InFlight   int         `json:"in_flight_max,omitempty"` // maximum number that was allowed in flight; 0 if no gateway was contacted
	Operations []Operation `json:"operations,omitempty"`    // only with --explain-requests
}

// NewPlan returns the document of p. The caller adds warnings and errors from outside of p.
func NewPlan(h Head, p *diff.Plan, reads int) *Plan {
	d := EmptyPlan(h)
	d.Summary.Summary, d.Changes, d.Requests = p.Summary(), Changes(p.Changes), Requests{Read: reads, Write: len(p.Steps)}
	for _, e := range p.Extra {
		d.Extra = append(d.Extra, Extra{Address: e.Address})
	}
	d.Refusals = append(d.Refusals, NewRefusals(p.Refusals)...)
	d.Warnings = append(d.Warnings, Notes(p.Warnings)...)
	d.Errors = append(d.Errors, Notes(p.Errors)...)
	return d
}

// EmptyPlan returns the document of a comparison that failed or found no differences.
func EmptyPlan(h Head) *Plan {
	return &Plan{Head: h, Impact: []Impact{}, Changes: []Change{}, Extra: []Extra{}, Refusals: []Refusal{}, Problems: noProblems()}
}

func noProblems() Problems { return Problems{Warnings: []Problem{}, Errors: []Problem{}} }

// Changes returns changes in the form of the documents; never nil.
func Changes(changes []diff.Change) []Change {
	out, told := make([]Change, len(changes)), map[string]bool{}
	for i := range changes {
		out[i] = newChange(&changes[i])
		told[out[i].Address] = true
	}
	for i := range out {
		for j := range out[i].AlsoRemoved {
			out[i].AlsoRemoved[j].hasChange = told[out[i].AlsoRemoved[j].Address]
		}
	}
	return out
}

func newChange(c *diff.Change) Change {
	d := Change{Address: c.Address, Kind: c.Kind, Name: c.Name, Action: c.Action, Source: c.Source, Note: c.Note, Via: c.TempName, BoundBefore: c.BoundBefore}
	d.displacement = newDisplacement(c.Displaces)
	if c.Link != nil {
		d.Binding = newBinding(c.Link)
		return d
	}
	for _, address := range c.AlsoRemoved {
		d.AlsoRemoved = append(d.AlsoRemoved, AlsoRemoved{Address: address})
	}
	d.Fields = make([]Field, 0, len(c.Fields))
	for _, f := range c.Fields {
		if c.Action == diff.Create {
			f.Before = nil // the zero value that a new object is compared with
		}
		if f.Before != nil || f.After != nil {
			d.Fields = append(d.Fields, Field(f))
		}
	}
	return d
}

// newBinding returns nil for a link that does not lead to an API: its address says everything.
func newBinding(l *kind.Link) *Binding {
	a := l.To.API
	if a == nil {
		return nil
	}
	return &Binding{Group: a.Group, API: a.Name, Environment: l.To.Env, Method: a.Method, Path: a.Path}
}

// Check is the outcome of checking files without a gateway.
type Check struct {
	Head
	Valid   bool           `json:"valid"`
	Summary map[string]int `json:"summary"`        // declared objects by section, and "references"
	Lint    *Lint          `json:"lint,omitempty"` // nil if lint was not requested
	Problems
}

// NewCheck returns the document of files that declare the objects that summary counts. The caller adds findings.
func NewCheck(h Head, summary map[string]int) *Check {
	return &Check{Head: h, Summary: summary, Problems: noProblems()}
}

// Place returns file:line, as far as known, made harmless; "" if the problem is about no file.
func (p Problem) Place() string {
	if p.Line == 0 {
		return Clean(p.File)
	}
	return Clean(fmt.Sprintf("%s:%d", p.File, p.Line))
}

// String returns file:line:col: path: message; hint, without control characters.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.Place())
		if p.Line > 0 && p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
		b.WriteString(": ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	} else if p.Address != "" {
		b.WriteString(p.Address + ": ")
	}
	b.WriteString(p.Text())
	return Clean(b.String())
}

// Text returns message; hint.
func (p Problem) Text() string { return strings.TrimSuffix(p.Message+"; "+p.Hint, "; ") }

// Keys of a Check's summary in addition to the sections: references to APIs, and references to other objects, such as
// the app of a special limit, the certificate of a domain, or the apps of a quota.
const (
	ToAPIs    = "references"
	ToObjects = "object_references"
)

// Sum counts what the files declare, section by section.
func (d *Check) Sum() string {
	var parts []part
	for _, k := range kind.All {
		if k.Section != "" {
			parts = append(parts, part{d.Summary[k.Section], k.Name, k.Section})
		}
	}
	sum := strings.Join(counted(append(parts,
		part{d.Summary[ToAPIs], "reference to APIs", "references to APIs"},
		part{d.Summary[ToObjects], "reference to an object", "references to objects"},
		part{len(d.Warnings), "warning", "warnings"})...), ", ")
	if sum == "" {
		sum = "the files declare nothing"
	}
	if d.Lint != nil {
		sum += "; " + d.Lint.sum()
	}
	return sum
}

// Footnotes counts, in words, what a plan has besides changes; "" if there is nothing else.
func (d *Plan) Footnotes() string {
	return strings.Join(counted(
		part{len(d.Refusals), "refusal", "refusals"},
		part{d.Summary.Displaced, "bind that displaces what is not declared", "binds that displace what is not declared"},
		part{len(d.Extra), "extra object", "extra objects"},
		part{len(d.Warnings), "warning", "warnings"},
	), ", ")
}

// Sum returns the last line of a plan.
func (d *Plan) Sum() string {
	if len(d.Changes) == 0 {
		return "No changes. The gateway matches the files."
	}
	s := d.Summary
	return fmt.Sprintf("Plan: %d to create, %d to update, %d to replace, %d to delete, %d to bind, %d to unbind.",
		s.Create, s.Update, s.Replace, s.Delete, s.Bind, s.Unbind)
}
