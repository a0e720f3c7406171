package report

import (
	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// verdicts are how the statuses of cases look.
var verdicts = map[intent.Status]look{
	intent.Passed: painted("ok", color.FgGreen),
	intent.Failed: painted("FAIL", color.FgRed),
	intent.Unsure: painted("UNSURE", color.FgYellow),
}

const testIndent = "        "

// textTests writes a line for each case. A case that did not pass is followed by the question, the expected and the actual
// answer, and the lines of the files that led to it.
func (p *page) textTests(d *document.Tests) {
	for i := range d.Cases {
		c := &d.Cases[i]
		look := verdicts[c.Status]
		p.linef("%s%s", p.paint(pad(look.text, len(testIndent)), look.paint...), document.Clean(c.Name))
		if c.Status == intent.Passed && !d.Explain {
			continue
		}
		p.linef("%s%s  %s", testIndent, document.Clean(c.Question), p.paint(document.PlaceOf(&c.Source), color.Faint))
		for _, k := range c.Checks {
			switch {
			case k.Status != intent.Passed:
				p.linef("%s%s: expected %s, got %s", testIndent, k.About, document.Clean(k.Expected), p.paint(document.Clean(k.Got), look.paint...))
			case d.Explain:
				p.linef("%s%s: %s", testIndent, k.About, document.Clean(k.Got))
			}
		}
		p.steps(c.Why())
	}
	if len(d.Warnings) > 0 {
		p.linef("")
	}
	p.warnings(d.Warnings)
	p.linef("\n%s", p.paint(d.Sum(), color.Bold))
}

// steps writes what decided the answer, each with its position in the files.
func (p *page) steps(list []intent.Step) {
	for _, s := range list {
		mark := "-"
		if s.Open {
			mark = "?"
		}
		text := document.Clean(s.Text)
		if s.Source != nil {
			text += gap + p.paint(document.PlaceOf(s.Source), color.Faint)
		}
		p.linef("%s  %s %s", testIndent, mark, text)
		if s.Fix != "" {
			p.linef("%s    → %s", testIndent, document.Clean(s.Fix))
		}
	}
}
