package report

import (
	"cmp"
	"strconv"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textTargets writes a table of the targets of a config file.
func (p *page) textTargets(d *document.Targets) {
	if d.Config == "" {
		return
	}
	if len(d.Targets) == 0 {
		p.linef("%s has no targets.", document.Clean(d.Config))
		return
	}
	cells := [][]string{{"TARGET", "REGION", "GATEWAY", "ENVIRONMENT", "WAVE", ""}}
	for _, t := range d.Targets {
		wave, note := "-", ""
		if t.Wave != nil {
			wave = strconv.Itoa(*t.Wave)
		}
		if t.Production {
			note = "production"
		}
		cells = append(cells, []string{t.Target, cmp.Or(t.Region, "-"), cmp.Or(t.InstanceID, t.Endpoint, t.Against, "-"), t.Environment, wave, note})
	}
	p.table("", cells)
	p.linef("\n%s in %s.", document.Count(len(d.Targets), "target", "targets"), document.Clean(d.Config))
}

// table writes lines in columns after a margin; the first line is the heading.
func (p *page) table(margin string, lines [][]string) {
	for _, cells := range lines {
		for j := range cells {
			cells[j] = document.Clean(cells[j])
		}
	}
	widths := p.columns(lines, wide(margin))
	for i, cells := range lines {
		line := padded(cells, widths)
		if i == 0 {
			line = p.paint(line, color.Bold)
		}
		p.linef("%s%s", margin, line)
	}
}
