package document

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
)

// Lint is the findings of lint rules about files.
type Lint struct {
	Ran      bool          `json:"ran"` // false if the files have errors, which must be fixed first
	Summary  LintSummary   `json:"summary"`
	Findings []LintFinding `json:"findings"` // by position in the files
}

// LintSummary counts findings by severity, and those that comments left out.
type LintSummary struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
	Ignored int `json:"ignored"`
}

// LintFinding is a finding of a rule.
type LintFinding struct {
	Rule     string        `json:"rule"` // such as AGS001
	Name     string        `json:"name"` // such as throttle-no-user-limit
	Severity lint.Severity `json:"severity"`
	Problem

	of *lint.Rule
}

// Of returns the lint rule of the finding.
func (f *LintFinding) Of() *lint.Rule { return f.of }

// NewLint returns the result of lint in the form of the documents. r is nil if lint did not run.
func NewLint(r *lint.Result) *Lint {
	d := &Lint{Findings: []LintFinding{}}
	if r == nil {
		return d
	}
	d.Ran = true
	d.Summary = LintSummary{r.Count(lint.Error), r.Count(lint.Warning), r.Count(lint.Note), r.Ignored}
	for i := range r.Findings {
		f := &r.Findings[i]
		d.Findings = append(d.Findings, LintFinding{
			Rule: f.Rule.ID, Name: f.Rule.Name, Severity: f.Severity, of: f.Rule,
			Problem: Problem{Address: f.Address, Path: f.Place.Path, Message: f.Message, Hint: f.Hint}.At(&f.Place.Source),
		})
	}
	return d
}

// sum returns the numbers in a few words.
func (d *Lint) sum() string {
	parts := counted(part{d.Summary.Error, "error", "errors"}, part{d.Summary.Warning, "warning", "warnings"}, part{d.Summary.Note, "note", "notes"})
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	if d.Summary.Ignored > 0 {
		parts = append(parts, fmt.Sprintf("%d ignored", d.Summary.Ignored))
	}
	return "lint: " + strings.Join(parts, ", ")
}
