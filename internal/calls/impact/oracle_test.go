package impact_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

var pairs = flag.Uint64("pairs", 60, "pairs of random states that the oracle is asked about, at least")

// TestOracle compares levels with a model that does not use plans: before and after, it checks for every caller that lists can
// distinguish whether the caller gets in, and for everybody whose calls are counted how many calls are allowed. It reads the drawn
// states, not the answers of the gateway. Without any one of its rules the model must disagree. Since some rules matter in only one
// of twenty pairs of states, pairs are drawn until each rule has mattered, so the result does not depend on a lucky seed.
func TestOracle(t *testing.T) {
	disagreed := map[string]int{}
	rules := []string{"rate_limit", "special", "app_access", "authorization", "codes", "signature", "credentials"}
	idle := func(rule string) bool { return disagreed[rule] == 0 }
	for seed := range 10 * *pairs {
		if seed >= *pairs && !slices.ContainsFunc(rules, idle) {
			break
		}
		r := rand.New(rand.NewPCG(seed, 14))
		w := world.New(r, world.Options{Groups: 2, APIs: 2, Policies: 4})
		have, want := w.Draw(), w.Draw()
		got := map[string]map[impact.Level]bool{}
		for _, e := range of(t, string(w.Gateway(have)), string(w.File(want))) {
			if e.API == "" && !slices.ContainsFunc(e.Because, bindable) {
				continue // only APIs refer to these objects, and the drawn APIs refer to none
			}
			if e.API == "" {
				t.Fatalf("seed %d: everything was read, but %+v is about something else", seed, e)
			}
			at := e.API + "@" + e.Environment
			got[at] = map[impact.Level]bool{}
			for _, a := range e.Aspects {
				if a.Name != impact.Response { // the oracle checks who gets in, not what others are answered
					got[at][a.Level] = true
				}
			}
		}
		for _, a := range w.APIs {
			for _, env := range a.Published {
				at := a.Group + "/" + a.Name + "@" + env
				o := oracle{have: have, want: want, api: a, env: env}
				if levels := o.levels(); !maps.Equal(levels, got[at]) && len(levels)+len(got[at]) > 0 {
					t.Errorf("seed %d: %s: got %v, want %v", seed, at, got[at], levels)
				}
				for _, rule := range rules {
					o.without = rule
					if !maps.Equal(o.levels(), got[at]) {
						disagreed[rule]++
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, rule := range rules {
		if idle(rule) {
			t.Errorf("without the rule %s the oracle gives the same result: the states are too simple", rule)
		}
	}
	t.Log(disagreed)
}

// bindable reports whether an address belongs to an object that can be bound to APIs, or to a part of one.
func bindable(address string) bool {
	name, _, _ := strings.Cut(address, "/")
	k := kind.Of(name)
	return k == nil || len(kind.LinksFrom(k.Name)) > 0 || k.Owner != "" && len(kind.LinksFrom(k.Owner)) > 0
}

type oracle struct {
	have, want world.State
	api        world.API
	env        string
	without    string // a rule that it leaves out
}

// levels compares all callers.
func (o *oracle) levels() map[impact.Level]bool {
	out := map[impact.Level]bool{}
	for _, c := range o.callers() {
		b, a := o.lets(o.have, c), o.lets(o.want, c)
		switch {
		case a && !b:
			out[impact.Exposure] = true
		case b && !a:
			out[impact.Outage] = true
		}
	}
	for _, app := range o.apps() {
		o.app(app, out)
	}
	for _, whose := range o.counted() {
		b, a := o.allowed(o.have, whose), o.allowed(o.want, whose)
		for i := range b {
			if a[i] > b[i] {
				out[impact.Exposure] = true
			}
			if a[i] < b[i] {
				out[impact.Change] = true
			}
		}
	}
	o.plugins(out)
	o.signature(out)
	return out
}

// signature checks whether a backend can verify calls as before, with the bound key, if any.
func (o *oracle) signature(out map[impact.Level]bool) {
	var b, a map[string]any
	if bound := o.all(o.have, "signatures"); len(bound) > 0 {
		b = bound[0]
	}
	if bound := o.all(o.want, "signatures"); len(bound) > 0 {
		a = bound[0]
	}
	fields := []string{"name", "type", "algorithm"}
	if o.without == "signature" {
		return
	}
	other := slices.ContainsFunc(fields, func(f string) bool { return a[f] != b[f] })
	for _, field := range []string{"key", "secret"} {
		other = other || o.without != "credentials" && a[field] != nil && a[field] != credential(b, field)
	}
	if other {
		out[impact.Change] = true
	}
}

// app checks whether the callers of an app may call, and with which codes, secret and addresses.
func (o *oracle) app(name string, out map[impact.Level]bool) {
	b, a := o.bound(o.have, "apps", "name", name), o.bound(o.want, "apps", "name", name)
	switch {
	case o.without == "authorization":
		return
	case b == nil && a == nil:
		return
	case b == nil:
		out[impact.Change] = true
		return
	case a == nil:
		out[impact.Outage] = true
		return
	}
	for _, field := range []string{"app_key", "app_secret"} {
		if a[field] != nil && a[field] != credential(b, field) {
			out[impact.Outage] = true
		}
	}
	if o.without != "codes" {
		before, after := texts(b["app_codes"]), texts(a["app_codes"])
		if lost := slices.ContainsFunc(before, func(c string) bool { return !slices.Contains(after, c) }); lost {
			out[impact.Outage] = true
		} else if len(after) > len(before) {
			out[impact.Change] = true
		}
	}
	if o.without == "app_access" {
		return
	}
	for _, ip := range o.points() {
		b, a := on(b["access_control"], ip), on(a["access_control"], ip)
		out[impact.Exposure] = out[impact.Exposure] || a && !b
		out[impact.Outage] = out[impact.Outage] || b && !a
	}
	maps.DeleteFunc(out, func(_ impact.Level, is bool) bool { return !is })
}

// credential is a credential of an app; the gateway generated it if the state does not declare it.
func credential(app map[string]any, field string) any {
	if app[field] == nil {
		return "made by the gateway"
	}
	return app[field]
}

type caller struct{ ip, account, id string }

func (o *oracle) callers() (out []caller) {
	for _, ip := range o.points() {
		for _, account := range []string{"alice", "bob", "carol", "nobody"} {
			for _, id := range []string{strings.Repeat("a", 32), strings.Repeat("b", 32), "nobody"} {
				out = append(out, caller{ip, account, id})
			}
		}
	}
	return out
}

// points are addresses on both sides of the ends of all drawn ranges.
func (o *oracle) points() []string {
	return []string{
		"8.8.8.8", "9.255.255.255", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.1.0.0", "10.1.255.255", "10.2.0.0", "10.2.0.1", "10.2.0.9", "10.2.0.10", "10.255.255.255",
		"11.0.0.0", "172.16.0.0", "172.16.0.1", "172.16.0.2", "192.168.1.0", "192.168.1.1", "192.168.1.9", "192.168.1.10",
	}
}

// lets evaluates the ACLs.
func (o *oracle) lets(s world.State, c caller) bool {
	for entity, who := range map[string]string{"IP": c.ip, "DOMAIN": c.account, "DOMAIN_ID": c.id} {
		permitted, denied, permits := false, false, false
		for _, a := range o.all(s, "acls") {
			if a["entity_type"] != entity {
				continue
			}
			listed := slices.ContainsFunc(texts(a["values"]), func(v string) bool { return v == who || entity == "IP" && holds(v, who) })
			if a["type"] == "PERMIT" {
				permits, permitted = true, permitted || listed
			} else {
				denied = denied || listed
			}
		}
		if permits && !permitted || denied && !permits {
			return false
		}
	}
	return true
}

func holds(entry, ip string) bool {
	a, ok := kind.ParseAddresses(entry)
	return ok && a.Holds(netip.MustParseAddr(ip))
}

func on(control any, ip string) bool {
	m, _ := control.(map[string]any)
	if m["type"] == nil {
		return true
	}
	listed := slices.ContainsFunc(texts(m["values"]), func(v string) bool { return holds(v, ip) })
	return listed == (m["type"] == "PERMIT")
}

func (o *oracle) apps() []string { return []string{"app_0", "app_1", "app_2", "app_3"} }

// counted are those whose calls are counted: all callers, any user or app, and those with a limit of their own.
func (o *oracle) counted() []string {
	all := map[string]int{"api": 0, "ip": 0, "app": 0, "user": 0}
	for _, s := range []world.State{o.have, o.want} {
		limits, _ := o.limits(s)
		maps.Copy(all, limits)
	}
	delete(all, "shared")
	return slices.Sorted(maps.Keys(all))
}

var periods = map[string]int{"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}

// allowed is how many calls are allowed in a second, a minute, an hour and a day, in calls × 100 days; last,
// for all calls of an API, whether they are counted separately.
func (o *oracle) allowed(s world.State, whose string) []int {
	const never = 1 << 60
	out := []int{never, never, never, never, 1}
	limits, length := o.limits(s)
	per, _, _ := strings.Cut(whose, " ")
	calls, ok := limits[whose]
	if !ok || o.without == "special" {
		calls = limits[per]
	}
	if calls == 0 {
		return out
	}
	for i, w := range []int{1, 60, 3600, 86400} {
		out[i] = calls * 8640000 * max(w, length) / length
	}
	if whose == "api" && limits["shared"] > 0 {
		out[4] = 0
	}
	return out
}

// number is a number of a drawn state, 0 if it is missing.
func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

// limits are those of the rate_limit plugin, else of the throttle, with the length of their period in seconds.
func (o *oracle) limits(s world.State) (out map[string]int, length int) {
	out = map[string]int{}
	if o.bound(s, "plugins", "type", "rate_limit") != nil && o.without != "rate_limit" {
		return exampleLimits()
	}
	if all := o.all(s, "throttles"); len(all) > 0 {
		t := all[0]
		for _, per := range []string{"api", "user", "app", "ip"} {
			out[per] = number(t[per+"_call_limits"])
		}
		list, _ := t["specials"].([]any)
		for _, x := range list {
			special := x.(map[string]any)
			for _, by := range []string{"app", "user"} {
				if special[by] != nil {
					out[by+" "+special[by].(string)] = number(special["call_limits"])
				}
			}
		}
		if t["type"] == "shared" {
			out["shared"] = 1
		}
		return out, number(t["time_interval"]) * periods[t["time_unit"].(string)]
	}
	return out, 1
}

// exampleLimits are the limits in the content of all drawn rate_limit plugins.
func exampleLimits() (out map[string]int, length int) {
	c := content.Example("rate_limit")
	number := func(v any) int { n, _ := v.(int64); return int(n) }
	out = map[string]int{"api": max(0, number(c["api_limit"])), "user": number(c["user_limit"]), "app": number(c["app_limit"]), "ip": number(c["ip_limit"])}
	specials, _ := c["specials"].([]any)
	for _, x := range specials {
		of := x.(map[string]any)
		for _, one := range of["policies"].([]any) {
			out[of["type"].(string)+" "+one.(map[string]any)["key"].(string)] = number(one.(map[string]any)["limit"])
		}
	}
	if c["scope"] == "share" {
		out["shared"] = 1
	}
	unit, _ := c["default_time_unit"].(string)
	if unit == "" {
		unit = "second"
	}
	return out, max(1, number(c["default_interval"])) * periods[strings.ToUpper(unit)]
}

// plugins compares the types of the bound plugins.
func (o *oracle) plugins(out map[impact.Level]bool) {
	for _, t := range content.Types {
		b, a := o.bound(o.have, "plugins", "type", t.Name) != nil, o.bound(o.want, "plugins", "type", t.Name) != nil
		if b == a || t.Name == "rate_limit" {
			continue
		}
		switch t.Name {
		case "third_auth", "oidc_auth", "jwt_auth":
			out[map[bool]impact.Level{true: impact.Outage, false: impact.Exposure}[a]] = true
		case "cors":
			out[map[bool]impact.Level{true: impact.Exposure, false: impact.Outage}[a]] = true
			if methods, _ := content.Example("cors")["allow_methods"].(string); a && methods != "" {
				out[impact.Change] = true // methods are opened, too
			}
		default:
			out[impact.Change] = true
		}
	}
}

// all are the items of a section that are bound to the API.
func (o *oracle) all(s world.State, section string) (out []map[string]any) {
	list, _ := s[section].([]any)
	for _, x := range list {
		policy := x.(map[string]any)
		refs, _ := policy["apis"].([]any)
		if slices.ContainsFunc(refs, o.means) {
			out = append(out, policy)
		}
	}
	return out
}

func (o *oracle) bound(s world.State, section, field, is string) map[string]any {
	for _, policy := range o.all(s, section) {
		if policy[field] == is {
			return policy
		}
	}
	return nil
}

func (o *oracle) means(ref any) bool {
	m, ok := ref.(map[string]any)
	if !ok {
		return o.env == "RELEASE" && ref == o.api.Group+"/"+o.api.Name
	}
	is := func(field, value string) bool { return m[field] == nil || m[field] == value }
	return is("group", o.api.Group) && is("name", o.api.Name) && is("method", o.api.Method) && is("path", o.api.Path) && m["environment"] == o.env
}

func texts(v any) (out []string) {
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	return out
}
