package report

import (
	"fmt"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// lintLevels are the levels of the formats for those of lint.
var lintLevels = map[lint.Severity]severity{lint.Note: notice, lint.Warning: warning, lint.Error: failure}

// lint adds the findings of a check, each under its lint rule.
func (v *view) lint(d *document.Lint) {
	if d == nil {
		return
	}
	for _, r := range lint.Rules {
		v.Rules = append(v.Rules, &rule{r.ID, r.Title, r.Why(), lintLevels[r.Severity]})
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		v.add(&rule{f.Of().ID, f.Of().Title, f.Of().Why(), lintLevels[f.Severity]}, f.Problem)
	}
}

var lintColors = map[lint.Severity]color.Attribute{lint.Note: color.FgCyan, lint.Warning: color.FgYellow, lint.Error: color.FgRed}

// textLint writes a line for each finding: file:line:col: severity: rule: subject: message; hint.
func (p *page) textLint(d *document.Lint) {
	for i := range d.Findings {
		f := &d.Findings[i]
		about := f.Address
		if about != "" {
			about += ": "
		}
		p.linef("%s: %s %s", document.Clean(fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)), p.paint(f.Severity.String()+":", lintColors[f.Severity]),
			document.Clean(f.Rule+" "+f.Name+": "+about+f.Text()))
	}
}
