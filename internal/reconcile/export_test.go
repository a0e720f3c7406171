package reconcile_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/format"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// states is the number of random gateways on which the properties of exports are tested; EXPORT_STATES sets another number.
func states(t *testing.T, usual int) uint64 {
	t.Helper()
	s, set := os.LookupEnv("EXPORT_STATES")
	if !set {
		return world.Fewer(uint64(usual), 10)
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// anyGateway makes a random gateway with one of the behaviours that the API allows.
func anyGateway(t *testing.T, seed uint64) *emulator.Gateway {
	t.Helper()
	as := behaviours[seed%uint64(len(behaviours))]
	o := small
	o.Features = true
	if as.world != nil {
		as.world(&o)
	}
	w := world.New(rand.New(rand.NewPCG(seed, 11)), o)
	return gateway(t, w.Gateway(w.Draw()), as.b)
}

// TestExportThenDiff: whatever a gateway holds, it has no difference from its export, in one file or in many, even if no variable
// is set.
func TestExportThenDiff(t *testing.T) {
	for seed := range states(t, 20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			run := &reconcile.Run{Caller: client(t, anyGateway(t, seed)), Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
			split := append(spec.Splits(), "")[seed%4]
			files := export(t, run, spec.Export{Split: spec.Split(split), Environment: []string{"", "STAGING"}[seed%2]})
			c := compare(t.Context(), t, run, loadExport(t, files, nil))
			if !c.Plan.Empty() || len(c.Plan.Extra) > 0 {
				t.Errorf("the diff after the export is not empty:\n%s\n%s", describe(c.Plan.Changes), files[0].Data)
			}
		})
	}
}

// TestExportMakesAnEqualGateway: an export that is applied to a gateway with the same APIs and nothing else makes a gateway with
// the same export, apart from secrets.
func TestExportMakesAnEqualGateway(t *testing.T) {
	for seed := range states(t, 20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			first := &reconcile.Run{Caller: client(t, anyGateway(t, seed)), Options: diff.Options{MaxDeletes: -1}, Parallel: 8}
			files := export(t, first, spec.Export{APIs: true})
			policies, apis, _ := bytes.Cut(files[0].Data, []byte("\ngateway:\n"))
			state := append([]byte("version: apigw-sync/v1\ngateway:\n"), apis...)
			as := emulator.Behaviour{PluginContents: "newer", DomainRedirect: behaviours[seed%uint64(len(behaviours))].b.DomainRedirect}
			empty := gateway(t, append(state, uploads(t, policies)...), as)
			second := &reconcile.Run{Caller: client(t, empty), Options: first.Options, Parallel: 8}
			out := second.Apply(t.Context(), compare(t.Context(), t, second, loadExport(t, []spec.File{{Data: policies}}, secretOf)))
			if s := apply.Summarize(out.Results); !out.Converged || s.Failed+s.Skipped+s.Unknown > 0 {
				t.Fatalf("apply: %+v, remaining:\n%s", s, describe(out.Remaining))
			}
			again := export(t, second, spec.Export{APIs: true})
			made := byNewer.Replace(string(again[0].Data))
			if d := cmp.Diff(string(files[0].Data), made); d != "" {
				t.Errorf("the gateway is another one (-first +second):\n%s", d)
			}
		})
	}
}

// uploads is the part of an export that needs texts which no gateway returns, such as certificates. It must exist on the second
// gateway before the export is applied.
func uploads(t *testing.T, export []byte) []byte {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(export, &doc); err != nil {
		t.Fatal(err)
	}
	there := map[string]any{}
	for _, k := range kind.All {
		items, _ := doc[k.Section].([]any)
		for _, item := range items {
			m := item.(map[string]any)
			for name := range m {
				switch s := k.Shape.Field(name); {
				case slices.Contains(k.WriteOnly, "/"+name):
					delete(m, name)
				case s != nil && s.NotReturned:
					m[name] = "there"
				}
			}
		}
		if len(k.WriteOnly) > 0 && len(items) > 0 {
			there[k.Section] = items
		}
	}
	out, err := yaml.Marshal(there)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("\n"), out...)
}

// byNewer removes what a newer gateway fills in.
var byNewer = strings.NewReplacer("      edition: standard # not known to this version\n", "", "      edition: standard\n", "")

// secretOf returns a valid value for each variable of a secret. Those of signature keys depend on the type of the key and are left
// to the gateway; those of certificates cannot be made up.
func secretOf(name string) (string, bool) {
	if strings.HasPrefix(name, "SIGNATURE_") || strings.HasPrefix(name, "CERTIFICATE_") {
		return "", true
	}
	return "x" + strings.ToLower(name), true
}

func export(t *testing.T, run *reconcile.Run, e spec.Export) []spec.File {
	t.Helper()
	all, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.Objects, e.Links, e.Known = all.Actual.Objects, all.Actual.Links, all.Catalog.APIs
	files, err := spec.Write(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if usual, err := format.Format(f.Data, spec.Document()); err != nil || string(usual) != string(f.Data) {
			t.Errorf("%s is not written in its usual form (%v):\n%s", f.Name, err, cmp.Diff(string(usual), string(f.Data)))
		}
		for _, l := range f.LeftOut {
			if !strings.HasSuffix(l.Address, "/app_codes") {
				t.Errorf("%s: %s was left out: %s", f.Name, l.Address, l.Why)
			}
		}
	}
	return files
}

func loadExport(t *testing.T, files []spec.File, lookup func(string) (string, bool)) *spec.State {
	t.Helper()
	var inputs []spec.Input
	for _, f := range files {
		inputs = append(inputs, spec.Input{Name: "export/" + f.Name, Data: f.Data})
	}
	state, findings := spec.Load(inputs, spec.Options{Lookup: lookup})
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	return state
}
