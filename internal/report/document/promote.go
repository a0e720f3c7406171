package document

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Promotion compares two targets. The gateway in its head is the one that changes would be made to.
type Promotion struct {
	Head
	From        Target               `json:"from"`
	To          Target               `json:"to"`
	FilesOnly   bool                 `json:"files_only"` // no gateway was read: the desired states are compared
	Summary     PromotionSummary     `json:"summary"`
	Impact      []Impact             `json:"impact"`      // of applying the files of To; the worst first
	Differences []Difference         `json:"differences"` // the worst class first
	APIs        []promote.API        `json:"apis"`        // that one side does not have
	Credentials []promote.Credential `json:"credentials"` // that each gateway makes for itself
	Unapplied   []promote.Unapplied  `json:"unapplied"`   // differences between one gateway and its files that are not differences between the gateways
	Requests    Requests             `json:"requests"`
	Problems

	ImpactTable ImpactTable `json:"-"` // Impact for people
	Next        []Change    `json:"-"` // that applying the files of To would make
}

// Target is a section of the config file.
type Target struct {
	Name        string `json:"name"`
	InstanceID  string `json:"instance_id"` // "" if no gateway was read
	Environment string `json:"environment"` // its own
}

// PromotionSummary counts differences by class, and the other findings.
type PromotionSummary struct {
	Undeclared  int `json:"undeclared"`
	OnlyFrom    int `json:"only_from"`
	OnlyTo      int `json:"only_to"`
	Declared    int `json:"declared"`
	APIs        int `json:"apis"`
	Credentials int `json:"credentials"`
	Unapplied   int `json:"unapplied"`
	Equal       int `json:"equal"`
	Ignored     int `json:"ignored"`

	Impact impact.Counts `json:"impact"`
}

// NotDeclared counts the differences that the files do not declare.
func (s PromotionSummary) NotDeclared() int { return s.Undeclared + s.OnlyFrom + s.OnlyTo }

// Difference is one difference between two gateways. Binding belongs to links.
type Difference struct {
	promote.Difference
	Binding *Binding `json:"binding,omitempty"`
}

// NewPromotion returns the document of r; r is nil if the command failed.
func NewPromotion(h Head, from, to Target, r *promote.Report) *Promotion {
	d := &Promotion{
		Head: h, From: from, To: to, Differences: []Difference{}, APIs: []promote.API{}, Credentials: []promote.Credential{},
		Unapplied: []promote.Unapplied{}, Impact: []Impact{}, Problems: noProblems(),
	}
	if r == nil {
		return d
	}
	for i := range r.Differences {
		x := Difference{Difference: r.Differences[i]}
		if x.Link != nil {
			x.Binding = newBinding(x.Link)
		}
		d.Differences = append(d.Differences, x)
	}
	d.APIs, d.Credentials, d.Unapplied = append(d.APIs, r.APIs...), append(d.Credentials, r.Credentials...), append(d.Unapplied, r.Unapplied...)
	d.Warnings = append(d.Warnings, Notes(r.Warnings)...)
	d.Summary = PromotionSummary{
		Undeclared: r.Count(promote.Undeclared), OnlyFrom: r.Count(promote.OnlyFrom), OnlyTo: r.Count(promote.OnlyTo), Declared: r.Count(promote.Declared),
		APIs: len(r.APIs), Credentials: len(r.Credentials), Unapplied: len(r.Unapplied), Equal: r.Equal, Ignored: r.Ignored,
	}
	return d
}

// SetImpact adds what applying the files of To would mean to callers, and the changes that would cause it.
func (d *Promotion) SetImpact(entries []impact.Entry, changes []diff.Change) {
	d.Impact, d.ImpactTable, d.Summary.Impact = Impacts(entries), NewImpactTable(entries), impact.Count(entries)
	d.ImpactTable.Target, d.Next = d.To.Name, Changes(changes)
}

// Sum returns the last line of a comparison. It contains the name of a target only if the name is a plain word.
func (d *Promotion) Sum() string {
	s := d.Summary
	return fmt.Sprintf("Promote: %s, %d only in %s, %d only in %s, %d declared on purpose.",
		Count(s.Undeclared, "undeclared difference", "undeclared differences"),
		s.OnlyFrom, wordOr(d.From.Name, "the first"), s.OnlyTo, wordOr(d.To.Name, "the second"), s.Declared)
}

// wordOr returns name if it consists of letters, digits, - and _, which no format treats as markup; else another text.
func wordOr(name, other string) string {
	const marks = "-_"
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(marks, r)
	}
	if name == "" || strings.ContainsFunc(name, odd) || strings.Trim(name, marks) != name {
		return other
	}
	return name
}

// Of lists the differences of a class.
func (d *Promotion) Of(class promote.Class) (out []*Difference) {
	for i := range d.Differences {
		if d.Differences[i].Class == class {
			out = append(out, &d.Differences[i])
		}
	}
	return out
}

// Action returns the action that would turn the first side into the second: a delete for what only the first side has.
func (x *Difference) Action() diff.Action {
	switch {
	case !x.To.Present:
		return diff.Delete
	case !x.From.Present:
		return diff.Create
	}
	return diff.Update
}

