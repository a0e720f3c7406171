package intent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/world"
)

// TestOracle compares answers with those of an independent model, which has no third truth value: where the vendor's pages leave
// something open, it tries every reading of them, each of which gives a plain yes or no. An answer must be sure exactly if all
// readings agree.
func TestOracle(t *testing.T) {
	counts := map[Access]int{}
	known, told := 0, map[string]int{} // quotas
	each(t, func(t *testing.T, _ *rand.Rand, s scene, w *Model, calls []Call) {
		for _, c := range calls {
			got := w.Ask(&c)
			o := oracle{scene: s, call: c, api: s.find(c)}
			access, limits := o.all()
			if want := one(access, map[string]Access{"true": Allowed, "false": Denied}); got.Access != want {
				t.Errorf("%s: access %s, want %s\n%v", c.String(), got.Access, want, got.Why)
			}
			counts[got.Access]++
			if len(limits) == 1 != got.LimitKnown {
				t.Errorf("%s: limits %v, known %t: %+v\n%v", c.String(), limits, got.LimitKnown, got.Limits, got.Why)
			}
			quotas := o.quotas()
			if len(quotas) == 1 != got.QuotaKnown || got.QuotaKnown && !quotas[text(got.Quota)] {
				t.Errorf("%s: quota %s, known %t, want %v\n%v", c.String(), text(got.Quota), got.QuotaKnown, quotas, got.Why)
			}
			told[fmt.Sprint(got.QuotaKnown, got.Quota != nil)]++
			if !got.LimitKnown {
				continue
			}
			known++
			text := "none"
			if len(got.Limits) > 0 {
				text = period(got.Limits[0].Calls, got.Limits[0].Interval, got.Limits[0].Unit)
			}
			if !limits[text] {
				t.Errorf("%s: limit %s, want %v\n%v", c.String(), text, limits, got.Why)
			}
		}
	})
	for _, a := range []Access{Allowed, Denied, Uncertain} {
		if counts[a] < 50 {
			t.Errorf("only %d calls are %s: the worlds are too simple", counts[a], a)
		}
	}
	for _, kind := range []string{"true true", "true false", "false false"} {
		if told[kind] < int(world.Fewer(100, 3)) {
			t.Errorf("of few calls it is known whether they have a quota: %v", told)
		}
	}
	if known < int(world.Fewer(500, 3)) {
		t.Errorf("only %d limits are known: the worlds are too unusual", known)
	}
}

func one(set map[string]bool, names map[string]Access) Access {
	if len(set) != 1 {
		return Uncertain
	}
	for text := range set {
		return names[text]
	}
	return Uncertain
}

func period(calls, interval int64, unit string) string {
	return fmt.Sprintf("%d in %d %s", calls, interval, unit)
}

func (s *scene) find(c Call) API {
	for _, a := range s.suite.APIs {
		if c.API == a.Address() || c.API == "" && c.Path == a.Path {
			return a
		}
	}
	panic("calls are to known APIs")
}

// oracle answers one call from the plain maps and lists of the state.
type oracle struct {
	scene
	call Call
	api  API
}

// reading is one way to read what the vendor's pages leave open.
type reading struct {
	acl        int  // the one ACL that applies; -1 for all of them
	accounts   bool // ACLs of accounts apply to callers that IAM does not authenticate
	plugins    bool // authentication plugins let the caller in
	authorizer bool // so does the custom authorizer
	lifts      bool // a special limit of an app also raises that of its user
	capped     bool // the gateway's own limit bounds a throttle
	local      bool // nodes that count separately let more calls through
	usual      bool // the gateway's own limit is as usual
}

// all tries all readings.
func (o *oracle) all() (access, limits map[string]bool) {
	access, limits = map[string]bool{}, map[string]bool{}
	acls := o.bound("acls")
	acls = slices.DeleteFunc(acls, func(deny map[string]any) bool { // an allow list of the same entity type overrides it
		return deny["type"] == "DENY" && slices.ContainsFunc(acls, func(m map[string]any) bool {
			return m["type"] == "PERMIT" && m["entity_type"] == deny["entity_type"]
		})
	})
	for bits := range 1 << 4 { // access and limits depend on different facts
		on := func(i int) bool { return bits>>i&1 == 1 }
		r := reading{accounts: on(0), plugins: on(1), authorizer: on(2)}
		for r.acl = -1; bits < 1<<3 && r.acl < len(acls); r.acl++ {
			access[fmt.Sprint(o.lets(r, acls))] = true
		}
		limits[o.lowest(reading{lifts: on(0), capped: on(1), local: on(2), usual: on(3)})] = true
	}
	return access, limits
}

