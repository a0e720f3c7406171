package report

import (
	"strconv"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textList writes a table of what a gateway holds.
func (p *page) textList(d *document.List) {
	cells := [][]string{{"KIND", "NAME", "BOUND", "DECLARED"}}
	for _, o := range d.Objects {
		bound, declared := "-", "-"
		if o.Bound != nil {
			bound = strconv.Itoa(*o.Bound)
		}
		if o.Declared != nil {
			declared = map[bool]string{true: "yes", false: "no"}[*o.Declared]
		}
		cells = append(cells, []string{o.Kind, o.Name, bound, declared})
	}
	if len(d.Objects) > 0 {
		p.table("", cells)
		p.linef("")
	}
	p.warnings(d.Warnings)
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}
