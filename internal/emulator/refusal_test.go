package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// throttleWith returns a valid throttle with some members changed; nil removes a member.
func throttleWith(change object) object {
	return with(object{"name": "throttle_demo", "time_unit": "SECOND", "time_interval": 1, "api_call_limits": 800}, change)
}

func aclWith(change object) object {
	return with(object{"acl_name": "acl_demo", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "10.0.0.1"}, change)
}

func pluginWith(kind, content string) object {
	return object{"plugin_name": "plugin_demo", "plugin_type": kind, "plugin_scope": "global", "plugin_content": content}
}

func apiWith(change object) object {
	return with(object{
		"name": "list_orders", "type": 1, "req_protocol": "HTTPS", "req_method": "GET", "req_uri": "/v1/list", "auth_type": "NONE",
		"backend_type": "MOCK", "mock_info": object{},
	}, change)
}

func with(o, change object) object {
	for name, v := range change {
		if v == nil {
			delete(o, name)
		} else {
			o[name] = v
		}
	}
	return o
}

// TestRefusals sends a request against each documented rule. In paths and bodies %s is replaced from ids.
func TestRefusals(t *testing.T) {
	c := newShop(t)
	others := c.do("POST", "/api-groups", object{"name": "others"}, 201)["id"].(string)
	c.do("POST", "/api-groups/"+others+"/domains", object{"url_domain": "taken.example.com"}, 201)
	throttle := c.id("/throttles", "throttles", "name", "orders_basic")
	app := c.id("/apps", "apps", "name", "orders_mobile")
	plugin := c.id("/plugins", "plugins", "plugin_name", "orders_cors")
	acl := c.id("/acls", "acls", "acl_name", "orders_office")
	group := c.id("/api-groups", "groups", "name", "orders")
	create, refund := c.api("create_order")["id"].(string), c.api("refund")["id"].(string)
	specials := "/throttles/" + throttle + "/throttle-specials"
	many := strings.TrimSuffix(strings.Repeat("10.0.0.1,", 101), ",")
	accounts := strings.TrimSuffix(strings.Repeat("account_name,", 79), ",")
	for _, x := range []struct {
		name, method, path string
		body               any
		status             int
		code               string
	}{
		{"short name", "POST", "/throttles", throttleWith(object{"name": "ab"}), 400, "APIG.2011"},
		{"name begins with a digit", "POST", "/throttles", throttleWith(object{"name": "1abc"}), 400, "APIG.2011"},
		{"name with a dash", "POST", "/throttles", throttleWith(object{"name": "a-b-c"}), 400, "APIG.2011"},
		{"long Chinese name", "POST", "/throttles", throttleWith(object{"name": strings.Repeat("支", 65)}), 400, "APIG.2011"},
		{"name taken", "POST", "/throttles", throttleWith(object{"name": "orders_basic"}), 400, "APIG.3204"},
		{"unknown unit", "POST", "/throttles", throttleWith(object{"time_unit": "second"}), 400, "APIG.2011"},
		{"no interval", "POST", "/throttles", throttleWith(object{"time_interval": nil}), 400, "APIG.2011"},
		{"zero limit", "POST", "/throttles", throttleWith(object{"user_call_limits": 0}), 400, "APIG.2011"},
		{"limit over 31 bits", "POST", "/throttles", throttleWith(object{"api_call_limits": 1 << 31}), 400, "APIG.2011"},
		{"user above api", "POST", "/throttles", throttleWith(object{"user_call_limits": 801}), 400, "APIG.2003"},
		{"app above user", "POST", "/throttles", throttleWith(object{"user_call_limits": 5, "app_call_limits": 6}), 400, "APIG.2003"},
		{"ip above api", "POST", "/throttles", throttleWith(object{"ip_call_limits": 900}), 400, "APIG.2003"},
		{"angle bracket", "POST", "/throttles", throttleWith(object{"remark": "<b>"}), 400, "APIG.2011"},
		{"unknown member", "POST", "/throttles", throttleWith(object{"limit": 5}), 400, "APIG.2011"},
		{"member in another case", "POST", "/throttles", throttleWith(object{"name": nil, "Name": "abc"}), 400, "APIG.2011"},
		{"number as text", "POST", "/throttles", throttleWith(object{"api_call_limits": "800"}), 400, "APIG.2011"},
		{"broken JSON", "POST", "/throttles", "{", 400, "APIG.2000"},
		{"no object", "POST", "/throttles", "[]", 400, "APIG.2000"},
		{"missing throttle", "PUT", "/throttles/nobody", throttleWith(nil), 404, "APIG.3005"},
		{"bound throttle", "DELETE", "/throttles/" + throttle, nil, 403, "APIG.3451"},

		{"special above the limit", "POST", specials, object{"object_id": app, "object_type": "APP", "call_limits": 801}, 400, "APIG.2003"},
		{"special exists", "POST", specials, object{"object_id": app, "object_type": "APP", "call_limits": 8}, 400, "APIG.3308"},
		{"special for no app", "POST", specials, object{"object_id": "nobody", "object_type": "APP", "call_limits": 8}, 404, "APIG.3004"},
		{"special user id", "POST", specials, object{"object_id": "short", "object_type": "USER", "call_limits": 8}, 400, "APIG.2011"},
		{"missing special", "PUT", specials + "/nobody", object{"call_limits": 8}, 404, "APIG.3013"},

		{"unknown publish id", "POST", "/throttle-bindings", object{"strategy_id": throttle, "publish_ids": []string{"nobody"}}, 404, "APIG.3015"},
		{"no publish id", "POST", "/throttle-bindings", object{"strategy_id": throttle, "publish_ids": []string{}}, 400, "APIG.2011"},
		{"bind a missing throttle", "POST", "/throttle-bindings", object{"strategy_id": "nobody", "publish_ids": []string{"x"}}, 404, "APIG.3005"},
		{"another action", "PUT", "/throttle-bindings?action=remove", object{"throttle_bindings": []string{"x"}}, 400, "APIG.2011"},
		{"missing binding", "DELETE", "/throttle-bindings/nobody", nil, 404, "APIG.3012"},
		{"APIs of a missing throttle", "GET", "/throttle-bindings/binded-apis?throttle_id=nobody", nil, 404, "APIG.3005"},
		{"APIs without a missing throttle", "GET", "/throttle-bindings/unbinded-apis?throttle_id=nobody", nil, 404, "APIG.3005"},
		{"APIs of a missing ACL", "GET", "/acl-bindings/binded-apis?acl_id=nobody", nil, 404, "APIG.3006"},
		{"APIs without a missing ACL", "GET", "/acl-bindings/unbinded-apis?acl_id=nobody", nil, 404, "APIG.3006"},
		{"APIs of a missing app", "GET", "/app-auths/binded-apis?app_id=nobody", nil, 404, "APIG.3004"},
		{"APIs of a missing plugin", "GET", "/plugins/nobody/attached-apis", nil, 404, "APIG.3068"},
		{"list without id", "GET", "/throttle-bindings/binded-apis", nil, 400, "APIG.2012"},

		{"bad address", "POST", "/acls", aclWith(object{"acl_value": "10.0.0.300"}), 400, "APIG.2011"},
		{"range upside down", "POST", "/acls", aclWith(object{"acl_value": "10.0.0.9-10.0.0.1"}), 400, "APIG.2011"},
		{"too many addresses", "POST", "/acls", aclWith(object{"acl_value": many}), 400, "APIG.2011"},
		{"too long accounts", "POST", "/acls", aclWith(object{"entity_type": "DOMAIN", "acl_value": accounts}), 400, "APIG.2011"},
		{"account of digits", "POST", "/acls", aclWith(object{"entity_type": "DOMAIN", "acl_value": "12345"}), 400, "APIG.2011"},
		{"account id", "POST", "/acls", aclWith(object{"entity_type": "DOMAIN_ID", "acl_value": "short"}), 400, "APIG.2011"},
		{"unknown entity", "POST", "/acls", aclWith(object{"entity_type": "ip"}), 400, "APIG.2011"},
		{"acl name taken", "POST", "/acls", aclWith(object{"acl_name": "orders_office"}), 400, "APIG.3206"},
		{"entity changes", "PUT", "/acls/" + acl, aclWith(object{"entity_type": "DOMAIN", "acl_value": "somebody"}), 400, "APIG.2011"},
		{"bound acl", "DELETE", "/acls/" + acl, nil, 403, "APIG.3447"},
		{"missing acl", "GET", "/acls/nobody", nil, 404, "APIG.3006"},
		{"missing acl binding", "DELETE", "/acl-bindings/nobody", nil, 404, "APIG.3010"},

		{"app name taken", "POST", "/apps", object{"name": "orders_mobile"}, 400, "APIG.3203"},
		{"short key", "POST", "/apps", object{"name": "app_demo", "app_key": "short"}, 400, "APIG.2011"},
		{"short code", "POST", "/apps/" + app + "/app-codes", object{"app_code": "short"}, 400, "APIG.2011"},
		{"code exists", "POST", "/apps/" + app + "/app-codes", object{"app_code": codeA}, 400, "APIG.3309"},
		{"missing code", "GET", "/apps/" + app + "/app-codes/nobody", nil, 404, "APIG.3082"},
		{"missing app", "GET", "/apps/nobody", nil, 404, "APIG.3002"},
		{"secret of a missing app", "PUT", "/apps/secret/nobody", object{}, 404, "APIG.3002"},
		{"codes of a missing app", "GET", "/apps/nobody/app-codes", nil, 404, "APIG.3004"},
		{"access of a missing app", "GET", "/apps/nobody/app-acl", nil, 404, "APIG.3004"},
		{"app acl without values", "PUT", "/apps/" + app + "/app-acl", object{"app_acl_type": "PERMIT", "app_acl_values": []string{}}, 400, "APIG.2011"},
		{"authorize a missing app", "POST", "/app-auths", object{"env_id": release, "app_ids": []string{"nobody"}, "api_ids": []string{create}}, 404, "APIG.3004"},
		{"missing authorization", "DELETE", "/app-auths/nobody", nil, 404, "APIG.3009"},
		{"missing quota", "GET", "/app-quotas/nobody", nil, 404, "APIG.3093"},

		{"unknown plugin type", "POST", "/plugins", pluginWith("corse", `{}`), 400, "APIG.2011"},
		{"plugin name taken", "POST", "/plugins", with(pluginWith("cors", `{"allow_origin":"*"}`), object{"plugin_name": "orders_cors"}), 400, "APIG.3326"},
		{"plugin type changes", "PUT", "/plugins/" + plugin, pluginWith("rate_limit", `{}`), 400, "APIG.2011"},
		{"attached plugin", "DELETE", "/plugins/" + plugin, nil, 409, "APIG.3462"},
		{"attach to an unpublished API", "POST", "/plugins/" + plugin + "/attach", object{"env_id": release, "api_ids": []string{refund}}, 409, "APIG.3707"},
		{"attach to a missing API", "POST", "/plugins/" + plugin + "/attach", object{"env_id": release, "api_ids": []string{"nobody"}}, 404, "APIG.3002"},
		{"attach to nothing", "POST", "/plugins/" + plugin + "/attach", object{"env_id": release, "api_ids": []string{}}, 400, "APIG.2012"},
		{"attach to 501", "POST", "/plugins/" + plugin + "/attach", object{"env_id": release, "api_ids": make([]string, 501)}, 400, "APIG.2012"},

		{"environment taken", "POST", "/envs", object{"name": "STAGING"}, 400, "APIG.3205"},
		{"environment in use", "DELETE", "/envs/" + c.id("/envs", "envs", "name", "STAGING"), nil, 403, "APIG.3418"},
		{"group in use", "DELETE", "/api-groups/" + group, nil, 403, "APIG.3415"},
		{"group taken", "POST", "/api-groups", object{"name": "orders"}, 400, "APIG.3201"},
		{"API name taken", "POST", "/apis", apiWith(object{"group_id": group, "name": "get_order"}), 400, "APIG.3202"},
		{"API path taken", "POST", "/apis", apiWith(object{"group_id": group, "req_uri": "/v1/orders/{number}"}), 400, "APIG.3301"},
		{"API without protocol", "POST", "/apis", apiWith(object{"group_id": group, "req_protocol": nil}), 400, "APIG.2011"},
		{"API without backend", "POST", "/apis", apiWith(object{"group_id": group, "mock_info": nil}), 400, "APIG.2011"},
		{"API with the wrong backend", "POST", "/apis", apiWith(object{"group_id": group, "backend_type": "HTTP"}), 400, "APIG.2011"},
		{"path with a space", "POST", "/apis", apiWith(object{"group_id": group, "req_uri": "/v1/my list"}), 400, "APIG.2011"},
		{"domain of another group", "POST", "/api-groups/" + group + "/domains", object{"url_domain": "taken.example.com"}, 400, "APIG.3305"},
		{"API without group", "POST", "/apis", apiWith(object{"group_id": "nobody"}), 404, "APIG.3001"},
		{"published API", "DELETE", "/apis/" + create, nil, 403, "APIG.3416"},
		{"offline twice", "POST", "/apis/action", object{"action": "offline", "env_id": release, "api_id": refund}, 404, "APIG.3015"},
		{"statistics of nothing", "GET", "/statistics/group/latest?group_id=nobody", nil, 404, "APIG.3001"},
		{"unknown path", "GET", "/throttle", nil, 404, "APIGW.0101"},
		{"unknown method", "PUT", "/throttles", nil, 404, "APIGW.0101"},
	} {
		t.Run(x.name, func(t *testing.T) {
			before, _ := c.g.Dump()
			c.t = t
			c.refused(x.method, x.path, x.body, x.status, x.code)
			if after, _ := c.g.Dump(); string(before) != string(after) {
				t.Error("the refused request changed something")
			}
		})
	}
}

