package reconcile_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/world/chaos"
)

// item is an object of a file.
type item map[string]any

// sorts has, for each kind that can be replaced and is bound to APIs, objects none of which can be updated to another: a change
// from one to the other is a replace. Each has a second variant with other values.
var sorts = map[string][][2]item{
	"acl": {
		{{"type": "PERMIT", "entity_type": "IP", "values": []string{"10.0.0.1"}}, {"type": "DENY", "entity_type": "IP", "values": []string{"10.0.0.2"}}},
		{{"type": "PERMIT", "entity_type": "DOMAIN", "values": []string{"alice"}}, {"type": "PERMIT", "entity_type": "DOMAIN", "values": []string{"bob"}}},
		{{"type": "DENY", "entity_type": "DOMAIN_ID", "values": []string{strings.Repeat("a", 32)}}, {"type": "PERMIT", "entity_type": "DOMAIN_ID", "values": []string{strings.Repeat("b", 32)}}},
	},
	"plugin": {
		{pluginOf("cors", "allow_origin", "https://a.example.com"), pluginOf("cors", "allow_origin", "https://b.example.com")},
		{pluginOf("proxy_mirror", "host", "a:80", "protocol", "HTTP"), pluginOf("proxy_mirror", "host", "b:80", "protocol", "HTTP")},
		{pluginOf("set_resp_headers", "response_headers", []any{item{"name": "X-B", "value": "b", "action": "append"}}), pluginOf("set_resp_headers", "response_headers", []any{item{"name": "X-A", "value": "a", "action": "override"}})},
	},
	"signature": {
		{{"type": "hmac", "key": "orders-key-one", "secret": "orders-secret-number-one"}, {"type": "hmac", "key": "orders-key-two", "secret": "orders-secret-number-two"}},
		{{"type": "basic", "key": "orders_user", "secret": "orders-password"}, {"type": "basic", "key": "shop_user", "secret": "shop-password"}},
		{{"type": "aes", "algorithm": "aes-128-cfb", "key": "orders-key-16-01", "secret": "orders-vector-01"}, {"type": "aes", "algorithm": "aes-128-cfb", "key": "orders-key-16-02", "secret": "orders-vector-02"}},
	},
}

func pluginOf(typ string, content ...any) item {
	c := item{}
	for i := 0; i < len(content); i += 2 {
		c[content[i].(string)] = content[i+1]
	}
	return item{"type": typ, "content": c}
}

const (
	halfAPIs = `{environments: [RELEASE, STAGING], groups: [{name: orders, apis: [
  {name: a, method: GET, path: /a, auth_type: APP, published: [RELEASE, STAGING]},
  {name: b, method: GET, path: /b, auth_type: APP, published: [RELEASE]},
  {name: c, method: GET, path: /c, auth_type: APP, published: [RELEASE]}]}]}`
)

var (
	everywhere = []any{"orders/a", "orders/b", item{"group": "orders", "name": "a", "environment": "STAGING"}}
	elsewhere  = []any{"orders/a", "orders/c"}
)

// half is an object whose replace is interrupted.
type half struct {
	k    *kind.Kind
	name string
}

// is returns the object as one of the sorts of its kind, with more members.
func (h half) is(sort, value int, more ...any) item {
	out := item{"name": h.name}
	maps.Copy(out, sorts[h.k.Name][sort][value])
	for i := 0; i < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}

// file is a file with objects of the kind; owns is the glob of the names that it owns.
func (h half) file(owns string, objects ...item) []byte {
	return inYAML(item{"version": "apigw-sync/v1", "owns": item{h.k.Section: []string{owns}}, h.k.Section: append([]item{}, objects...)})
}

// gateway is a gateway with objects of the kind.
func (h half) gateway(objects ...item) []byte {
	var apis any
	if err := yaml.Unmarshal([]byte(halfAPIs), &apis); err != nil {
		panic(err)
	}
	return inYAML(item{"gateway": apis, h.k.Section: objects})
}

