// Package lint finds settings of desired-state files that are allowed but risky or without effect, such as limits that
// limit nobody, lists that allow everybody, and secrets in plain text. It checks files that were loaded without errors,
// and reports only what is certain: a rule that depends on what the gateway holds reports nothing without an export of
// the gateway.
//
// A new rule needs a file, examples in files of their own, and a line in Rules.
package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Rule is a class of findings.
type Rule struct {
	ID       string // such as AGS001; never given to another rule
	Name     string // such as throttle-no-user-limit; is accepted wherever the ID is
	Title    string // what it finds, in a few words
	Reason   string // why that matters, and what else there is to know, in Markdown; see Why
	Severity Severity
	Gateway  Need
	check    func(*subject)
}

// Why is the reason as plain text.
func (r *Rule) Why() string { return strings.ReplaceAll(r.Reason, "`", "") }

// Need is whether a rule needs an export of the gateway.
type Need int

const (
	FilesOnly      Need = iota // the files are enough
	MoreWithExport             // it finds more with an export
	OnlyWithExport             // it finds nothing without one
)

// Input is what to lint.
type Input struct {
	State      *spec.State // loaded without errors
	Places     *spec.Places
	Gateway    *Gateway            // nil when the files are looked at alone
	Today      string              // YYYY-MM-DD
	Production bool                // the target says that it is one
	Severities map[string]Severity // by ID of rules; those that are left out have their own

	// Readable reports whether the value of a variable is written in a file, such as the config file. Nil means that
	// none is.
	Readable func(variable string) bool
}

// Gateway is what an export holds.
type Gateway struct {
	kind.Actual
	Catalog *kind.Catalog // all APIs
}

// Finding is what a rule has found at a line of a file.
type Finding struct {
	Rule     *Rule
	Severity Severity
	Address  string // of the object concerned; "" where there is none
	Place    spec.Place
	Message  string // what is found; never holds a secret
	Hint     string // what to do about it

	itemStarts []kind.Source // where the item that it is in begins
}

// Result is the outcome.
type Result struct {
	Findings []Finding // by place
	Ignored  int       // findings that comments left out
}

// Run applies all rules. The same input gives the same result.
func Run(in Input) Result {
	s := newSubject(in)
	for _, r := range Rules {
		if s.rule = r; in.runs(r) {
			r.check(s)
		}
	}
	kept, ignored := s.applyComments(s.findings)
	slices.SortStableFunc(kept, compareFindings)
	return Result{Findings: kept, Ignored: ignored}
}

// runs reports whether a rule is on and has the input that it needs.
func (in *Input) runs(r *Rule) bool {
	return r.check != nil && in.severity(r) != Off && (r.Gateway != OnlyWithExport || in.Gateway != nil)
}

// severity is what findings of a rule count as.
func (in *Input) severity(r *Rule) Severity {
	if s, ok := in.Severities[r.ID]; ok {
		return s
	}
	return r.Severity
}

func compareFindings(a, b Finding) int {
	return cmp.Or(a.Place.Source.Compare(b.Place.Source),
		cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Message, b.Message))
}

// Count counts the findings of a severity.
func (r *Result) Count(s Severity) (n int) {
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}
