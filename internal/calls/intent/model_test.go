package intent

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/world"
)

// scene is a random state with its APIs, and a suite without cases.
type scene struct {
	state world.State
	file  []byte
	suite Suite
}

func draw(t *testing.T, r *rand.Rand) scene {
	t.Helper()
	drawn := world.New(r, world.Options{Groups: 2, APIs: 2, Policies: 4})
	s := scene{state: drawn.Draw(), suite: Suite{DefaultLimit: pick(r, int64(0), 150, 5000)}}
	plainLimits(r, s.state)
	for _, x := range s.state["app_quotas"].([]any) {
		if m := x.(map[string]any); r.IntN(6) == 0 {
			delete(m, "apps")
		} else {
			m["apps"] = globbing(r, m["apps"].([]any))
		}
	}
	for _, a := range drawn.APIs {
		s.suite.APIs = append(s.suite.APIs, API{
			Group: a.Group, Name: a.Name, Method: a.Method, Path: a.Path, AuthType: pick(r, "APP", "APP", "APP", "NONE", "IAM", "AUTHORIZER"),
			Published: a.Published, Tags: []string{},
		})
	}
	s.file = drawn.File(s.state)
	return s
}

// globbing writes some names as globs that match the same.
func globbing(r *rand.Rand, names []any) []any {
	out := slices.Clone(names)
	for i, name := range out {
		if n := name.(string); r.IntN(3) == 0 {
			out[i] = n[:len(n)-1] + "[" + n[len(n)-1:] + "]"
		}
	}
	return out
}

// plainLimits gives rate_limit plugins contents for which there are answers.
func plainLimits(r *rand.Rand, state world.State) {
	for _, p := range state["plugins"].([]any) {
		if m := p.(map[string]any); m["type"] == "rate_limit" {
			m["content"] = drawRateLimit(r)
		}
	}
}

func drawRateLimit(r *rand.Rand) map[string]any {
	limit := 50 + r.IntN(100)
	c := map[string]any{"api_limit": limit, "default_interval": 1 + r.IntN(3), "default_time_unit": pick(r, "second", "minute"), "scope": pick(r, "basic", "share")}
	if r.IntN(2) == 0 {
		c["user_limit"], c["app_limit"] = limit/2, limit/4
	}
	if r.IntN(2) == 0 {
		c["ip_limit"] = limit / 3
	}
	if r.IntN(3) == 0 {
		c["specials"] = []any{
			map[string]any{"type": "app", "policies": []any{map[string]any{"key": "id-of-app_1", "limit": 1 + r.IntN(limit)}}},
			map[string]any{"type": "user", "policies": []any{map[string]any{"key": users[0], "limit": 1 + r.IntN(limit)}}},
		}
	}
	if r.IntN(6) == 0 {
		c["algorithm"] = "local"
	}
	return c
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// What the callers of random calls are drawn from; all but the last of each are in some policy.
var (
	users     = []string{fmt.Sprintf("%032d", 0), fmt.Sprintf("%032d", 1), "somebody"}
	accounts  = []string{"alice", "bob", "carol", "mallory"}
	ids       = []string{strings.Repeat("a", 32), strings.Repeat("b", 32), strings.Repeat("f", 32)}
	addresses = []string{"10.0.0.1", "10.1.255.255", "10.2.0.9", "10.2.0.10", "192.168.1.1", "172.16.0.1", "203.0.113.9", "2001:db8::1"}
)

// drawCall draws a call about which everything is known.
func (s *scene) drawCall(r *rand.Rand) Call {
	a := s.suite.APIs[r.IntN(len(s.suite.APIs))]
	c := Call{
		API: a.Address(), Environment: pick(r, "RELEASE", "RELEASE", "STAGING"), User: pick(r, users...),
		Domain: pick(r, accounts...), DomainID: pick(r, ids...), From: pick(r, addresses...),
	}
	if r.IntN(2) == 0 {
		c.API, c.Method, c.Path = "", a.Method, a.Path
	}
	if r.IntN(10) == 0 {
		c.Anonymous, c.User, c.Domain, c.DomainID = true, "", "", ""
		return c
	}
	var apps []string
	for _, x := range s.state["apps"].([]any) {
		apps = append(apps, x.(map[string]any)["name"].(string))
	}
	if len(apps) > 0 {
		c.App = pick(r, apps...)
		c.AppID = "id-of-" + c.App
	}
	return c
}

// model loads a file, which must be valid.
func (s *scene) model(t *testing.T, file []byte) *Model {
	t.Helper()
	return New(loaded(t, file), nil, &s.suite, "")
}

// each runs a law over random scenes with some calls each.
func each(t *testing.T, law func(t *testing.T, r *rand.Rand, s scene, w *Model, calls []Call)) {
	t.Helper()
	for seed := range world.Fewer(100, 3) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := draw(t, r)
		w := s.model(t, s.file)
		calls := make([]Call, 20)
		for i := range calls {
			calls[i] = s.drawCall(r)
		}
		law(t, r, s, w, calls)
		if t.Failed() {
			t.Fatalf("seed %d: %+v\n%s", seed, s.suite, s.file)
		}
	}
}

