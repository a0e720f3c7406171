package emulator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// TestLoadErrors checks that each mistake is reported with its section and item, and that the gateway remains
// unchanged.
func TestLoadErrors(t *testing.T) {
	for _, x := range []struct{ name, state, want string }{
		{"version", "version: apigw-sync/v2", `version: "apigw-sync/v2" is not supported; write apigw-sync/v1`},
		{"unknown key", "throttle: []", `unknown field "throttle"`},
		{"unknown key of an item", "acls: [{name: a_b, kind: IP}]", `unknown field "kind"`},
		{"key twice", "version: apigw-sync/v1\nversion: apigw-sync/v1", `the key version appears twice, first at state file:9:1`},
		{"no YAML", "{", "a value is missing"},
		{"second document", "version: apigw-sync/v1\n--- # more\nacl: []", "document 2"},
		{"name missing", "acls: [{type: DENY}]", "acls: item 1 (): name is missing"},
		{"name twice", "acls: [{name: a_b}, {name: a_b}]", "acls: item 2 (a_b): defined twice"},
		{"throttle type", "throttles: [{name: t_1, type: common}]", `throttles: item 1 (t_1): type: "common" is neither basic nor shared`},
		{"plugin type", "plugins: [{name: p_1}]", "plugins: item 1 (p_1): type: is missing"},
		{"special of nobody", "throttles: [{name: t_1, specials: [{app: nobody, call_limits: 1}]}]", `specials: app "nobody" does not exist`},
		{"special of both", "throttles: [{name: t_1, specials: [{app: a, user: b, call_limits: 1}]}]", "either app or user"},
		{"missing API", "acls: [{name: a_b, apis: [orders/nothing]}]", "acls: item 1 (a_b): apis: API orders/nothing does not exist"},
		{"API without group", "acls: [{name: a_b, apis: [pay]}]", "API pay is not in the form GROUP/API"},
		{"unpublished API", "acls: [{name: a_b, apis: [支付/refund]}]", "API 支付/refund is not published in RELEASE"},
		{"glob without match", "acls: [{name: a_b, apis: [{group: \"x*\"}]}]", `no API in RELEASE matches {"group":"x*"}`},
		{"missing environment", "acls: [{name: a_b, apis: [{group: orders, environment: DEV}]}]", `environment "DEV" does not exist; add it to gateway.environments`},
		{"two throttles", "throttles: [{name: t_1, apis: [支付/pay]}, {name: t_2, apis: [支付/pay]}]", "throttles: item 2 (t_2): apis: 支付/pay already has t_1 in RELEASE, and can have only one"},
		{"two keys", "apps: [{name: a_1, app_key: same}, {name: a_2, app_key: same}]", "app_key: app a_1 has the same key"},
		{"two readings", "acls: [{name: a_b, apis: [a/b/c]}]", "is ambiguous: it may be b/c in group a or c in group a/b; write group and name as two keys"},
		{"several in an item", "acls: [{name: a_b, apis: [orders/one, orders/two]}]", "acls: item 1 (a_b): apis: API orders/one does not exist; apis: API orders/two does not exist"},
		{"several items", "acls: [{name: a_b, kind: IP}]\nthrottle: []", `unknown field "kind"; unknown field "throttle"`},
		{"bad time", "gateway: {times: {acl/a_b: yesterday}}\nacls: [{name: a_b}]", "times: acl/a_b"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newShop(t)
			before, _ := c.g.Dump()
			groups := `
gateway:
  groups:
    - {name: orders, apis: [{name: create_order, method: POST, path: /v1/orders, published: [RELEASE]}]}
    - {name: 支付, apis: [{name: pay, method: POST, path: /v1/pay, published: [RELEASE]}, {name: refund, method: POST, path: /v1/refund}]}
    - {name: a, apis: [{name: b/c, method: GET, path: /1, published: [RELEASE]}]}
    - {name: a/b, apis: [{name: c, method: GET, path: /2, published: [RELEASE]}]}
---
`
			if strings.Contains(x.want, "document") {
				groups = ""
			}
			err := c.g.Load([]byte(groups + x.state))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error %v, want %s", err, x.want)
			}
			if after, _ := c.g.Dump(); string(before) != string(after) {
				t.Error("the gateway has changed")
			}
		})
	}
}

// TestLoadReadsAsTheToolDoes checks that states are read like files: only what is spelled as a number is one, merged
// keys do not override written ones, and variables have their defaults.
func TestLoadReadsAsTheToolDoes(t *testing.T) {
	c := newShop(t)
	state := `
x-limits: &limits {time_interval: 1, time_unit: SECOND, api_call_limits: 5, remark: base}
throttles:
  - {<<: *limits, name: octal, remark: 0123}
  - {name: word, <<: *limits, remark: yes, api_call_limits: 7}
  - {<<: *limits, name: dollar, remark: "${NAME:-$$}"}
---
acls: [{name: a_b, type: DENY, entity_type: IP, values: [10.0.0.1]}]
`
	if err := c.g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	got, err := c.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`remark: "0123"`, `remark: "yes"`, "api_call_limits: 7", "remark: $", "name: a_b"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the state lacks %s:\n%s", want, got)
		}
	}
}

