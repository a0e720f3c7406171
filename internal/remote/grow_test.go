package remote

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// site is a gateway with a certain behaviour, and what it has recorded.
type site struct {
	mu     sync.Mutex
	flying int
	most   int
}

func (s *site) begin() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying++
	s.most = max(s.most, s.flying)
	return s.flying
}

func (s *site) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
}

// slows answers after latency, and later in proportion when more than capacity requests are in flight.
func (s *site) slows(latency time.Duration, capacity int) roundTrip {
	return func(*http.Request) (*http.Response, error) {
		n := s.begin()
		defer s.end()
		time.Sleep(max(latency, latency*time.Duration(n)/time.Duration(capacity)))
		return reply(200, `{}`), nil
	}
}

// refuses answers after latency, one request after another, and refuses what l does not allow without naming the limit.
func (s *site) refuses(latency time.Duration, l limiter) roundTrip {
	inner := limited(l, latency, func() *http.Response { return refuse(429, "APIGW.0308", "too many requests") })
	line := make(chan struct{}, 1)
	return func(r *http.Request) (*http.Response, error) {
		s.begin()
		defer s.end()
		answer, err := inner(r)
		line <- struct{}{}
		time.Sleep(ms / 2)
		<-line
		return answer, err
	}
}

// stalls answers after latency, but answers nothing for one second out of every five.
func (s *site) stalls(latency time.Duration) roundTrip {
	return func(*http.Request) (*http.Response, error) {
		s.begin()
		defer s.end()
		time.Sleep(latency)
		if since := time.Duration(time.Now().UnixNano()) % (5 * time.Second); since > 4*time.Second {
			time.Sleep(5*time.Second - since)
		}
		return reply(200, `{}`), nil
	}
}

// runWide sends n requests from more workers than may ever be in flight, and returns how long it took.
func runWide(t *testing.T, c *Client, n int) time.Duration {
	t.Helper()
	began := time.Now()
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 * MostInFlight {
		wg.Go(func() {
			for i := range work {
				if _, err := c.Call(t.Context(), put(), nil); err != nil {
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

// took sends n requests to a gateway, with a fixed number in flight or, for 0, as many as it handles.
func took(t *testing.T, gateway func(*site) roundTrip, parallel, n int) (d time.Duration, refused int, s *site) {
	t.Helper()
	s = &site{}
	synctest.Test(t, func(t *testing.T) {
		c := testClient(t, gateway(s), func(c *Config) { c.Parallelism = parallel })
		d = runWide(t, c, n)
		_, refused = sent(c)
		if parallel == 0 && (s.most > MostInFlight || c.MostAtOnce() > MostInFlight || s.most > c.MostAtOnce()) {
			t.Errorf("%d in flight, %d told", s.most, c.MostAtOnce())
		}
	})
	return d, refused, s
}

const ms = time.Millisecond

// If the gateway can handle it, a run is at least three times as fast as with ten requests in flight. Otherwise it is never
// slower than that, and hardly any request is refused.
func TestGrowth(t *testing.T) {
	const n = 1500
	type gateway struct {
		name   string
		make   func(*site) roundTrip
		faster float64 // least factor, compared with ten in flight
	}
	var gateways []gateway
	for _, latency := range []time.Duration{5 * ms, 20 * ms, 100 * ms} {
		gateways = append(gateways,
			gateway{fmt.Sprintf("takes all, %s", latency), func(s *site) roundTrip { return s.slows(latency, 1000) }, 3},
			gateway{fmt.Sprintf("slower beyond 30, %s", latency), func(s *site) roundTrip { return s.slows(latency, 30) }, 2},
			gateway{fmt.Sprintf("stalls, %s", latency), func(s *site) roundTrip { return s.stalls(latency) }, 1},
		)
		for name, l := range map[string]func() limiter{
			"fixed window":   func() limiter { return &fixedWindow{limit: limit{50, time.Second}} },
			"sliding window": func() limiter { return &slidingWindow{limit: limit{50, time.Second}} },
			"bucket":         func() limiter { return &bucket{limit: limit{50, time.Second}, burst: 50, tokens: 50, last: time.Now()} },
		} {
			gateways = append(gateways, gateway{fmt.Sprintf("50 a second, %s, %s", name, latency), func(s *site) roundTrip { return s.refuses(latency, l()) }, 0.92})
		}
	}
	for _, g := range gateways {
		t.Run(g.name, func(t *testing.T) {
			fixed, tries, _ := took(t, g.make, 10, n)
			grown, refused, s := took(t, g.make, 0, n)
			t.Logf("10 in flight %v, %d refused; as many as it takes %v, %d refused, %d in flight at most", fixed, tries, grown, refused, s.most)
			if float64(grown)*g.faster > float64(fixed) {
				t.Errorf("took %v, with 10 in flight %v", grown, fixed)
			}
			if refused > n*2/100 {
				t.Errorf("%d of %d refused", refused, n)
			}
		})
	}
}

// After each round, growth says how many requests may be in flight.
func TestRounds(t *testing.T) {
	busy := &api.Error{Status: http.StatusServiceUnavailable}
	for name, c := range map[string]struct {
		rounds []time.Duration // how long its answers take; 0 is an answer of 503
		want   []int           // after each round
	}{
		"doubled until the first trouble, then step by step": {[]time.Duration{30 * ms, 30 * ms, 150 * ms, 30 * ms, 30 * ms}, []int{20, 40, 28, 38, 48}},
		"never more than anybody wants":                      {[]time.Duration{30 * ms, 30 * ms, 30 * ms, 30 * ms, 30 * ms}, []int{20, 40, 80, 100, 100}},
		"half as many when it cannot keep up":                {[]time.Duration{30 * ms, 30 * ms, 0, 30 * ms, 0, 0}, []int{20, 40, 20, 22, 11, 10}},
		"a few milliseconds are no trouble":                  {[]time.Duration{30 * ms, 34 * ms, 30 * ms}, []int{20, 40, 80}},
		"a round takes its time":                             {[]time.Duration{10 * ms, 10 * ms, 10 * ms}, []int{10, 10, 20}},
	} {
		t.Run(name, func(t *testing.T) {
			g, now, seq, allowed := newGrowth(), time.Unix(0, 0), uint64(0), growStart
			for i, took := range c.rounds {
				g.full = true
				begun := now
				now = now.Add(took)
				var err error
				if took == 0 {
					err, now = busy, begun.Add(30*ms)
				}
				g.ends = seq + 4
				for range 5 {
					allowed = g.ended(ticket{seq, begun}, "ListThings", now, err, allowed, seq+1)
					seq++
				}
				if allowed != c.want[i] {
					t.Errorf("round %d: %d, want %d", i, allowed, c.want[i])
				}
			}
		})
	}
}

// Several clients share one bound, and none of them starves.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, all := &site{}, NewBound(15)
		var wg sync.WaitGroup
		for range 4 {
			c := testClient(t, s.slows(20*ms, 1000), func(c *Config) { c.Parallelism, c.All = 0, all })
			wg.Go(func() { runWide(t, c, 300) })
		}
		wg.Wait()
		if s.most != 15 {
			t.Errorf("%d in flight, want 15", s.most)
		}
	})
}
