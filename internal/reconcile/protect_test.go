package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

// TestNeverUnprotected: an API that has a PERMIT ACL, a throttle or a plugin of a type before and after a run has one all the time.
// If the gateway refuses a bind to a taken slot, the API lacks one between the unbind and the bind that follows at once, and at no
// other time.
func TestNeverUnprotected(t *testing.T) {
	for _, tc := range []struct {
		name     string
		b        emulator.Behaviour
		parallel int
	}{
		{"replace", emulator.Behaviour{}, 8},
		{"replace one slot", emulator.Behaviour{ACLSlot: "one"}, 8},
		{"replace late lists", emulator.Behaviour{BindingsVisibleAfter: emulator.Lag{Reads: 1}, ReplaceKeepsBindingID: true}, 8},
		{"replace small batches", emulator.Behaviour{BatchMax: 2}, 3},
		{"add", emulator.Behaviour{Rebind: "add"}, 8},
		{"reject", emulator.Behaviour{Rebind: "reject"}, 1},
		{"reject one slot", emulator.Behaviour{Rebind: "reject", ACLSlot: "one"}, 1},
		{"reject small batches", emulator.Behaviour{Rebind: "reject", BatchMax: 2}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for seed := range world.Fewer(30, 10) {
				r := rand.New(rand.NewPCG(seed, 11))
				w := world.New(r, world.Options{Groups: 1, APIs: 6, Policies: 6, OneSlot: tc.b.ACLSlot == "one"})
				have, want := w.Gateway(w.Draw()), w.File(wanted(w, seed))
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { protected(t, have, want, tc.b, tc.parallel) })
				})
			}
		})
	}
}

func protected(t *testing.T, have, want []byte, b emulator.Behaviour, parallel int) {
	t.Helper()
	g := gateway(t, have, b)
	run := &reconcile.Run{Caller: client(t, g), Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: parallel}
	c := compare(t.Context(), t, run, load(t, want))
	g.ResetJournal()
	out := run.Apply(t.Context(), c)
	if !out.Converged {
		t.Fatalf("not converged; remaining:\n%s", describe(out.Remaining))
	}
	journal := g.Journal()
	for _, lapse := range newGuard(c).lapses(journal, out) {
		if b.Rebind == "reject" && lapse.entries == 1 {
			continue
		}
		t.Errorf("%s for %d requests\n%s", lapse, lapse.entries, chaos.Story(journal))
	}
}

// shelter is a slot of an API that must not become empty: that of a PERMIT ACL, of a throttle, or of a plugin type.
type shelter struct{ kind, slot, api, env string }

// guard tracks what each API has, according to a journal.
type guard struct {
	kept    map[shelter]bool            // taken before and after the run
	holds   map[shelter]map[string]bool // ids of the policies in it
	permits map[string]bool             // ids of ACLs whose type is PERMIT now
}

func newGuard(c *compared.Result) *guard {
	g := &guard{kept: map[shelter]bool{}, holds: map[shelter]map[string]bool{}, permits: map[string]bool{}}
	values, after := map[string]any{}, map[shelter]bool{}
	for i := range c.Actual.Objects {
		o := &c.Actual.Objects[i]
		values[o.ID] = o.Value
		if a, ok := o.Value.(kind.ACL); ok {
			g.permits[o.ID] = a.Type == "PERMIT"
		}
	}
	wanted := map[string]any{}
	for i := range c.Desired.Objects {
		wanted[c.Desired.Objects[i].Address()] = c.Desired.Objects[i].Value
	}
	for i := range c.Desired.Links {
		l := &c.Desired.Links[i].Link
		if s, ok := shelterOf(l, wanted[kind.LinkOf(l.Kind).Owner+"/"+l.Owner]); ok {
			after[s] = true
		}
	}
	for i := range c.Actual.Links {
		l := &c.Actual.Links[i]
		if l.To.API == nil {
			continue
		}
		if s, ok := shelterOf(l, values[l.OwnerID]); ok && after[s] {
			g.kept[s] = true
		}
		g.came(l.Kind, slotOf(values[l.OwnerID]), l.To.API.Address(), l.To.Env, l.OwnerID)
	}
	return g
}

// shelterOf is the shelter that a link fills; ok is false if it fills none.
func shelterOf(l *kind.Link, owner any) (s shelter, ok bool) {
	if a, isACL := owner.(kind.ACL); l.To.API == nil || l.Kind == "app_authorization" || isACL && a.Type != "PERMIT" {
		return shelter{}, false
	}
	return shelter{l.Kind, slotOf(owner), l.To.API.Address(), l.To.Env}, true
}

// slotOf is the type of a plugin, since an API has one plugin of each type; "" for other policies.
func slotOf(owner any) string {
	if p, ok := owner.(kind.Plugin); ok {
		return p.Type
	}
	return ""
}

func (g *guard) came(kindName, slot, api, env, policy string) {
	s := shelter{kindName, slot, api, env}
	if g.holds[s] == nil {
		g.holds[s] = map[string]bool{}
	}
	g.holds[s][policy] = true
}

// lapse is a time in which a shelter was empty that must not be.
type lapse struct {
	shelter
	after   string // the operation that has emptied it
	entries int    // requests until it was filled again
}

func (l lapse) String() string {
	return fmt.Sprintf("%s@%s lacks its %s %s after %s", l.api, l.env, l.kind, l.slot, l.after)
}

// lapses replays a journal and returns the lapses in it. All effects of one request happen at the same time.
func (g *guard) lapses(journal []emulator.Entry, of *reconcile.Outcome) (out []*lapse) {
	open, results := map[shelter]*lapse{}, documentOf(of)
	for _, e := range journal {
		for _, x := range chaos.WithNewNames(e.Effects, results) {
			g.see(x)
		}
		for s := range g.kept {
			switch l := open[s]; {
			case g.has(s):
				delete(open, s)
			case l == nil:
				open[s] = &lapse{shelter: s, after: fmt.Sprintf("%d %s", e.Seq, e.Operation), entries: 1}
				out = append(out, open[s])
			default:
				l.entries++
			}
		}
	}
	slices.SortFunc(out, func(a, b *lapse) int { return b.entries - a.entries })
	return out
}

func (g *guard) see(x emulator.Effect) {
	switch x.Kind {
	case "acl":
		g.permits[x.ID] = x.Value == "PERMIT"
	case "acl_binding", "throttle_binding", "plugin_binding":
		slot := x.Type
		if x.Kind != "plugin_binding" {
			slot = ""
		}
		if x.Action == "create" {
			g.came(x.Kind, slot, x.API, x.Env, x.Policy)
		} else {
			delete(g.holds[shelter{x.Kind, slot, x.API, x.Env}], x.Policy)
		}
	}
}

func (g *guard) has(s shelter) bool {
	for policy := range g.holds[s] {
		if s.kind != "acl_binding" || g.permits[policy] {
			return true
		}
	}
	return false
}
