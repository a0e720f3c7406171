// Package estate makes gateways of any size, and the files that describe them, for measurements: the
// same size and seed give the same estate. What it makes obeys the API's rules, so that a gateway takes
// all of it: one throttle for an API and environment, one plugin of a type, one ACL of an entity type.
package estate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Size is how much of each there is. Bindings are spread over two environments.
type Size struct {
	Groups, APIs                   int
	Throttles, ACLs, Plugins, Apps int
	Bindings                       int
	// Sparse files list specials, codes and access control only where there are some; else they
	// manage all of them, empty ones too.
	Sparse bool
}

// E is the estate that the project's promises are made for.
var E = Size{Groups: 50, APIs: 5000, Throttles: 300, ACLs: 100, Plugins: 500, Apps: 1000, Bindings: 20_000}

// OfBindings is E, larger or smaller.
func OfBindings(n int) Size {
	part := func(of int) int { return max(1, (of*n+E.Bindings/2)/E.Bindings) }
	return Size{
		Groups: part(E.Groups), APIs: part(E.APIs), Throttles: part(E.Throttles), ACLs: part(E.ACLs),
		Plugins: part(E.Plugins), Apps: part(E.Apps), Bindings: n,
	}
}

// OfObjects has about n objects, and twice as many bindings. Three quarters of the objects are policies,
// plugins and apps, the others live inside them: specials, codes and access control.
func OfObjects(n int) Size {
	outer := n * 751 / 1000
	s := Size{
		Groups: max(1, n/100), APIs: max(4, n/2), Throttles: max(1, outer/5), ACLs: max(1, outer/10), Plugins: max(1, outer/5),
		Bindings: 2 * n, Sparse: true,
	}
	s.Apps = max(1, outer-s.Throttles-s.ACLs-s.Plugins)
	return s
}

// Environments of every estate; each API is published in both.
var Environments = []string{"RELEASE", "STAGING"}

// Spot is an API in an environment, both by index.
type Spot struct{ API, Env int }

// Object is a policy, a plugin or an app.
type Object struct {
	Name   string
	Slot   string      // what of a spot it takes: type of a plugin, entity type of an ACL
	Fields [][2]string // own fields: key and value, as JSON
	Links  []Spot

	Specials [][2]string // of a throttle: app:NAME or user:ID, and the limit
	Codes    []string    // of an app
	Access   []string    // of an app
}

// Estate is a gateway and what its files say.
type Estate struct {
	Size
	Throttles, ACLs, Plugins, Apps []Object

	taken map[place]bool
	rand  *rand.Rand
}

type place struct {
	section, slot string
	spot          Spot
}

// Section is the objects of one section of a file.
type Section struct {
	Name    string
	Objects []Object
}

// Sections are all objects, in the order of the contract.
func (e *Estate) Sections() []Section {
	return []Section{{"throttles", e.Throttles}, {"apps", e.Apps}, {"plugins", e.Plugins}, {"acls", e.ACLs}}
}

// Objects counts what the files declare, what lives inside others too.
func (e *Estate) Objects() (n int) {
	for _, s := range e.Sections() {
		for i := range s.Objects {
			o := &s.Objects[i]
			n += 1 + len(o.Specials) + len(o.Codes) + min(1, len(o.Access))
		}
	}
	return n
}

// New makes an estate.
func New(s Size, seed uint64) *Estate {
	e := &Estate{Size: s, taken: map[place]bool{}, rand: rand.New(rand.NewPCG(seed, 0x657374617465))} //nolint:gosec // sizes, not secrets
	e.makeThrottles(s.Throttles)
	e.makeACLs(s.ACLs)
	e.makePlugins(s.Plugins)
	e.makeApps(s.Apps)
	share := func(percent int) int { return s.Bindings * percent / 100 }
	e.bindPlugins(share(35))
	e.authorize(share(25))
	e.scatter("acls", e.ACLs, share(15))
	e.scatter("throttles", e.Throttles, s.Bindings-share(35)-share(25)-share(15))
	for _, section := range e.Sections() {
		for i := range section.Objects {
			sortSpots(section.Objects[i].Links)
		}
	}
	return e
}

