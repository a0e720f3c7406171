package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

var small = world.Options{Groups: 2, APIs: 4, Policies: 5}

// behaviours are behaviours that the API allows, or leaves open. Any pair of states must converge with each of them.
var behaviours = []struct {
	name  string
	b     emulator.Behaviour
	world func(*world.Options)
}{
	{name: "default"},
	{name: "rebind=reject", b: emulator.Behaviour{Rebind: "reject"}},
	{name: "rebind=add", b: emulator.Behaviour{Rebind: "add"}},
	{name: "replace-keeps-binding-id", b: emulator.Behaviour{ReplaceKeepsBindingID: true}},
	{name: "acl-slot=one", b: emulator.Behaviour{ACLSlot: "one"}, world: func(o *world.Options) { o.OneSlot = true }},
	{name: "acl-slot=one rebind=reject", b: emulator.Behaviour{ACLSlot: "one", Rebind: "reject"}, world: func(o *world.Options) { o.OneSlot = true }},
	{name: "publish-id-stable", b: emulator.Behaviour{PublishIDStable: true}},
	{name: "late lists", b: emulator.Behaviour{BindingsVisibleAfter: emulator.Lag{Reads: 1}}},
	{name: "masked", b: emulator.Behaviour{AppSecret: "masked", PluginSecret: "masked", SignSecret: "masked"}},
	{name: "instance-wide-auths=refused", b: emulator.Behaviour{InstanceWideAuths: "refused"}},
	{name: "delete-bound=cascade", b: emulator.Behaviour{DeleteBound: "cascade"}},
	{name: "omitted otherwise", b: emulator.Behaviour{
		UpdateOmittedLimit: "keeps", OmittedRemark: "clears", OmittedSignKey: "kept", OmittedHealthCheck: "removes", DomainRedirect: "told",
		ResponseLists: "names",
	}},
	{name: "empty remark kept", b: emulator.Behaviour{EmptyRemark: "keeps"}},
	{name: "fewer-items", b: emulator.Behaviour{BindPartial: "fewer-items"}},
	{name: "detach-missing=404", b: emulator.Behaviour{DetachMissing: "404"}},
	{name: "batch-max=2", b: emulator.Behaviour{BatchMax: 2}},
	{name: "acl values sorted", b: emulator.Behaviour{ACLValueOrder: "sort"}},
	{name: "no own keys", b: emulator.Behaviour{AppSwitch: "off"}, world: func(o *world.Options) { o.Without = lacking(emulator.Behaviour{AppSwitch: "off"}) }},
	{name: "serial writes", b: emulator.Behaviour{SerialWrites: true}},
	{name: "newer", b: emulator.Behaviour{PluginContents: "newer"}, world: func(o *world.Options) { o.Newer = true }},
	{name: "newer masked", b: emulator.Behaviour{PluginContents: "newer", PluginSecret: "masked"}, world: func(o *world.Options) { o.Newer = true }},
	{name: "null lists", b: emulator.Behaviour{NullLists: true}},
	{name: "channel secret masked", b: emulator.Behaviour{ChannelSecret: "masked"}},
	{name: "channel secret clear", b: emulator.Behaviour{ChannelSecret: "clear", OfflineOffset: true}},
}

// lacking are the keys that apps must not have on a gateway that generates keys and secrets itself.
func lacking(b emulator.Behaviour) []string {
	if b.AppSwitch != "off" {
		return nil
	}
	return []string{"app_key", "app_secret"}
}

// TestApplyConverges: for any state of a gateway and any desired state, there is no difference after an apply, and a second apply
// sends no write.
func TestApplyConverges(t *testing.T) {
	for _, tc := range behaviours {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for seed := range world.Fewer(20, 10) {
				o := small
				o.Features = true
				o.Unmanaged = seed%4 == 3 && tc.b.ACLSlot != "one" // an undeclared ACL may have the one slot
				if tc.world != nil {
					tc.world(&o)
				}
				r := rand.New(rand.NewPCG(seed, 7))
				w := world.New(r, o)
				have, want := w.Gateway(w.Draw()), w.File(wanted(w, seed))
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { converge(t, have, want, tc.b) })
				})
			}
		})
	}
}

