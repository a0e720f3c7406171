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

// requests compares what is sent with what is unavoidable.
func (p *perf) requests() error {
	p.say("## Requests against the fewest that the API allows\n\n")
	p.say("Each cell shows requests sent / lower bound.\n\n")
	p.say("| bindings | no-change `diff` | first `apply`, writes | 10 %% of the bindings moved, writes |\n|---|---|---|---|\n")
	for _, size := range sized(p, sizes(), 2) {
		log.Printf("requests of %d bindings", size.Bindings)
		e := world.NewEstate(size, 1)
		s, err := bench.NewSite(e.Held(), 0, parallel)
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

// apply makes a gateway match an estate and tells what was sent, the comparison and the look afterwards included.
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
	return s.Sent(), time.Since(began), proper(out)
}

func proper(out *reconcile.Outcome) error {
	if !out.Converged || len(out.Warnings) > 0 {
		return fmt.Errorf("an apply did not converge: %d changes remain; %v", len(out.Remaining), out.Warnings)
	}
	return nil
}

const bounds = `
The bounds are computed from the estate and the API's rules, independently of the tool's planners:

- **Reads.** Each list is read once, at 500 items a page, and so is the state of the gateway. Bindings of a kind are read from the
  side that takes fewer pages: by policy (throttles and ACLs that are bound to nothing are known from the
  list, plugins are not) or by API; authorizations also from the list of the whole instance. Special limits of
  throttles that have some, and codes and access control of apps whose files manage them, take one request each.
- **Slots.** A run must know which policies have the slots that its binds take. This takes nothing if nothing is bound, or if all
  policies of the kind are declared. Otherwise it is the cheapest of three ways: the bindings of the policies that no file declares, the
  policies of the APIs to bind, or the lists of APIs that a policy is not bound to, which name the policy that each API has instead
  (for throttles, and for ACLs by entity type; narrowed to an environment and to groups). Each policy that is found takes one more.
- **Writes.** One for each object, special limit, code and access control. One bind for each policy; unbinds of
  one kind together, 500 at a time. Plugins: the minimum vertex cover of the graph of plugins and APIs, for each
  environment, since one request attaches either the APIs of one plugin or the plugins of one API. A plugin that another one
  of its type overwrites is not detached. Cancelled authorizations: one each, because the API has no batch.
- **Authorizations** are full products of apps and APIs. To find the fewest products that make a set of pairs is a hard
  problem. The bound is a set of pairs of which no two fit into one product, grown greedily. So if the tool is above the
  bound, the bound may be too low.

If both numbers are equal, no tool can do with fewer requests. Chunks of 500 are this tool's choice where the API
documents no limit; a gateway that refuses them gets halves.

A pull request that changes one throttle and removes its other bindings takes 5 reads in estate E, both with small files and
with ` + "`--kind throttle --name NAME`" + `: the gateway's state, the throttle, its bindings, and the two APIs by name.

`

// times compares how long runs take with how long their requests do.
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
		s, err := bench.NewSite(e.Held(), latency, parallel)
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
