package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Finding is something wrong with a desired-state file, at a place that an editor can jump to.
type Finding struct {
	Source  kind.Source
	Path    string // JSON pointer inside the YAML document; "" is the document itself
	Problem string // what is wrong; never holds a secret
	Hint    string // what to do about it; may be empty
	Warning bool   // the file can be used as it is
	Newer   bool   // a warning about what this version does not know
	Lost    Lost   // of a reference that leads nowhere, or elsewhere than to one place; else zero
}

// Lost is a reference that does not lead to what it asks for.
type Lost struct {
	Owner       string // address of the object whose reference it is
	Reference   string // as findings show it
	Environment string // "" when the reference is to no API
	Problem     string // in a few words, such as "not published"
}

// String is file:line:col: path: problem; hint. A warning says so behind its place.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(location(f.Source) + ": ")
	if f.Warning {
		b.WriteString("warning: ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Problem)
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	return b.String()
}

// Sort orders findings by file, line, column and path, and what they say.
func Sort(findings []Finding) { slices.SortStableFunc(findings, compareFindings) }

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line), cmp.Compare(a.Source.Column, b.Source.Column),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Problem, b.Problem), cmp.Compare(a.Hint, b.Hint))
}

// tidy sorts findings and drops repeats, as come from a mistake in a value that aliases share.
func tidy(findings []Finding) []Finding {
	Sort(findings)
	return slices.Compact(findings)
}

// location is file:line:col.
func location(s kind.Source) string { return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column) }
