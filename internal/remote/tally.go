package remote

import (
	"maps"
	"sync"
	"time"
)

// Stats is what a client has done.
type Stats struct {
	Requests  map[string]int // attempts by operation, refused ones included
	Attempts  int            // their sum
	Throttled int            // attempts that were refused for pace
	Retries   int            // attempts that repeated an earlier one
	Waited    time.Duration  // time spent waiting for pace and between repeats, summed over all requests
}

// earnEvery is how many successes give one repeat back to the budget: a long run may see more
// trouble in all than a short one, but at any time most requests must succeed.
const earnEvery = 10

// tally counts, and holds the budget of repeats. It is safe for concurrent use.
type tally struct {
	mu        sync.Mutex
	done      Stats
	budget    int // repeats left
	most      int // what the budget never exceeds
	successes int // since the last repeat was given back
	offset    time.Duration
	dated     bool
}

func newTally(budget int) *tally {
	budget = max(budget, 0)
	return &tally{done: Stats{Requests: map[string]int{}}, budget: budget, most: budget}
}

func (t *tally) stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.done
	s.Requests = maps.Clone(s.Requests)
	return s
}

func (t *tally) attempted(operation string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done.Requests[operation]++
	t.done.Attempts++
}

// ended notes the outcome of an attempt.
func (t *tally) ended(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if refusal(err) != nil {
		t.done.Throttled++
	}
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
	t.done.Retries++
	return true
}

func (t *tally) waited(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done.Waited += d
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
