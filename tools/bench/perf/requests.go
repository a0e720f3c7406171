//go:build unix

package main

import (
	"fmt"
	"log"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/tools/bench"
)

const parallel = 10

func sizes() []world.Size {
	return []world.Size{world.OfBindings(100), world.OfBindings(1000), world.OfBindings(10_000), world.E, world.OfBindings(100_000)}
}

func name(s world.Size) string {
	if s.Bindings == world.E.Bindings {
		return "20,000 (E)"
	}
	return thousands(s.Bindings)
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

// requests compares the number of requests with the lower bounds.
func (p *perf) requests() error {
	p.say("## Requests against the fewest that the API allows\n\n")
	p.say("Each cell shows requests sent / lower bound.\n\n")
	p.say("| bindings | no-change `diff` | first `apply`, writes | 10 %% of the bindings moved, writes |\n|---|---|---|---|\n")
	for _, size := range sized(p, sizes(), 2) {
		log.Printf("requests of %d bindings", size.Bindings)
		e := world.NewEstate(size, 1)
		s, err := bench.NewSite(e.GatewayState(), 0, parallel)
		if err != nil {
			return err
		}
		state, err := bench.Load(e.File())
		if err != nil {
			return err
		}
		if _, _, err := s.Compare(p.ctx, state, diff.Options{}); err != nil {
			return err
		}
		reads := bench.Total(s.Sent().Reads)
		if s, err = bench.NewSite(e.Bare(), 0, parallel); err != nil {
			return err
		}
		first, _, err := p.apply(s, e)
		if err != nil {
			return err
		}
		other := e.Churn(10, 2)
		moved, _, err := p.apply(s, other)
		if err != nil {
			return err
		}
		p.say("| %s | %d / %d | %d / %d | %d / %d |\n", name(size), reads, bench.Reads(e).Sum(),
			bench.Total(first.Writes), bench.FirstWrites(e).Sum(), bench.Total(moved.Writes), bench.Binds(e, other).Sum())
	}
	p.say("%s", bounds)
	return nil
}

// apply makes a gateway match an estate. It returns all requests, including those of the comparison and of reading the result.
func (p *perf) apply(s *bench.Site, e *world.Estate) (bench.Sent, time.Duration, error) {
	state, err := bench.Load(e.File())
	if err != nil {
		return bench.Sent{}, 0, err
	}
	s.Sent()
	began := time.Now()
	run, c, err := s.Compare(p.ctx, state, diff.Options{})
	if err != nil {
		return bench.Sent{}, 0, err
	}
	out := run.Apply(p.ctx, c)
	return s.Sent(), time.Since(began), checkOutcome(out)
}

func checkOutcome(out *reconcile.Outcome) error {
	if !out.Converged || len(out.Warnings) > 0 {
		return fmt.Errorf("an apply did not converge: %d changes remain; %v", len(out.Remaining), out.Warnings)
	}
	return nil
}

// times compares the duration of runs with that of their requests.
func (p *perf) times() error {
	p.say("## Time against requests × latency ÷ parallelism\n\n")
	p.say("Estate E, parallelism %d, in real time. An apply includes the comparison, the writes, and reading again what it wrote.\n\n", parallel)
	p.say("| run | latency | requests | requests × latency ÷ %d | time | ratio |\n|---|---|---|---|---|---|\n", parallel)
	size := world.E
	if p.quick {
		size = world.OfBindings(1000)
	}
	e := world.NewEstate(size, 1)
	state, err := bench.Load(e.File())
	if err != nil {
		return err
	}
	for _, latency := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond} {
		log.Printf("times at %s", latency)
		s, err := bench.NewSite(e.GatewayState(), latency, parallel)
		if err != nil {
			return err
		}
		began := time.Now()
		if _, _, err := s.Compare(p.ctx, state, diff.Options{}); err != nil {
			return err
		}
		p.time("no-change `diff`", latency, time.Since(began), s.Sent())
		if s, err = bench.NewSite(e.Bare(), latency, parallel); err != nil {
			return err
		}
		sent, took, err := p.apply(s, e)
		if err != nil {
			return err
		}
		p.time("first `apply`", latency, took, sent)
	}
	p.say("\nA ratio above 1 is mostly processor time of the tool and of the emulator, which runs in the same process. In virtual\ntime both ratios are 1.00, and the tests allow at most 1.15. Without latency there is only processor time.\nIn small estates a run consists of a few round trips, each of which waits for the previous one; see below.\n\n")
	return nil
}

func (p *perf) time(what string, latency, took time.Duration, sent bench.Sent) {
	n := bench.Total(sent.Reads) + bench.Total(sent.Writes)
	ideal, ratio := time.Duration(n)*latency/parallel, "–"
	if ideal > 0 {
		ratio = fmt.Sprintf("%.2f", took.Seconds()/ideal.Seconds())
	}
	p.say("| %s | %s | %d | %.2f s | %.2f s | %s |\n", what, latency, n, ideal.Seconds(), took.Seconds(), ratio)
}
