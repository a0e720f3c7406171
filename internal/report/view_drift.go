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
		Managed: d.Managed, Unchanged: s.Unchanged, Ignored: s.Ignored, Tallies: tallies(s), Traffic: d.Traffic, Health: d,
	}
	if d.Moved != nil {
		m := d.Moved
		v.Tallies = append(v.Tallies, tally{"moved-gateway", m.Gateway}, tally{"moved-files", m.Files}, tally{"moved-both", m.Both})
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
		v.add(r, document.Problem{Address: "certificate/" + c.Group + "/" + c.Domain, Message: c.Story()})
	}
}
