package emulator_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// TestPageBounds checks which page is returned for limits and offsets outside of the allowed range.
func TestPageBounds(t *testing.T) {
	var state strings.Builder
	state.WriteString("acls:\n")
	for i := range 600 {
		fmt.Fprintf(&state, "- {name: acl_%03d, type: DENY, entity_type: IP, values: [10.0.0.1]}\n", i)
	}
	c := newClient(t, state.String())
	for _, x := range []struct {
		query string
		size  float64
		first string
	}{
		{"", 20, "acl_000"},
		{"limit=0", 20, "acl_000"},
		{"limit=-5", 20, "acl_000"},
		{"limit=501", 500, "acl_000"},
		{"limit=7&offset=10", 7, "acl_010"},
		{"offset=-3", 20, "acl_000"},
		{"offset=595", 5, "acl_595"},
		{"offset=600", 0, ""},
		{"offset=9999999", 0, ""},
		{"name=acl_59&offset=2", 8, "acl_592"},
	} {
		answer := c.do("GET", "/acls?"+x.query, nil, 200)
		items, first := answer["acls"].([]any), ""
		if len(items) > 0 {
			first = items[0].(object)["acl_name"].(string)
		}
		total := 600.0
		if strings.Contains(x.query, "name") {
			total = 10
		}
		if answer["size"] != x.size || float64(len(items)) != x.size || answer["total"] != total || first != x.first {
			t.Errorf("%q: size %v, %d items from %s, total %v", x.query, answer["size"], len(items), first, answer["total"])
		}
	}
}

