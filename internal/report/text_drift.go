package report

import (
	"cmp"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textDrift writes first what needs attention besides differences, then the differences, then the traffic
// that they affect.
func (p *page) textDrift(d *document.Drift) {
	if p.needs(d) {
		p.linef("")
	}
	p.compared(d.Changes, d.Extra, d.Traffic, d.Summary.Ignored)
	p.warnings(d.Warnings)
	if len(d.Changes)+len(d.Extra) > 0 {
		p.linef("Unchanged: %d. Requests: %d.", d.Summary.Unchanged, d.Requests.Read)
	}
	p.linef("%s", p.paint(d.Sum(), color.Bold))
}

// needs writes a line for each thing besides differences that needs attention, and reports whether there
// was any.
func (p *page) needs(d *document.Drift) bool {
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

func (p *page) extras(list []document.Extra) {
	if len(list) == 0 {
		return
	}
	p.linef("Extra, as the files own but do not declare it; --prune deletes:")
	for _, e := range list {
		side := ""
		if s := document.Sides[e.Moved]; s != "" {
			side = "  (" + s + ")"
		}
		p.linef("    %s%s", p.paint(document.Clean(e.Address), color.FgCyan), side)
	}
	p.linef("")
}

// traffic writes the last hour of groups.
func (p *page) traffic(list []document.Traffic) {
	if len(list) == 0 {
		return
	}
	p.linef("Calls of the last hour, by API group:")
	for i := range list {
		p.linef("    %s", document.TrafficText(&list[i]))
		for _, a := range list[i].APIs {
			p.linef("        %s: %s, %s, %d in the busiest minute", document.Clean(a.API), document.Count(int(a.Calls), "call", "calls"), document.Count(int(a.Errors), "error", "errors"), a.Peak)
		}
	}
	p.linef("")
}
