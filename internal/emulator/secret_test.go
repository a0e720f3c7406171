package emulator_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
)

// TestAppSecret checks how reads show the secret of an app, that its creation shows it in clear, and that keys are unique.
func TestAppSecret(t *testing.T) {
	for rule, want := range map[string]string{"app-secret=clear": "a-secret-of-orders", "app-secret=masked": "a-s************ers"} {
		c := newShop(t, behave(rule))
		app := c.id("/apps", "apps", "name", "orders_mobile")
		if got := c.do("GET", "/apps/"+app, nil, 200)["app_secret"]; got != want {
			t.Errorf("%s shows %v, want %v", rule, got, want)
		}
		made := c.do("POST", "/apps", object{"name": "second_app", "app_key": "key-of-second", "app_secret": "secret-of-second"}, 201)
		if made["app_secret"] != "secret-of-second" || made["app_key"] != "key-of-second" {
			t.Errorf("%s: created %v", rule, made)
		}
		c.refused("POST", "/apps", object{"name": "third_app", "app_key": "key-of-second"}, 400, "APIG.3310")
	}
}

// TestAppSwitchOff checks that app-switch=off refuses keys and secrets of apps that a request sets.
func TestAppSwitchOff(t *testing.T) {
	c := newShop(t, behave("app-switch=off"))
	c.refused("POST", "/apps", object{"name": "second_app", "app_key": "key-of-second"}, 400, "APIG.2011")
	app := c.id("/apps", "apps", "name", "orders_mobile")
	c.refused("PUT", "/apps/secret/"+app, object{"app_secret": "a-new-secret"}, 400, "APIG.2011")
	c.do("PUT", "/apps/secret/"+app, object{}, 200)
}

// TestEmptyRemark checks what updates without a remark, and with an empty one, do to the old remark.
func TestEmptyRemark(t *testing.T) {
	for rule, want := range map[string]string{"empty-remark=clears": "", "empty-remark=keeps": "Mobile shop"} {
		c := newShop(t, behave(rule))
		app := "/apps/" + c.id("/apps", "apps", "name", "orders_mobile")
		if got := c.do("PUT", app, object{"name": "orders_mobile"}, 200)["remark"]; got != "Mobile shop" {
			t.Errorf("%s: without a remark it became %v", rule, got)
		}
		if got := c.do("PUT", app, object{"name": "orders_mobile", "remark": ""}, 200)["remark"]; got != want {
			t.Errorf("%s: with an empty remark it became %v", rule, got)
		}
	}
}

// TestUpdateOmittedLimit checks what an update does to a limit that it leaves out.
func TestUpdateOmittedLimit(t *testing.T) {
	for rule, want := range map[string]float64{"update-omitted-limit=clears": 0, "update-omitted-limit=keeps": 500} {
		c := newShop(t, behave(rule))
		path := "/throttles/" + c.id("/throttles", "throttles", "name", "orders_basic")
		if got := c.do("PUT", path, throttleWith(object{"name": "orders_basic"}), 200)["user_call_limits"]; got != want {
			t.Errorf("%s: the limit became %v", rule, got)
		}
	}
}

// TestJournalHoldsNoSecret sends secrets in every possible way, and checks that none is in the journal.
func TestJournalHoldsNoSecret(t *testing.T) {
	c := newShop(t)
	app := c.id("/apps", "apps", "name", "orders_mobile")
	secret, code := "TOP-secret-of-app", strings.Repeat("TOPsecret", 8)
	c.do("POST", "/apps", object{"name": "second_app", "app_secret": secret}, 201)
	c.do("PUT", "/apps/secret/"+app, object{"app_secret": secret}, 200)
	made := c.do("POST", "/apps/"+app+"/app-codes", object{"app_code": code}, 201)
	c.do("DELETE", "/apps/"+app+"/app-codes/"+made["id"].(string), nil, 204)
	entries := c.g.Journal()
	if text := fmt.Sprintf("%+v", entries); strings.Contains(text, "TOP") {
		t.Errorf("journal: %s", text)
	}
	last := entries[len(entries)-1]
	want := emulator.Entry{
		Seq: last.Seq, Operation: "DeleteAppCodeV2", Method: "DELETE", Path: base + "/apps/" + app + "/app-codes/" + made["id"].(string),
		Status: 204, Carried: true, Effects: []emulator.Effect{{
			Kind: "app_code", Action: "delete", ID: made["id"].(string), Policy: app, PolicyName: "orders_mobile",
			Value: fmt.Sprintf("%x", sha256.Sum256([]byte(code)))[:8],
		}},
	}
	if d := cmp.Diff(want, last); d != "" {
		t.Errorf("last entry (-want +got):\n%s", d)
	}
	c.g.ResetJournal()
	if n := len(c.g.Journal()); n != 0 {
		t.Errorf("%d entries after the reset", n)
	}
}

