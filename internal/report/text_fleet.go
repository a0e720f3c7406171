package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// fleetLooks are how the states of targets look, three columns wide.
var fleetLooks = map[string]look{
	document.StateOK:         painted("  ✓", color.FgGreen),
	document.StateDiffers:    painted("  ~", color.FgYellow),
	document.StateError:      painted("  ✗", color.FgRed),
	document.StateIncomplete: painted("  ✗", color.FgRed),
	document.StateRefused:    painted("  ✗", color.FgRed),
	document.StateSkipped:    painted("  ·", color.Faint),
}

// textFleet writes a line for each target, and then the reports of those that need attention.
func (p *page) textFleet(d *document.Fleet) {
	p.fleetTable(d)
	first := map[string]string{} // errors to the first target that has them
	for i := range d.Targets {
		m := &d.Targets[i]
		_, list := m.Document.(*document.List) // a list has nothing that it should match
		if m.Document != nil && (list || m.State() != document.StateOK) {
			p.member(m, first)
		}
	}
	if len(d.Targets) > 0 {
		p.linef("\n%s", p.paint(d.Sum(), color.Bold))
	}
}

func (p *page) fleetTable(d *document.Fleet) {
	block := make([]row, len(d.Targets))
	for i := range d.Targets {
		m := &d.Targets[i]
		cells := []string{document.Clean(m.Target), m.State(), document.Clip(document.Clean(m.Sum()), 200)}
		if m.Wave != 0 {
			cells = slices.Insert(cells, 1, fmt.Sprintf("wave %d", m.Wave))
		}
		block[i] = row{look: fleetLooks[m.State()], cells: cells}
	}
	p.rows(block)
}

// member writes what a run for this target alone would have written to both streams. Errors that are the same as those
// of an earlier target are written once if there are several.
func (p *page) member(m *document.Member, first map[string]string) {
	p.linef("\n%s", p.paint(heading(m.Target), color.Bold))
	r, applied := m.Document.(*document.Results)
	if len(m.Problems.Errors) == 0 || applied && len(r.Results) > 0 {
		_ = writeText(p.Writer, m.Document, p.style) // the first error of the writer stays
	} else {
		p.where(m.Document.Header())
	}
	if _, ok := m.Document.(*document.Check); ok { // a run for one target writes them to stderr
		p.warnings(m.Problems.Warnings)
	}
	if same := first[fmt.Sprint(m.Problems.Errors)]; same != "" && len(m.Problems.Errors) > 1 {
		p.linef("%s the same %d as of %s", p.paint("error:", color.FgRed), len(m.Problems.Errors), document.Clean(same))
		return
	}
	first[fmt.Sprint(m.Problems.Errors)] = m.Target
	for _, x := range m.Problems.Errors {
		p.linef("%s %s", p.paint("error:", color.FgRed), x)
	}
}

// heading returns the name of a target as the heading of its report.
func heading(target string) string {
	name := document.Clean(target)
	return "── " + name + " " + strings.Repeat("─", max(4, maxPadded-wide(name)-4))
}
