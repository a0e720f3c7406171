package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/testworld"
)

// TestNarrow: what a plan touches gives the same plan, for any two states.
func TestNarrow(t *testing.T) {
	for _, tc := range behaviours {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(6) {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					o := small
					o.Unmanaged = seed%3 == 2 && tc.b.ACLSlot != "one"
					if tc.world != nil {
						tc.world(&o)
					}
					w := testworld.New(rand.New(rand.NewPCG(seed, 8)), o)
					have, want := w.Gateway(w.Draw()), w.File(w.Draw())
					run := &reconcile.Run{Caller: client(t, gateway(t, have, tc.b)), Policy: diff.Policy{Prune: seed%2 == 0, MaxDeletes: -1}}
					state := load(t, want)
					c := compare(t.Context(), t, run, state)
					e, err := diff.Narrow(c.Plan, c.Actual, c.Desired, run.Policy)
					if err != nil {
						t.Fatalf("%v\n%s", err, describe(c.Plan.Changes))
					}
					again := e.Between(e.Actual)
					if describe(again.Changes) != describe(c.Plan.Changes) {
						t.Errorf("made again:\n%s\nfirst:\n%s", describe(again.Changes), describe(c.Plan.Changes))
					}
				})
			}
		})
	}
}
