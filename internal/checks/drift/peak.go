package drift

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// limitWarnings warns of throttles that a plan sets, or binds, below the calls that the APIs received in the last hour.
//
// Statistics count calls by the minute, for all environments of an API together; limits hold for any
// period. So that a warning is always true, a limit is compared with calls that surely were there: for a
// shorter period than a minute with the average of the busiest minute, for longer ones with the busiest
// stretch of the last hour that fits into the period.
func limitWarnings(c *compared.Result, t *affected, byGroup, byAPI map[string]figures, mode Mode) (out []diff.Note) {
	for _, l := range limitedThrottles(c, t) {
		subjects := l.subjects(byGroup, byAPI, mode)
		worst, others := excess{}, 0
		for _, s := range subjects {
			if e := excessOf(&l.throttle, s.figures); e.over > worst.over {
				worst = e
				worst.who = s.name
				others++
			} else if e.over > 0 {
				others++
			}
		}
		if worst.over == 0 {
			continue
		}
		text := fmt.Sprintf("api_call_limits is %d in %d %s, but %s had %s", l.throttle.APILimit, l.throttle.TimeInterval, l.throttle.TimeUnit, worst.who, worst.seen)
		if others > 1 {
			text += fmt.Sprintf("; so did %d more", others-1)
		}
		if mode == Groups {
			text += "; --traffic apis checks individual APIs"
		}
		out = append(out, diff.Note{Address: "throttle/" + l.throttle.Name, Source: l.source, Message: text})
	}
	return out
}

// limitedThrottle is a throttle that the plan sets or binds, with the APIs that it then limits.
type limitedThrottle struct {
	throttle kind.Throttle
	source   *kind.Source
	apis     []*kind.API
}

// limitedThrottles lists them in the order of the files.
func limitedThrottles(c *compared.Result, t *affected) (out []limitedThrottle) {
	set, bound := map[string]bool{}, map[string][]*kind.API{}
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		switch {
		case ch.Kind == "throttle" && ch.Want != nil:
			set[ch.Want.Key] = true
		case ch.Kind == "throttle_binding" && ch.Action == diff.Bind:
			bound[ch.Name] = append(bound[ch.Name], ch.Link.To.API)
		}
	}
	stays := map[string][]*kind.API{}
	for i := range c.Desired.Links {
		if l := &c.Desired.Links[i]; l.Kind == "throttle_binding" {
			stays[l.Owner] = append(stays[l.Owner], l.To.API)
		}
	}
	for i := range c.Desired.Objects {
		d := &c.Desired.Objects[i]
		throttle, ok := d.Value.(kind.Throttle)
		if !ok || !set[d.Key] && len(bound[d.Key]) == 0 {
			continue
		}
		apis := stays[d.Key]
		switch {
		case !set[d.Key] && throttle.Type != "shared":
			apis = bound[d.Key]
		case !d.ManagesKind("throttle_binding"):
			apis = t.byOwner[d.Address()]
		}
		out = append(out, limitedThrottle{throttle, &d.Source, uniqueAPIs(apis)})
	}
	return out
}

type subject struct {
	name    string
	figures figures
}

// subjects are the APIs whose calls the throttle counts: each API by itself or, for a shared throttle, all together. If
// only the calls of groups are known, each group stands for its APIs.
func (l *limitedThrottle) subjects(byGroup, byAPI map[string]figures, mode Mode) (out []subject) {
	if mode == Groups {
		for _, g := range groupsOf(l.apis) {
			out = append(out, subject{"group " + g + " as a whole", byGroup[g]})
		}
		return out
	}
	var all []figures
	for _, a := range l.apis {
		f := byAPI[a.Address()]
		all = append(all, f)
		name := a.Address()
		if len(a.Published) > 1 {
			name += " (in all environments)"
		}
		out = append(out, subject{name, f})
	}
	if l.throttle.Type == "shared" && len(l.apis) > 1 {
		return []subject{{fmt.Sprintf("the %d bound APIs together", len(l.apis)), addFigures(all...)}}
	}
	return out
}

// excess is how far the calls certainly were above a limit.
type excess struct {
	over float64 // calls in a period; 0 when they may have been below
	who  string
	seen string
}

var unitSeconds = map[string]int64{"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}

const minute, hour = 60, 3600

// excessOf compares the last hour with a limit.
func excessOf(t *kind.Throttle, f figures) (e excess) {
	period := t.TimeInterval * unitSeconds[t.TimeUnit]
	if period <= 0 || t.APILimit <= 0 {
		return e
	}
	var seen float64
	switch {
	case period < minute:
		seen = float64(f.peak().Calls) * float64(period) / minute
		e.seen = fmt.Sprintf("%.4g on average in its busiest minute of the last hour, which had %d", seen, f.peak().Calls)
	case period < hour:
		minutes := period / minute
		seen = float64(f.busiest(minutes))
		e.seen = fmt.Sprintf("%.0f in its busiest %d minutes of the last hour", seen, minutes)
		if minutes == 1 {
			e.seen = fmt.Sprintf("%.0f in its busiest minute of the last hour", seen)
		}
	default:
		seen = float64(f.calls())
		e.seen = fmt.Sprintf("%.0f in the last hour", seen)
	}
	e.over = max(0, seen-float64(t.APILimit))
	return e
}

// busiest is the largest number of calls in this many consecutive minutes.
func (f figures) busiest(minutes int64) (most int64) {
	var sum int64
	from := 0
	for _, m := range f {
		sum += m.Calls
		for f[from].At.Unix() <= m.At.Unix()-minutes*minute {
			sum -= f[from].Calls
			from++
		}
		most = max(most, sum)
	}
	return most
}