func inYAML(v any) []byte {
	out, err := yaml.Marshal(v)
	if err != nil {
		panic(err) // cannot happen with plain maps
	}
	return out
}

// next are the files that may be applied after a stop, by name.
func (h half) next() map[string][]byte {
	owns, other := h.name, half{h.k, h.name + "_2"}
	return map[string][]byte{
		"the same":               h.file(owns, h.is(1, 0, "apis", everywhere)),
		"the same, changed":      h.file(owns, h.is(1, 1, "apis", everywhere)),
		"the same, elsewhere":    h.file(owns, h.is(1, 1, "apis", elsewhere)),
		"the same, unbound":      h.file(owns, h.is(1, 0, "apis", []any{})),
		"the same, open":         h.file(owns, h.is(1, 0)),
		"the old":                h.file(owns, h.is(0, 0, "apis", everywhere)),
		"the old, changed":       h.file("half_*", h.is(0, 1, "apis", everywhere)),
		"the old, elsewhere":     h.file(owns, h.is(0, 0, "apis", elsewhere)),
		"the old, open":          h.file(owns, h.is(0, 0)),
		"the old, changed, open": h.file(owns, h.is(0, 1)),
		"a third":                h.file(owns, h.is(2, 0, "apis", everywhere)),
		"a third, elsewhere":     h.file("*", h.is(2, 1, "apis", elsewhere)),
		"a third, unbound":       h.file(owns, h.is(2, 1, "apis", []any{})),
		"a third, open":          h.file(owns, h.is(2, 0)),
		"renamed":                h.file("half_*", other.is(1, 0, "moved_from", h.name, "apis", everywhere)),
		"renamed, open":          h.file("half_*", other.is(1, 1, "moved_from", h.name)),
		"renamed, the old":       h.file("half_*", other.is(0, 0, "moved_from", h.name, "apis", everywhere)),
		"renamed, the old, open": h.file("half_*", other.is(0, 0, "moved_from", h.name)),
		"renamed, a third":       h.file(other.name, other.is(2, 0, "moved_from", h.name, "apis", everywhere)),
		"renamed, a third, open": h.file("half_*", other.is(2, 0, "moved_from", h.name)),
		"removed":                h.file(owns, half{h.k, "another"}.is(0, 0)),
		"removed, by pattern":    h.file("half_*", half{h.k, "another"}.is(0, 0)),
		"all removed":            h.file(owns),
	}
}

// stop ends a run at one of its writes: the context ends, and no further request reaches the gateway.
type stop struct {
	at      int  // the number of that write, from 0
	carried bool // whether the gateway carries it out
	halt    context.CancelFunc
	through http.RoundTripper

	mu      sync.Mutex
	reached bool
}

var errStopped = errors.New("the process is gone")

func (s *stop) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reached {
		return nil, errStopped
	}
	if r.Method == http.MethodGet {
		return s.through.RoundTrip(r)
	}
	if s.at--; s.at >= 0 {
		return s.through.RoundTrip(r)
	}
	s.reached = true
	s.halt()
	if s.carried {
		if res, err := s.through.RoundTrip(r); err == nil {
			_ = res.Body.Close()
		}
	}
	return nil, errStopped
}

// until applies a file and stops at a write; it returns false if the run ends before.
func until(t *testing.T, g *emulator.Gateway, file []byte, at int, carried bool) bool {
	t.Helper()
	ctx, halt := context.WithCancel(t.Context())
	defer halt()
	s := &stop{at: at, carried: carried, halt: halt, through: emulator.Transport(g)}
	c, err := remote.New(remote.Config{
		Endpoint: "http://localhost", ProjectID: emulator.DefaultProjectID, InstanceID: emulator.DefaultInstanceID,
		Credentials: remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken)}, Transport: s, Parallelism: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &reconcile.Run{Caller: c, Options: diff.Options{Prune: true, MaxDeletes: -1}, Parallel: 1}
	run.Apply(ctx, compare(t.Context(), t, run, load(t, file)))
	return s.reached
}

