package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestPromisesAreKept: on a gateway without faults, apply sends the requests that its plan has announced, operation by operation,
// and reports the number that the gateway has received.
func TestPromisesAreKept(t *testing.T) {
	for seed := range world.Fewer(150, 10) {
		r := rand.New(rand.NewPCG(seed, 11))
		o := small
		o.Unmanaged, o.Generate = seed%3 == 0, seed%2 == 0
		w := world.New(r, o)
		have, want := w.Gateway(w.Draw()), w.File(wanted(w, seed))
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := gateway(t, have, emulator.Behaviour{})
			run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 8}
			c := compare(t.Context(), t, run, load(t, want))
			reads := len(g.Journal())
			if told := 0; c.Reads != reads {
				t.Errorf("%d reads, told as %d", reads, c.Reads)
			} else {
				for _, s := range c.Sent {
					told += s.Count
				}
				if told != reads {
					t.Errorf("%d reads, told by operation as %d", reads, told)
				}
			}
			g.ResetJournal()
			out := run.Apply(t.Context(), c)
			for _, n := range out.Warnings {
				t.Errorf("warning: %s", n.Message)
			}
			writes := 0
			for _, e := range g.Journal() {
				if e.Method != "GET" {
					writes++
				}
			}
			if writes != len(c.Plan.Steps) || writes != out.Writes {
				t.Errorf("%d writes, planned %d, told as %d", writes, len(c.Plan.Steps), out.Writes)
			}
		})
	}
}
