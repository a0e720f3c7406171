package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestExportOfOddGateways: whatever a gateway holds, and whatever it refuses to show, it can be exported. The export is valid, has
// no difference from the gateway, and applying it sends no write. Whatever the export lacks is reported.
func TestExportOfOddGateways(t *testing.T) {
	for seed := range states(t, 40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 47))
			w := world.New(r, small)
			state := w.Irregular(w.Draw())
			g := gateway(t, w.Gateway(state), emulator.Behaviour{})
			run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{MaxDeletes: -1}, Parallel: 8, Lenient: true}
			g.SetFaults(refusals(t, r))
			all, err := run.Everything(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			files, err := spec.Write(spec.Export{
				Objects: all.Actual.Objects, Links: all.Actual.Links, Known: all.Catalog.APIs, Unread: all.Unread,
				Split: spec.Split(append(spec.Splits(), "")[seed%4]), Environment: []string{"", "STAGING"}[seed%2],
			})
			if err != nil {
				t.Fatal(err)
			}
			named(t, all, files)
			g.SetFaults(nil)
			c := compare(t.Context(), t, run, loadExport(t, files, nil))
			if !c.Plan.Empty() {
				t.Errorf("the diff after the export is not empty:\n%s", describe(c.Plan.Changes))
			}
			out := run.Apply(t.Context(), c)
			if out.Writes > 0 || len(out.Results) > 0 {
				t.Errorf("the apply sends %d writes", out.Writes)
			}
			for _, e := range g.Journal() {
				if e.Method != "GET" {
					t.Errorf("%s was sent", e.Operation)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", w.Gateway(state), files[0].Data)
			}
		})
	}
}

// named checks that each object is in the files or is reported as left out.
func named(t *testing.T, all *reconcile.Everything, files []spec.File) {
	t.Helper()
	said := map[string]bool{}
	state := loadExport(t, files, nil)
	for i := range state.Objects {
		said[state.Objects[i].Address()] = true
	}
	for _, f := range files {
		for _, l := range f.LeftOut {
			said[l.Address] = true
		}
	}
	for i := range all.Actual.Objects {
		if o := &all.Actual.Objects[i]; o.Owner == "" && !said[o.Address()] {
			t.Errorf("%s is neither in the export nor named", o.Address())
		}
	}
}

// refusals are operations that a gateway refuses, drawn at random.
func refusals(t *testing.T, r *rand.Rand) (out []emulator.Fault) {
	t.Helper()
	for _, op := range []string{
		"ShowDetailsOfAppAcl", "ListAppCodesV2", "ListSpecialThrottlingConfigurationsV2", "ListPluginAttachedApis", "ListApisBindedToAppV2",
		"ListAclStrategiesV2", "ListPlugins", "ListApisV2", "List*PolicyBindedToApi*", "ListApisBindedTo*Policy*",
	} {
		if r.IntN(6) > 0 {
			continue
		}
		rule := fmt.Sprintf("op=%s %s", op, strings.Split("status=412 code=APIG.3458,status=403 code=APIG.1106,status=404 code=APIGW.0101,status=400 code=APIG.1119", ",")[r.IntN(4)])
		f, err := emulator.ParseFault(rule)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}