// leftovers are the successors that interrupted replaces have left on a gateway.
func leftovers(t *testing.T, g *emulator.Gateway) (out []string) {
	t.Helper()
	return slices.DeleteFunc(addresses(t, g), func(a string) bool { return !strings.Contains(a, "_next_") })
}

// addresses are the addresses of the objects on a gateway.
func addresses(t *testing.T, g *emulator.Gateway) (out []string) {
	t.Helper()
	raw, err := g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, k := range kind.All {
		items, _ := doc[k.Section].([]any)
		for _, o := range items {
			out = append(out, k.Name+"/"+o.(map[string]any)["name"].(string))
		}
	}
	return out
}

// finishes checks that one run of a file, directly or as a saved plan, makes the gateway what it would be without the stops
// before, leaves no successor, and never takes a policy from an API that has it before and after.
func finishes(t *testing.T, g *emulator.Gateway, file []byte, b emulator.Behaviour, saved bool, like string) {
	t.Helper()
	run := inProcess(t, g)
	left := leftovers(t, g)
	compare(t.Context(), t, run, load(t, file)) // a list may show a change only at the next read
	c := compare(t.Context(), t, run, load(t, file))
	for _, l := range left {
		if _, name, _ := strings.Cut(l, "/"); !strings.Contains(describe(c.Plan.Changes)+notes(c.Plan.Changes), name) {
			t.Errorf("the plan does not name %s, which a stop left:\n%s", l, describe(c.Plan.Changes))
		}
	}
	guard := newGuard(c)
	if saved {
		c = refresh(t.Context(), t, run, save(t, run, c), load(t, file))
	}
	began := len(g.Journal())
	out := run.Apply(t.Context(), c)
	settled(t, out)
	for _, l := range guard.lapses(g.Journal()[began:], out) {
		if b.Rebind != "reject" {
			t.Error(l)
		}
	}
	if again := compare(t.Context(), t, run, load(t, file)).Plan; !again.Empty() {
		t.Errorf("after the run remain:\n%s", describe(again.Changes))
	}
	if left := leftovers(t, g); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	if d := changedLines(like, naked(t, g)); d != "" && b.PluginContents != "newer" { // a newer gateway fills in members at every write
		t.Errorf("the gateway is not as without the stop (- without, + with):\n%s", d)
	}
	if t.Failed() {
		t.Logf("plan:\n%s%sjournal:\n%s", describe(c.Plan.Changes), notes(c.Plan.Changes), chaos.Story(g.Journal()[began:]))
	}
}

func notes(changes []diff.Change) string {
	var b strings.Builder
	for _, ch := range changes {
		if ch.Note != "" {
			fmt.Fprintf(&b, "%s: %s\n", ch.Address, ch.Note)
		}
	}
	return b.String()
}

// unstopped is the state of a gateway after one run of a file.
func unstopped(t *testing.T, have, file []byte, b emulator.Behaviour) string {
	t.Helper()
	g := gateway(t, have, b)
	run := inProcess(t, g)
	settled(t, run.Apply(t.Context(), compare(t.Context(), t, run, load(t, file))))
	return naked(t, g)
}

// halfCases is the number of random cases for each kind and behaviour in the tests below.
var halfCases = flag.Uint64("halves", 2, "random interrupted replaces of each kind under each behaviour")

// eachHalf tests a property with random interrupted replaces.
func eachHalf(t *testing.T, stream uint64, try func(t *testing.T, k *kind.Kind, r *rand.Rand, b emulator.Behaviour)) {
	t.Helper()
	for _, k := range kind.All {
		switch {
		case len(k.Immutable) == 0, kind.LinkFrom(k.Name) == nil:
			continue
		case len(sorts[k.Name]) < 3:
			t.Errorf("no samples of a %s, which can be replaced", k.Name)
			continue
		}
		for i, tc := range behaviours {
			t.Run(k.Name+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				for n := range *halfCases {
					seed := n*uint64(len(behaviours)) + uint64(i)
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { try(t, k, rand.New(rand.NewPCG(seed, stream)), tc.b) })
					})
				}
			})
		}
	}
}

