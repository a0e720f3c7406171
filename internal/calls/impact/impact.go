// Package impact computes what a plan means to callers: for each API in an environment that it affects, who is let in, who is
// shut out, and who may call more or less often. It compares the state of the gateway before and after the plan by the
// rules of package precedence, and sends no requests: what was not read counts as absent, and the result is marked as not
// sure.
package impact

import (
	"cmp"
	"iter"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Level is how much callers notice.
type Level string

// The levels, the worst first.
const (
	Exposure Level = "exposure" // who was refused or limited may call, or call more
	Outage   Level = "outage"   // who could call is refused
	Change   Level = "change"   // anything else that callers notice
)

// Levels are the levels, the worst first.
var Levels = []Level{Exposure, Outage, Change}

// The aspects of a call.
const (
	Authentication = "authentication"
	Authorization  = "authorization"
	Access         = "access"
	Limit          = "limit"
	CORS           = "cors"
	Plugins        = "plugins"
)

// Aspect is one thing that changes for callers.
type Aspect struct {
	Name          string
	Level         Level
	Before, After string // in words
	Sure          bool   // the rules settle it, and nothing that was not read could make it untrue
}

// withLevels returns the aspect with the level gained if callers gain something, and with the level lost if they lose
// something.
func (a Aspect) withLevels(gain bool, gained Level, loss bool, lost Level) (out []Aspect) {
	if gain {
		a.Level = gained
		out = append(out, a)
	}
	if loss {
		a.Level = lost
		out = append(out, a)
	}
	return out
}

// Entry is what a plan means to the callers of one API in one environment.
type Entry struct {
	API, Environment string // document.Impact explains GROUP/*, */* and ""
	Aspects          []Aspect
	Because          []string // addresses of the changes that cause it, sorted
	Calls            *int64   // of the last hour; nil if they were not read
}

// Level returns the level of the worst aspect.
func (e *Entry) Level() Level {
	for _, l := range Levels {
		if e.Has(l) {
			return l
		}
	}
	return Change
}

// Has reports whether an aspect has the level.
func (e *Entry) Has(l Level) bool {
	return slices.ContainsFunc(e.Aspects, func(a Aspect) bool { return a.Level == l })
}

// Sure reports whether all aspects are sure.
func (e *Entry) Sure() bool {
	return !slices.ContainsFunc(e.Aspects, func(a Aspect) bool { return !a.Sure })
}

// Counts holds, for each level, the number of entries with an aspect of that level.
type Counts struct {
	Exposure int `json:"exposure"`
	Outage   int `json:"outage"`
	Change   int `json:"change"`
}

// Count counts entries.
func Count(entries []Entry) Counts {
	n := map[Level]int{}
	for i := range entries {
		for _, l := range Levels {
			if entries[i].Has(l) {
				n[l]++
			}
		}
	}
	return Counts{n[Exposure], n[Outage], n[Change]}
}

// All yields the number of each level, the worst first.
func (c Counts) All() iter.Seq2[Level, int] {
	return func(yield func(Level, int) bool) {
		_ = yield(Exposure, c.Exposure) && yield(Outage, c.Outage) && yield(Change, c.Change)
	}
}

// Input holds what an impact is computed from.
type Input struct {
	Have     kind.Actual
	Want     kind.Desired
	Plan     *diff.Plan
	Complete map[string]bool // kinds of links of which Have has all that the gateway has
	APIs     *kind.Catalog   // the APIs that were read, with what they refer to; nil if none were

	// Traffic returns the calls of the last hour, and those in its busiest minute; ok is false if they are not known. It may
	// be nil.
	Traffic func(a *kind.API) (calls, peak int64, ok bool)
}

// Of returns the impact of a plan: the worst entries first, then by API and environment.
func Of(in Input) []Entry {
	w := newStates(in)
	w.markAffected()
	out := w.noteReferring()
	for _, at := range w.affected() {
		if e := w.entry(at); len(e.Aspects) > 0 {
			out = append(out, e)
		}
	}
	out = append(append(out, shared(in.Plan)...), w.quotas()...)
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(slices.Index(Levels, a.Level()), slices.Index(Levels, b.Level())),
			cmp.Compare(a.API, b.API), cmp.Compare(a.Environment, b.Environment))
	})
	return out
}

func worstFirst(aspects []Aspect) {
	slices.SortStableFunc(aspects, func(a, b Aspect) int {
		return cmp.Compare(slices.Index(Levels, a.Level), slices.Index(Levels, b.Level))
	})
}

// entry compares one API in an environment before and after the plan.
func (w *states) entry(at slot) Entry {
	v := w.view(at)
	e := Entry{Because: w.because[at]}
	if v.api != nil {
		e.API, e.Environment = v.api.Address(), at.env
		if w.in.Traffic != nil {
			if calls, peak, ok := w.in.Traffic(v.api); ok {
				e.Calls, v.peak = &calls, peak
			}
		}
	}
	for _, of := range []func(*view) []Aspect{authentication, authorization, access, limit, cors, plugins, signature} {
		e.Aspects = append(e.Aspects, of(v)...)
	}
	e.Aspects = append(e.Aspects, w.ofReferred[at]...)
	if v.api == nil {
		for i := range e.Aspects {
			e.Aspects[i].Sure = false
		}
	}
	worstFirst(e.Aspects)
	return e
}
