//go:build unix

package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/tools/bench"
)

// pace describes how the speed of a gateway depends on its load.
type pace struct {
	name  string
	ideal func(requests int, latency time.Duration) time.Duration // the shortest possible time with at most 100 requests in flight
	delay func(p *paced, inFlight int) time.Duration
	limit int // requests per second; 0 means no limit
}

var paces = []pace{
	{
		name:  "takes all",
		ideal: func(n int, latency time.Duration) time.Duration { return time.Duration(n) * latency / 100 },
		delay: func(p *paced, _ int) time.Duration { return p.latency },
	},
	{
		name:  "slower beyond 30 in flight",
		ideal: func(n int, latency time.Duration) time.Duration { return time.Duration(n) * latency / 30 },
		delay: func(p *paced, n int) time.Duration { return max(p.latency, p.latency*time.Duration(n)/30) },
	},
	{
		name:  "refuses beyond 50 a second",
		ideal: func(n int, _ time.Duration) time.Duration { return time.Duration(n) * time.Second / 50 },
		delay: func(p *paced, _ int) time.Duration { return p.latency },
		limit: 50,
	},
	{
		name:  "stalls a second in five",
		ideal: func(n int, latency time.Duration) time.Duration { return time.Duration(n) * latency / 100 },
		delay: func(p *paced, _ int) time.Duration {
			if since := time.Since(p.began) % (5 * time.Second); since > 2*time.Second && since < 3*time.Second {
				return p.latency + 3*time.Second - since
			}
			return p.latency
		},
	},
}

// paced is the transport to such a gateway.
type paced struct {
	http.RoundTripper
	pace
	latency time.Duration
	began   time.Time

	mu       sync.Mutex
	inFlight int
	second   time.Time
	n        int
	refused  int
}

// RoundTrip implements http.RoundTripper.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.inFlight++
	wait := p.delay(p, p.inFlight)
	if now := time.Now(); now.Sub(p.second) >= time.Second {
		p.second, p.n = now, 0
	}
	p.n++
	refuse := p.limit > 0 && p.n > p.limit
	if refuse {
		p.refused++
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.inFlight--
		p.mu.Unlock()
	}()
	time.Sleep(wait)
	if refuse {
		body := `{"error_code":"APIGW.0308","error_msg":"too many requests","request_id":"0"}`
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(body)), Request: r}, nil
	}
	return p.RoundTripper.RoundTrip(r)
}

// paceTimes compares ten requests in flight with as many as the gateway takes.
func (p *perf) paceTimes() error {
	size := world.OfBindings(11_000)
	if p.quick {
		size = world.OfBindings(1000)
	}
	e := world.NewEstate(size, 1)
	state, err := bench.Load(e.File())
	if err != nil {
		return err
	}
	p.say("## As many in flight as the gateway takes\n\n")
	p.say("A `diff` without changes, in real time: with ten requests in flight, and with `--parallelism auto`. The ideal is the time that no\nclient with at most 100 requests in flight can beat.\n\n")
	p.say("| gateway | latency | requests | ideal | 10 in flight | auto | times as fast | refused: 10, auto |\n|---|---|---|---|---|---|---|---|\n")
	for _, how := range paces {
		for _, latency := range []time.Duration{5 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond} {
			log.Printf("%s, %s", how.name, latency)
			var took [2]time.Duration
			var refused [2]int
			requests := 0
			for i, parallel := range []int{parallel, 0} {
				way := &paced{pace: how, latency: latency, began: time.Now()}
				s, err := bench.NewSiteBy(e.GatewayState(), parallel, func(g *emulator.Gateway) http.RoundTripper {
					way.RoundTripper = emulator.Transport(g)
					return way
				})
				if err != nil {
					return err
				}
				began := time.Now()
				if _, _, err := s.Compare(p.ctx, state, diff.Options{}); err != nil {
					return err
				}
				took[i], refused[i] = time.Since(began), way.refused
				requests = bench.Total(s.Sent().Reads)
			}
			p.say("| %s | %s | %d | %.2f s | %.2f s | %.2f s | %.1f | %d, %d |\n", how.name, latency, requests, how.ideal(requests, latency).Seconds(),
				took[0].Seconds(), took[1].Seconds(), took[0].Seconds()/took[1].Seconds(), refused[0], refused[1])
		}
	}
	p.say("\nWith a short latency, these figures measure the processor. In virtual time (`TestGrowth`), where only requests count, `auto`\nis 5 to 8 times as fast on a gateway that takes everything, and never more than 8 %% slower. If a gateway refuses requests without\nnaming its limit, at most 2 %% of them are refused.\n\n")
	return nil
}