// TestHalfReplaced: after a replace that was interrupted once or twice, one run of any file makes the gateway what it would be
// without the interruptions.
func TestHalfReplaced(t *testing.T) {
	eachHalf(t, 12, func(t *testing.T, k *kind.Kind, r *rand.Rand, b emulator.Behaviour) {
		t.Helper()
		h := half{k, []string{"half_way", "half_" + strings.Repeat("路", 50)}[r.IntN(2)]}
		have, next := h.gateway(h.is(0, 0, "apis", everywhere)), h.next()
		g := gateway(t, have, b)
		moved := false                                      // to its new name, which no file takes back
		tight := b.ACLSlot == "one" && b.Rebind == "reject" // a stop between an unbind and the bind of the successor loses the binding
		stopped := func(name string, most int) {
			at, carried := r.IntN(most), r.IntN(2) == 0
			reached := until(t, g, next[name], at, carried)
			moved = moved || slices.Contains(addresses(t, g), k.Name+"/"+h.name+"_2")
			t.Logf("%s, stopped at write %d (carried %v, reached %v): left %v", name, at, carried, reached, leftovers(t, g))
		}
		drawn := func(can func(string) bool) string {
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(next)), func(n string) bool {
				return !can(n) || moved && !strings.HasPrefix(n, "renamed") || tight && strings.Contains(n, "open")
			})
			return names[r.IntN(len(names))]
		}
		stopped([]string{"the same", "the same, open", "renamed", "renamed, open"}[r.IntN(4)], 7)
		last := drawn(func(string) bool { return true })
		if r.IntN(2) == 0 {
			stopped(drawn(func(n string) bool { return !strings.HasPrefix(n, "removed") }), 10)
			last = drawn(func(n string) bool { return !strings.Contains(n, "open") }) // the file must name all bindings
		}
		t.Logf("then %s", last)
		finishes(t, g, next[last], b, r.IntN(2) == 0, unstopped(t, have, next[last], b))
	})
}

// TestTwoHalfReplaced: the same for two objects that change at once, perhaps to what the other one was.
func TestTwoHalfReplaced(t *testing.T) {
	eachHalf(t, 13, func(t *testing.T, k *kind.Kind, r *rand.Rand, b emulator.Behaviour) {
		t.Helper()
		one, two := half{k, "half_one"}, half{k, "half_two"}
		other := everywhere
		if b.ACLSlot == "one" || oneSlot(t, one, one.is(0, 0), two.is(1, 0)) {
			other = []any{"orders/c"}
		}
		both := func() []item {
			p := r.Perm(3)
			return []item{one.is(p[0], r.IntN(2), "apis", everywhere), two.is(p[1], r.IntN(2), "apis", other)}
		}
		have, first, last := one.gateway(both()...), one.file("half_*", both()...), one.file("half_*", both()...)
		g := gateway(t, have, b)
		at := r.IntN(14)
		reached := until(t, g, first, at, r.IntN(2) == 0)
		t.Logf("from\n%s\nto\n%s\nstopped at write %d (reached %v): left %v, then\n%s", have, first, at, reached, leftovers(t, g), last)
		finishes(t, g, last, b, r.IntN(2) == 0, unstopped(t, have, last, b))
	})
}

// oneSlot reports whether two objects cannot be bound to the same API.
func oneSlot(t *testing.T, h half, a, b item) bool {
	t.Helper()
	var slots []string
	for _, o := range load(t, h.file("half_*", a, b)).Objects {
		slots = append(slots, kind.LinkFrom(h.k.Name).Slot(o.Value))
	}
	return len(slots) == 2 && slots[0] == slots[1]
}
