package reconcile_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestUndoOfHalfReplaced: a replace is killed at any of its requests, and its undo is killed at any of its requests. The next undo
// leaves the gateway as it was before; also for a replace with a new name, and with values that the gateway generates.
func TestUndoOfHalfReplaced(t *testing.T) {
	eachHalf(t, 31, func(t *testing.T, k *kind.Kind, r *rand.Rand, b emulator.Behaviour) {
		t.Helper()
		h := half{k, "half_way"}
		old, now := h.is(0, 0, "apis", everywhere), h.is(1, 0, "apis", [][]any{everywhere, elsewhere}[r.IntN(2)])
		if r.IntN(4) > 0 {
			maps.Copy(now, item{"name": "half_way_2", "moved_from": h.name})
		}
		if r.IntN(2) == 0 {
			for _, p := range k.Generated {
				delete(now, p[1:])
			}
		}
		have, want := h.gateway(old), h.file("*", now)
		for range 4 {
			forth, back, carried := r.IntN(14), 1+r.IntN(16), r.IntN(2) == 0
			t.Logf("killed at request %d, its undo at %d (carried %v)", forth, back, carried)
			u := newUndoing(t, have, want, b)
			u.dieBackAt = back
			u.thereAndBack(t, forth, carried)
			if t.Failed() {
				t.Fatal(fmt.Sprint(now))
			}
		}
	})
}
