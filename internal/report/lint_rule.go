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

// proseWidth is the columns of a line of prose.
const proseWidth = 80

// LintRule writes what there is to know about a lint rule.
func LintRule(w io.Writer, r *lint.Rule) error {
	p := newPage(w, Style{})
	p.linef("%s %s (%s): %s\n", r.ID, r.Name, r.Severity, r.Title)
	p.prose(r.Why())
	p.example("Found in:", &r.Bad)
	p.example("Not found in:", &r.Good)
	p.linef("\nTo leave it out, say why: # %s %s REASON", lint.Marker, r.ID)
	return p.Flush()
}

// prose writes a paragraph in lines of proseWidth columns.
func (p *page) prose(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && wide(line)+1+wide(word) > proseWidth {
			p.linef("%s", line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	p.linef("%s", line)
}

func (p *page) example(title string, e *lint.Example) {
	p.linef("\n%s\n", title)
	p.indented(e.File)
	for _, variable := range e.Environ {
		p.linef("    # with %s", variable)
	}
	if e.Gateway != "" {
		p.linef("\n  held against an export (--against) that says:\n")
		p.indented(e.Gateway)
	}
}

func (p *page) indented(text string) {
	for line := range strings.Lines(text) {
		p.linef("    %s", strings.TrimSuffix(line, "\n"))
	}
}