const release = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// TestQuotas checks that creates beyond a quota are refused, and that quotas of the state file replace the defaults.
func TestQuotas(t *testing.T) {
	c := newShop(t)
	if err := c.g.Load([]byte("gateway: {quotas: {THROTTLE_NUM_LIMIT: 1, ACL_NUM_LIMIT: 0, APP_NUM_LIMIT: 0, ENVIRONMENT_NUM_LIMIT: 1, APP_THROTTLE_LIMIT: 1}}")); err != nil {
		t.Fatal(err)
	}
	made := c.do("POST", "/throttles", throttleWith(nil), 201)
	c.refused("POST", "/throttles", throttleWith(object{"name": "second"}), 403, "APIG.3107")
	c.refused("POST", "/acls", aclWith(nil), 403, "APIG.3112")
	c.refused("POST", "/apps", object{"name": "app_demo"}, 403, "APIG.3103")
	c.refused("POST", "/envs", object{"name": "DEV"}, 403, "APIG.3104")
	for i := range 30 {
		user := fmt.Sprintf("%032d", i)
		c.do("POST", "/throttles/"+made["id"].(string)+"/throttle-specials", object{"object_id": user, "object_type": "USER", "call_limits": 8}, 201)
	}
	c.refused("POST", "/throttles/"+made["id"].(string)+"/throttle-specials", object{"object_id": strings.Repeat("f", 32), "object_type": "USER", "call_limits": 8}, 403, "APIG.3100")
	for _, q := range c.list("/project/configs", "configs") {
		if q["config_name"] == "THROTTLE_NUM_LIMIT" && (q["config_value"] != "1" || q["used"] != 1.0) {
			t.Errorf("quota of throttles: %v", q)
		}
	}
}

