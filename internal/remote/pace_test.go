package remote

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// limiter is a way in which a gateway may count: allow reports whether a request at this time is accepted.
type limiter interface{ allow(now time.Time) bool }

// fixedWindow counts in windows that begin at whole multiples of per.
type fixedWindow struct {
	limit
	window time.Time
	n      int
}

func (f *fixedWindow) allow(now time.Time) bool {
	if w := now.Truncate(f.per); !w.Equal(f.window) {
		f.window, f.n = w, 0
	}
	f.n++
	return f.n <= f.count
}

// slidingWindow counts what it has accepted in the time before now.
type slidingWindow struct {
	limit
	passed []time.Time
}

func (s *slidingWindow) allow(now time.Time) bool {
	for len(s.passed) > 0 && now.Sub(s.passed[0]) >= s.per {
		s.passed = s.passed[1:]
	}
	if len(s.passed) >= s.count {
		return false
	}
	s.passed = append(s.passed, now)
	return true
}

// bucket accepts bursts, and refills steadily.
type bucket struct {
	limit
	burst, tokens float64
	last          time.Time
}

func (b *bucket) allow(now time.Time) bool {
	b.tokens = min(b.burst, b.tokens+now.Sub(b.last).Seconds()*float64(b.count)/b.per.Seconds())
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// limited answers after latency, and refuses what l does not allow with message.
func limited(l limiter, latency time.Duration, refusal func() *http.Response) roundTrip {
	var mu sync.Mutex
	return func(*http.Request) (*http.Response, error) {
		time.Sleep(latency / 2)
		mu.Lock()
		ok := l.allow(time.Now())
		mu.Unlock()
		time.Sleep(latency - latency/2)
		if ok {
			return reply(200, `{}`), nil
		}
		return refusal(), nil
	}
}

func named(l limit, unit string) func() *http.Response {
	return func() *http.Response {
		return refuse(429, "APIGW.0308", fmt.Sprintf("policy user over ratelimit,limit:%d,time:1 %s", l.count, unit))
	}
}

// run sends n requests from ten workers, as an apply does, and returns how long it took.
func run(t *testing.T, c *Client, n int) time.Duration {
	t.Helper()
	began := time.Now()
	work := make(chan int)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for i := range work {
				if _, err := c.Call(t.Context(), post(), nil); err != nil {
					t.Errorf("request %d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	return time.Since(began)
}

// A named limit is kept with little loss of time and few refusals, in whichever way the gateway counts.
func TestNamedLimit(t *testing.T) {
	l := limit{20, time.Second}
	limiters := map[string]func() limiter{
		"fixed window":   func() limiter { return &fixedWindow{limit: l} },
		"sliding window": func() limiter { return &slidingWindow{limit: l} },
		"bucket":         func() limiter { return &bucket{limit: l, burst: 20, tokens: 20, last: time.Now()} },
		"no burst":       func() limiter { return &bucket{limit: l, burst: 1, tokens: 1, last: time.Now()} },
		"used up before": func() limiter { return &fixedWindow{limit: l, window: time.Now().Truncate(l.per), n: l.count} },
	}
	for name, make := range limiters {
		for _, latency := range []time.Duration{0, 10 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s %s", name, latency), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const n = 500
					c := testClient(t, limited(make(), latency, named(l, "second")), nil)
					took := run(t, c, n)
					ideal := n * l.per / time.Duration(l.count)
					if took > ideal*13/10 {
						t.Errorf("took %v, ideal is %v", took, ideal)
					}
					attempts, refused := sent(c)
					t.Logf("took %v (ideal %v), throttled %d of %d", took, ideal, refused, attempts)
					if refused > n/20 {
						t.Errorf("%d of %d refused", refused, attempts)
					}
					if attempts != n+refused {
						t.Errorf("%d attempts for %d requests, of which %d were refused", attempts, n, refused)
					}
				})
			})
		}
	}
}

// Varying latencies do not lead to more refusals.
func TestNamedLimitWithJitter(t *testing.T) {
	l := limit{20, time.Second}
	random := rand.New(rand.NewPCG(1, 2))
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		gate := limited(&fixedWindow{limit: l}, 0, named(l, "second"))
		c := testClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			there, back := time.Duration(random.IntN(120)), time.Duration(random.IntN(120))
			mu.Unlock()
			time.Sleep(there * time.Millisecond)
			defer time.Sleep(back * time.Millisecond)
			return gate(r)
		}), nil)
		const n = 1000
		took := run(t, c, n)
		attempts, refused := sent(c)
		t.Logf("took %v, throttled %d of %d", took, refused, attempts)
		if took > 65*time.Second || refused > n/20 {
			t.Errorf("took %v (ideal 50s), %d of %d refused", took, refused, attempts)
		}
	})
}

// In a long window requests are not spread: they start as soon as the limit allows it.
func TestLongWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limit{200, 5 * time.Minute}
		c := testClient(t, limited(&slidingWindow{limit: l}, 10*time.Millisecond, func() *http.Response {
			return refuse(429, "APIGW.0308", "policy user over ratelimit,limit:200,time:5 minute")
		}), nil)
		took := run(t, c, 250)
		if took < l.per || took > l.per+2*time.Second {
			t.Errorf("took %v, want little more than %v", took, l.per)
		}
		if _, refused := sent(c); refused > 10 {
			t.Errorf("%d refused", refused)
		}
	})
}

