package apply

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// parse reads steps, one per line, each after those that it waits for:
//
//	NAME [< NAME...] [| LANE...]
func parse(text string) (names []string, steps []diff.Step) {
	for line := range strings.Lines(text) {
		line, lanes, _ := strings.Cut(strings.TrimSpace(line), "|")
		name, waits, _ := strings.Cut(line, "<")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		s := diff.Step{Lanes: strings.Fields(lanes)}
		for w := range strings.FieldsSeq(waits) {
			s.After = append(s.After, slices.Index(names, w))
		}
		names, steps = append(names, name), append(steps, s)
	}
	return names, steps
}

// span is when a step ran.
type span struct{ from, to time.Duration }

// play runs a schedule in virtual time; cost is how long each step takes. Steps that never ran have the zero span.
func play(ctx context.Context, steps []diff.Step, workers int, cost func(step int) time.Duration) []span {
	s := newSchedule(steps)
	defer context.AfterFunc(ctx, s.halt)()
	began, ran := time.Now(), make([]span, len(steps))
	var g errgroup.Group
	for range workers {
		g.Go(func() error {
			for {
				i, ok := s.take(ctx)
				if !ok {
					return nil
				}
				ran[i].from = time.Since(began)
				time.Sleep(cost(i))
				ran[i].to = time.Since(began)
				s.end(i)
			}
		})
	}
	_ = g.Wait() // the workers return no errors
	return ran
}

func aSecond(int) time.Duration { return time.Second }

// TestSchedule: which steps begin in each second, by what they wait for, their lanes and the number of workers.
func TestSchedule(t *testing.T) {
	for _, tc := range []struct {
		name    string
		workers int
		steps   string
		want    string // what begins in each second
	}{
		{"one worker keeps the order", 1, "a\nb\nc", "a,b,c"},
		{"as many as there are workers", 2, "a\nb\nc", "a b,c"},
		{"no barrier: a bind begins when its own policy exists", 2, "policy1\nbind1 < policy1\npolicy2\npolicy3\nbind3 < policy3", "policy1 policy3,bind1 policy2,bind3"},
		{"the longest chain first", 1, "short\nlong\nx < long\ny < x", "long,x,short,y"},
		{"lanes go one after another", 3, "a | p\nb | p\nc | q", "a c,b"},
		{"a lane holds up only its own", 2, "a | p\nb | p\nc\nd", "a c,b d"},
		{"several lanes at once", 3, "a | p q\nb | p\nc | q", "a,b c"},
		{"what follows a busy lane waits for both", 2, "a | p\nb < a | p\nc | p", "a,b,c"},
		{"nothing at all", 2, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				names, steps := parse(tc.steps)
				if got := beginnings(names, play(t.Context(), steps, tc.workers, aSecond)); got != tc.want {
					t.Errorf("got  %s\nwant %s", got, tc.want)
				}
			})
		})
	}
}

// beginnings lists the steps that begin in each second.
func beginnings(names []string, ran []span) string {
	var seconds [][]string
	for i, s := range ran {
		at := int(s.from / time.Second)
		for len(seconds) <= at {
			seconds = append(seconds, nil)
		}
		seconds[at] = append(seconds[at], names[i])
	}
	var out []string
	for _, s := range seconds {
		out = append(out, strings.Join(s, " "))
	}
	return strings.Join(out, ",")
}

// TestScheduleKeepsItsWord: whatever the steps, none begins before those that it waits for have ended, steps of a lane never
// overlap, and every step runs once.
func TestScheduleKeepsItsWord(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 3))
				steps := randomSteps(r, 1+r.IntN(60))
				costs := make([]time.Duration, len(steps))
				for i := range costs {
					costs[i] = time.Duration(1+r.IntN(5)) * time.Second
				}
				ran := play(t.Context(), steps, 1+r.IntN(8), func(i int) time.Duration { return costs[i] })
				keepsItsWord(t, steps, ran)
			})
		})
	}
}

func randomSteps(r *rand.Rand, n int) []diff.Step {
	steps := make([]diff.Step, n)
	for i := range steps {
		for j := range i {
			if r.IntN(8) == 0 {
				steps[i].After = append(steps[i].After, j)
			}
		}
		for l := range 4 {
			if r.IntN(5) == 0 {
				steps[i].Lanes = append(steps[i].Lanes, fmt.Sprint(l))
			}
		}
	}
	return steps
}

func keepsItsWord(t *testing.T, steps []diff.Step, ran []span) {
	t.Helper()
	for i := range steps {
		if ran[i].to <= ran[i].from {
			t.Errorf("step %d did not run", i)
		}
		for _, a := range steps[i].After {
			if ran[i].from < ran[a].to {
				t.Errorf("step %d began at %s, before %d ended at %s", i, ran[i].from, a, ran[a].to)
			}
		}
		for j := range i {
			shared := slices.ContainsFunc(steps[i].Lanes, func(l string) bool { return slices.Contains(steps[j].Lanes, l) })
			if shared && ran[i].from < ran[j].to && ran[j].from < ran[i].to {
				t.Errorf("steps %d and %d share a lane and overlap", i, j)
			}
		}
	}
}

// TestScheduleStops: after a stop, running steps end and no other step begins.
func TestScheduleStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, steps := parse("a\nb < a\nc\nd\ne | p\nf | p")
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		var mu sync.Mutex
		begun := 0
		play(ctx, steps, 2, func(int) time.Duration {
			mu.Lock()
			defer mu.Unlock()
			begun++
			return time.Second
		})
		if begun != 4 {
			t.Errorf("%d steps began within 1.5 s, want 4", begun)
		}
	})
}

// TestDepths: a step counts the longest chain of steps that begins with it.
func TestDepths(t *testing.T) {
	_, steps := parse("a\nb < a\nc < b\nd < a\ne")
	if got, want := newSchedule(steps).depth, []int{3, 2, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
