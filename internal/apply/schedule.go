package apply

import (
	"context"
	"slices"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// schedule hands out steps whose predecessors have ended and whose lanes are free. Steps with the longest chain of followers
// come first. It does not know what steps do.
type schedule struct {
	mu    sync.Mutex
	wake  *sync.Cond
	steps []diff.Step
	waits []int   // predecessors that have not ended
	next  [][]int // followers
	depth []int   // steps in the longest chain that begins here
	ready []int   // by depth, deepest first
	busy  map[string]bool
	left  int // steps that were not handed out yet
	stop  bool
}

func newSchedule(steps []diff.Step) *schedule {
	s := &schedule{steps: steps, waits: make([]int, len(steps)), next: make([][]int, len(steps)), busy: map[string]bool{}, left: len(steps)}
	s.wake = sync.NewCond(&s.mu)
	for i := range steps {
		s.waits[i] = len(steps[i].After)
		for _, a := range steps[i].After {
			s.next[a] = append(s.next[a], i)
		}
	}
	s.depth = depths(s.next)
	for i, n := range s.waits {
		if n == 0 {
			s.push(i)
		}
	}
	return s
}

// depths computes the length of the longest chain of followers of each step. It relies on steps being listed after those that
// they wait for.
func depths(next [][]int) []int {
	out := make([]int, len(next))
	for i := len(next) - 1; i >= 0; i-- {
		out[i] = 1
		for _, j := range next[i] {
			out[i] = max(out[i], out[j]+1)
		}
	}
	return out
}

func (s *schedule) push(i int) {
	at, _ := slices.BinarySearchFunc(s.ready, i, func(a, b int) int {
		if s.depth[a] != s.depth[b] {
			return s.depth[b] - s.depth[a]
		}
		return a - b
	})
	s.ready = slices.Insert(s.ready, at, i)
}

// take waits for a step that may run; ok is false if none is left or the run was stopped.
func (s *schedule) take(ctx context.Context) (step int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.left > 0 && !s.stop && ctx.Err() == nil {
		for n, i := range s.ready {
			if slices.ContainsFunc(s.steps[i].Lanes, func(l string) bool { return s.busy[l] }) {
				continue
			}
			s.ready = slices.Delete(s.ready, n, n+1)
			for _, l := range s.steps[i].Lanes {
				s.busy[l] = true
			}
			s.left--
			return i, true
		}
		s.wake.Wait()
	}
	return 0, false
}

// end frees the lanes of a step, and its followers may run.
func (s *schedule) end(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.steps[i].Lanes {
		delete(s.busy, l)
	}
	for _, j := range s.next[i] {
		if s.waits[j]--; s.waits[j] == 0 {
			s.push(j)
		}
	}
	s.wake.Broadcast()
}

// halt keeps further steps from starting.
func (s *schedule) halt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop = true
	s.wake.Broadcast()
}
