package intent

import (
	"math"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// limited is how often a caller may call: several limits that are equally low, or none if nothing limits the call.
type limited struct {
	known  bool
	limits []Limit
}

// limit finds the lowest limit that applies to the call.
func (q *question) limit() {
	policies := q.policies()
	first := q.outcomeOf(policies[0])
	q.per = first.per
	out := first.lowest
	for _, p := range policies[1:] {
		other := q.outcomeOf(p)
		for per := range q.per {
			q.per[per] = agreed(q.per[per], other.per[per])
		}
		out = agreed(out, other.lowest)
	}
	if len(policies) > 1 && !out.known {
		for _, p := range policies {
			if p != nil && p.bound.truth == open {
				q.addStep(aboutLimit, precedence.Throttle, open, p.bound.source, p.bound.fix, "whether %s applies: %s", p.bound.owner.Address(), p.bound.why)
			}
		}
	}
	q.LimitKnown = out.known
	q.Limits = append(q.Limits, out.limits...)
}

// agreed returns what two possibilities agree on.
func agreed(a, b limited) limited {
	if a.known && b.known && slices.EqualFunc(a.limits, b.limits, func(x, y Limit) bool { return x.equal(y) }) {
		return a
	}
	return limited{}
}

func (l Limit) equal(o Limit) bool {
	l.Source, o.Source = nil, nil
	return l == o
}

// policies returns the candidates of which one limits the API; nil stands for the gateway's own limit.
func (q *question) policies() (out []*policy) {
	throttles, plugins := q.bound["throttle_binding"], q.bound["plugin_binding"]
	certain := false
	for i := range plugins {
		b := &plugins[i]
		if !precedence.ReplacesThrottle(b.owner.Value.(kind.Plugin).Type) {
			continue
		}
		out, certain = append(out, rateLimited(b)), certain || b.truth == yes
		for j := range throttles {
			if b.truth == yes {
				q.addStep(aboutLimit, precedence.RateLimit, yes, throttles[j].source, "", "%s has no effect, since %s (rate_limit) overrides it", throttles[j].owner.Address(), b.owner.Address())
			}
		}
	}
	for i := range throttles {
		if certain {
			return out
		}
		out = append(out, q.model.throttled(&throttles[i]))
	}
	if !certain && !slices.ContainsFunc(throttles, func(b bound) bool { return b.truth == yes }) {
		out = append(out, nil)
	}
	return out
}

// outcome is what one policy means for the call.
type outcome struct {
	lowest limited
	per    map[string]limited
}

// outcomeOf returns the outcome for the call if p limits the API.
func (q *question) outcomeOf(p *policy) outcome {
	if p == nil {
		return q.defaultOutcome()
	}
	if p.unclear != "" {
		q.addStep(aboutLimit, precedence.RateLimit, open, p.bound.source, fixGateway, "%s %s", p.bound.owner.Address(), p.unclear)
		return outcome{per: map[string]limited{}}
	}
	if p.bound.truth == yes {
		q.addStep(aboutLimit, precedence.Throttle, yes, p.bound.source, "", "%s limits %s", p.bound.owner.Address(), q.api.Address())
	}
	choices, out := map[string]*choice{}, outcome{per: map[string]limited{}}
	for _, per := range perWords {
		choices[per] = q.choose(p, per)
		out.per[per] = choices[per].result()
	}
	least, most := int64(math.MaxInt64), int64(math.MaxInt64)
	for _, c := range choices {
		least, most = min(least, c.least()), min(most, c.most())
	}
	if least < most {
		for _, per := range perWords {
			if c := choices[per]; c.least() < most && c.least() < c.most() {
				q.addStep(aboutLimit, precedence.Special, open, p.bound.source, c.fix, "%s", c.why)
			}
		}
		return out
	}
	out.lowest = limited{known: true}
	for _, per := range perWords {
		if c := choices[per]; least < math.MaxInt64 && c.least() == least && c.most() == least {
			out.lowest.limits = append(out.lowest.limits, c.shared())
		}
	}
	return q.limitByDefault(p, out)
}

// limitByDefault makes a limit open if it is above the gateway's own.
func (q *question) limitByDefault(p *policy, out outcome) outcome {
	bound := int64(precedence.DefaultCalls)
	if q.model.suite.DefaultLimit > 0 {
		bound = q.model.suite.DefaultLimit
	}
	for _, l := range out.lowest.limits {
		if p.capped && float64(l.Calls) > float64(bound)*float64(l.Interval)*precedence.Seconds[l.Unit] {
			q.addStep(aboutLimit, precedence.DefaultBound, open, p.bound.source, "set default_limit in the cases to what the gateway's feature ratelimit says",
				"%s allows %s, but the gateway itself may allow no more than %d a second", l.By, l.short(), bound)
			out.lowest = limited{}
			return out
		}
	}
	for i := range out.lowest.limits {
		l := &out.lowest.limits[i]
		if p.bound.truth != yes {
			break // another policy may apply
		}
		source := p.bound.owner.Source
		if l.Source != nil {
			source = *l.Source
		}
		q.addStep(aboutLimit, precedence.Throttle, yes, source, "", "the lowest: %s", l.String())
	}
	return out
}

// defaultOutcome returns the outcome for the call if only the gateway itself limits the API.
func (q *question) defaultOutcome() outcome {
	n := q.model.suite.DefaultLimit
	if n == 0 {
		q.addStep(aboutLimit, precedence.Default, open, kind.Source{}, "set default_limit in the cases to what the gateway's feature ratelimit says",
			"neither a throttle nor a rate_limit plugin limits %s, and how the gateway limits it is not known", q.api.Address())
		return outcome{per: map[string]limited{}}
	}
	l := Limit{Calls: n, Interval: 1, Unit: "SECOND", Per: "api", By: byDefault}
	q.addStep(aboutLimit, precedence.Default, yes, kind.Source{}, "", "neither a throttle nor a rate_limit plugin limits %s: %s", q.api.Address(), l.String())
	one := limited{known: true, limits: []Limit{l}}
	none := limited{known: true}
	return outcome{lowest: one, per: map[string]limited{"api": one, "user": none, "app": none, "ip": none}}
}

// byDefault names the limit of an API that no policy limits.
const byDefault = "default"