// TestPluginContents checks which contents each type of plugin accepts, and the defaults that reads then show.
func TestPluginContents(t *testing.T) {
	third := func(change string) string {
		return `{"auth_request":{"method":"GET","protocol":"HTTPS","url_domain":"a.example.com","path":"/check"}` + change + `}`
	}
	for _, x := range []struct {
		kind, content string
		shows         object // members of the content as read back; nil if it is refused
	}{
		{"cors", `{"allow_origin":"*"}`, object{"allow_origin": "*", "allow_methods": nil, "allow_credentials": false}},
		{"cors", `{"allow_origin":"*","id":7,"disabled":false}`, object{"allow_origin": "*"}},
		{"cors", `{}`, nil},
		{"cors", `[]`, nil},
		{"cors", `{"allow_origin":"*"} {}`, nil},
		{"cors", `{"allow_origin":"*","max_age":-1}`, nil},
		{"cors", `{"allow_origin":"*","max_age":"60"}`, nil},
		{"cors", `{"allow_origin":"*","allow_methods":"GET,FETCH"}`, nil},
		{"cors", `{"allow_origin":"*","origin":"*"}`, nil},
		{
			"set_resp_headers", `{"response_headers":[{"name":"X-A","value":"v","action":"override"}]}`,
			object{"response_headers": []any{object{"name": "X-A", "value": "v", "action": "override", "value_type": "custom_value"}}},
		},
		{"set_resp_headers", `{"response_headers":[{"name":"X-A","action":"skip"},{"name":"x-a","action":"skip"}]}`, nil},
		{"set_resp_headers", `{"response_headers":[{"name":"Access-Control-Max-Age","action":"skip"}]}`, nil},
		{"set_resp_headers", `{"response_headers":[]}`, nil},
		{
			"rate_limit", `{"default_interval":1,"api_limit":25,"user_limit":15,"app_limit":10}`,
			object{"scope": "basic", "default_time_unit": "second", "ip_limit": 0.0, "specials": []any{}, "algorithm": "counter"},
		},
		{"rate_limit", `{"default_interval":1,"api_limit":-1,"user_limit":999}`, object{"api_limit": -1.0}},
		{"rate_limit", `{"default_interval":1,"api_limit":0}`, nil},
		{"rate_limit", `{"default_interval":1,"api_limit":5,"user_limit":6}`, nil},
		{"rate_limit", `{"default_interval":1,"api_limit":9,"user_limit":5,"app_limit":6}`, nil},
		{"rate_limit", `{"default_interval":1,"api_limit":5,"specials":[{"type":"app","policies":[{"key":"k","limit":6}]}]}`, nil},
		{
			"rate_limit", `{"default_interval":1,"api_limit":5,"rules":[{"rule_name":"r","match_regex":"[\"AND\",[\"Host\",\"==\",\"a\"]]","limit":2}]}`,
			object{"api_limit": 5.0},
		},
		{"rate_limit", `{"default_interval":1,"api_limit":5,"rules":[{"rule_name":"r","match_regex":"[\"Host\",\"is\",\"a\"]","limit":2}]}`, nil},
		{
			"breaker", `{"breaker_condition":{"breaker_type":"timeout","breaker_mode":"counter","unhealthy_threshold":3,"time_window":15,"open_breaker_time":15}}`,
			object{"scope": "share", "downgrade_default": nil, "downgrade_rules": nil},
		},
		{"breaker", `{"breaker_condition":{"breaker_type":"timeout","breaker_mode":"percentage","time_window":15,"open_breaker_time":15}}`, nil},
		{"breaker", `{"breaker_condition":{"breaker_type":"condition","breaker_mode":"counter","unhealthy_threshold":3,"time_window":15,"open_breaker_time":15}}`, nil},
		{
			"kafka_log", `{"broker_list":["10.0.0.1:9092"],"topic":"t","sasl_config":{"security_protocol":"SASL_SSL","sasl_username":"u","sasl_password":"p"}}`,
			object{"retry_backoff": 1.0, "sasl_config": object{
				"security_protocol": "SASL_SSL", "sasl_mechanisms": "PLAIN", "sasl_username": "u", "ssl_ca_content": "",
			}},
		},
		{"kafka_log", `{"broker_list":["10.0.0.1:9092"],"topic":"t","sasl_config":{"security_protocol":"SASL_SSL"}}`, nil},
		{"kafka_log", `{"broker_list":["10.0.0.1"],"topic":"t"}`, nil},
		{"third_auth", third(``), object{"custom_forbid_limit": 100.0, "rules": nil, "carry_resp_headers": []any{}}},
		{"third_auth", third(`,"simple_auth_mode_enabled":false`), nil},
		{"third_auth", third(`,"auth_request":{"method":"GET","protocol":"HTTPS","path":"/check"}`), nil},
		{"oidc_auth", `{"client_id":"c","client_secret":"s","discovery":"https://d","redirect_api_id":"a"}`, object{"scope": "openid email profile"}},
		{"jwt_auth", `{"jwks":"{}"}`, object{"token_name": "Authorization", "token_prefix": "Bearer"}},
		{"jwt_auth", `{}`, nil},
		{"jwt_auth", `{"jwks":"{}","token_location":"cookie"}`, nil},
		{"proxy_cache", `{"cache_key":{"parameters":["q"]}}`, object{"client_cache_control": object{"mode": "off", "datas": []any{}}}},
		{"proxy_cache", `{"cache_key":{}}`, nil},
		{"proxy_mirror", `{"protocol":"HTTP","host":"a:80"}`, object{"sample_ratio": 1.0, "path_concat_mode": "replace"}},
	} {
		c := newClient(t, "")
		status, answer := c.send("POST", "/plugins", pluginWith(x.kind, x.content))
		if x.shows == nil {
			if status != 400 || answer["error_code"] != "APIG.2011" {
				t.Errorf("%s %s: %d %v, want it refused", x.kind, x.content, status, answer)
			}
			continue
		}
		var got object
		if err := json.Unmarshal(fmt.Append(nil, answer["plugin_content"]), &got); err != nil {
			t.Errorf("%s %s: %d %v", x.kind, x.content, status, answer)
			continue
		}
		for member, want := range x.shows {
			if d := cmp.Diff(want, got[member]); d != "" {
				t.Errorf("%s %s: %s (-want +got):\n%s", x.kind, x.content, member, d)
			}
		}
		for _, secret := range []string{"client_secret", "sasl_password", `"id"`} {
			if strings.Contains(answer["plugin_content"].(string), secret) {
				t.Errorf("%s shows %s", x.kind, secret)
			}
		}
	}
}

// TestPluginSecretMasked checks that plugin-secret=masked shows secrets in contents as stars.
func TestPluginSecretMasked(t *testing.T) {
	c := newClient(t, "", behave("plugin-secret=masked"))
	answer := c.do("POST", "/plugins", pluginWith("oidc_auth", `{"client_id":"c","client_secret":"s","discovery":"d","redirect_api_id":"a"}`), 201)
	if !strings.Contains(answer["plugin_content"].(string), `"client_secret":"******"`) {
		t.Errorf("content: %v", answer["plugin_content"])
	}
}
