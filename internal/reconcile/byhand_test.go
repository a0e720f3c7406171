package reconcile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

const gatewayOfAll = `
gateway:
  environments: [RELEASE, STAGING]
  groups:
    - name: orders
      apis:
        - {name: create_order, method: POST, path: /v1/orders, auth_type: APP, published: [RELEASE, STAGING], tags: [public]}
        - {name: get_order, method: GET, path: "/v1/orders/{id}", auth_type: APP, published: [RELEASE, STAGING], tags: [public]}
        - {name: get_orders, method: GET, path: /v1/orders, auth_type: APP, published: [RELEASE]}
    - name: 报表
      apis:
        - {name: daily, method: GET, path: /v1/daily, auth_type: APP, published: [STAGING], tags: [internal]}
`

// fileOfAll has every kind, every type of plugin, every form of reference and two environments.
func fileOfAll() string {
	var b strings.Builder
	b.WriteString(`
version: apigw-sync/v1
throttles:
  - name: orders_basic
    time_interval: 1
    time_unit: SECOND
    api_call_limits: 800
    user_call_limits: 500
    app_call_limits: 300
    ip_call_limits: 600
    remark: Orders
    specials: [{app: orders_mobile, call_limits: 100}, {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 50}]
    apis: [orders/create_order, {group: orders, name: "get_*"}, {method: GET, path: "/v1/orders/{id}", environment: STAGING}]
  - {name: 报表限流, type: shared, time_interval: 1, time_unit: DAY, api_call_limits: 10, apis: [{tags: [internal], environment: STAGING}, {group: nowhere, name: nothing, optional: true}]}
apps:
  - name: orders_mobile
    remark: Mobile
    app_key: orders-mobile-key
    app_secret: orders-mobile-secret
    app_codes: ["cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", {generate: 2}]
    access_control: {type: PERMIT, values: [10.0.0.0/8, 192.168.1.1-192.168.1.9]}
    apis: [{group: orders}, {group: "报*", environment: STAGING}]
acls:
  - {name: orders_office, type: PERMIT, entity_type: IP, values: [192.168.1.0/24, 10.1.2.3], apis: [orders/create_order]}
  - {name: accounts, type: DENY, entity_type: DOMAIN, values: [alice, bob], apis: [{group: orders, environment: STAGING, name: create_order}]}
  - {name: account_ids, type: PERMIT, entity_type: DOMAIN_ID, values: [0123456789abcdef0123456789abcdef], apis: [orders/get_order]}
plugins:
`)
	for _, t := range content.Types {
		raw, _ := json.Marshal(content.Example(t.Name)) // cannot fail for plain values
		fmt.Fprintf(&b, "  - {name: plugin_%s, type: %s, remark: r, content: %s, apis: [orders/get_order, {group: orders, name: create_order, environment: STAGING}]}\n", t.Name, t.Name, raw)
	}
	return b.String()
}

// TestChangedByHand: after a file with everything was applied, the gateway compares equal with it, and the comparison only reads.
// Then each change that somebody makes by hand is found as exactly one leaf.
func TestChangedByHand(t *testing.T) {
	g := gateway(t, []byte(gatewayOfAll), emulator.Behaviour{})
	c := client(t, g)
	run := &reconcile.Run{Caller: c, Options: diff.Options{MaxDeletes: 10}, Parallel: 8}
	state := load(t, []byte(fileOfAll()))
	out := run.Apply(t.Context(), compare(t.Context(), t, run, state))
	if s := apply.Summarize(out.Results); s.Failed+s.Skipped+s.Unknown > 0 || !out.Converged || len(out.Warnings) > 0 {
		t.Fatalf("apply: %+v, remaining:\n%s%v", s, describe(out.Remaining), out.Warnings)
	}
	g.ResetJournal()
	if again := compare(t.Context(), t, run, state); !again.Plan.Empty() {
		t.Fatalf("the diff is not empty:\n%s", describe(again.Plan.Changes))
	}
	for _, e := range g.Journal() {
		if e.Method != http.MethodGet {
			t.Errorf("diff sent %s %s", e.Method, e.Path)
		}
	}
	for _, tc := range []struct {
		kind, key     string
		set           map[string]any
		address, path string
	}{
		{"throttle", "orders_basic", map[string]any{"api_call_limits": 801}, "throttle/orders_basic", "/api_call_limits"},
		{"app", "orders_mobile", map[string]any{"remark": "by hand"}, "app/orders_mobile", "/remark"},
		{"acl", "orders_office", map[string]any{"acl_value": "192.168.1.0/24,10.1.2.4"}, "acl/orders_office", "/values"},
		{"plugin", "plugin_cors", map[string]any{"plugin_content": `{"allow_origin":"https://by.hand"}`}, "plugin/plugin_cors", "/content/allow_origin"},
		{"throttle_special", "orders_basic/app:orders_mobile", map[string]any{"call_limits": 101}, "throttle_special/orders_basic/app:orders_mobile", "/call_limits"},
		{"app_access_control", "orders_mobile", map[string]any{"app_acl_type": "DENY"}, "app_access_control/orders_mobile", "/type"},
	} {
		t.Run(tc.kind, func(t *testing.T) {
			before := byHand(t, run, c, tc.kind, tc.key, tc.set)
			changes := compare(t.Context(), t, run, state).Plan.Changes
			if len(changes) != 1 || changes[0].Address != tc.address || len(changes[0].Fields) != 1 || changes[0].Fields[0].Path != tc.path {
				t.Errorf("wanted %s %s alone, got:\n%s", tc.address, tc.path, describe(changes))
			}
			before()
			if d := cmp.Diff("", describe(compare(t.Context(), t, run, state).Plan.Changes)); d != "" {
				t.Errorf("after it was taken back:\n%s", d)
			}
		})
	}
}

// byHand changes members of an object through the API, as a person in the console would, and returns a function that takes the
// change back.
func byHand(t *testing.T, run *reconcile.Run, c *remote.Client, kindName, key string, set map[string]any) (undo func()) {
	t.Helper()
	k := kind.Of(kindName)
	all, err := run.Everything(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	var held kind.Object
	for _, o := range all.Actual.Objects {
		ids[o.Kind+"/"+o.Key] = o.ID
		if o.Kind == kindName && o.Key == key {
			held = o
		}
	}
	q, err := k.Update(held.Value, held, held.Parent, known(ids))
	if err != nil {
		t.Fatal(err)
	}
	send := func(body map[string]any) {
		r := q
		r.Body = body
		if _, err := c.Call(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
	}
	plain, changed := asMap(t, q), asMap(t, q)
	for name, v := range set {
		if name == "plugin_content" {
			v = merged(t, plain[name].(string), v.(string))
		}
		changed[name] = v
	}
	send(changed)
	return func() { send(plain) }
}

func asMap(t *testing.T, q api.Request) (out map[string]any) {
	t.Helper()
	raw, err := json.Marshal(q.Body)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// merged replaces members of a JSON object by those of another one.
func merged(t *testing.T, base, over string) string {
	t.Helper()
	m := map[string]any{}
	for _, text := range []string{base, over} {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

type known map[string]string

func (k known) ID(kindName, key string) (string, bool) {
	id, ok := k[kindName+"/"+key]
	return id, ok
}
