package report

import (
	"iter"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const indent = "      "

// symbols are how actions look, three columns wide.
var symbols = map[diff.Action]look{
	diff.Create:  painted("  +", color.FgGreen),
	diff.Bind:    painted("  +", color.FgGreen),
	diff.Update:  painted("  ~", color.FgYellow),
	diff.Replace: painted("-/+", color.FgMagenta),
	diff.Delete:  painted("  -", color.FgRed),
	diff.Unbind:  painted("  -", color.FgRed),
}

func (p *page) textPlan(d *document.Plan) {
	if p.style.Summary {
		p.textNumbers(d)
		return
	}
	p.impact(&d.ImpactTable)
	p.compared(d.Changes, d.Extra, d.Traffic, d.Summary.Ignored)
	if s := document.Displacing(d.Summary.Displaced); s != "" {
		p.linef("%s", p.paint(s, color.FgYellow))
	}
	p.warnings(d.Warnings)
	for _, r := range d.Refusals {
		x := r.Problem()
		x.Message = strings.TrimPrefix(x.Message, "refused ")
		if r.Address != "" && strings.Contains(r.Reason, r.Address) {
			x.Address = "" // the reason names the object: the line reads as one sentence
		}
		p.linef("%s %s", p.paint("apply would refuse", color.FgRed), x)
	}
	p.operations(d.Requests.Operations)
	if len(d.Changes) > 0 {
		p.linef("Unchanged: %d. Requests: %d to compare, %d to apply.", d.Summary.Unchanged, d.Requests.Read, d.Requests.Write)
	}
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}

// textNumbers writes how many changes and findings there are, without their details.
func (p *page) textNumbers(d *document.Plan) {
	if len(d.ImpactTable.Rows) > 0 {
		p.linef("%s", d.ImpactTable.Headline())
	}
	if notes := d.Footnotes(); notes != "" {
		p.linef("%s.", notes)
	}
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}

// compared writes the result of a comparison.
func (p *page) compared(changes []document.Change, extra []document.Extra, traffic []document.Traffic, ignored int) {
	p.changes(changes, p.rowsOfSimilar)
	p.extras("Extra, as the files own but do not declare it; --prune deletes:", extra)
	p.footnotes(traffic, ignored)
}

// footnotes writes what follows the differences.
func (p *page) footnotes(traffic []document.Traffic, ignored int) {
	p.traffic(traffic)
	if ignored > 0 {
		p.linef("Left alone by ignore rules: %s.", document.Count(ignored, "object", "objects"))
	}
}

// changes writes a block for each kind, with a blank line after each.
func (p *page) changes(list []document.Change, block func([]document.Change) []row) {
	for part := range runs(list, func(a, b *document.Change) bool { return a.Kind == b.Kind }) {
		p.rows(block(part))
		p.linef("")
	}
}

// runs divides a list into runs in which each entry is like the one before it.
func runs[T any](list []T, alike func(a, b *T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		start := 0
		for end := 1; end <= len(list); end++ {
			if end < len(list) && alike(&list[end-1], &list[end]) {
				continue
			}
			if !yield(list[start:end]) {
				return
			}
			start = end
		}
	}
}

// each makes a row for each change.
func each(line func(*document.Change) row) func([]document.Change) []row {
	return func(list []document.Change) []row {
		block := make([]row, len(list))
		for i := range list {
			block[i] = line(&list[i])
		}
		return block
	}
}

// rowsOfSimilar makes a row for each change, or for many similar ones.
func (p *page) rowsOfSimilar(list []document.Change) (block []row) {
	for _, part := range document.RollUp(list, func(c *document.Change) (*document.Change, string) { return c, "" }) {
		if len(part) == 1 {
			block = append(block, p.change(part[0]))
		} else {
			block = append(block, p.summaryRow(part))
		}
	}
	return block
}

// summaryRow returns a row for many changes, with their names under it.
func (p *page) summaryRow(list []*document.Change) row {
	head, names := document.Summarize(list)
	c := list[0]
	r := row{look: symbols[c.Action], cells: []string{head, document.PlaceOfAll(list)}}
	if taken := c.DisplacesText(); len(taken) > 0 {
		r.cells = append(r.cells, "("+strings.Join(taken, "; ")+")")
	}
	r.below = func() {
		p.reasons(c.Reasons())
		if c.Binding == nil {
			for _, f := range c.Details() {
				p.field(c, &f)
			}
		}
		for _, line := range names {
			for _, part := range p.wrap(line, "  ", indent, namesWidth) {
				p.linef("%s%s", indent, p.paint(part, color.Faint))
			}
		}
	}
	return r
}

// change returns a row that says what happens, with the changed leaves under it.
func (p *page) change(c *document.Change) row {
	r := p.changeRow(c, symbols[c.Action], c.Reasons(), func() {
		for _, f := range c.Details() {
			p.field(c, &f)
		}
	})
	if taken := c.DisplacesText(); len(taken) > 0 {
		r.cells = append(r.cells, "("+strings.Join(taken, "; ")+")")
	}
	return r
}

// changeRow returns a row about a change: its address and a note, its API, its position in the files; under it the
// reasons for it, the calls that it affects, and what fields writes.
func (p *page) changeRow(c *document.Change, l look, reasons []string, fields func(), said ...string) row {
	r := row{look: l, cells: append([]string{document.Clean(c.Address)}, said...)}
	if c.Binding != nil {
		r.cells = append(r.cells, document.Clean(c.Binding.Call()))
	}
	if at := c.Place(); at != "" {
		r.cells = append(r.cells, at)
	}
	r.below = func() {
		p.reasons(reasons)
		if c.Traffic != nil {
			p.linef("%s%s", indent, p.paint(document.TrafficSumText(c.Traffic), color.Faint))
		}
		fields()
	}
	return r
}

func (p *page) reasons(list []string) {
	if len(list) > 0 {
		p.linef("%s(%s)", indent, strings.Join(list, "; "))
	}
}

// field writes one changed leaf. The name of an object that is created or removed is left out: it is in the address.
func (p *page) field(c *document.Change, f *document.Field) {
	if c.Action == diff.Create && f.Path == "/name" && f.After == any(c.Name) || c.Action == diff.Delete && f.Path == "/name" && f.Before == any(c.Name) {
		return
	}
	path := document.Clean(f.Path)
	if document.SeveralLines(f.Before) || document.SeveralLines(f.After) {
		before, _ := f.Before.(string)
		after, _ := f.After.(string)
		if lines := compareLines(before, after); lines != nil {
			p.valueLines(path, lines...)
			return
		}
	}
	if f.IsSet() {
		p.members(path, f.Differences(c.Action), c.Action)
		return
	}
	before, after := document.Show(f.Before, f.Sensitive), document.Show(f.ShownAfter(), f.Sensitive)
	tooWide := p.style.Width > 0 && wide(indent+path+before+after)+len(":  → ") > p.style.Width
	switch {
	case tooWide && c.Action == diff.Create:
		p.valueLines(path, line{'+', after})
	case tooWide && c.Action == diff.Delete:
		p.valueLines(path, line{'-', before})
	case tooWide:
		p.valueLines(path, line{'-', before}, line{'+', after})
	case c.Action == diff.Create:
		p.linef("%s%s: %s", indent, path, p.paint(after, color.FgGreen))
	case c.Action == diff.Delete:
		p.linef("%s%s: %s", indent, path, p.paint(before, color.FgRed))
	default:
		p.linef("%s%s: %s → %s", indent, path, p.paint(before, color.FgRed), p.paint(after, color.FgGreen))
	}
}

// valueLines writes values on lines of their own.
func (p *page) valueLines(path string, values ...line) {
	p.linef("%s%s:", indent, path)
	p.lines(values)
}

// valueWidth returns how many characters of a value are shown on one line.
func (p *page) valueWidth() int {
	const (
		least = 24
		most  = 160
		marks = len(`  - "" (9999 characters)`) + 2
	)
	if p.style.Width == 0 {
		return most
	}
	return min(most, max(least, p.style.Width-len(indent)-marks))
}

// operations writes the table of --explain-requests.
func (p *page) operations(list []document.Operation) {
	if len(list) == 0 {
		return
	}
	block := []row{{look: painted("   "), cells: []string{"requests", "count", "operation", "each covers"}}}
	for _, o := range list {
		block = append(block, row{look: painted("   "), cells: []string{o.Access, strconv.Itoa(o.Count), o.Operation, o.Grouping}})
	}
	p.rows(block)
	p.linef("")
}