// TestFilters checks the filters of lists: exact and partial names, several filters together, and tags.
func TestFilters(t *testing.T) {
	c := newShop(t)
	orders := c.id("/api-groups", "groups", "name", "orders")
	staging := c.id("/envs", "envs", "name", "STAGING")
	for _, x := range []struct {
		path, list, member string
		want               []string
	}{
		{"/apis?name=order", "apis", "name", []string{"create_order", "get_order"}},
		{"/apis?name=order&precise_search=name", "apis", "name", []string{}},
		{"/apis?name=get_order&req_uri=/v1/orders&precise_search=name,req_uri", "apis", "name", []string{}},
		{"/apis?name=get_order&req_uri=/v1/orders&precise_search=name", "apis", "name", []string{"get_order"}},
		{"/apis?group_id=" + orders + "&req_method=GET", "apis", "name", []string{"get_order"}},
		{"/apis?env_id=" + staging, "apis", "run_env_name", []string{"STAGING|RELEASE"}},
		{"/apis?tags=public", "apis", "name", []string{"create_order"}},
		{"/apis?tags=%23no_tags%23&auth_type=APP", "apis", "name", []string{"get_order"}},
		{"/apis?tags=%23no_tags%23&tags=public&group_id=" + orders, "apis", "name", []string{"create_order", "get_order"}},
		{"/apis?auth_type=NONE&type=1", "apis", "name", []string{"pay", "refund"}},
		{"/api-groups?name=%E6%94%AF", "groups", "name", []string{"支付"}},
		{"/envs?name=STAG", "envs", "name", []string{"STAGING"}},
		{"/plugins?plugin_name=cors&plugin_type=cors", "plugins", "plugin_name", []string{"orders_cors"}},
		{"/plugins?plugin_name=cors&precise_search=plugin_name", "plugins", "plugin_name", []string{}},
		{"/acls?entity_type=IP&acl_type=DENY", "acls", "acl_name", []string{}},
		{"/apps?name=mobile", "apps", "name", []string{"orders_mobile"}},
		{"/app-auths/binded-apps?app_name=orders", "auths", "api_name", []string{"create_order", "get_order"}},
	} {
		if d := cmp.Diff(x.want, c.column(x.path, x.list, x.member)); d != "" {
			t.Errorf("GET %s (-want +got):\n%s", x.path, d)
		}
	}
	tags := c.do("GET", "/tags", nil, 200)["tags"]
	if d := cmp.Diff([]any{"public"}, tags); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

// TestNullLists checks that null-lists=on returns null or nothing instead of an empty list.
func TestNullLists(t *testing.T) {
	c := newShop(t, behave("null-lists=on"))
	if d := cmp.Diff(object{"size": 0.0, "total": 0.0}, c.do("GET", "/acls?name=nobody", nil, 200)); d != "" {
		t.Errorf("an empty list (-want +got):\n%s", d)
	}
	if tags, there := c.api("pay")["tags"]; tags != nil || !there {
		t.Errorf("empty tags are %v", tags)
	}
}

// TestOfflineOffset checks that offline-offset=on makes the list of an ACL's APIs ignore the offset.
func TestOfflineOffset(t *testing.T) {
	path := "/acl-bindings/binded-apis?offset=1&acl_id="
	for rule, want := range map[string]int{"offline-offset=off": 0, "offline-offset=on": 1} {
		c := newShop(t, behave(rule))
		if got := len(c.list(path+c.id("/acls", "acls", "acl_name", "orders_office"), "apis")); got != want {
			t.Errorf("%s: %d rows behind the first, want %d", rule, got, want)
		}
	}
}

// TestInstanceWideAuthsRefused checks that instance-wide-auths=refused requires an API in the list of authorized apps.
func TestInstanceWideAuthsRefused(t *testing.T) {
	c := newShop(t, behave("instance-wide-auths=refused"))
	c.refused("GET", "/app-auths/binded-apps", nil, 400, "APIG.2012")
	c.do("GET", "/app-auths/binded-apps?api_id="+c.api("pay")["id"].(string), nil, 200)
}

// TestAuthorizationOutcomes checks the outcome of each authorization of a batch: success, skipped as a duplicate, or
// failed.
func TestAuthorizationOutcomes(t *testing.T) {
	c := newShop(t)
	app := c.do("POST", "/apps", object{"name": "second_app"}, 201)["id"]
	ids := []any{c.api("create_order")["id"], c.api("pay")["id"]}
	for _, want := range [][]string{{"SUCCESS", "FAILED"}, {"SKIPPED", "FAILED"}} {
		got := []string{}
		for _, x := range c.do("POST", "/app-auths", object{"env_id": release, "app_ids": []any{app}, "api_ids": ids}, 201)["auths"].([]any) {
			got = append(got, x.(object)["auth_result"].(object)["status"].(string))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("outcomes (-want +got):\n%s", d)
		}
	}
}

// TestStatistics checks that the traffic of the state file is added up for a group and spread over the minutes of an API.
func TestStatistics(t *testing.T) {
	c := newClient(t, shop+`
  traffic:
    - {group: orders, api: create_order, calls: 120, errors_4xx: 6, avg_latency: 10, max_latency: 80}
    - {group: orders, api: get_order, minutes: 2, calls: 3, errors_5xx: 3, avg_latency: 40}
`)
	answer := c.do("GET", "/statistics/group/latest?group_id="+c.id("/api-groups", "groups", "name", "orders"), nil, 200)
	sum := map[string]float64{}
	for _, m := range answer["list"].([]any) {
		for _, name := range []string{"req_count", "req_count2xx", "req_count4xx", "req_count5xx"} {
			sum[name] += m.(object)[name].(float64)
		}
	}
	want := map[string]float64{"req_count": 123, "req_count2xx": 114, "req_count4xx": 6, "req_count5xx": 3}
	if d := cmp.Diff(want, sum); d != "" || answer["code"] != "APIG.0000" {
		t.Errorf("the group's hour, code %v (-want +got):\n%s", answer["code"], d)
	}
	two := c.do("GET", "/statistics/api/latest?duration=2m&api_id="+c.api("get_order")["id"].(string), nil, 200)["list"].([]any)
	if len(two) != 2 || two[1].(object)["current_minute"].(float64) != float64(clock.Unix()/60*60-60) {
		t.Errorf("the API's two minutes: %v", two)
	}
	c.refused("GET", "/statistics/api/latest?duration=2d&api_id="+c.api("get_order")["id"].(string), nil, 400, "APIG.2012")
}

// TestDomainCertificate checks that a group shows the certificate of its domain, and that the details can be read.
func TestDomainCertificate(t *testing.T) {
	c := newShop(t)
	group := c.list("/api-groups?name=orders", "groups")[0]
	d := group["url_domains"].([]any)[0].(object)
	if d["domain"] != "shop.example.com" || d["ssl_name"] != "shop_cert" {
		t.Fatalf("domain: %v", d)
	}
	path := "/api-groups/" + group["id"].(string) + "/domains/" + d["id"].(string) + "/certificate/"
	k := c.do("GET", path+d["ssl_id"].(string), nil, 200)
	if k["not_after"] != "2027-01-31T00:00:00Z" {
		t.Errorf("certificate: %v", k)
	}
	c.refused("GET", path+"nobody", nil, 404, "APIG.3025")
}

// TestProjectDiscovery checks that a project is found by the name of its region.
func TestProjectDiscovery(t *testing.T) {
	c := newShop(t)
	r := newRequest(t.Context(), "GET", "http://iam", "", "")
	r.URL.Path, r.URL.RawQuery = "/v3/projects", "name=cn-north-4"
	answer, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"id":"`+emulator.DefaultProjectID+`"`) || !strings.Contains(string(text), `"name":"cn-north-4"`) {
		t.Errorf("projects: %s", text)
	}
}
