package report

import (
	"io"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
)

// LintRules writes a line for each lint rule: number, severity, name and what it finds.
func LintRules(w io.Writer) error {
	p := newPage(w, Style{})
	names := 0
	for _, r := range lint.Rules {
		names = max(names, len(r.Name))
	}
	for _, r := range lint.Rules {
		p.linef("%s  %s  %s  %s", r.ID, pad(r.Severity.String(), len("warning")), pad(r.Name, names), r.Title)
	}
	return p.Flush()
}

// LintRule writes the documentation of a lint rule.
func LintRule(w io.Writer, r *lint.Rule) error {
	p := newPage(w, Style{})
	p.linef("%s %s (%s): %s\n", r.ID, r.Name, r.Severity, r.Title)
	p.paragraph(strings.Join(strings.Fields(r.Why()), " "), "")
	p.example("Found in:", r.Bad())
	p.example("Not found in:", r.Good())
	p.linef("\nTo suppress a finding, give a reason: # %s %s REASON", lint.Marker, r.ID)
	return p.Flush()
}

func (p *page) example(title string, e lint.Example) {
	p.linef("\n%s\n", title)
	p.indented("    ", e.File)
	for _, variable := range e.Environ {
		p.linef("    # with %s", variable)
	}
	if e.Gateway != "" {
		p.linef("\n  compared with an export (--against) that contains:\n")
		p.indented("    ", e.Gateway)
	}
}

// indented writes lines with a margin.
func (p *page) indented(margin, text string) {
	for line := range strings.Lines(text) {
		p.linef("%s%s", margin, strings.TrimSuffix(line, "\n"))
	}
}
