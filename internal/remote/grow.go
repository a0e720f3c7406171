package remote

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// MostInFlight is how many requests to one gateway are in flight at most where nothing else is said, and MostInAll how many
// to several.
const (
	MostInFlight = 100
	MostInAll    = 200
)

const (
	growStart  = 10                    // requests in flight that any gateway takes
	growStep   = 10                    // more after each round without trouble, once answers took long
	growHard   = 2                     // the same, once the gateway could not keep up
	growSlower = 0.7                   // of what was allowed is kept when answers take long
	growTrying = 2                     // times the floor: so long an answer takes where requests wait for each other
	growClear  = 5 * time.Millisecond  // less than that more tells nothing
	growRound  = 25 * time.Millisecond // a shorter round trip is no round: what comes of it is not known so soon
	growBurst  = 4                     // all of a burst but one in so many must be answered before the next begins
	growSeen   = 10                    // requests let through within a second that tell a rate
)

// growth finds out how many requests a gateway takes at once. A round is as long as it takes until a request is answered
// that was started after the round began, which is about a round trip, and growRound at least.
//
//	while                          a round without trouble       a round with trouble
//	there was no trouble yet       twice as many                 fewer, and from then on carefully
//	there was some                 growStep or growHard more     fewer
//
// Trouble is an answer of 503 or none in time (half as many), or that answers take well above their floor: the least mean
// of a round, operation by operation, since some take longer than others by nature. For these it never goes below what
// it starts with; refusals for pace, for which the pacer goes lower, end the careless time as well. Where the limit
// was never reached in a round, nothing was learnt about more.
//
// In the careless time requests start in bursts, each once most of the one before was answered: what a burst asked too much
// shows in its last answers, and its first ones must not have started the next by then.
//
// It is not safe for concurrent use: the pacer's lock guards it.
type growth struct {
	careful bool
	step    int    // while careful
	burst   int    // size of the one that is on its way; 0 while one begins
	full    bool   // a request had to wait for another one in this round
	hard    bool   // trouble of this round that the answers themselves tell
	ends    uint64 // the round ends with a request numbered so or higher
	began   time.Time
	took    map[string]*mean
	floor   map[string]time.Duration
}

type mean struct {
	sum time.Duration
	n   int
}

func newGrowth() *growth {
	return &growth{step: growStep, took: map[string]*mean{}, floor: map[string]time.Duration{}}
}

// room is how many may be in flight now, given how many are.
func (g *growth) room(allowed, inFlight int) int {
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

// overload reports whether err says that the gateway could not keep up.
func overload(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == http.StatusServiceUnavailable || errors.Is(err, context.DeadlineExceeded)
}

// ended notes how a request ended, and returns how many may be in flight from now on, given how many were. The next
// request will be numbered next.
func (g *growth) ended(t ticket, operation string, now time.Time, err error, allowed int, next uint64) int {
	switch {
	case overload(err):
		g.hard = true
	case err == nil:
		m := g.took[operation]
		if m == nil {
			m = &mean{}
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
	case allowed < growStart: // refusals brought it there, and the pacer leads out again
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

// slow reports whether the answers of the round took well above their floor, which it lowers where they were fast.
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
