// Package testworld makes random gateways and random files for tests: both obey the API's rules, so that
// every pair of them is one that a tool must be able to bring together.
package testworld

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/kind/content"
)

// API is one API of a random gateway.
type API struct {
	Group, Name, Method, Path string
	Published                 []string
}

// Options bound a world.
type Options struct {
	Groups, APIs   int  // APIs in each group
	Policies       int  // objects of each kind at most
	OneACLPerAPI   bool // for gateways that hold one ACL per API, whatever its entity type
	NoOwnKeys      bool // for gateways without the switch for own app keys
	Unmanaged      bool // some objects leave collections out
	OnlyRelease    bool
	NoWeakSpecials bool
	Generate       bool // some apps have codes that the gateway makes
	Newer          bool // contents of plugins have members, and plugins types, that no document lists
}

// World is the APIs of a gateway.
type World struct {
	APIs []API
	opt  Options
	rand *rand.Rand
}

// New makes the APIs of a gateway.
func New(r *rand.Rand, o Options) *World {
	w := &World{opt: o, rand: r}
	for g := range o.Groups {
		for a := range o.APIs {
			api := API{Group: fmt.Sprintf("group%d", g), Name: fmt.Sprintf("api%d_%d", g, a), Method: "GET", Path: fmt.Sprintf("/g%d/a%d", g, a), Published: []string{"RELEASE"}}
			if !o.OnlyRelease && r.IntN(2) == 0 {
				api.Published = append(api.Published, "STAGING")
			}
			w.APIs = append(w.APIs, api)
		}
	}
	return w
}

// State is the sections of a file: objects with their bindings.
type State map[string]any

// Draw makes a random state of policies, apps and plugins on the world's APIs.
func (w *World) Draw() State {
	s := State{}
	apps := w.names("app")
	s["throttles"] = w.throttles(apps)
	s["apps"] = w.apps(apps)
	s["plugins"] = w.plugins()
	s["acls"] = w.acls()
	return s
}

// Gateway renders a state as the emulator loads it.
func (w *World) Gateway(s State) []byte {
	groups, index := []map[string]any{}, map[string]int{}
	for _, a := range w.APIs {
		i, ok := index[a.Group]
		if !ok {
			i = len(groups)
			index[a.Group] = i
			groups = append(groups, map[string]any{"name": a.Group, "apis": []any{}})
		}
		groups[i]["apis"] = append(groups[i]["apis"].([]any), map[string]any{"name": a.Name, "method": a.Method, "path": a.Path, "auth_type": "APP", "published": a.Published})
	}
	return w.render(made(s), map[string]any{"gateway": map[string]any{"environments": []string{"RELEASE", "STAGING"}, "groups": groups}})
}

// made is s with a code for each that a gateway shall make.
func made(s State) State {
	out := maps.Clone(s)
	apps, _ := s["apps"].([]any)
	out["apps"] = slices.Clone(apps)
	for i, item := range apps {
		app := maps.Clone(item.(map[string]any))
		codes, managed := app["app_codes"].([]any)
		if !managed {
			continue
		}
		made := []any{}
		for _, c := range codes {
			n := 0
			if m, ok := c.(map[string]any); ok {
				n = m["generate"].(int)
			} else {
				made = append(made, c)
			}
			for j := range n {
				made = append(made, Code(app["name"].(string), 100+j))
			}
		}
		app["app_codes"] = made
		out["apps"].([]any)[i] = app
	}
	return out
}

// File renders a state as a desired-state file that owns everything.
func (w *World) File(s State) []byte {
	all := []string{"*"}
	return w.render(s, map[string]any{"owns": map[string]any{"throttles": all, "apps": all, "plugins": all, "acls": all}})
}

func (w *World) render(s State, more map[string]any) []byte {
	doc := map[string]any{"version": "apigw-sync/v1"}
	maps.Copy(doc, s)
	maps.Copy(doc, more)
	raw, err := yaml.Marshal(doc)
	if err != nil {
		panic(err) // plain maps always render
	}
	return raw
}

// names draws some of the names that a kind may have.
func (w *World) names(what string) (out []string) {
	for i := range w.opt.Policies {
		if w.rand.IntN(3) > 0 {
			out = append(out, fmt.Sprintf("%s_%d", what, i))
		}
	}
	return out
}

// managed reports whether a collection is written down.
func (w *World) managed() bool { return !w.opt.Unmanaged || w.rand.IntN(4) > 0 }

// spots draws places to bind to, each of which is drawn once for a slot.
func (w *World) spots(taken map[string]bool, slot string) []any {
	out := []any{}
	for _, a := range w.APIs {
		for _, env := range a.Published {
			key := slot + " " + a.Group + "/" + a.Name + "@" + env
			if w.rand.IntN(4) > 0 || taken[key] {
				continue
			}
			if taken != nil {
				taken[key] = true
			}
			out = append(out, w.reference(a, env))
		}
	}
	return out
}

func (w *World) reference(a API, env string) any {
	if env == "RELEASE" && w.rand.IntN(2) == 0 {
		return a.Group + "/" + a.Name
	}
	if w.rand.IntN(3) == 0 {
		return map[string]any{"method": a.Method, "path": a.Path, "environment": env}
	}
	return map[string]any{"group": a.Group, "name": a.Name, "environment": env}
}

