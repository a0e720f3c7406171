package remote

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

const (
	longestWait  = 15 * time.Minute       // a gateway that asks for more is an error, not a wait
	growEvery    = 10                     // successes per request in flight after which one more is allowed
	firstPause   = 500 * time.Millisecond // after a refusal without Retry-After; doubles each time
	longestPause = 30 * time.Second
	keptStarts   = 20_000 // starts that are remembered: the largest limit that can be kept exactly
)

// pacer decides when the next request of the run may start. It is safe for concurrent use.
//
//	refusal                      what follows
//	names a limit, used up by us no more starts than the limit in any such window
//	names a limit, not used up   others use it, too: a smaller share of it, after a short pause
//	names no limit               half as many in flight, after a pause that doubles each time
//	has Retry-After              a pause of that length
//
// If the number in flight grows automatically (see growth), a rate is learnt from a refusal that names no limit, provided that
// enough requests were accepted within the last second: that many per second, raised in growing steps, instead of fewer in
// flight.
//
// After a pause one request is sent alone; the others follow when it was accepted. Refusals of requests that had started before
// the last reaction do not lead to another one.
type pacer struct {
	turn   chan struct{} // holds one token while a request is next in line, so that requests start in order
	wake   chan struct{} // receives when the next request may be able to start
	rps    *rate.Limiter // nil without a fixed cap
	most   int           // upper bound of allowed
	onWait func(wait time.Duration)
	all    *Bound // shared by several pacers; nil if there is none

	mu        sync.Mutex
	grow      *growth // nil if the number in flight is fixed
	highest   int     // the largest value of allowed so far
	inFlight  int
	allowed   int // requests that may be in flight now: 1 to most
	successes int // since allowed changed
	next      uint64
	reacted   uint64 // requests numbered below this had started before the last reaction
	strikes   int    // reactions in a row without a success
	probing   bool
	paused    time.Time // no request starts before
	started   []start   // requests that were not refused, oldest first
	windows   []*window
}

// start is the number of a request and when it started.
type start struct {
	seq uint64
	at  time.Time
}

// ticket is the permission to send one request; release returns it.
type ticket = start

// newPacer makes a pacer with at most parallel requests in flight; 0 means as many as the gateway handles.
func newPacer(parallel int, maxRPS float64, onWait func(time.Duration)) *pacer {
	p := &pacer{
		turn: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		most: parallel, allowed: parallel, highest: parallel, onWait: onWait,
	}
	if parallel == 0 {
		p.grow, p.most, p.allowed, p.highest = newGrowth(), MostInFlight, growStart, growStart
	}
	if maxRPS > 0 {
		p.rps = rate.NewLimiter(rate.Limit(maxRPS), 1)
	}
	return p
}

// acquire waits until a request may start. It fails if ctx ends first, and if the gateway's limits would make it wait longer
// than longestWait.
func (p *pacer) acquire(ctx context.Context) (ticket, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ticket{}, stopCause(ctx)
	}
	defer func() { <-p.turn }()
	for told := false; ; {
		if ctx.Err() != nil {
			return ticket{}, stopCause(ctx)
		}
		t, wait, ok := p.take(time.Now())
		if ok {
			return t, nil
		}
		if wait > longestWait {
			return ticket{}, fmt.Errorf("the gateway accepts the next request only in %s; try again then",
				wait.Round(time.Second))
		}
		if wait >= time.Second && !told {
			told = true
			p.onWait(wait)
		}
		p.await(ctx, wait)
	}
}

// take returns a ticket if a request may start now, else how long to wait; 0 means until another request ends.
func (p *pacer) take(now time.Time) (t ticket, wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	allowed := p.allowed
	if p.grow != nil {
		allowed = p.grow.allowedNow(p.allowed, p.inFlight)
	}
	if p.probing {
		allowed = min(allowed, 1)
	}
	wait = p.paused.Sub(now)
	for _, w := range p.windows {
		wait = max(wait, w.delay(now, p.started))
	}
	if wait > 0 {
		return ticket{}, wait, false
	}
	if p.inFlight >= allowed {
		if p.grow != nil {
			p.grow.full = true
		}
		return ticket{}, 0, false
	}
	if !p.all.take() {
		return ticket{}, 0, false
	}
	if p.rps != nil {
		r := p.rps.ReserveN(now, 1)
		if d := r.DelayFrom(now); d > 0 {
			r.CancelAt(now)
			p.all.give()
			return ticket{}, d, false
		}
	}
	t = ticket{p.next, now}
	p.next++
	p.inFlight++
	p.remember(t)
	return t, 0, true
}