// Another client uses three quarters of the same limit.
func TestSharedLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limit{20, time.Second}
		c := testClient(t, limited(&slidingWindow{limit: limit{5, time.Second}}, 10*time.Millisecond, named(l, "second")), nil)
		const n = 300
		took := run(t, c, n)
		attempts, refused := sent(c)
		t.Logf("took %v, throttled %d of %d", took, refused, attempts)
		if took > 90*time.Second {
			t.Errorf("took %v, ideal is 60s", took)
		}
		if refused > n/8 {
			t.Errorf("%d of %d refused", refused, attempts)
		}
	})
}

// After a refusal that names no limit, the client reduces the requests in flight and pauses.
func TestUnnamedLimit(t *testing.T) {
	for name, refusal := range map[string]func() *http.Response{
		"429":         func() *http.Response { return reply(429, "busy") },
		"APIG.9008":   func() *http.Response { return refuse(500, "APIG.9008", "too many requests") },
		"Retry-After": func() *http.Response { return reply(429, "", "Retry-After: 1") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := testClient(t, limited(&fixedWindow{limit: limit{20, time.Second}}, 20*time.Millisecond, refusal), nil)
				const n = 400
				took := run(t, c, n)
				attempts, refused := sent(c)
				t.Logf("took %v, throttled %d of %d", took, refused, attempts)
				if took > 60*time.Second {
					t.Errorf("took %v, ideal is 20s", took)
				}
				if refused > n/5 {
					t.Errorf("%d of %d refused", refused, attempts)
				}
			})
		})
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name   string
		header []string
		want   time.Duration
	}{
		{"seconds", []string{"Retry-After: 7"}, 7 * time.Second},
		{"date by the gateway's clock", []string{
			"Date: Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After: Mon, 02 Jan 2006 15:04:14 GMT",
		}, 9 * time.Second},
		{"past", []string{"Date: Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After: Mon, 02 Jan 2006 15:04:04 GMT"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport, count := inOrder(says(429, "", tt.header...), says(200, "{}"))
				c := testClient(t, transport, nil)
				began := time.Now()
				if _, err := c.Call(t.Context(), post(), nil); err != nil {
					t.Fatal(err)
				}
				took := time.Since(began)
				if tt.want > 0 && took != tt.want || took > tt.want+time.Second {
					t.Errorf("took %v, want %v", took, tt.want)
				}
				if count() != 2 {
					t.Errorf("%d requests", count())
				}
			})
		})
	}
}

// A wait that is too long for any run is an error at once, for this request and the next ones.
func TestWaitTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, count := inOrder(says(429, "", "Retry-After: 86400"))
		c := testClient(t, transport, nil)
		began := time.Now()
		_, err := c.Call(t.Context(), post(), nil)
		if !api.Throttled(err) || api.Unclear(err) {
			t.Errorf("error is %v", err)
		}
		attempts, err := c.Call(t.Context(), post(), nil)
		if !errors.Is(err, api.ErrNotSent) || attempts != 0 {
			t.Errorf("second call: %d attempts, %v", attempts, err)
		}
		if time.Since(began) != 0 || count() != 1 {
			t.Errorf("took %v and %d requests", time.Since(began), count())
		}
	})
}

func TestMaxRPS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testClient(t, says(200, "{}"), func(c *Config) { c.MaxRPS = 4 })
		if took := run(t, c, 21); took != 5*time.Second {
			t.Errorf("21 requests at 4 a second took %v", took)
		}
	})
}

// Refusals that arrive together halve the number in flight only once; successes raise it again slowly.
func TestHalvesOncePerWave(t *testing.T) {
	p := newPacer(8, 0, func(time.Duration) {})
	busy := &api.Error{Status: 429}
	take := func() ticket {
		p.paused = time.Time{}
		tk, _, ok := p.take(time.Now())
		if !ok {
			t.Fatal("no ticket")
		}
		return tk
	}
	var wave []ticket
	for range 8 {
		wave = append(wave, take())
	}
	for _, tk := range wave {
		p.release(tk, "", busy)
	}
	if p.allowed != 4 || !p.probing {
		t.Fatalf("after one wave %d are allowed (probing: %v), want 4", p.allowed, p.probing)
	}
	p.release(take(), "", busy)
	if p.allowed != 2 {
		t.Fatalf("after a refused probe %d are allowed, want 2", p.allowed)
	}
	for range 2 * growEvery {
		p.release(take(), "", nil)
	}
	if p.allowed != 3 {
		t.Fatalf("after %d successes %d are allowed, want 3", 2*growEvery, p.allowed)
	}
	for range 8 * 8 * growEvery {
		p.release(take(), "", nil)
	}
	if p.allowed != 8 {
		t.Fatalf("in the end %d are allowed, want 8", p.allowed)
	}
}

// Requests in flight never exceed the limit, and waiting requests start in order.
func TestParallelism(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		c := testClient(t, roundTrip(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now--
			mu.Unlock()
			return reply(200, "{}"), nil
		}), func(c *Config) { c.Parallelism = 3 })
		if took := run(t, c, 9); took != 3*time.Second || most != 3 {
			t.Errorf("took %v, %d in flight at most", took, most)
		}
	})
}

func TestAcquireStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(1, 0, func(time.Duration) {})
		p.pauseUntil(time.Now().Add(10 * time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		errs := make(chan error)
		for range 3 {
			go func() {
				_, err := p.acquire(ctx)
				errs <- err
			}()
		}
		for range 3 {
			if err := <-errs; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("stopped after %v", took)
		}
	})
}