// TestFeaturesGateKinds checks that kinds and types of plugins are refused if the gateway lacks the feature for them.
func TestFeaturesGateKinds(t *testing.T) {
	c := newClient(t, "gateway: {instance: {features: [cors]}}")
	c.refused("POST", "/app-quotas", object{}, 412, "APIG.3458")
	c.refused("POST", "/plugins", pluginWith("kafka_log", `{}`), 412, "APIG.3458")
	c.do("POST", "/plugins", pluginWith("cors", `{"allow_origin":"*"}`), 201)
}

// TestInstanceThatIsNotRunningRefusesWrites checks that an instance that is not running refuses writes and answers reads.
func TestInstanceThatIsNotRunningRefusesWrites(t *testing.T) {
	c := newClient(t, "gateway: {instance: {status: Freezing, locks: [{lock_scene: TO_PERIOD_LOCK, lock_source_id: order-1}]}}")
	c.refused("POST", "/throttles", throttleWith(nil), 409, "APIC.7701")
	i := c.do("GET", "", nil, 200)
	if i["instance_status"] != 36.0 || i["status"] != "Freezing" || len(i["cbc_operation_locks"].([]any)) != 1 {
		t.Errorf("instance: %v", i)
	}
}

// TestUnknownOperationIsLogged checks that an unknown operation gets 404 and is written to the log.
func TestUnknownOperationIsLogged(t *testing.T) {
	var log strings.Builder
	c := newShop(t, func(o *emulator.Options) { o.Log = &log })
	c.refused("GET", "/vpc-endpoint/connections", nil, 404, "APIGW.0101")
	if want := "unknown operation: GET " + base + "/vpc-endpoint/connections\n"; log.String() != want {
		t.Errorf("log %q, want %q", log.String(), want)
	}
}

