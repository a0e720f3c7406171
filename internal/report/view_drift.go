package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
)

func viewDrift(d *Drift) *view {
	s := d.Summary
	v := &view{
		Command: "drift", Head: d.Head, At: d.At, Sum: d.verdict(), Extra: d.Extra, Requests: d.Requests,
		Managed: d.Managed, Unchanged: s.Unchanged, Ignored: s.Ignored, Tallies: tallies(s), Traffic: d.Traffic, Health: d,
	}
	if d.Moved != nil {
		m := d.Moved
		v.Tallies = append(v.Tallies, tally{"moved-gateway", m.Gateway}, tally{"moved-files", m.Files}, tally{"moved-both", m.Both})
	}
	v.fail(d.Errors)
	v.instance(&d.Instance)
	for i := range d.References {
		v.add(ruleReference, d.References[i].problem())
	}
	v.certificates(d.Certificates)
	for i := range d.LapsedIgnores {
		v.add(ruleLapsed, d.LapsedIgnores[i].problem())
	}
	v.add(ruleWarning, d.Warnings...)
	v.extras()
	v.changes(d.Changes)
	for i := range v.Items {
		if c := &v.Items[i]; c.Moved != drift.Files {
			c.Level = max(c.Level, warning)
		}
	}
	v.sort()
	return v
}

// verdict is a drift report in one sentence of our own words.
func (d *Drift) verdict() string {
	var parts []string
	add := func(n int, one, more string) {
		if n > 0 {
			parts = append(parts, count(n, one, more))
		}
	}
	add(len(d.Errors), "error", "errors")
	if !d.Instance.Well && d.Instance.Status != "" {
		parts = append(parts, "the gateway is unhealthy")
	}
	waiting := 0
	if d.Moved != nil {
		waiting = d.Moved.Files
	}
	add(len(d.Changes)+len(d.Extra)-waiting, "difference from the files", "differences from the files")
	add(waiting, "change not applied yet", "changes not applied yet")
	add(len(d.References), "reference that leads nowhere", "references that lead nowhere")
	add(len(d.Certificates), "certificate to renew", "certificates to renew")
	add(len(d.LapsedIgnores), "lapsed ignore rule", "lapsed ignore rules")
	if len(parts) == 0 {
		return "No drift. The gateway matches the files."
	}
	word := "No drift: "
	if d.Drifted || len(d.Errors) > 0 {
		word = "Drift: "
	}
	return word + strings.Join(parts, ", ") + "."
}

func (v *view) instance(i *Instance) {
	if i.Status != "" && i.Status != drift.Running {
		v.add(ruleStatus, Problem{Message: "the gateway is " + i.Status})
	}
	for _, l := range i.Locks {
		v.add(ruleLock, Problem{Message: fmt.Sprintf("the gateway is locked: %s by %s", l.Scene, l.Source)})
	}
	for _, f := range i.MissingFeatures {
		v.add(ruleFeature, Problem{Message: "the gateway lacks the feature " + f})
	}
}

func (v *view) certificates(list []Certificate) {
	for i := range list {
		c := &list[i]
		r := ruleExpiring
		if c.Expired {
			r = ruleExpired
		}
		v.add(r, Problem{Address: "certificate/" + c.Group + "/" + c.Domain, Message: c.story()})
	}
}

// story says in words when a certificate ends.
func (c *Certificate) story() string {
	when := c.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case c.Expired:
		return fmt.Sprintf("certificate %s of %s expired on %s, %s ago", c.Name, c.Domain, when, count(-c.Days, "day", "days"))
	case c.Days == 0:
		return fmt.Sprintf("certificate %s of %s expires today", c.Name, c.Domain)
	}
	return fmt.Sprintf("certificate %s of %s expires on %s, in %s", c.Name, c.Domain, when, count(c.Days, "day", "days"))
}

func (r *Reference) problem() Problem {
	p := Problem{Address: r.Address, Message: r.Message, Hint: r.Hint}
	if r.Source != nil {
		p.File, p.Line, p.Column = r.Source.File, r.Source.Line, r.Source.Column
	}
	return p
}

func (l *LapsedIgnore) problem() Problem {
	p := Problem{Message: fmt.Sprintf("the ignore rule for %s %s ended on %s", l.Kind, l.Name, l.Until)}
	if len(l.Fields) > 0 {
		p.Message += ", fields " + strings.Join(l.Fields, ", ")
	}
	if l.Reason != "" {
		p.Hint = "it said: " + l.Reason
	}
	if l.Source != nil {
		p.File, p.Line, p.Column = l.Source.File, l.Source.Line, l.Source.Column
	}
	return p
}

// sides says in words which side moved.
var sides = map[drift.Mover]string{
	drift.Gateway: "changed on the gateway",
	drift.Files:   "changed in the files, not applied yet",
	drift.Both:    "conflict: changed on the gateway and in the files",
}

// background is what stands behind a change, made harmless: a note, the side that moved, whom it meets.
func (c *Change) background() string {
	parts := append(c.taken(), c.reasons()...)
	if along := c.along(); along != "" {
		parts = append(parts, along)
	}
	if h := c.Traffic; h != nil {
		parts = append(parts, h.String())
	}
	return strings.Join(parts, "; ")
}

// reasons are a note and the side that moved, made harmless.
func (c *Change) reasons() (parts []string) {
	if c.Note != "" {
		parts = append(parts, Clean(c.Note))
	}
	if side := sides[c.Moved]; side != "" {
		parts = append(parts, side)
	}
	return parts
}

// String is whom a change meets, in words.
func (h *Hit) String() string {
	whose := count(h.APIs, "API", "APIs")
	if !h.Exact {
		whose = "the groups of " + whose
	}
	return fmt.Sprintf("%s in the last hour to %s, %s, %s in the busiest minute",
		count(int(h.Calls), "call", "calls"), whose, count(int(h.Errors), "error", "errors"), count(int(h.Peak), "call", "calls"))
}

// String is the last hour of a group, in words and made harmless.
func (t *Traffic) String() string {
	out := fmt.Sprintf("%s: %s, %s", Clean(t.Group), count(int(t.Calls), "call", "calls"), count(int(t.Errors), "error", "errors"))
	if t.PeakAt != nil {
		out += fmt.Sprintf(", %d in the busiest minute (%s)", t.Peak, t.PeakAt.UTC().Format("15:04 UTC"))
	}
	return out
}
