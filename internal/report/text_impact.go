package report

import (
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// impactPaint are the colours of levels.
var impactPaint = map[impact.Level]color.Attribute{impact.Exposure: color.FgRed, impact.Outage: color.FgMagenta, impact.Change: color.FgYellow}

// namesWidth is the width of lists of names if the output does not go to a terminal.
const namesWidth = 100

// impact writes what a plan means to callers: a line for each API, or for many similar ones, and under it what changes.
func (p *page) impact(f *document.ImpactTable) {
	if len(f.Rows) == 0 {
		return
	}
	p.linef("%s", p.paint(f.Headline(), color.Bold))
	for i := range f.Rows {
		r := &f.Rows[i]
		head := document.Clean(r.Where)
		if r.Calls != nil {
			head += ", " + document.Calls(*r.Calls)
		}
		p.linef("  %s %s", p.paint(pad(string(r.Level), len(impact.Exposure)), impactPaint[r.Level]), head)
		for _, line := range r.Lines() {
			p.linef("%s%s", indent, document.Clean(line))
		}
		if len(r.Names) == 0 {
			continue
		}
		for _, line := range p.wrap(document.Clean(strings.Join(r.Names, ", ")), "", indent, namesWidth) {
			p.linef("%s%s", indent, p.paint(line, color.Faint))
		}
	}
	p.linef("")
}
