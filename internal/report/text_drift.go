package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textDrift writes first what needs attention besides differences, then the differences, then the traffic
// that they affect.
func (p *page) textDrift(d *document.Drift) {
	if p.attention(d) {
		p.linef("")
	}
	p.changes(d.Changes, each(p.divergence))
	p.extras("Only on the gateway, though the files own such names; declare them, or apply --prune deletes them:", d.Extra)
	p.footnotes(d.Traffic, d.Summary.Ignored)
	p.undeclared(d.Undeclared)
	p.warnings(d.Warnings)
	if len(d.Changes)+len(d.Extra) > 0 {
		p.linef("Unchanged: %d. Requests: %d.", d.Summary.Unchanged, d.Requests.Read)
	}
	if d.Coverage != nil {
		p.linef("%s", d.Coverage)
	}
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}

func (p *page) undeclared(list []document.Undeclared) {
	var lines []string
	for _, u := range list {
		lines = append(lines, document.Clean(u.Address))
	}
	p.list("On the gateway and not declared:", lines)
}

// list writes a heading, lines under it and a blank line; nothing if there are no lines.
func (p *page) list(head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.linef("%s", head)
	for _, line := range lines {
		p.linef("    %s", line)
	}
	p.linef("")
}

// attention writes a line for each thing besides differences that needs attention, and reports whether there
// was any.
func (p *page) attention(d *document.Drift) bool {
	var block []row
	for _, f := range viewDrift(d).Findings {
		switch f.Rule {
		case ruleStatus, ruleLock, ruleFeature, ruleReference, ruleExpired, ruleExpiring, ruleLapsed:
		default:
			continue
		}
		paint := color.FgYellow
		if f.Rule.Level == failure {
			paint = color.FgRed
		}
		block = append(block, row{look: painted("  !", paint), cells: []string{document.Clean(f.Message), cmp.Or(f.Place(), document.Clean(f.Address))}})
	}
	p.rows(block)
	return len(block) > 0
}

// sides has the marks for which side has something. They are those of sdiff, with the gateway on the left.
var sides = map[document.Divergence]look{
	document.Differs:     painted("  ~", color.FgYellow),
	document.OnlyGateway: painted("  <", color.FgRed),
	document.OnlyFiles:   painted("  >", color.FgCyan),
}

// divergence returns a line that says how both sides differ, with both values under it.
func (p *page) divergence(c *document.Change) row {
	return p.changeRow(c, sides[c.Divergence()], append(c.Holders(), c.Reasons()...), func() { p.values(c) }, string(c.Divergence()))
}

// values writes the fields of a difference: in two columns if both sides have them and they fit.
func (p *page) values(c *document.Change) {
	if c.Divergence() != document.Differs {
		for i := range c.Fields {
			if f := &c.Fields[i]; f.Path != "/name" || f.Before != any(c.Name) && f.After != any(c.Name) { // else the address says it
				for _, line := range p.value(f.Sides(c.Divergence(), maxWholeValue), "  ", indent) {
					p.linef("%s%s", indent, line)
				}
			}
		}
		return
	}
	table := [][]string{{"field", document.OnGateway, document.InFiles}}
	var long []*document.Field
	for i := range c.Fields {
		f := &c.Fields[i]
		onGateway, inFiles := f.Both(document.Differs, p.valueWidth())
		line := []string{document.Clean(f.Path), onGateway, inFiles}
		if linesOf(f) != nil || !p.fits(append(slices.Clip(table), line)) {
			long = append(long, f)
		} else {
			table = append(table, line)
		}
	}
	if len(table) > 1 {
		p.table(indent, table)
	}
	for _, f := range long {
		p.longValue(f)
	}
}

// fits reports whether the cells fit side by side.
func (p *page) fits(lines [][]string) bool {
	most := 2 * maxPadded
	if p.style.Width > 0 {
		most = p.style.Width
	}
	n := len(indent)
	for _, w := range columnsTo(lines, math.MaxInt) {
		n += w + len(gap)
	}
	return n <= most
}

// maxWholeValue is how many characters of a value are shown if it has lines of its own.
const maxWholeValue = 2000

// longValue writes a field that takes several lines.
func (p *page) longValue(f *document.Field) {
	path := document.Clean(f.Path)
	if lines := linesOf(f); lines != nil {
		p.linef("%s%s, - %s, + %s:", indent, path, document.OnGateway, document.InFiles)
		p.lines(lines)
		return
	}
	onGateway, inFiles := f.Both(document.Differs, maxWholeValue)
	p.linef("%s%s", indent, path)
	for _, side := range [][2]string{{document.OnGateway, onGateway}, {document.InFiles, inFiles}} {
		head := indent + "  " + pad(side[0], len(document.OnGateway)) + gap
		for _, line := range p.value(side[1], "", head) {
			p.linef("%s%s", head, line)
			head = pad("", wide(head))
		}
	}
}

// value returns the lines of a value after a margin; those after the first are indented by hang. Text without blanks is
// broken after commas, if it has any, so that a URL stays in one piece.
func (p *page) value(text, hang, left string) (lines []string) {
	for _, line := range p.wrap(text, hang, left, namesWidth) {
		room := p.room(wide(left + hang))
		if wide(line) <= room || !strings.Contains(line, ",") {
			room = 0
		}
		for i, part := range breakText(line, room) {
			if i > 0 {
				part = hang + part
			}
			lines = append(lines, part)
		}
	}
	return lines
}

func (p *page) extras(head string, list []document.Extra) {
	var lines []string
	for _, e := range list {
		line := p.paint(document.Clean(e.Address), color.FgCyan)
		if reasons := e.Reasons(); len(reasons) > 0 {
			line += "  (" + strings.Join(reasons, "; ") + ")"
		}
		lines = append(lines, line)
	}
	p.list(head, lines)
}

// traffic writes the last hour of groups.
func (p *page) traffic(list []document.Traffic) {
	var lines []string
	for i := range list {
		lines = append(lines, document.TrafficText(&list[i]))
		for _, a := range list[i].APIs {
			lines = append(lines, fmt.Sprintf("    %s: %s, %s, %d in the busiest minute", document.Clean(a.API), document.Count(int(a.Calls), "call", "calls"), document.Count(int(a.Errors), "error", "errors"), a.Peak))
		}
	}
	p.list("Calls of the last hour, by API group:", lines)
}
