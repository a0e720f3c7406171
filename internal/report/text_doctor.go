package report

import (
	"fmt"

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
	n := map[doctor.Status]int{}
	block := make([]row, len(d.Checks))
	for i := range d.Checks {
		c := &d.Checks[i]
		n[c.Status]++
		block[i] = row{look: marks[c.Status], cells: []string{document.Clean(c.Name), string(c.Status), document.Clean(c.Message)}}
		if c.Hint != "" {
			block[i].below = func() { p.linef("%s→ %s", indent, document.Clean(c.Hint)) }
		}
	}
	p.rows(block)
	sum := fmt.Sprintf("%d ok, %s, %d failed, %d skipped.", n[doctor.OK], document.Count(n[doctor.Warning], "warning", "warnings"), n[doctor.Failed], n[doctor.Skipped])
	if d.Healthy {
		sum = "Healthy: " + sum
	} else {
		sum = "Not healthy: " + sum
	}
	p.linef("\n%s", p.paint(sum, color.Bold))
}