func (o *oracle) lets(r reading, acls []map[string]any) bool {
	if !slices.Contains(o.api.Published, o.call.Environment) {
		return false
	}
	switch o.api.AuthType {
	case "APP":
		app := o.named("apps", o.call.App)
		if app == nil || !slices.ContainsFunc(o.bound("apps"), func(m map[string]any) bool { return m["name"] == app["name"] }) {
			return false
		}
		control, _ := app["access_control"].(map[string]any)
		if control["type"] != nil && o.onList(control) != (control["type"] == "PERMIT") {
			return false
		}
	case "IAM":
		if o.call.Anonymous {
			return false
		}
	case "AUTHORIZER":
		if !r.authorizer {
			return false
		}
	}
	for i, acl := range acls {
		byAccount := acl["entity_type"] != "IP"
		if r.acl >= 0 && r.acl != i || byAccount && o.api.AuthType != "IAM" && !r.accounts {
			continue
		}
		if o.onList(acl) != (acl["type"] == "PERMIT") {
			return false
		}
	}
	for _, p := range o.bound("plugins") {
		if strings.HasSuffix(p["type"].(string), "_auth") && !r.plugins {
			return false
		}
	}
	return true
}

// onList looks for the caller on a list of addresses or accounts.
func (o *oracle) onList(list map[string]any) bool {
	for _, v := range list["values"].([]any) {
		entry := v.(string)
		switch list["entity_type"] {
		case "DOMAIN":
			if entry == o.call.Domain {
				return true
			}
		case "DOMAIN_ID":
			if entry == o.call.DomainID {
				return true
			}
		default:
			if low, high := span(entry); number(o.call.From) >= low && number(o.call.From) <= high {
				return true
			}
		}
	}
	return false
}

// number is an IPv4 address as a number; -1 for others.
func number(address string) int64 {
	parts := strings.Split(address, ".")
	if len(parts) != 4 {
		return -1
	}
	n := int64(0)
	for _, p := range parts {
		b, _ := strconv.Atoi(p)
		n = n*256 + int64(b)
	}
	return n
}

func span(entry string) (low, high int64) {
	if from, to, ok := strings.Cut(entry, "-"); ok {
		return number(from), number(to)
	}
	address, bits, ok := strings.Cut(entry, "/")
	if !ok {
		return number(entry), number(entry)
	}
	n, _ := strconv.Atoi(bits)
	size := int64(1) << (32 - n)
	low = number(address) / size * size
	return low, low + size - 1
}

// bound are the items of a section whose references match the API of the call in its environment.
func (o *oracle) bound(section string) (out []map[string]any) {
	for _, x := range o.state[section].([]any) {
		m := x.(map[string]any)
		if slices.ContainsFunc(m["apis"].([]any), o.means) {
			out = append(out, m)
		}
	}
	return out
}

func (o *oracle) means(reference any) bool {
	if text, ok := reference.(string); ok {
		return text == o.api.Group+"/"+o.api.Name && o.call.Environment == "RELEASE"
	}
	m := reference.(map[string]any)
	if m["environment"] != o.call.Environment {
		return false
	}
	return m["path"] == o.api.Path || m["group"] == o.api.Group && m["name"] == o.api.Name
}

func (o *oracle) named(section, name string) map[string]any {
	for _, x := range o.state[section].([]any) {
		if m := x.(map[string]any); m["name"] == name {
			return m
		}
	}
	return nil
}

