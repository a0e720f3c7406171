package reconcile_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestSavedPlan: a plan that was saved to a file and loaded again does the same as the plan itself, for any two states.
func TestSavedPlan(t *testing.T) {
	inEveryBehaviour(t, 9, savedLikeDirect)
}

func savedLikeDirect(t *testing.T, have, want []byte, b emulator.Behaviour) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	direct, saved := gateway(t, have, b), gateway(t, have, b)
	state := load(t, want)
	run := &reconcile.Run{Caller: client(t, direct), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 8}
	first := compare(ctx, t, run, state)
	applicable(t, first.Plan)
	run.Apply(ctx, first)

	run = &reconcile.Run{Caller: client(t, saved), Options: run.Options, Parallel: 8}
	c := compare(ctx, t, run, state)
	file := save(t, run, c)
	for _, secret := range []string{"sapp_", strings.Repeat("s", 60), "value-of-"} {
		if bytes.Contains(file, []byte(secret)) {
			t.Fatalf("the saved plan holds %s", secret)
		}
	}
	again := refresh(ctx, t, run, file, state)
	settled(t, run.Apply(ctx, again))
	if d := changedLines(naked(t, direct), naked(t, saved)); d != "" {
		t.Errorf("the saved plan leaves another gateway (- direct, + saved):\n%s", d)
	}
}

// save saves the plan of a comparison.
func save(t *testing.T, run *reconcile.Run, c *compared.Result) []byte {
	t.Helper()
	e, err := diff.NewExtract(c.Plan, c.Actual, c.Desired, run.Options)
	if err != nil {
		t.Fatal(err)
	}
	f, err := planfile.New(document.NewPlan(document.Head{FormatVersion: document.FormatVersion}, c.Plan, c.Reads), e, planfile.Options{
		Purpose: planfile.ForApply, Key: []byte("0123456789abcdef"),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refresh compares again for a saved plan.
func refresh(ctx context.Context, t *testing.T, run *reconcile.Run, file []byte, state *spec.State) *compared.Result {
	t.Helper()
	f, err := planfile.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.Extract(reveal(state))
	if err != nil {
		t.Fatal(err)
	}
	c, notes, err := run.Refresh(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Stale(e, e.Relevant(c.Actual)) {
		t.Fatalf("stale: %s %s %+v", d.Address, d.Text, d.Field)
	}
	for _, n := range notes {
		t.Fatalf("stale: %s: %s", n.Address, n.Message)
	}
	if err := f.Same(c.Plan); err != nil {
		t.Fatalf("%v\n%s", err, describe(c.Plan.Changes))
	}
	return c
}

// reveal returns secrets from the files.
func reveal(state *spec.State) planfile.Reveal {
	return func(n planfile.NeededSecret) (string, error) { return planfile.SecretInFiles(n, state.Objects) }
}

func settled(t *testing.T, out *reconcile.Outcome) {
	t.Helper()
	for _, res := range out.Results {
		if res.Status != apply.Succeeded {
			t.Errorf("%s %s: %s: %+v (waited for %q)", res.Change.Action, res.Change.Address, res.Status, res.Error, res.WaitedFor)
		}
	}
	if !out.Converged {
		t.Errorf("not converged; remaining:\n%s", describe(out.Remaining))
	}
}

// naked is the state of a gateway without what differs between any two gateways: ids and times.
func naked(t *testing.T, g *emulator.Gateway) string {
	t.Helper()
	raw, err := g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	gw, _ := doc["gateway"].(map[string]any)
	for _, key := range []string{"ids", "times", "serial"} {
		delete(gw, key)
	}
	for _, list := range gw { // the lists of objects that files can declare, which are created in any order
		if l, ok := list.([]any); ok {
			for _, item := range l {
				if m, ok := item.(map[string]any); ok {
					partsByText(m)
				}
			}
			sortByText(l)
		}
	}
	for _, k := range kind.All {
		if k.Section == "" {
			continue
		}
		items, _ := doc[k.Section].([]any)
		for _, item := range items {
			made(k, item.(map[string]any)) // before sorting, which goes by these values
		}
		doc[k.Section] = byName(doc[k.Section])
	}
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var generated = regexp.MustCompile(`^([0-9a-f]{32}|[0-9a-f]{64}|k[0-9a-f]{15,63})$`)

// made replaces keys, secrets and codes that a gateway has generated.
func made(k *kind.Kind, item map[string]any) {
	for _, pointer := range k.Generated {
		if s, _ := item[pointer[1:]].(string); generated.MatchString(s) {
			item[pointer[1:]] = "generated"
		}
	}
	codes, _ := item["app_codes"].([]any)
	for i, c := range codes {
		if generated.MatchString(c.(string)) {
			codes[i] = "generated"
		}
	}
}