// TestLoadTakesKeysOfTheToolAlone checks that a state may have keys that only the tool uses.
func TestLoadTakesKeysOfTheToolAlone(t *testing.T) {
	c := newClient(t, `
version: apigw-sync/v1
owns: {acls: ["a_*"]}
ignore: [{kind: acl, name: x, reason: y}]
acls: [{name: a_b, type: DENY, entity_type: IP, values: [1.2.3.4], protected: true, moved_from: a_a, apis: [{name: "n*", optional: true}]}]
`)
	if d := cmp.Diff([]string{"a_b"}, c.column("/acls", "acls", "acl_name")); d != "" {
		t.Errorf("acls (-want +got):\n%s", d)
	}
}

// TestGlobsOfAuthorizationsMeanAppAuthentication checks that a pattern authorizes an app only for APIs with app
// authentication.
func TestGlobsOfAuthorizationsMeanAppAuthentication(t *testing.T) {
	c := newClient(t, `
apps: [{name: all_apps, apis: [{name: "*"}]}]
gateway: {groups: [{name: g_1, apis: [{name: with, method: GET, path: /1, auth_type: APP}, {name: none, method: GET, path: /2}]}]}
`)
	if d := cmp.Diff([]string{"with"}, c.column("/app-auths/binded-apps", "auths", "api_name")); d != "" {
		t.Errorf("authorized (-want +got):\n%s", d)
	}
}

// TestIdsOfAFileHold checks that the ids in a state are used.
func TestIdsOfAFileHold(t *testing.T) {
	c := newClient(t, `
acls: [{name: a_b, type: DENY, entity_type: IP, values: [1.2.3.4], apis: [g_1/a_1]}]
gateway:
  groups: [{name: g_1, apis: [{name: a_1, method: GET, path: /1, published: [RELEASE]}]}]
  ids: {acl/a_b: acl-id, acl_binding/a_b/g_1/a_1@RELEASE: binding-id, publication/g_1/a_1@RELEASE: publish-id}
`)
	rows := c.list("/acl-bindings/binded-apis?acl_id=acl-id", "apis")
	if len(rows) != 1 || rows[0]["bind_id"] != "binding-id" || rows[0]["publish_id"] != "publish-id" {
		t.Errorf("bindings: %v", rows)
	}
}

// TestSlashesInNames checks a dump of two APIs that have the same text as GROUP/API.
func TestSlashesInNames(t *testing.T) {
	c := newClient(t, `
acls:
  - {name: first_acl, type: DENY, entity_type: IP, values: [1.2.3.4], apis: [{group: a, name: b/c}]}
  - {name: second_acl, type: DENY, entity_type: IP, values: [1.2.3.4], apis: [{group: a/b, name: c}]}
gateway:
  groups:
    - {name: a, apis: [{name: b/c, method: GET, path: /1, published: [RELEASE]}]}
    - {name: a/b, apis: [{name: c, method: GET, path: /2, published: [RELEASE]}]}
`)
	first, err := c.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	second, err := newClient(t, string(first)).g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(first), string(second)); d != "" {
		t.Errorf("a dump of what was loaded differs (-saved +loaded):\n%s", d)
	}
}

// TestParseBehaviour checks that switches are read and written, that wrong ones are errors, and that all values in the
// help are valid.
func TestParseBehaviour(t *testing.T) {
	text := "rebind=reject replace-keeps-binding-id=on acl-slot=one bindings-visible-after=2s batch-max=7 detach-missing=404"
	want := emulator.Behaviour{
		Rebind: "reject", ReplaceKeepsBindingID: true, ACLSlot: "one", BindingsVisibleAfter: emulator.Lag{Time: 2e9}, BatchMax: 7, DetachMissing: "404",
	}
	got, err := emulator.ParseBehaviour(strings.Fields(text)...)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("parsed (-want +got):\n%s", d)
	}
	again, err := emulator.ParseBehaviour(strings.Fields(got.String())...)
	if err != nil || again != got {
		t.Errorf("%q became %+v, %v", got, again, err)
	}
	for _, bad := range []string{"", "rebind", "rebind=maybe", "colour=red", "batch-max=-1", "serial-writes=yes", "bindings-visible-after=soon"} {
		if b, err := emulator.ParseBehaviour(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, b)
		}
	}
	// Every switch in the help must accept every value that the help lists.
	for line := range strings.SplitSeq(strings.TrimSpace(emulator.BehaviourHelp), "\n") {
		name, values, _ := strings.Cut(strings.Fields(line)[0], "=")
		for value := range strings.SplitSeq(strings.NewReplacer("DURATION", "1s", "N", "1").Replace(values), "|") {
			if _, err := emulator.ParseBehaviour(name + "=" + value); err != nil {
				t.Error(err)
			}
		}
	}
}

// FuzzLoad checks that the dump of any state that can be loaded loads as the same state.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(shop))
	f.Add([]byte(`{"apps":[{"name":"a$$$$b"}],"plugins":[{"name":"p$$$${q","type":"cors","content":{"x$$$$y":"$$$$"}}]}`))
	f.Add([]byte(`{"acls":[{"name":"a_b","type":"DENY","entity_type":"IP","values":["1.2.3.4"]}]}`))
	f.Add([]byte("gateway: {groups: [{name: g, apis: [{name: a, method: GET, path: /, definition: {backend_type: HTTP}}]}]}"))
	f.Fuzz(func(t *testing.T, state []byte) {
		g := emulator.New(emulator.Options{})
		if g.Load(state) != nil {
			return
		}
		first, err := g.Dump()
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Load(first); err != nil {
			t.Fatalf("what was dumped cannot be loaded: %v\n%s", err, first)
		}
		second, err := g.Dump()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(first), string(second)); d != "" {
			t.Errorf("a dump of what was loaded differs (-saved +loaded):\n%s", d)
		}
	})
}
