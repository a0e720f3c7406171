package report

import (
	"fmt"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/checks/promote"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textPromote writes a block for each class of differences, the worst first. Leaves are shown as FROM → TO.
func (p *page) textPromote(d *document.Promotion) {
	p.linef("%s → %s, values in this order.\n", d.From, d.To)
	p.impact(&d.ImpactTable)
	titles := map[promote.Class]string{
		promote.Undeclared: "Undeclared", promote.OnlyFrom: "Only in " + d.From.Name, promote.OnlyTo: "Only in " + d.To.Name, promote.Declared: "Declared on purpose",
	}
	for _, class := range []promote.Class{promote.Undeclared, promote.OnlyFrom, promote.OnlyTo, promote.Declared} {
		if list := d.Of(class); len(list) > 0 {
			p.linef("%s:", p.paint(document.Clean(titles[class]), color.Bold))
			p.differences(d, list)
			p.linef("")
		}
	}
	p.lacking(d)
	p.unapplied(d)
	if own := d.OwnCredentials(); len(own) > 0 {
		p.linef("Left out, since each gateway makes its own: keys, secrets or codes of %s.", document.Clean(document.FirstOf(own)))
	}
	if d.Summary.Ignored > 0 {
		p.linef("Left alone by ignore rules: %s.", document.Count(d.Summary.Ignored, "difference", "differences"))
	}
	p.warnings(d.Warnings)
	for _, target := range []string{d.From.Name, d.To.Name} {
		if n := d.ResolvedBy(target); n > 0 {
			p.linef("%s", document.Clean(fmt.Sprintf("apply --target %s ends %d of these differences.", target, n)))
		}
	}
	read := fmt.Sprintf("Requests: %d to compare.", d.Requests.Read)
	if d.FilesOnly {
		read = "No gateway was read."
	}
	p.linef("Equal: %d. %s", d.Summary.Equal, read)
	p.linef("%s", p.paint(document.Clean(d.Sum()), color.Bold))
}

// differences writes a row for each object or link, with its leaves under it.
func (p *page) differences(d *document.Promotion, list []*document.Difference) {
	var block []row
	leavesOfOne := func(a, b **document.Difference) bool { return (*b).Path != "" && (*a).Address == (*b).Address }
	for same := range runs(list, leavesOfOne) {
		block = append(block, p.difference(d, same))
	}
	p.rows(block)
}

// difference returns a link or object, or the leaves of one object.
func (p *page) difference(d *document.Promotion, same []*document.Difference) row {
	x := same[0]
	r := row{look: symbols[x.Action()], cells: []string{document.Clean(x.Address)}}
	if x.Path == "" {
		r.cells = append(r.cells, x.Details())
	}
	r.below = func() {
		for _, x := range same {
			if x.Path != "" {
				p.leaf(x)
			}
			for _, reason := range d.Reasons(x) {
				p.linef("%s%s%s", indent, gap, p.paint(reason, color.FgYellow))
			}
		}
	}
	return r
}

// leaf writes one leaf, and where it is declared if the files declare it.
func (p *page) leaf(x *document.Difference) {
	line := indent + x.Values(p.valueWidth())
	if x.Class == promote.Declared {
		line += gap + p.paint(x.DeclaredAt(), color.Faint)
	}
	p.linef("%s", line)
}

// lacking lists the APIs that a side lacks: those that bindings need on a line each, the others on one line.
func (p *page) lacking(d *document.Promotion) {
	for _, target := range []string{d.From.Name, d.To.Name} {
		stuck, others := d.Lacking(target)
		if len(stuck) > 0 {
			p.linef("%s:", p.paint(document.Clean("APIs that "+target+" lacks"), color.Bold))
			var block []row
			for _, a := range stuck {
				block = append(block, row{look: painted("  !", color.FgYellow), cells: []string{
					document.Clean(a.Address), document.Clean(a.Method + " " + a.Path), document.Missing(a), document.Count(len(a.Bindings), "binding cannot follow", "bindings cannot follow"),
				}})
			}
			p.rows(block)
			p.linef("")
		}
		if len(others) > 0 {
			p.linef("%s", document.Clean(fmt.Sprintf("%s lacks %s, which no binding needs: %s.", target, document.Count(len(others), "more API", "more APIs"), document.FirstOf(others))))
		}
	}
}

// unapplied says where a gateway differs from its files without differing from the other gateway.
func (p *page) unapplied(d *document.Promotion) {
	for _, target := range []string{d.From.Name, d.To.Name} {
		if list := d.Pending(target); len(list) > 0 {
			p.linef("%s", document.Clean(fmt.Sprintf("%s differs from its files in %s no difference here: %s; see apigw-sync diff --target %s",
				target, document.Count(len(list), "more change, which makes", "more changes, which make"), document.FirstOf(list), target)))
		}
	}
}