func (w *World) throttles(apps []string) []any {
	out, taken := []any{}, map[string]bool{}
	for _, name := range w.names("throttle") {
		limit := 100 + w.rand.IntN(900)
		t := map[string]any{"name": name, "time_interval": 1 + w.rand.IntN(3), "time_unit": w.pick("SECOND", "MINUTE", "HOUR", "DAY"), "api_call_limits": limit}
		if w.rand.IntN(2) == 0 {
			t["user_call_limits"] = limit / 2
			t["app_call_limits"] = limit / 4
		}
		if w.rand.IntN(2) == 0 {
			t["ip_call_limits"] = limit / 3
		}
		if w.rand.IntN(2) == 0 {
			t["type"] = "shared"
		}
		if w.rand.IntN(2) == 0 {
			t["remark"] = w.pick("订单限流", "line one\nline two", "plain")
		}
		if w.managed() {
			t["apis"] = w.spots(taken, "")
		}
		if w.managed() && !w.opt.NoWeakSpecials {
			t["specials"] = w.specials(apps, limit)
		}
		out = append(out, t)
	}
	return out
}

func (w *World) specials(apps []string, limit int) []any {
	out := []any{}
	for _, a := range apps {
		if w.rand.IntN(3) == 0 {
			out = append(out, map[string]any{"app": a, "call_limits": 1 + w.rand.IntN(limit)})
		}
	}
	for i := range 3 {
		if w.rand.IntN(3) == 0 {
			out = append(out, map[string]any{"user": fmt.Sprintf("%032d", i), "call_limits": 1 + w.rand.IntN(limit)})
		}
	}
	return out
}

func (w *World) apps(names []string) []any {
	out := []any{}
	for _, name := range names {
		a := map[string]any{"name": name}
		if w.rand.IntN(2) == 0 {
			a["remark"] = w.pick("手机商城", "shop")
		}
		if !w.opt.NoOwnKeys && w.rand.IntN(3) == 0 {
			a["app_key"] = "key-" + name
			a["app_secret"] = w.pick("secret-one-one", "secret-two-two")
		}
		if w.managed() {
			a["app_codes"] = w.codes(name)
		}
		if w.managed() {
			a["access_control"] = map[string]any{}
			if w.rand.IntN(2) == 0 {
				a["access_control"] = map[string]any{"type": w.pick("PERMIT", "DENY"), "values": w.some("10.0.0.0/8", "192.168.1.1-192.168.1.9", "172.16.0.1")}
			}
		}
		if w.managed() {
			a["apis"] = w.spots(map[string]bool{}, "")
		}
		out = append(out, a)
	}
	return out
}

func (w *World) codes(app string) []any {
	out := []any{}
	for i := range 4 {
		if w.rand.IntN(3) == 0 {
			out = append(out, Code(app, i))
		}
	}
	if w.opt.Generate && w.rand.IntN(3) == 0 {
		out = append(out, map[string]any{"generate": 1 + w.rand.IntN(max(1, 4-len(out)))})
	}
	return out
}

// Code is the i-th app code that an app may have.
func Code(app string, i int) string { return strings.Repeat("c", 60) + app + fmt.Sprint(i) }

func (w *World) plugins() []any {
	out, taken := []any{}, map[string]bool{}
	for _, name := range w.names("plugin") {
		t := content.Types[w.rand.IntN(len(content.Types))].Name
		if w.opt.Newer && w.rand.IntN(5) == 0 {
			t = "not_yet_known"
		}
		p := map[string]any{"name": name, "type": t, "content": w.content(t)}
		if w.rand.IntN(2) == 0 {
			p["remark"] = w.pick("跨域", "plain")
		}
		if w.managed() {
			p["apis"] = w.spots(taken, t)
		}
		out = append(out, p)
	}
	return out
}

func (w *World) acls() []any {
	out, taken := []any{}, map[string]bool{}
	for _, name := range w.names("acl") {
		entity := w.pick("IP", "DOMAIN", "DOMAIN_ID")
		values := map[string][]any{
			"IP":        w.some("10.0.0.1", "10.1.0.0/16", "10.2.0.1-10.2.0.9"),
			"DOMAIN":    w.some("alice", "bob", "carol"),
			"DOMAIN_ID": w.some(strings.Repeat("a", 32), strings.Repeat("b", 32)),
		}[entity]
		a := map[string]any{"name": name, "type": w.pick("PERMIT", "DENY"), "entity_type": entity, "values": values}
		if w.managed() {
			slot := entity
			if w.opt.OneACLPerAPI {
				slot = ""
			}
			a["apis"] = w.spots(taken, slot)
		}
		out = append(out, a)
	}
	return out
}

func (w *World) pick(words ...string) string { return words[w.rand.IntN(len(words))] }

// some draws at least one of the words, in any order.
func (w *World) some(words ...string) []any {
	n := 1 + w.rand.IntN(len(words))
	out := make([]any, 0, n)
	for _, i := range w.rand.Perm(len(words))[:n] {
		out = append(out, words[i])
	}
	return out
}
