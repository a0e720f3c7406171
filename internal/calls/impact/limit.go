package impact

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// limits holds how often callers may call, by whose calls are counted together, such as "" (all calls of an API) or "
// per app".
type limits struct {
	by     map[string]rate
	sure   bool
	shared bool // the calls of all APIs of the policy count together
}

// rate is a number of calls in a period.
type rate struct {
	calls, interval int64
	unit            string // SECOND MINUTE HOUR DAY
}

var unlimited = rate{calls: math.MaxInt64, interval: 1, unit: "SECOND"}

func (r rate) String() string {
	switch {
	case r.calls == math.MaxInt64:
		return "none"
	case r.interval == 1:
		return fmt.Sprintf("%d per %s", r.calls, r.unit)
	}
	return fmt.Sprintf("%d per %d %s", r.calls, r.interval, r.unit)
}

// callsWithin returns how many calls may be made within this many seconds, possibly all at once.
func (r rate) callsWithin(secs float64) float64 {
	if r.calls == math.MaxInt64 {
		return math.Inf(1)
	}
	return float64(r.calls) * max(1, secs/(float64(r.interval)*precedence.Seconds[r.unit]))
}

// allowsMoreThan reports whether a rate allows more calls than the other in a second, a minute, an hour or a day.
func (r rate) allowsMoreThan(other rate) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(precedence.Seconds)), func(s float64) bool { return r.callsWithin(s) > other.callsWithin(s) })
}

// limit compares how often an API may be called. The limit of the gateway itself, which applies if there is no other,
// counts as no limit.
func limit(v *view) (out []Aspect) {
	before, after := limitsOf(v, v.before), limitsOf(v, v.after)
	var raised, lowered []string
	for _, whose := range unionKeys(before.by, after.by) {
		b, a := before.limitOf(whose), after.limitOf(whose)
		all := whose == "" && a != unlimited && b != unlimited
		if a.allowsMoreThan(b) || all && before.shared && !after.shared {
			raised = append(raised, whose)
		}
		if b.allowsMoreThan(a) || all && after.shared && !before.shared { // also if more calls are allowed at once, although fewer in a day
			lowered = append(lowered, whose)
		}
	}
	aspect := Aspect{Name: Limit, Sure: before.sure && after.sure}
	if len(raised) > 0 {
		aspect.Level, aspect.Before, aspect.After = Exposure, before.text(raised), after.text(raised)
		out = append(out, aspect)
	}
	if len(lowered) > 0 {
		aspect.Level, aspect.Before, aspect.After = Change, before.text(lowered), after.text(lowered)
		if busiest := float64(v.peak); v.peak > 0 && slices.Contains(lowered, "") && after.limitOf("").callsWithin(precedence.Seconds["MINUTE"]) < busiest {
			aspect.Level = Outage
			aspect.After += fmt.Sprintf(" (the busiest minute of the last hour had %d calls)", v.peak)
		}
		out = append(out, aspect)
	}
	return out
}

// limitOf returns the limit for a caller: its special limit, or else that of all apps or users.
func (l limits) limitOf(whose string) rate {
	if r, ok := l.by[whose]; ok {
		return r
	}
	if sort, _, named := strings.Cut(whose, ":"); named {
		return l.limitOf(" per " + strings.TrimPrefix(sort, " of "))
	}
	return unlimited
}

// text returns a few limits in words.
func (l limits) text(of []string) string {
	const few = 3
	var out []string
	for _, whose := range of {
		r := l.limitOf(whose)
		text := r.String()
		switch {
		case r == unlimited:
			continue
		case whose != "":
			text += strings.Replace(whose, ":", " ", 1)
		case l.shared:
			text += " for all APIs of the policy together"
		}
		out = append(out, text)
	}
	switch n := len(out); {
	case n == 0:
		return unlimited.String()
	case n > few:
		out = append(out[:few], fmt.Sprintf("%d more", n-few))
	}
	return strings.Join(out, ", ")
}

// limitsOf returns the limits of an API: those of its rate_limit plugin, else those of its throttle (see
// precedence.RateLimit).
func limitsOf(v *view, s side) limits {
	for _, p := range pluginsBy(s, precedence.ReplacesThrottle) {
		return v.applicable(rateLimited(p))
	}
	for _, q := range bound[kind.AppQuota](s) { // the apps of the quota were not read
		return limits{by: map[string]rate{" per app": rateOf(q)}}
	}
	l := limits{by: map[string]rate{}, sure: v.known("plugin_binding")}
	for address, t := range bound[kind.Throttle](s) {
		l = v.applicable(throttled(t, partsOf[kind.Special](s, address)))
		l.sure = v.known("plugin_binding") // a plugin may override it
		return l
	}
	l.sure = l.sure && v.known("throttle_binding")
	return l
}

// applicable leaves out the limits that apply to no caller (see precedence.Counted).
func (v *view) applicable(l limits) limits {
	if v.authType() == "" {
		return l
	}
	maps.DeleteFunc(l.by, func(whose string, _ rate) bool {
		for _, per := range []string{"app", "user"} {
			if (whose == " per "+per || strings.HasPrefix(whose, " of "+per+":")) && !precedence.Counts(per, v.authType()) {
				return true
			}
		}
		return false
	})
	return l
}

func throttled(t kind.Throttle, specials map[string]kind.Special) limits {
	l := limits{by: map[string]rate{}, sure: true, shared: t.Type == "shared"}
	for whose, calls := range map[string]int64{"": t.APILimit, " per app": t.AppLimit, " per user": t.UserLimit, " per ip": t.IPLimit} {
		if calls > 0 {
			l.by[whose] = rate{calls, t.TimeInterval, t.TimeUnit}
		}
	}
	for _, s := range specials {
		whose := " of user:" + s.User
		if s.App != "" {
			whose = " of app:" + s.App
		}
		l.by[whose] = rate{s.Limit, t.TimeInterval, t.TimeUnit}
	}
	return l
}

func rateLimited(p *kind.Plugin) limits {
	r := precedence.CallLimitsOf(p.Content)
	l := limits{by: map[string]rate{}, sure: !r.Rules && !r.Local, shared: r.Shared}
	for per, calls := range r.Calls {
		whose := " per " + per
		if per == "api" {
			whose = ""
		}
		if calls > 0 {
			l.by[whose] = rate{calls, r.Interval, r.Unit}
		}
	}
	for _, s := range r.Specials {
		l.by[" of "+s.Per+":"+s.Who] = rate{s.Calls, r.Interval, r.Unit}
	}
	return l
}