func sortSpots(l []Spot) {
	slices.SortFunc(l, func(a, b Spot) int {
		if a.API != b.API {
			return a.API - b.API
		}
		return a.Env - b.Env
	})
}

// Group and API are the names of the i-th API.
func (e *Estate) Group(i int) string { return fmt.Sprintf("group_%03d", i%e.Groups) }

// API is the name of the i-th API.
func (e *Estate) API(i int) string { return fmt.Sprintf("api_%05d", i) }

func (e *Estate) makeThrottles(n int) {
	for i := range n {
		t := Object{Name: fmt.Sprintf("throttle_%05d", i), Fields: [][2]string{
			{"time_interval", "1"},
			{"time_unit", pick(i, `"SECOND"`, `"MINUTE"`)},
			{"api_call_limits", fmt.Sprint(500 + i%500)},
			{"user_call_limits", "300"},
			{"app_call_limits", "200"},
			{"remark", fmt.Sprintf("%q", fmt.Sprintf("limits of team %d", i%40))},
		}}
		if i%10 == 0 {
			t.Specials = append(t.Specials, [2]string{"user:" + fmt.Sprintf("%032d", i), "100"})
			if e.Size.Apps > 0 {
				t.Specials = append(t.Specials, [2]string{"app:" + appName(i%e.Size.Apps), "50"})
			}
		}
		e.Throttles = append(e.Throttles, t)
	}
}

func (e *Estate) makeACLs(n int) {
	for i := range n {
		a := Object{Name: fmt.Sprintf("acl_%05d", i), Slot: pick(i, "IP", "IP", "DOMAIN", "DOMAIN_ID")}
		values := map[string]string{
			"IP": fmt.Sprintf(`["10.%d.%d.0/24", "192.168.1.1-192.168.1.9"]`, i/256%256, i%256), "DOMAIN": `["alice", "bob"]`,
			"DOMAIN_ID": fmt.Sprintf("[%q]", fmt.Sprintf("%032d", i)),
		}[a.Slot]
		a.Fields = [][2]string{{"type", pick(i, `"PERMIT"`, `"DENY"`)}, {"entity_type", fmt.Sprintf("%q", a.Slot)}, {"values", values}}
		e.ACLs = append(e.ACLs, a)
	}
}

// pluginTypes with a content each, in which # stands for the plugin's number. Types of which a gateway
// takes five plugins only are not among them.
var pluginTypes = [][2]string{
	{"cors", `{"allow_origin": "https://shop#.example.com", "allow_methods": "GET,POST", "max_age": 86400}`},
	{"set_resp_headers", `{"response_headers": [{"name": "X-Shop", "value": "#", "value_type": "custom_value", "action": "override"}]}`},
	{"rate_limit", `{"scope": "basic", "default_time_unit": "minute", "default_interval": #, "api_limit": 100}`},
	{"proxy_cache", `{"cache_key": {"parameters": ["page#"]}}`},
	{"breaker", `{"scope": "basic", "breaker_condition": {"breaker_type": "timeout", "breaker_mode": "counter", "unhealthy_threshold": 10, "time_window": 15, "open_breaker_time": 15}}`},
}

// setOf is how many plugins form a set: one of each type.
var setOf = len(pluginTypes)

func (e *Estate) makePlugins(n int) {
	for i := range n {
		t := pluginTypes[i%setOf]
		e.Plugins = append(e.Plugins, Object{Name: fmt.Sprintf("plugin_%05d", i), Slot: t[0], Fields: [][2]string{
			{"type", fmt.Sprintf("%q", t[0])}, {"content", strings.ReplaceAll(t[1], "#", strconv.Itoa(i+1))},
		}})
	}
}

