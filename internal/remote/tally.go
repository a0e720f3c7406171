package remote

import (
	"sync"
	"time"
)

// earnEvery is how many successes give one repeat back to the budget: a long run may see more
// trouble in all than a short one, but at any time most requests must succeed.
const earnEvery = 10

// tally holds the budget of repeats, and what is known of the gateway's clock. It is safe for concurrent use.
type tally struct {
	mu        sync.Mutex
	budget    int // repeats left
	most      int // what the budget never exceeds
	successes int // since the last repeat was given back
	offset    time.Duration
	dated     bool
}

func newTally(budget int) *tally {
	budget = max(budget, 0)
	return &tally{budget: budget, most: budget}
}

// ended notes the outcome of an attempt.
func (t *tally) ended(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || t.budget >= t.most {
		return
	}
	if t.successes++; t.successes >= earnEvery {
		t.successes = 0
		t.budget++
	}
}

// mayRepeat takes one repeat out of the budget.
func (t *tally) mayRepeat() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.budget == 0 {
		return false
	}
	t.budget--
	return true
}

func (t *tally) setClockOffset(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.offset, t.dated = d, true
}

func (t *tally) clockOffset() (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.offset, t.dated
}