// wanted draws a desired state; in every second case it renames some objects.
func wanted(w *world.World, seed uint64) world.State {
	s := w.Draw()
	if seed%2 == 1 {
		return w.Renamed(s)
	}
	return s
}

func converge(t *testing.T, have, want []byte, b emulator.Behaviour) {
	t.Helper()
	g := gateway(t, have, b)
	run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 8}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	first := compare(ctx, t, run, load(t, want))
	applicable(t, first.Plan)
	g.ResetJournal()
	out := run.Apply(ctx, first)
	shown(t, out, g.Journal())
	for _, res := range out.Results {
		if res.Status != apply.Succeeded {
			t.Errorf("%s %s: %s: %+v (waited for %q)", res.Change.Action, res.Change.Address, res.Status, res.Error, res.WaitedFor)
		}
	}
	if !out.Converged {
		t.Errorf("not converged; remaining:\n%s", describe(out.Remaining))
	}
	again := compare(ctx, t, run, load(t, want))
	if !again.Plan.Empty() {
		t.Errorf("the diff after apply is not empty:\n%s\nfirst plan:\n%s", describe(again.Plan.Changes), describe(first.Plan.Changes))
	}
	g.ResetJournal()
	run.Apply(ctx, again)
	for _, e := range g.Journal() {
		if e.Method != "GET" {
			t.Errorf("a second apply sent %s %s", e.Method, e.Path)
		}
	}
}

// applicable skips a case that cannot be applied, since the file lacks a secret that every write needs.
func applicable(t *testing.T, p *diff.Plan) {
	t.Helper()
	if i := slices.IndexFunc(p.Refusals, func(r diff.Refusal) bool { return r.Guard == "secrets" }); i >= 0 {
		t.Skip(p.Refusals[i].Reason)
	}
}

// shown checks that the plan shows everything that has happened to a gateway.
func shown(t *testing.T, out *reconcile.Outcome, journal []emulator.Entry) {
	t.Helper()
	v := chaos.Check{Results: documentOf(out), Effects: chaos.Effects(journal)}
	for _, effect := range v.Unreported() {
		t.Errorf("the plan does not show it: %s", effect)
	}
}

func gateway(t *testing.T, state []byte, b emulator.Behaviour) *emulator.Gateway {
	t.Helper()
	g := emulator.New(emulator.Options{Behaviour: b})
	if err := g.Load(state); err != nil {
		t.Fatalf("load the gateway: %v\n%s", err, state)
	}
	return g
}

func client(t *testing.T, g *emulator.Gateway) *remote.Client {
	t.Helper()
	c, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: emulator.Transport(g), Parallelism: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t *testing.T, file []byte) *spec.State {
	t.Helper()
	state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: file}}, spec.Options{Lookup: variables})
	for _, f := range findings {
		if !f.Warning {
			t.Fatalf("%s\n%s", f, file)
		}
	}
	return state
}

// variables returns the variables to which the example contents of plugins refer.
func variables(name string) (string, bool) { return "value-of-" + name, true }

func compare(ctx context.Context, t *testing.T, run *reconcile.Run, state *spec.State) *compared.Result {
	t.Helper()
	c, err := run.Compare(ctx, state)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	for _, e := range c.Plan.Errors {
		t.Fatalf("%s: %s", e.Address, e.Message)
	}
	return c
}

func describe(changes []diff.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s\n", c.Action, c.Address)
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "    %s: %v -> %v\n", f.Path, f.Before, f.After)
		}
	}
	return b.String()
}

// inEveryBehaviour tests a property of a gateway and a file with random pairs, for every behaviour.
func inEveryBehaviour(t *testing.T, stream uint64, holds func(t *testing.T, have, want []byte, b emulator.Behaviour)) {
	t.Helper()
	for _, tc := range behaviours {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for seed := range world.Fewer(6, 10) {
				o := small
				o.Features = true
				o.Unmanaged = seed%3 == 2 && tc.b.ACLSlot != "one" // an undeclared ACL may have the one slot
				if tc.world != nil {
					tc.world(&o)
				}
				w := world.New(rand.New(rand.NewPCG(seed, stream)), o)
				have, want := w.Gateway(w.Draw()), w.File(wanted(w, seed))
				t.Run(fmt.Sprint(seed), func(t *testing.T) { holds(t, have, want, tc.b) })
			}
		})
	}
}