// lowest is the lowest limit, in a text that is the same for the same limit.
func (o *oracle) lowest(r reading) string {
	for _, p := range o.bound("plugins") {
		if p["type"] != "rate_limit" {
			continue
		}
		c := p["content"].(map[string]any)
		if c["algorithm"] == "local" {
			return fmt.Sprint("local ", r.local)
		}
		n := o.least(r, c, "api_limit", "user_limit", "app_limit", "ip_limit", o.ofPlugin(c, "app", o.call.AppID), o.ofPlugin(c, "user", o.call.User))
		return period(int64(n), int64(numberOf(c["default_interval"])), strings.ToUpper(c["default_time_unit"].(string)))
	}
	if list := o.bound("throttles"); len(list) > 0 {
		t := list[0]
		n := o.least(r, t, "api_call_limits", "user_call_limits", "app_call_limits", "ip_call_limits", o.ofThrottle(t, "app", o.call.App), o.ofThrottle(t, "user", o.call.User))
		interval, unit := numberOf(t["time_interval"]), t["time_unit"].(string)
		bound := 200
		if o.suite.DefaultLimit > 0 {
			bound = int(o.suite.DefaultLimit)
		}
		length := map[string]int{"SECOND": 1, "MINUTE": 60, "HOUR": 60 * 60, "DAY": 24 * 60 * 60}[unit] * interval
		if n > bound*length && r.capped {
			return "capped"
		}
		return period(int64(n), int64(interval), unit)
	}
	if o.suite.DefaultLimit == 0 {
		return fmt.Sprint("default ", r.usual)
	}
	return period(o.suite.DefaultLimit, 1, "SECOND")
}

// least is the lowest of the limits of a policy, whose keys for them differ. appOwn and userOwn are the
// caller's own, 0 if there is none.
func (o *oracle) least(r reading, m map[string]any, api, user, app, ip string, appOwn, userOwn int) int {
	var list []int
	add := func(n int) {
		if n > 0 {
			list = append(list, n)
		}
	}
	of := func(key string) int { return numberOf(m[key]) }
	add(of(api))
	add(of(ip))
	knowsApp := o.api.AuthType == "APP" && !o.call.Anonymous
	knowsUser := (o.api.AuthType == "APP" || o.api.AuthType == "IAM") && !o.call.Anonymous
	if knowsApp && appOwn > 0 {
		add(appOwn)
	} else if knowsApp {
		add(of(app))
	}
	if knowsUser && userOwn > 0 {
		add(userOwn)
	} else if knowsUser && (appOwn <= of(user) || !r.lifts) {
		add(of(user))
	}
	return slices.Min(list)
}

// quotas are those that may apply to the app, in the texts of answers: the one that names it, else what is left to the gateway.
func (o *oracle) quotas() map[string]bool {
	claimed, perhaps := map[string]bool{}, map[string]bool{"none": true}
	for _, x := range o.state["app_quotas"].([]any) {
		m := x.(map[string]any)
		told := fmt.Sprintf("app_quota/%s %s", m["name"], period(m["call_limits"].(int64), m["time_interval"].(int64), m["time_unit"].(string)))
		switch names, managed := m["apps"].([]any); {
		case o.api.AuthType != "APP" || o.call.Anonymous || o.call.App == "":
		case !managed:
			perhaps[told] = true
		case slices.ContainsFunc(names, o.namesApp):
			claimed[told] = true
		}
	}
	if len(claimed) > 0 {
		return claimed
	}
	return perhaps
}

// namesApp takes the names that are drawn: plain ones, and those with the last letter in brackets.
func (o *oracle) namesApp(name any) bool {
	return strings.NewReplacer("[", "", "]", "").Replace(name.(string)) == o.call.App
}

// numberOf is a number of a drawn state, 0 if it is missing.
func numberOf(v any) int {
	if n, ok := v.(int64); ok {
		return int(n)
	}
	n, _ := v.(int)
	return n
}

func (o *oracle) ofThrottle(t map[string]any, key, who string) int {
	for _, x := range t["specials"].([]any) {
		if m := x.(map[string]any); who != "" && m[key] == who {
			return numberOf(m["call_limits"])
		}
	}
	return 0
}

func (o *oracle) ofPlugin(c map[string]any, key, who string) int {
	specials, _ := c["specials"].([]any)
	for _, x := range specials {
		m := x.(map[string]any)
		for _, y := range m["policies"].([]any) {
			if p := y.(map[string]any); m["type"] == key && who != "" && p["key"] == who {
				return numberOf(p["limit"])
			}
		}
	}
	return 0
}
