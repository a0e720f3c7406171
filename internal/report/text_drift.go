package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
)

// textDrift writes first what needs attention besides differences, then the differences, then the traffic
// that they meet.
func textDrift(w io.Writer, d *Drift, s Style) error {
	p := newPage(w, s)
	if p.needs(d) {
		p.linef("")
	}
	p.changes(d.Changes)
	if len(d.Changes) > 0 {
		p.linef("")
	}
	p.extras(d.Extra)
	p.traffic(d.Traffic)
	if d.Summary.Ignored > 0 {
		p.linef("Left alone by ignore rules: %s.", count(d.Summary.Ignored, "object", "objects"))
	}
	p.warnings(d.Warnings)
	if len(d.Changes)+len(d.Extra) > 0 {
		p.linef("Unchanged: %d. Requests: %d.", d.Summary.Unchanged, d.Requests.Read)
	}
	p.linef("%s", p.paint(d.verdict(), color.Bold))
	return p.Flush()
}

// needs writes a line for each thing besides differences that needs attention, and reports whether there
// was any.
func (p *page) needs(d *Drift) bool {
	var block []row
	for _, f := range viewDrift(d).Findings {
		switch f.Rule {
		case ruleStatus, ruleLock, ruleFeature, ruleReference, ruleExpired, ruleExpiring, ruleLapsed:
		default:
			continue
		}
		place := f.Address
		if f.File != "" {
			place = fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		paint := color.FgYellow
		if f.Rule.Level == failure {
			paint = color.FgRed
		}
		block = append(block, row{symbol: "  !", paint: []color.Attribute{paint}, cells: []string{Clean(f.Message), Clean(place)}})
	}
	p.rows(block)
	return len(block) > 0
}

func (p *page) extras(list []Extra) {
	if len(list) == 0 {
		return
	}
	p.linef("Extra, as the files own but do not declare it; --prune deletes:")
	for _, e := range list {
		side := ""
		if s := sides[e.Moved]; s != "" {
			side = "  (" + s + ")"
		}
		p.linef("    %s%s", p.paint(Clean(e.Address), color.FgCyan), side)
	}
	p.linef("")
}

// hit writes whom a change meets.
func (p *page) hit(h *Hit) {
	switch {
	case h == nil:
		return
	case h.APIs == 0:
		p.linef("%s%s", indent, p.paint("affects no API", color.Faint))
		return
	}
	what := count(h.APIs, "API", "APIs")
	if h.Calls == 0 {
		p.linef("%s%s", indent, p.paint("affects "+what+", no calls", color.Faint))
		return
	}
	to := ""
	if !h.Exact {
		to = " to all of " + Clean(strings.Join(h.Groups, ", "))
	}
	p.linef("%s%s", indent, p.paint(fmt.Sprintf("affects %s: %s%s, %s, %d in the busiest minute", what,
		count(int(h.Calls), "call", "calls"), to, count(int(h.Errors), "error", "errors"), h.Peak), color.Faint))
}

// traffic writes the last hour of groups.
func (p *page) traffic(list []Traffic) {
	if len(list) == 0 {
		return
	}
	p.linef("Calls of the last hour, by API group:")
	for i := range list {
		p.linef("    %s", list[i].String())
		for _, a := range list[i].APIs {
			p.linef("        %s: %s, %s, %d in the busiest minute", Clean(a.API), count(int(a.Calls), "call", "calls"), count(int(a.Errors), "error", "errors"), a.Peak)
		}
	}
	p.linef("")
}