// rank orders answers by what they let through.
var rank = map[Access]int{Denied: 0, Uncertain: 1, Allowed: 2}

// If something becomes unknown, an answer stays the same or becomes uncertain: it never becomes the opposite.
func TestUnknownOnlyWidens(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, s scene, w *Model, calls []Call) {
		dim := s
		dim.suite.APIs = slices.Clone(s.suite.APIs)
		for i := range dim.suite.APIs {
			a := &dim.suite.APIs[i]
			if r.IntN(4) == 0 {
				a.AuthType = ""
			}
			if r.IntN(4) == 0 {
				a.Published = nil
			}
			if r.IntN(4) == 0 {
				a.Tags = nil
			}
		}
		if r.IntN(4) == 0 && s.suite.DefaultLimit > 200 { // without one it is 200, which is not less knowledge
			dim.suite.DefaultLimit = 0
		}
		if r.IntN(8) == 0 {
			dim.suite.APIs = nil
		}
		dimmed := dim.model(t, forget(r, s))
		for _, c := range calls {
			less := c
			for _, field := range []*string{&less.App, &less.AppID, &less.User, &less.Domain, &less.DomainID, &less.From} {
				if r.IntN(3) == 0 {
					*field = ""
				}
			}
			widens(t, &c, w.Ask(&c), dimmed.Ask(&less))
		}
	})
}

// forget writes the state without some collections, so that they are not managed.
func forget(r *rand.Rand, s scene) []byte {
	state := world.State{}
	for section, list := range s.state {
		out := []any{}
		for _, item := range list.([]any) {
			m := maps.Clone(item.(map[string]any))
			for _, key := range []string{"apis", "apps", "specials", "access_control"} {
				if r.IntN(6) == 0 {
					delete(m, key)
				}
			}
			out = append(out, m)
		}
		state[section] = out
	}
	return (&world.World{}).File(state)
}

// amongLowest reports whether limits that are known are the lowest that there are; of several that are equally low, some may be
// unknown.
func amongLowest(all, known []Limit) bool {
	for i := range known {
		k := &known[i]
		if !slices.ContainsFunc(all, func(l Limit) bool { return l.Calls == k.Calls && l.Unit == k.Unit && l.Interval == k.Interval }) {
			return false
		}
	}
	return (len(all) > 0) == (len(known) > 0)
}

// widens checks that an answer from less knowledge is less certain.
func widens(t *testing.T, c *Call, before, after *Answer) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Fatalf("%s", c)
		}
	}()
	if after.Access != Uncertain && after.Access != before.Access {
		t.Errorf("access %s, %s when less is known", before.Access, after.Access)
	}
	for _, by := range after.DeniedBy {
		if !slices.Contains(before.DeniedBy, by) {
			t.Errorf("denied by %s only when less is known", by)
		}
	}
	if before.noAPI {
		return // limits and plugins are those of an API that takes the call
	}
	if after.LimitKnown && (!before.LimitKnown || !amongLowest(before.Limits, after.Limits)) {
		t.Errorf("limit %+v, known %t; %+v when less is known", before.Limits, before.LimitKnown, after.Limits)
	}
	if after.QuotaKnown && (!before.QuotaKnown || text(after.Quota) != text(before.Quota)) {
		t.Errorf("quota %+v, known %t; %+v when less is known", before.Quota, before.QuotaKnown, after.Quota)
	}
	for per, l := range after.per {
		if l.known && !slices.EqualFunc(before.per[per].limits, l.limits, func(a, b Limit) bool { return a.Calls == b.Calls }) {
			t.Errorf("per %s %+v; %+v when less is known", per, before.per[per], l)
		}
	}
	for _, name := range after.Plugins {
		if !slices.Contains(before.Plugins, name) {
			t.Errorf("plugin %s only when less is known", name)
		}
	}
	if after.API == "" {
		return
	}
	for _, name := range before.Plugins {
		if !slices.Contains(after.Plugins, name) && !slices.Contains(after.Open, name) {
			t.Errorf("plugin %s is surely not in force when less is known", name)
		}
	}
}