func (p *pacer) await(ctx context.Context, wait time.Duration) {
	var after <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-ctx.Done():
	case <-after:
	case <-p.wake:
	}
}

// release takes a ticket back, and adapts the pace to how the request ended.
func (p *pacer) release(t ticket, operation string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.all.give()
	now := time.Now()
	if e := refusal(err); e != nil {
		p.refused(t, e, now)
	} else {
		if p.grow != nil {
			p.allowed = p.grow.ended(t, operation, now, err, p.allowed, p.next)
			p.highest = max(p.highest, p.allowed)
		}
		p.probing = false
		if err == nil {
			p.succeeded(t, now)
		}
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pacer) succeeded(t ticket, now time.Time) {
	p.strikes = 0
	for _, w := range p.windows {
		w.faster(now)
		if w.learnt && t.seq < w.before {
			w.count++ // it was in flight when the rate was learnt, and was accepted, too
		}
	}
	p.successes++
	if p.grow != nil && p.allowed >= growStart {
		return // growth decides
	}
	if p.successes >= growEvery*p.allowed && p.allowed < p.most {
		p.allowed++
		p.successes = 0
	}
}

func (p *pacer) refused(t ticket, e *api.Error, now time.Time) {
	p.forget(t)
	p.pauseUntil(now.Add(e.RetryAfter))
	l, named := parseLimit(e.Message)
	var w *window
	if named {
		w = p.window(l)
		if w.explains(t, p.started) {
			return
		}
	}
	if t.seq < p.reacted {
		return
	}
	if p.grow != nil {
		p.grow.careful = true
		if w == nil {
			w = p.learn(now)
			named = w != nil
		}
	}
	p.reacted = p.next
	p.successes = 0
	p.probing = true
	first, longest := firstPause, longestPause
	if named && p.strikes == 0 && w.calm != now { // a refusal during a pause says nothing new about the rate
		w.slower(now)
	}
	if named {
		first, longest = min(w.per/4, firstPause), w.per/4
	}
	pause := pauseFor(p.strikes, first, longest)
	p.strikes++
	if !named || w.per > spacedUpTo {
		p.allowed = max(p.allowed/2, 1)
	}
	if e.RetryAfter == 0 {
		p.pauseUntil(now.Add(pause))
	}
}

// learn makes a window for a refusal that names no limit: its rate is what was accepted within the last second. It returns nil
// if these are too few requests, or if the gateway has named a limit before.
func (p *pacer) learn(now time.Time) *window {
	if len(p.windows) > 0 {
		if w := p.windows[0]; w.learnt {
			return w
		}
		return nil
	}
	n := 0
	for i := len(p.started) - 1; i >= 0 && now.Sub(p.started[i].at) < time.Second; i-- {
		n++
	}
	if n -= p.inFlight; n < growSeen { // whether those in flight are accepted is not known yet
		return nil
	}
	w := p.window(limit{n, time.Second})
	w.learnt, w.before, w.calm = true, p.next, now
	return w
}

// mostAtOnce is the largest number of requests in flight that was allowed so far.
func (p *pacer) mostAtOnce() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.highest
}

// pauseFor doubles with each strike, up to longest. It is spread at random, so that clients that were refused together do not
// come back together.
func pauseFor(strikes int, first, longest time.Duration) time.Duration {
	d := float64(first) * math.Pow(2, float64(min(strikes, 30)))
	d = min(d, float64(longest))
	return time.Duration(d * (0.75 + 0.5*rand.Float64())) //nolint:gosec // spreading, not cryptography
}

func (p *pacer) pauseUntil(t time.Time) {
	if t.After(p.paused) {
		p.paused = t
	}
}

// window returns the window of a limit. A limit for the same length of time replaces the older one.
func (p *pacer) window(l limit) *window {
	for _, w := range p.windows {
		if w.per == l.per {
			w.limit = l
			return w
		}
	}
	w := &window{limit: l, share: 1}
	p.windows = append(p.windows, w)
	return w
}

func (p *pacer) remember(t ticket) {
	if len(p.started) >= 2*keptStarts {
		p.started = slices.Clone(p.started[keptStarts:])
	}
	p.started = append(p.started, t)
}

// forget drops a refused request: it does not count against a limit.
func (p *pacer) forget(t ticket) {
	i, found := slices.BinarySearchFunc(p.started, t.seq, func(s start, seq uint64) int { return cmp.Compare(s.seq, seq) })
	if found {
		p.started = slices.Delete(p.started, i, i+1)
	}
}
