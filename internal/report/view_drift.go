package report

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

func viewDrift(d *document.Drift) *view {
	s := d.Summary
	v := &view{
		Command: "drift", Head: d.Head, At: d.At, Sum: d.Sum(), Extra: d.Extra, Requests: d.Requests,
		Managed: d.Managed, Unchanged: s.Unchanged, Ignored: s.Ignored, Numbers: tallies(s), Traffic: d.Traffic, Health: d,
	}
	v.Tallies = []tally{
		{"differ", s.Update + s.Replace},
		{"only on the gateway", s.Delete + s.Unbind},
		{"only in the files", s.Create + s.Bind},
		{"extra", s.Extra},
		{"ignored", s.Ignored},
		{"as declared", s.Unchanged},
	}
	if m := d.Moved; m != nil {
		v.Tallies = append(v.Tallies, tally{"changed on the gateway", m.Gateway}, tally{"not applied yet", m.Files}, tally{"changed on both sides", m.Both})
		v.Numbers = append(v.Numbers, tally{"moved-gateway", m.Gateway}, tally{"moved-files", m.Files}, tally{"moved-both", m.Both})
	}
	if d.Coverage != nil {
		v.Cover = d.Coverage.String()
	}
	v.fail(d.Errors)
	v.instance(&d.Instance)
	for i := range d.References {
		v.add(ruleReference, d.References[i].AsProblem())
	}
	v.certificates(d.Certificates)
	for i := range d.LapsedIgnores {
		v.add(ruleLapsed, d.LapsedIgnores[i].AsProblem())
	}
	v.add(ruleWarning, d.Warnings...)
	v.extras("declare it, or apply --prune deletes it")
	v.changes(d.Changes)
	for i := range v.Items {
		c := &v.Items[i]
		c.Divergence, c.Explanation = c.Change.Divergence(), c.DivergenceContext()
		if c.Rule, c.Level = divergenceRules[c.Divergence], warning; c.Moved == drift.Files {
			c.Level = notice
		}
	}
	v.sort()
	return v
}

func (v *view) instance(i *document.Instance) {
	if i.Status != "" && i.Status != drift.Running {
		v.add(ruleStatus, document.Problem{Message: "the gateway is " + i.Status})
	}
	for _, l := range i.Locks {
		v.add(ruleLock, document.Problem{Message: fmt.Sprintf("the gateway is locked: %s by %s", l.Scene, l.Source)})
	}
	for _, f := range i.MissingFeatures {
		v.add(ruleFeature, document.Problem{Message: "the gateway lacks the feature " + f})
	}
}

func (v *view) certificates(list []document.Certificate) {
	for i := range list {
		c := &list[i]
		r := ruleExpiring
		if c.Expired {
			r = ruleExpired
		}
		v.add(r, c.AsProblem())
	}
}
