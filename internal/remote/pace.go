package remote

import (
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
	growEvery    = 10                     // successes for each request in flight that allow one more
	firstPause   = 500 * time.Millisecond // after a refusal that names no time; doubles each time
	longestPause = 30 * time.Second
	keptStarts   = 20_000 // starts remembered: the largest limit that can be counted exactly
)

// pacer decides when the next request of the run may start. It is safe for concurrent use.
//
//	refusal                      what follows
//	names a limit, used up by us no more starts than the limit in any such window
//	names a limit, not used up   others use it too: a smaller share of it, after a short pause
//	names none                   half as many in flight, after a pause that doubles each time
//	carries Retry-After          a pause of that length
//
// Where it grows by itself (see growth), a refusal that names no limit tells one all the same, when enough were let
// through within the last second: so many a second, in growing steps, instead of fewer in flight.
//
// After a pause one request alone tries the way; the others follow when it was let through.
// Refusals of requests that had started before the last reaction change nothing more.
type pacer struct {
	turn chan struct{} // holds one token while somebody is next in line, so that order is kept
	wake chan struct{} // told when waiting may have become needless
	rps  *rate.Limiter // nil without a fixed cap
	most int           // in flight at the very most
	tell func(wait time.Duration)
	all  *Bound // of several pacers; nil without one

	mu        sync.Mutex
	grow      *growth // nil where most is fixed
	highest   int     // what allowed was at most
	inFlight  int
	allowed   int // in flight now: 1 to most
	successes int // since allowed changed
	next      uint64
	reacted   uint64 // requests numbered below this had started before the last reaction
	strikes   int    // reactions in a row without a success
	probing   bool
	paused    time.Time // nothing starts before
	started   []start   // not refused, oldest first
	windows   []*window
}

// start is when a request was let go.
type start struct {
	seq uint64
	at  time.Time
}

// ticket is the right to send one request; it goes back with release.
type ticket = start

// newPacer makes one with so many requests in flight at most; 0 means as many as the gateway takes.
func newPacer(parallel int, maxRPS float64, tell func(time.Duration)) *pacer {
	p := &pacer{
		turn: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		most: parallel, allowed: parallel, highest: parallel, tell: tell,
	}
	if parallel == 0 {
		p.grow, p.most, p.allowed, p.highest = newGrowth(), MostInFlight, growStart, growStart
	}
	if maxRPS > 0 {
		p.rps = rate.NewLimiter(rate.Limit(maxRPS), 1)
	}
	return p
}

// acquire waits until a request may start. It fails when ctx ends first, and when the gateway's
// limits would make it wait for longer than any run should.
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
			return ticket{}, fmt.Errorf("the gateway lets the next request in only after %s; try again then",
				wait.Round(time.Second))
		}
		if wait >= time.Second && !told {
			told = true
			p.tell(wait)
		}
		p.await(ctx, wait)
	}
}

// take gives a ticket when all conditions hold, else how long until they may; 0 means until
// something changes.
func (p *pacer) take(now time.Time) (t ticket, wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	room := p.allowed
	if p.grow != nil {
		room = p.grow.room(p.allowed, p.inFlight)
	}
	if p.probing {
		room = min(room, 1)
	}
	wait = p.paused.Sub(now)
	for _, w := range p.windows {
		wait = max(wait, w.delay(now, p.started))
	}
	if wait > 0 {
		return ticket{}, wait, false
	}
	if p.inFlight >= room {
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

// release takes the ticket back and learns from how a request for the operation ended.
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
			w.count++ // it was let through as well
		}
	}
	p.successes++
	if p.grow != nil && p.allowed >= growStart {
		return // it knows better
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
	if named && p.strikes == 0 && w.calm != now { // refused tries during a pause say nothing new about the rate
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

// learn is the rate that a refusal without words tells: what was let through within the last second. It is nil where that
// is too little to go by, or where a limit is known.
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
	if n -= p.inFlight; n < growSeen { // of those in flight nobody knows yet
		return nil
	}
	w := p.window(limit{n, time.Second})
	w.learnt, w.before, w.calm = true, p.next, now
	return w
}

// mostAtOnce is how many requests were allowed in flight at most so far.
func (p *pacer) mostAtOnce() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.highest
}

// pauseFor doubles with each strike up to longest and is then spread by half, so that several
// clients that were refused together do not come back together.
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

// window finds the window of a limit. A limit for the same length of time replaces the older one.
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
	i, found := slices.BinarySearchFunc(p.started, t.seq, func(s start, seq uint64) int {
		switch {
		case s.seq < seq:
			return -1
		case s.seq > seq:
			return 1
		}
		return 0
	})
	if found {
		p.started = slices.Delete(p.started, i, i+1)
	}
}
