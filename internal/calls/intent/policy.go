package intent

import (
	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Limit is how many calls may be made in a period.
type Limit struct {
	Calls    int64        `json:"calls"`
	Interval int64        `json:"interval"` // in Unit
	Unit     string       `json:"unit"`     // SECOND MINUTE HOUR DAY
	Per      string       `json:"per"`      // whose calls count: api (all of them), user, app, ip
	Shared   bool         `json:"shared"`   // the calls to all APIs of the policy count together
	By       string       `json:"by"`       // address of the policy with the limit, "default" for the gateway itself; "" if it is one of several
	Source   *kind.Source `json:"source"`
}

// perWords are the ways to count calls. The one with the fewest callers in each count is first.
var perWords = []string{"app", "user", "ip", "api"}

// policy is what throttles and rate_limit plugins have in common.
type policy struct {
	bound    *bound
	period   Limit            // without calls
	limits   map[string]int64 // by whose calls are counted; 0 for none
	specials []special
	partial  bool // it may have specials that the files do not manage
	capped   bool // the gateway's own limit may bound it
	byID     bool // its specials name apps by id

	unclear string // what makes its limits depend on more than the caller; "" for nothing
}

// special is a limit of one app or user.
type special struct {
	per, who string // who is the name or id
	limit    Limit
}

// throttled makes a policy of a throttle.
func (w *Model) throttled(b *bound) *policy {
	t := b.owner.Value.(kind.Throttle)
	p := &policy{
		bound: b, capped: true, partial: !w.manages(b.owner, "throttle_special"),
		period: Limit{Interval: t.TimeInterval, Unit: t.TimeUnit, Shared: t.Type == "shared", By: b.owner.Address(), Source: &b.owner.Source},
		limits: map[string]int64{"api": t.APILimit, "user": t.UserLimit, "app": t.AppLimit, "ip": t.IPLimit},
	}
	for _, d := range w.owners["throttle_special"] {
		if d.Owner != b.owner.Key {
			continue
		}
		v := d.Value.(kind.Special)
		s := special{per: "app", who: v.App, limit: p.period}
		if v.App == "" {
			s.per, s.who = "user", v.User
		} else if app := w.renamed["app/"+v.App]; app != nil {
			s.who = app.Key
		}
		s.limit.Calls, s.limit.Per, s.limit.By, s.limit.Source = v.Limit, s.per, d.Address(), &d.Source
		p.specials = append(p.specials, s)
	}
	return p
}

// rateLimited makes a policy of a rate_limit plugin.
func rateLimited(b *bound) *policy {
	r := precedence.CallLimitsOf(kind.Of("plugin").Compared(b.owner.Value).(kind.Plugin).Content)
	p := &policy{
		bound: b, byID: true, limits: r.Calls,
		period: Limit{Interval: r.Interval, Unit: r.Unit, Shared: r.Shared, By: b.owner.Address(), Source: &b.owner.Source},
	}
	for _, of := range r.Specials {
		s := special{per: of.Per, who: of.Who, limit: p.period}
		s.limit.Calls, s.limit.Per = of.Calls, of.Per
		p.specials = append(p.specials, s)
	}
	switch {
	case r.Rules:
		p.unclear = "has rules, which limit by what a call carries"
	case r.Local:
		p.unclear = "counts on each node of the gateway alone (algorithm: local)"
	}
	return p
}
