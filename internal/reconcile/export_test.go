package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/testworld"
)

// TestExportThenDiff: whatever a gateway holds, comparing it with its export finds nothing, without any
// variable set.
func TestExportThenDiff(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 11))
			w := testworld.New(r, small)
			g := gateway(t, w.Gateway(w.Draw()), emulator.Behaviour{})
			run := &reconcile.Run{Caller: client(t, g), Policy: diff.Policy{MaxDeletes: -1}, Parallel: 8}
			file, vars := export(t, run)
			state, findings := spec.Load([]spec.Input{{Name: "export.yaml", Data: file}}, spec.Options{})
			for _, f := range findings {
				if !f.Warning {
					t.Fatalf("%s\n%s", f, file)
				}
			}
			c := compare(t.Context(), t, run, state)
			if !c.Plan.Empty() {
				t.Errorf("the diff after the export is not empty (%d variables):\n%s\n%s", len(vars), describe(c.Plan.Changes), file)
			}
		})
	}
}

func export(t *testing.T, run *reconcile.Run) ([]byte, []spec.Variable) {
	t.Helper()
	all, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file, vars, err := spec.Write(spec.Export{Objects: all.Actual.Objects, Links: all.Actual.Links, Known: all.Catalog.APIs, APIs: true})
	if err != nil {
		t.Fatal(err)
	}
	return file, vars
}
