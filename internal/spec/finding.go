package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Finding is a problem in a desired-state file, with a position that an editor can jump to.
type Finding struct {
	Source     kind.Source
	Path       string     // JSON pointer inside the YAML document; "" is the document itself
	Problem    string     // what is wrong; never contains a secret
	Hint       string     // what to do about it; may be empty
	Warning    bool       // the file can still be used
	Newer      bool       // a warning about something that this version does not know
	Unresolved Unresolved // of a reference that cannot be resolved; otherwise zero
}

// Unresolved is a reference that cannot be resolved: it matches nothing, several APIs, or a slot that is taken.
type Unresolved struct {
	Owner       string // address of the object whose reference it is
	Reference   string // as findings show it
	Environment string // "" unless the reference is to an API
	Problem     string // a short phrase, such as "not published"
}

// String is file:line:col: path: problem; hint. For a warning the word "warning" follows the position.
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

// Sort orders findings by file, line, column, path and text.
func Sort(findings []Finding) { slices.SortStableFunc(findings, compareFindings) }

func compareFindings(a, b Finding) int {
	return cmp.Or(a.Source.Compare(b.Source), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Problem, b.Problem), cmp.Compare(a.Hint, b.Hint))
}

// sortUnique sorts findings and drops repeats, which arise from a mistake in a value that several aliases share.
func sortUnique(findings []Finding) []Finding {
	Sort(findings)
	return slices.Compact(findings)
}

// location is file:line:col.
func location(s kind.Source) string { return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column) }