// TestTextsOfTheReference compares error texts word for word with the examples in the vendor's manual and API
// reference.
func TestTextsOfTheReference(t *testing.T) {
	c := newClient(t, "")
	const good, elsewhere = emulator.DefaultToken, "/../../instances/eddc4d25480b4cd6b512f270a1b8b341"
	group := c.do("POST", "/api-groups", object{"name": "orders"}, 201)["id"].(string)
	for _, x := range []struct {
		token, method, path string
		body                any
		code, text          string
	}{
		{"stale", "GET", "/throttles", nil, "APIG.1002", "Incorrect token or token resolution failed"},
		{"stale", "GET", "", nil, "APIC.7102", "Incorrect token or token resolution failed"},
		{good, "GET", "/throttles/3437448ad06f4e0c", nil, "APIG.3005", "Request throttling policy 3437448ad06f4e0c does not exist"},
		{good, "GET", "/plugins/6b87df1fa1de4aef", nil, "APIG.3068", "Plugin 6b87df1fa1de4aef does not exist"},
		{good, "GET", "/apps/98df09fb-d459", nil, "APIG.3002", "App 98df09fb-d459 does not exist"},
		{good, "PUT", "/apps/98df09fb-d459/app-codes", nil, "APIG.3004", "App 98df09fb-d459 does not exist"},
		{good, "GET", "/api-groups/77df5e81", nil, "APIG.3001", "API group 77df5e81 does not exist"},
		{good, "DELETE", "/api-groups/" + group + "/domains/x", nil, "APIG.3020", "The URL domain does not exist"},
		{good, "PUT", "/acl-bindings?action=remove", object{"acl_bindings": []string{"x"}}, "APIG.2011", `Invalid parameter value: parameter action should be \"delete\"`},
		{good, "DELETE", "/acl-bindings/x", nil, "APIG.3010", "The access control policy binding record does not exist"},
		{good, "GET", elsewhere + "/acls", nil, "APIG.3030", "The instance does not exist;id:eddc4d25480b4cd6b512f270a1b8b341"},
		{good, "GET", elsewhere, nil, "APIC.7302", "Instance not found"},
	} {
		c.token = x.token
		_, got := c.send(x.method, x.path, x.body)
		if d := cmp.Diff(object{"error_code": x.code, "error_msg": x.text}, got); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", x.method, x.path, d)
		}
	}
	c.g.SetBehaviour(emulator.Behaviour{WrongToken: "front-door"})
	c.token = "stale"
	c.refused("GET", "/throttles", nil, 401, "APIGW.0301")
}
