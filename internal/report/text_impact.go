package report

import (
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// impactPaint are the colours of levels.
var impactPaint = map[impact.Level]color.Attribute{impact.Exposure: color.FgRed, impact.Outage: color.FgMagenta, impact.Change: color.FgYellow}

// impact writes what a plan means to callers: a line for each API, or for many that are alike, what changes below it.
func (p *page) impact(f *document.Felt) {
	if len(f.Rows) == 0 {
		return
	}
	p.linef("%s", p.paint("Impact: "+f.Headline(), color.Bold))
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
		for _, line := range p.wrap(r.Names, indent) {
			p.linef("%s%s", indent, p.paint(line, color.Faint))
		}
	}
	p.linef("")
}

// wrap lays names out in lines as wide as the page, or as 100 columns.
func (p *page) wrap(names []string, margin string) (lines []string) {
	most := 100
	if p.style.Width > 0 {
		most = p.style.Width
	}
	var line strings.Builder
	for i, name := range names {
		if name = document.Clean(name); i < len(names)-1 {
			name += ","
		}
		if line.Len() > 0 && wide(margin)+wide(line.String())+1+wide(name) > most {
			lines = append(lines, line.String())
			line.Reset()
		}
		if line.Len() > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(name)
	}
	if line.Len() > 0 {
		lines = append(lines, line.String())
	}
	return lines
}
