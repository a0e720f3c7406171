package remote

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// MostInFlight is how many requests to one gateway are in flight at most by default, and MostInAll how many to several gateways
// together.
const (
	MostInFlight = 100
	MostInAll    = 200
)

const (
	growStart  = 10                    // requests in flight that any gateway handles
	growStep   = 10                    // how many more are allowed after each round without trouble, once answers took long
	growHard   = 2                     // the same, once the gateway could not keep up
	growSlower = 0.7                   // factor for the number allowed when answers take long
	growTrying = 2                     // an answer takes long if it takes this many times the floor
	growClear  = 5 * time.Millisecond  // and this much longer: smaller differences mean nothing
	growRound  = 25 * time.Millisecond // shortest round: earlier, the effect of a change does not show yet
	growBurst  = 4                     // the next burst waits until only one in growBurst requests of the last one is in flight
	growSeen   = 10                    // requests accepted within a second from which a rate is learnt
)

// growth finds out how many requests a gateway handles at once. A round ends with the answer to a request that was started
// after the round began, which takes about a round trip; it lasts growRound at least.
//
//	state                          after a round without trouble after a round with trouble
//	no trouble so far              twice as many                 fewer, and careful from then on
//	careful                        growStep or growHard more     fewer
//
// Trouble is a 503 or no answer in time (half as many), or answers that take much longer than their floor. The floor is the
// lowest mean of a round for an operation, since some operations take longer than others by nature. Trouble never reduces the
// number below growStart. Refusals for the rate, for which the pacer reduces it further, end the time without care as well. A
// round in which the limit was not reached says nothing about a higher one.
//
// Before it is careful, requests start in bursts, each when most of the previous one was answered. That a burst was too large
// shows only in its last answers, so its first answers must not start the next one.
//
// It is not safe for concurrent use: the pacer's lock guards it.
type growth struct {
	careful bool
	step    int    // while careful
	burst   int    // size of the burst that is in flight; 0 while one starts
	full    bool   // a request had to wait for another one in this round
	hard    bool   // a request of this round was answered with 503, or not in time
	ends    uint64 // the round ends with the answer to a request of this number or a higher one
	began   time.Time
	took    map[string]*average
	floor   map[string]time.Duration
}

type average struct {
	sum time.Duration
	n   int
}

func newGrowth() *growth {
	return &growth{step: growStep, took: map[string]*average{}, floor: map[string]time.Duration{}}
}

// allowedNow is how many requests may be in flight at this moment, given how many are.
func (g *growth) allowedNow(allowed, inFlight int) int {
	switch {
	case g.careful || allowed >= MostInFlight:
		return allowed
	case g.burst > 0 && inFlight > g.burst/growBurst:
		return 0
	case inFlight >= allowed:
		g.burst = inFlight
	default:
		g.burst = 0
	}
	return allowed
}

// overload reports whether err means that the gateway could not keep up.
func overload(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == http.StatusServiceUnavailable || errors.Is(err, context.DeadlineExceeded)
}

// ended records how a request ended, and returns how many may be in flight from now on; allowed is how many might be so far.
// next is the number of the next request.
func (g *growth) ended(t ticket, operation string, now time.Time, err error, allowed int, next uint64) int {
	switch {
	case overload(err):
		g.hard = true
	case err == nil:
		m := g.took[operation]
		if m == nil {
			m = &average{}
			g.took[operation] = m
		}
		m.sum += now.Sub(t.at)
		m.n++
	}
	if g.began.IsZero() {
		g.began = t.at
	}
	if t.seq < g.ends || now.Sub(g.began) < growRound {
		return allowed
	}
	g.began = now
	slow, full, hard := g.slow(), g.full, g.hard
	g.full, g.hard, g.ends = false, false, next
	clear(g.took)
	switch {
	case allowed < growStart: // because of refusals; the pacer raises it again
		return allowed
	case hard:
		g.careful, g.step = true, growHard
		return max(allowed/2, growStart)
	case slow:
		g.careful = true
		return max(int(float64(allowed)*growSlower), growStart)
	case !full:
		return allowed
	case g.careful:
		return min(allowed+g.step, MostInFlight)
	}
	return min(2*allowed, MostInFlight)
}

// slow reports whether the answers of the round took much longer than their floor. It lowers the floor of operations that were
// faster.
func (g *growth) slow() bool {
	var took, least, answers time.Duration
	for operation, m := range g.took {
		one := m.sum / time.Duration(m.n)
		floor, known := g.floor[operation]
		if !known || one < floor {
			floor = one
			g.floor[operation] = floor
		}
		took += m.sum
		least += floor * time.Duration(m.n)
		answers += time.Duration(m.n)
	}
	return took-least >= growClear*answers && answers > 0 && float64(took) > growTrying*float64(least)
}
