package intent

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestAnswersComeTrue checks that answers from files and an export are what the gateway does once the files are applied, even if
// the files leave out collections, rename objects, or displace policies.
func TestAnswersComeTrue(t *testing.T) {
	for seed := range world.Fewer(40, 3) {
		r := rand.New(rand.NewPCG(seed, 3))
		drawn := world.New(r, world.Options{Groups: 2, APIs: 2, Policies: 4, Unmanaged: true, Without: []string{"app_key", "app_secret", "trusted_root_ca"}})
		have, want := drawn.Draw(), drawn.Draw()
		for _, state := range []world.State{have, want} {
			plainLimits(r, state)
			for _, x := range state["throttles"].([]any) {
				x.(map[string]any)["api_call_limits"] = int64(1000) // higher than all special limits: else an export leaves the throttle out
			}
		}
		for _, x := range want["app_quotas"].([]any) {
			if m := x.(map[string]any); r.IntN(3) == 0 {
				delete(m, "apps") // the gateway keeps its own
			} else {
				m["apps"] = globbing(r, m["apps"].([]any))
			}
		}
		renameSome(r, have, want)
		g := emulator.New(emulator.Options{})
		if err := g.Load(drawn.Gateway(have)); err != nil {
			t.Fatal(err)
		}
		client, err := remote.New(remote.Config{
			Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
			Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g), Parallelism: 8,
		})
		if err != nil {
			t.Fatal(err)
		}
		run := &reconcile.Run{Caller: client, Options: diff.Options{MaxDeletes: -1, Prune: seed%2 == 1, AllowEmpty: true}, Parallel: 8}
		file := drawn.File(want)
		files, before := loaded(t, file), held(t, run)
		before.Prune = run.Options.Prune
		found, err := run.Compare(t.Context(), files)
		if err != nil {
			t.Fatal(err)
		}
		found.Plan.Refusals = slices.DeleteFunc(found.Plan.Refusals, func(r diff.Refusal) bool { return r.Flag == "--allow-interruption" }) // answered
		if len(found.Plan.Errors) > 0 || len(found.Plan.Refusals) > 0 {
			t.Fatalf("seed %d: %+v %+v", seed, found.Plan.Errors, found.Plan.Refusals)
		}
		if out := run.Apply(t.Context(), found); !out.Converged {
			t.Fatalf("seed %d: not converged", seed)
		}
		after := held(t, run)
		suite := &Suite{DefaultLimit: 5000}
		s := scene{state: want, suite: Suite{APIs: before.APIs}}
		foretold, happened := New(files, before, suite, ""), New(after.State, after, suite, "")
		for range 25 {
			c := s.drawCall(r)
			a, b := foretold.Ask(&c), happened.Ask(&c)
			for i := range a.Limits { // an answer names a special limit by the name of its app on the gateway
				for _, x := range want["apps"].([]any) {
					m := x.(map[string]any)
					if old, ok := m["moved_from"]; ok && !slices.ContainsFunc(have["apps"].([]any), func(x any) bool { return x.(map[string]any)["name"] == m["name"] }) {
						a.Limits[i].By = strings.Replace(a.Limits[i].By, fmt.Sprint("app:", old), fmt.Sprint("app:", m["name"]), 1)
					}
				}
			}
			if either := slices.Concat(a.Plugins, a.Open); len(a.Open) > 0 && !slices.ContainsFunc(b.Plugins, func(p string) bool { return !slices.Contains(either, p) }) {
				a.Plugins, a.Open = b.Plugins, b.Open // what was open is settled now
			}
			d := cmp.Diff(a, b, cmpopts.IgnoreUnexported(Answer{}), cmpopts.IgnoreFields(Answer{}, "Why"), cmpopts.IgnoreFields(Limit{}, "Source"), cmpopts.SortSlices(func(x, y string) bool { return x < y }))
			if d != "" {
				t.Fatalf("seed %d: %s: -foretold +happened:\n%s\nthe gateway had\n%s\nthe files say\n%s", seed, c.String(), d, drawn.Gateway(have), file)
			}
		}
	}
}

func loaded(t *testing.T, file []byte) *spec.State {
	t.Helper()
	state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: file}}, spec.Options{Lookup: func(string) (string, bool) { return "correct-horse-battery", true }})
	for _, f := range findings {
		if !f.Warning {
			t.Fatalf("%s\n%s", f, file)
		}
	}
	return state
}

// held exports what a gateway holds and reads it again.
func held(t *testing.T, run *reconcile.Run) *Held {
	t.Helper()
	all, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	written, err := spec.Write(spec.Export{Objects: all.Actual.Objects, Links: all.Actual.Links, Known: all.Catalog.APIs, APIs: true})
	if err != nil {
		t.Fatal(err)
	}
	h, findings := ReadHeld(spec.Input{Name: "export.yaml", Data: written[0].Data}, nothing)
	for _, f := range findings {
		if !f.Warning {
			t.Fatalf("%s\n%s", f, written[0].Data)
		}
	}
	return h
}

// renameSome makes some objects of the files renames of objects of the gateway that the files do not name, or past renames.
func renameSome(r *rand.Rand, have, want world.State) {
	for _, section := range []string{"throttles", "apps", "acls", "app_quotas"} {
		declared, taken := map[string]bool{}, map[string]bool{}
		for _, x := range want[section].([]any) {
			declared[x.(map[string]any)["name"].(string)] = true
		}
		for _, x := range have[section].([]any) {
			taken[x.(map[string]any)["name"].(string)] = true
		}
		for _, x := range want[section].([]any) {
			m := x.(map[string]any)
			for _, old := range slices.Sorted(maps.Keys(taken)) {
				if !declared[old] && r.IntN(2) == 0 {
					m["moved_from"] = old // which has no effect if the gateway has the new name, too
					declared[old] = true
					break
				}
			}
		}
	}
}
