package remote

import (
	"sync"
	"time"
)

// earnEvery is how many successes return one repeat to the budget. A long run may have more failures in all than a short one,
// but at any time most requests must succeed.
const earnEvery = 10

// tally has the budget of repeats, and the offset of the gateway's clock. It is safe for concurrent use.
type tally struct {
	mu        sync.Mutex
	budget    int // repeats left
	most      int // upper bound of the budget
	successes int // since the last repeat was returned
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

// mayRepeat takes one repeat out of the budget; it returns false if none is left.
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