// Details returns what helps to recognise an object or link that only one side has, made harmless: its API, its parts,
// and the position of its declaration.
func (x *Difference) Details() string {
	var parts []string
	if x.Binding != nil {
		parts = append(parts, Clean(x.Binding.Call()))
	}
	var with []string
	for _, name := range slices.Sorted(maps.Keys(x.Contains)) {
		with = append(with, strings.ReplaceAll(Count(x.Contains[name], name, name+"s"), "_", " "))
	}
	if len(with) > 0 {
		parts = append(parts, "with "+strings.Join(with, " and "))
	}
	if x.Class == promote.Declared {
		parts = append(parts, x.DeclaredAt())
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ")
}

// Values returns the two values of a leaf, each of at most this many characters, made harmless.
func (x *Difference) Values(most int) string {
	if x.Added != nil {
		f := Field{Added: x.Added, Removed: x.Removed}
		return Clean(x.Path) + ": " + Clip(strings.Join(f.Differences(diff.Update), ", "), most)
	}
	from, to := Shorten(x.From.Value, x.To.Value, most)
	return Clean(x.Path) + ": " + Show(from, x.Sensitive) + " → " + Show(to, x.Sensitive)
}

// DeclaredAt returns the positions in files that declare a difference, made harmless.
func (x *Difference) DeclaredAt() string {
	var places []string
	for _, a := range x.Deciders() {
		text := PlaceOf(a.Source)
		if len(a.Variables) > 0 {
			text = Clean("${"+strings.Join(a.Variables, "}, ${")+"}") + " at " + text
		}
		places = append(places, text)
	}
	return strings.Join(places, ", ")
}

// Reasons returns sentences that say which side of a difference does not match its files, made harmless. A declared
// difference has none.
func (d *Promotion) Reasons(x *Difference) (lines []string) {
	for _, side := range []struct {
		target string
		aspect promote.Aspect
	}{{d.From.Name, x.From}, {d.To.Name, x.To}} {
		if text := x.stateText(side.target, side.aspect); text != "" {
			lines = append(lines, Clean(text))
		}
	}
	return lines
}

// ResolvedBy counts the differences that disappear when only the files of this target are applied.
func (d *Promotion) ResolvedBy(target string) (n int) {
	for i := range d.Differences {
		x := &d.Differences[i]
		late, other := x.From, x.To
		if target == d.To.Name {
			late, other = other, late
		}
		if late.State == promote.Departs && other.State == promote.AsDeclared && x.alike(late, other) {
			n++
		}
	}
	return n
}

// alike reports whether late, a side that does not match its files, certainly equals the other side once its files are
// applied.
func (x *Difference) alike(late, other promote.Aspect) bool {
	switch {
	case x.Sensitive || late.Note != "":
		return false
	case x.Path != "":
		return reflect.DeepEqual(late.Files, other.Value)
	}
	return late.Present != other.Present
}

// stateText returns words that say how a side differs from its files; "" if it matches them.
func (x *Difference) stateText(target string, a promote.Aspect) string {
	at := ""
	if a.Source != nil {
		at = fmt.Sprintf(" (%s:%d)", a.Source.File, a.Source.Line)
	}
	text := ""
	switch {
	case a.State == promote.NotDeclared && !a.Present:
		text = target + " lacks it, although a wrong reference in its files may be meant for it"
	case a.State == promote.NotDeclared:
		text = "the files of " + target + " do not declare it"
	case a.State == promote.Departs && x.Path == "" && a.Present:
		text = target + " has it, although its files want none" + at
	case a.State == promote.Departs && x.Path == "":
		text = target + " lacks it, though its files declare it" + at
	case a.State == promote.Departs && a.Note == "" && a.Files == nil:
		text = target + " differs from its files, which do not have it" + at
	case a.State == promote.Departs && a.Note == "":
		text = target + " differs from its files, which say " + shortValue(a.Files, x.Sensitive) + at
	case a.State == promote.Departs:
		text = target + " differs from its files" + at
	}
	return strings.TrimSuffix(strings.TrimPrefix(text+": "+a.Note, ": "), ": ")
}

// shortValue returns the beginning of a value as text output shows it.
func shortValue(v any, sensitive bool) string {
	const most = 60
	v, _ = Shorten(v, nil, most)
	return Show(v, sensitive)
}

// Lacking lists the APIs that a target lacks: those that bindings need, and the addresses of the others.
func (d *Promotion) Lacking(target string) (stuck []*promote.API, others []string) {
	for i := range d.APIs {
		switch a := &d.APIs[i]; {
		case a.Lacks != target:
		case len(a.Bindings) > 0:
			stuck = append(stuck, a)
		default:
			others = append(others, a.Address)
		}
	}
	return stuck, others
}

// Missing returns words that say in which way an API is missing.
func Missing(a *promote.API) string {
	if a.Absent {
		return "does not exist there"
	}
	return "is not published there"
}

// Pending returns the addresses in which a target differs from its files without making a difference.
func (d *Promotion) Pending(target string) (addresses []string) {
	for _, u := range d.Unapplied {
		if u.Target == target {
			addresses = append(addresses, u.Address)
		}
	}
	return addresses
}

// OwnCredentials returns the objects whose credentials each gateway makes for itself.
func (d *Promotion) OwnCredentials() (addresses []string) {
	for _, c := range d.Credentials {
		addresses = append(addresses, c.Address)
	}
	return slices.Compact(addresses)
}

// FirstOf lists the first three names in a sentence, and counts the rest.
func FirstOf(names []string) string { return kind.FirstOf(names, 3) }

// String returns the target with its environment, made harmless.
func (t Target) String() string { return Clean(t.Name + " (" + t.Environment + ")") }
