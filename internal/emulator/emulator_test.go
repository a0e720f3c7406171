package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// shop is a small gateway with two groups and every kind of policy.
const shop = `
version: apigw-sync/v1
throttles:
  - name: orders_basic
    time_interval: 1
    time_unit: SECOND
    api_call_limits: 800
    user_call_limits: 500
    specials: [{app: orders_mobile, call_limits: 100}, {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 50}]
    apis: [orders/create_order, {group: orders, name: "get_*"}]
apps:
  - name: orders_mobile
    remark: Mobile shop
    app_secret: a-secret-of-orders
    app_codes: [` + codeA + `]
    access_control: {type: PERMIT, values: [10.0.0.0/8, 192.168.1.1-192.168.1.9]}
    apis: [{group: orders}]
plugins:
  - name: orders_cors
    type: cors
    content: {allow_origin: "*", allow_methods: "GET,POST", max_age: 86400}
    apis: [{group: orders}]
acls:
  - name: orders_office
    type: PERMIT
    entity_type: IP
    values: [192.168.1.0/24, 10.1.2.3]
    apis: [{group: orders, name: create_order, environment: STAGING}]
gateway:
  environments: [RELEASE, STAGING]
  groups:
    - name: orders
      domains: [{domain: shop.example.com, certificate: {name: shop_cert, not_after: 2027-01-31T00:00:00Z}}]
      apis:
        - {name: create_order, method: POST, path: /v1/orders, auth_type: APP, published: [RELEASE, STAGING], tags: [public]}
        - {name: get_order, method: GET, path: "/v1/orders/{id}", auth_type: APP, published: [RELEASE]}
    - name: 支付
      apis: [{name: pay, method: POST, path: /v1/pay, published: [RELEASE]}, {name: refund, method: POST, path: /v1/refund}]
`

const codeA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

var clock = time.Date(2026, 3, 4, 5, 6, 7, 890, time.UTC)

// newShop returns a client of a gateway that holds shop.
func newShop(t *testing.T, change ...func(*emulator.Options)) *client {
	t.Helper()
	return newClient(t, shop, change...)
}

func newClient(t *testing.T, state string, change ...func(*emulator.Options)) *client {
	t.Helper()
	o := emulator.Options{Now: func() time.Time { return clock }, Seed: 7}
	for _, f := range change {
		f(&o)
	}
	g := emulator.New(o)
	if err := g.Load([]byte(state)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, g: g, http: &http.Client{Transport: emulator.Transport(g)}, token: emulator.DefaultToken}
}

// client sends requests to a gateway, and decodes the answers into plain maps.
type client struct {
	t    *testing.T
	g    *emulator.Gateway
	http *http.Client

	token string
}

const base = "/v2/" + emulator.DefaultProjectID + "/apigw/instances/" + emulator.DefaultInstanceID

// object is the JSON object of an answer.
type object = map[string]any

// do sends a request, whose path is relative to the instance, and checks the status.
func (c *client) do(method, path string, body any, status int) object {
	c.t.Helper()
	got, answer := c.send(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: status %d, want %d: %v", method, path, got, status, answer)
	}
	return answer
}

// refused sends a request that must fail with this status and error code.
func (c *client) refused(method, path string, body any, status int, code string) object {
	c.t.Helper()
	answer := c.do(method, path, body, status)
	if answer["error_code"] != code {
		c.t.Fatalf("%s %s: %v, want %s", method, path, answer, code)
	}
	return answer
}

func (c *client) send(method, path string, body any) (int, object) {
	c.t.Helper()
	var payload []byte
	switch b := body.(type) {
	case nil:
	case string:
		payload = []byte(b)
	default:
		payload, _ = json.Marshal(b)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://gateway"+place(path), bytes.NewReader(payload))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", c.token)
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var o object
	if len(text) > 0 {
		if err := json.Unmarshal(text, &o); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return answer.StatusCode, o
}

// list returns the items of a list.
func (c *client) list(path, member string) []object {
	c.t.Helper()
	answer := c.do("GET", path, nil, 200)
	var items []object
	for _, x := range answer[member].([]any) {
		items = append(items, x.(object))
	}
	return items
}

// id returns the id of the only object with this name.
func (c *client) id(path, member, field, name string) string {
	c.t.Helper()
	for _, x := range c.list(path+"?limit=500&instance_id="+emulator.DefaultInstanceID, member) {
		if x[field] == name {
			for _, idField := range []string{"id", "plugin_id", "app_quota_id"} {
				if id, ok := x[idField].(string); ok {
					return id
				}
			}
		}
	}
	c.t.Fatalf("no %s named %s", member, name)
	return ""
}

func (c *client) api(name string) object {
	c.t.Helper()
	return c.list("/apis?precise_search=name&name="+url.QueryEscape(name), "apis")[0]
}

// publishID returns the publish id of an API in an environment.
func (c *client) publishID(name, env string) string {
	c.t.Helper()
	a := c.api(name)
	for i, e := range strings.Split(a["run_env_name"].(string), "|") {
		if e == env {
			return strings.Split(a["publish_id"].(string), "|")[i]
		}
	}
	c.t.Fatalf("%s is not published in %s", name, env)
	return ""
}

// TestDumpLoadsAsTheSame checks that a dump loads as the same state with the same lists, and that no id of it is given
// again.
func TestDumpLoadsAsTheSame(t *testing.T) {
	c := newShop(t)
	c.do("PUT", "/apps/"+c.id("/apps", "apps", "name", "orders_mobile")+"/app-codes", nil, 201)
	c.do("POST", "/app-quotas", object{"name": "orders_quota", "call_limits": 5, "time_unit": "DAY", "time_interval": 1}, 201)
	first, err := c.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	again := newClient(t, string(first), func(o *emulator.Options) { o.Now = time.Now })
	second, err := again.g.Dump()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(first), string(second)); d != "" {
		t.Errorf("a dump of what was loaded differs (-saved +loaded):\n%s", d)
	}
	for _, path := range []string{
		"/throttles", "/apps", "/plugins", "/acls", "/apis?limit=500", "/envs", "/api-groups", "/app-auths/binded-apps", "/app-quotas",
		"/throttle-bindings/binded-apis?throttle_id=" + c.id("/throttles", "throttles", "name", "orders_basic"),
		"/plugins/" + c.id("/plugins", "plugins", "plugin_name", "orders_cors") + "/attached-apis",
	} {
		if d := cmp.Diff(c.do("GET", path, nil, 200), again.do("GET", path, nil, 200)); d != "" {
			t.Errorf("GET %s differs (-saved +loaded):\n%s", path, d)
		}
	}
	// An id that is created after loading must differ from all loaded ones.
	made := again.do("POST", "/acls", object{"acl_name": "fresh", "acl_type": "DENY", "entity_type": "IP", "acl_value": "1.2.3.4"}, 201)
	if bytes.Contains(first, []byte(made["id"].(string))) {
		t.Errorf("id %v was given before the dump", made["id"])
	}
}

// place resolves a path that is relative to the instance, or with ../../ to the project.
func place(path string) string {
	if rest, above := strings.CutPrefix(strings.TrimPrefix(path, "/"), "../../"); above {
		return "/v2/" + emulator.DefaultProjectID + "/apigw/" + rest
	}
	return base + path
}
