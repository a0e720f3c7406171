package report

import (
	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// marks are how outcomes look, three columns wide.
var marks = map[doctor.Status]look{
	doctor.OK:      painted("  ✓", color.FgGreen),
	doctor.Warning: painted("  !", color.FgYellow),
	doctor.Failed:  painted("  ✗", color.FgRed),
	doctor.Skipped: painted("  ·", color.Faint),
}

// textDoctor writes a line for each check, and below it what to do.
func (p *page) textDoctor(d *document.Diagnosis) {
	block := make([]row, len(d.Checks))
	for i := range d.Checks {
		c := &d.Checks[i]
		block[i] = row{look: marks[c.Status], cells: []string{document.Clean(c.Name), string(c.Status), document.Clean(c.Message)}}
		if c.Hint != "" {
			block[i].below = func() { p.linef("%s→ %s", indent, document.Clean(c.Hint)) }
		}
	}
	p.rows(block)
	p.linef("\n%s", p.paint(d.Sum(), color.Bold))
}