func text(l *Limit) string {
	if l == nil {
		return "none"
	}
	return l.By + " " + period(l.Calls, l.Interval, l.Unit)
}

// One more entry in a DENY list never lets more through, one more in a PERMIT list never less.
func TestEntriesOfLists(t *testing.T) {
	each(t, func(t *testing.T, _ *rand.Rand, s scene, w *Model, calls []Call) {
		for _, listType := range []string{"DENY", "PERMIT"} {
			more := world.State{}
			maps.Copy(more, s.state)
			acls := []any{}
			for _, x := range s.state["acls"].([]any) {
				a := maps.Clone(x.(map[string]any))
				entry := map[string]string{"IP": "203.0.113.0/24", "DOMAIN": "mallory", "DOMAIN_ID": ids[2]}[a["entity_type"].(string)]
				if a["type"] == listType {
					a["values"] = append(slices.Clone(a["values"].([]any)), entry)
				}
				acls = append(acls, a)
			}
			more["acls"] = acls
			longer := s.model(t, (&world.World{}).File(more))
			for _, c := range calls {
				before, after := w.Ask(&c), longer.Ask(&c)
				if listType == "DENY" && rank[after.Access] > rank[before.Access] || listType == "PERMIT" && rank[after.Access] < rank[before.Access] {
					t.Fatalf("%s: %s: %s became %s", c.String(), listType, before.Access, after.Access)
				}
			}
		}
	})
}

// Without limits of single callers, and without special ones, the lowest limit is never lower.
func TestFewerLimits(t *testing.T) {
	each(t, func(t *testing.T, _ *rand.Rand, s scene, w *Model, calls []Call) {
		fewer := world.State{}
		maps.Copy(fewer, s.state)
		throttles := []any{}
		for _, x := range s.state["throttles"].([]any) {
			m := maps.Clone(x.(map[string]any))
			for _, key := range []string{"user_call_limits", "app_call_limits", "ip_call_limits"} {
				delete(m, key)
			}
			m["specials"] = []any{}
			throttles = append(throttles, m)
		}
		fewer["throttles"] = throttles
		bare := s.model(t, (&world.World{}).File(fewer))
		for _, c := range calls {
			before, after := w.Ask(&c), bare.Ask(&c)
			if before.LimitKnown && after.LimitKnown && lowest(after) < lowest(before) {
				t.Errorf("%s: %+v became %+v", c.String(), before.Limits, after.Limits)
			}
		}
	})
}

func lowest(a *Answer) int64 {
	if len(a.Limits) == 0 {
		return math.MaxInt64
	}
	return a.Limits[0].Calls
}

// The order of the files does not matter.
func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, s scene, w *Model, calls []Call) {
		mixed := world.State{}
		for section, list := range s.state {
			l := slices.Clone(list.([]any))
			r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			mixed[section] = l
		}
		other := s.model(t, (&world.World{}).File(mixed))
		for _, c := range calls {
			a, b := w.Ask(&c), other.Ask(&c)
			if a.Access != b.Access || a.LimitKnown != b.LimitKnown || a.QuotaKnown != b.QuotaKnown || text(a.Quota) != text(b.Quota) || !slices.EqualFunc(a.Limits, b.Limits, func(x, y Limit) bool { return x.equal(y) }) {
				t.Errorf("%s: %+v\n%+v", c.String(), a, b)
			}
		}
	})
}