func appName(i int) string { return fmt.Sprintf("app_%05d", i) }

func (e *Estate) makeApps(n int) {
	for i := range n {
		a := Object{Name: appName(i), Fields: [][2]string{{"remark", fmt.Sprintf("%q", fmt.Sprintf("caller %d", i))}}}
		if i%3 == 0 {
			a.Codes = []string{fmt.Sprintf("%064d", i)}
		}
		if i%4 == 0 {
			a.Access = []string{"10.0.0.0/8", fmt.Sprintf("192.168.%d.%d", i/256%256, i%256)}
		}
		e.Apps = append(e.Apps, a)
	}
}

func pick(i int, words ...string) string { return words[i%len(words)] }

// put binds an object to a spot whose slot is free.
func (e *Estate) put(section string, o *Object, at Spot) bool {
	p := place{section, o.Slot, at}
	if section == "apps" {
		p.slot = o.Name // any number of apps, each once
	}
	if e.taken[p] {
		return false
	}
	e.taken[p] = true
	o.Links = append(o.Links, at)
	return true
}

func (e *Estate) spot() Spot { return Spot{e.rand.IntN(e.Size.APIs), e.rand.IntN(len(Environments))} }

// scatter binds objects to random spots, all about as often.
func (e *Estate) scatter(section string, objects []Object, n int) {
	for i, misses := 0, 0; len(objects) > 0 && i < n && misses < 100*n; {
		if e.put(section, &objects[i%len(objects)], e.spot()) {
			i++
		} else {
			misses++
		}
	}
}

// bindPlugins attaches three in ten plugins to one API for each set of one of every type, as teams do
// that have a standard set; the others to random APIs.
func (e *Estate) bindPlugins(n int) {
	sets := len(e.Plugins) * 3 / 10 / setOf
	for i := range sets * setOf {
		for env := range Environments {
			if n > 0 && e.put("plugins", &e.Plugins[i], Spot{i / setOf, env}) {
				n--
			}
		}
	}
	e.scatter("plugins", e.Plugins[sets*setOf:], n)
}

// authorize gives half of the apps the same APIs as the other four of their team, the others random ones.
func (e *Estate) authorize(n int) {
	const team = 5
	teams := len(e.Apps) / 2 / team
	each := n / max(1, len(e.Apps))
	for t := range teams {
		for range each {
			at := e.spot()
			for i := range team {
				if e.put("apps", &e.Apps[t*team+i], at) {
					n--
				}
			}
		}
	}
	e.scatter("apps", e.Apps[teams*team:], n)
}

// Churn is the estate with a part of its bindings moved: so many per cent of all bindings go, and as many
// new ones come.
func (e *Estate) Churn(percent int, seed uint64) *Estate {
	out := &Estate{Size: e.Size, taken: map[place]bool{}, rand: rand.New(rand.NewPCG(seed, 0x636875726e))} //nolint:gosec // as above
	out.Throttles, out.ACLs, out.Plugins, out.Apps = slices.Clone(e.Throttles), slices.Clone(e.ACLs), slices.Clone(e.Plugins), slices.Clone(e.Apps)
	for _, section := range out.Sections() {
		gone := 0
		for i := range section.Objects {
			o := &section.Objects[i]
			links := o.Links
			o.Links = nil
			for _, at := range links {
				if out.rand.IntN(100) < percent {
					gone++
				} else {
					out.put(section.Name, o, at)
				}
			}
		}
		perm := out.rand.Perm(len(section.Objects))
		for misses := 0; gone > 0 && misses < 100_000; {
			if out.put(section.Name, &section.Objects[perm[gone%len(perm)]], out.spot()) {
				gone--
			} else {
				misses++
			}
		}
		for i := range section.Objects {
			sortSpots(section.Objects[i].Links)
		}
	}
	return out
}
