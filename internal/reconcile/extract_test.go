package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestNarrow: the part of the gateway and the files that a plan concerns gives the same plan, for any two states.
func TestNarrow(t *testing.T) {
	for i, tc := range behaviours {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for n := range world.Fewer(10, 10) {
				seed := n*uint64(len(behaviours)) + uint64(i)
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					o := small
					o.Unmanaged = n%3 == 2 && tc.b.ACLSlot != "one"
					if tc.world != nil {
						tc.world(&o)
					}
					w := world.New(rand.New(rand.NewPCG(seed, 8)), o)
					have, want := w.Gateway(w.Draw()), w.File(wanted(w, seed))
					run := &reconcile.Run{Caller: client(t, gateway(t, have, tc.b)), Options: diff.Options{Prune: n%2 == 0, MaxDeletes: -1}}
					state := load(t, want)
					c := compare(t.Context(), t, run, state)
					e, err := diff.NewExtract(c.Plan, c.Actual, c.Desired, run.Options)
					if err != nil {
						t.Fatalf("%v\n%s", err, describe(c.Plan.Changes))
					}
					again := e.Between(e.Actual)
					if d := cmp.Diff(describe(c.Plan.Changes)+order(c.Plan), describe(again.Changes)+order(again)); d != "" {
						t.Errorf("not the same when made again (-first +again):\n%s", d)
					}
				})
			}
		})
	}
}

// TestNarrowKeepsShut: a saved plan, too, closes an API by one policy before it opens it by another.
func TestNarrowKeepsShut(t *testing.T) {
	file := func(first, apis string) string {
		return "version: apigw-sync/v1\nacls:\n" +
			"  - {name: first, type: " + first + ", entity_type: IP, values: [10.0.0.1], apis: [orders/api_0]}\n" +
			"  - {name: second, type: PERMIT, entity_type: DOMAIN, values: [alice], apis: [" + apis + "]}\n"
	}
	b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
	b.apply(file("DENY", "orders/api_0"))
	c := compare(t.Context(), t, b.run, load(t, []byte(file("PERMIT", ""))))
	e, err := diff.NewExtract(c.Plan, c.Actual, c.Desired, b.run.Options)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(order(c.Plan), order(e.Between(e.Actual))); d != "" {
		t.Errorf("not the same when made again (-first +again):\n%s", d)
	}
}

// TestSavedPlanBesideOthers: a saved plan is not stale if an API that it binds an ACL to has another ACL of the files, which it
// does not change.
func TestSavedPlanBesideOthers(t *testing.T) {
	file := func(value, more string) []byte {
		return []byte("version: apigw-sync/v1\nacls:\n  - {name: first, type: PERMIT, entity_type: IP, values: [" + value + "], apis: [orders/api_0]}\n" + more)
	}
	const second = "  - {name: second, type: PERMIT, entity_type: DOMAIN, values: [alice], apis: [orders/api_0]}\n"
	for _, value := range []string{"10.0.0.1", "10.0.0.2"} {
		b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
		b.apply(string(file("10.0.0.1", "")))
		state := load(t, file(value, second))
		c := compare(t.Context(), t, b.run, state)
		settled(t, b.run.Apply(t.Context(), refresh(t.Context(), t, b.run, save(t, b.run, c), state)))
	}
}

// order describes the steps of a plan, and what each waits for.
func order(p *diff.Plan) string {
	var b strings.Builder
	for i := range p.Steps {
		s := &p.Steps[i]
		fmt.Fprintf(&b, "%d %s %s after %v\n", i, s.Op, s.Kind, s.After)
		for _, item := range s.Items {
			fmt.Fprintf(&b, "    %s needs %v\n", p.Changes[item.Change].Address, item.Needs)
		}
	}
	return b.String()
}
