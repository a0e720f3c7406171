package content

import (
	"strings"
	"testing"
)

// edit changes one value in the example of a type. The problem is expected at path, or at the changed value if path
// is empty.
type edit struct {
	at   string
	v    any
	path string
	soft bool
}

const condition = `["Host","==","a.com"]`

var broken = map[string][]edit{
	"cors": {
		{at: "/allow_origin", v: absent},
		{at: "/allow_origin", v: ""},
		{at: "/allow_origin", v: "*,https://a.com", soft: true},
		{at: "/allow_origin", v: "shop.example.com", soft: true},
		{at: "/allow_methods", v: []any{"GET"}},
		{at: "/allow_methods", v: "get", soft: true},
		{at: "/allow_methods", v: "FETCH", soft: true},
		{at: "/allow_headers", v: "A,,B", soft: true},
		{at: "/expose_headers", v: "no header", soft: true},
		{at: "/max_age", v: "86400"},
		{at: "/max_age", v: int64(-1)},
		{at: "/max_age", v: int64(172800), soft: true},
		{at: "/allow_credentials", v: "true"},
		{at: "/allow_orgin", v: "*", soft: true},
	},
	"set_resp_headers": {
		{at: "/response_headers", v: absent},
		{at: "/response_headers", v: elevenHeaders()},
		{at: "/response_headers/1/name", v: "CACHE-control"},
		{at: "/response_headers/0/name", v: "1st"},
		{at: "/response_headers/0/name", v: "with_underscore"},
		{at: "/response_headers/0/name", v: strings.Repeat("a", 33)},
		{at: "/response_headers/0/name", v: "X-Apig-Mode"},
		{at: "/response_headers/0/name", v: "X-Request-ID"},
		{at: "/response_headers/0/name", v: "Access-Control-Max-Age"},
		{at: "/response_headers/0/value", v: strings.Repeat("支", 256)},
		{at: "/response_headers/0/value", v: "", soft: true},
		{at: "/response_headers/0/value_type", v: "variable", soft: true},
		{at: "/response_headers/0/action", v: "replace", soft: true},
		{at: "/response_headers/0/action", v: absent},
		{at: "/response_headers/2/value", v: "$context.apiId"},
		{at: "/response_headers/2/action", v: "override"},
	},
	"rate_limit": {
		{at: "/api_limit", v: absent},
		{at: "/api_limit", v: int64(0)},
		{at: "/api_limit", v: int64(-2)},
		{at: "/api_limit", v: int64(2147483648)},
		{at: "/scope", v: "shared", soft: true},
		{at: "/default_time_unit", v: "MINUTE"},
		{at: "/default_interval", v: int64(0)},
		{at: "/default_interval", v: 1.5},
		{at: "/app_limit", v: int64(51)},
		{at: "/user_limit", v: int64(101)},
		{at: "/user_limit", v: int64(0), path: "/nothing"},
		{at: "/ip_limit", v: int64(101)},
		{at: "/algorithm", v: "exact", soft: true},
		{at: "/specials/0/type", v: "ip", soft: true},
		{at: "/specials/0/policies/0/limit", v: int64(101)},
		{at: "/specials/0/policies/0/key", v: ""},
		{at: "/parameters/0/type", v: "cookie", soft: true},
		{at: "/parameters/0/name", v: strings.Repeat("a", 33)},
		{at: "/parameters/0/id", v: "3wuj354lpptv0toe0", soft: true},
		{at: "/parameters/0/focused", v: true, soft: true},
		{at: "/parameters/0/disabled", v: false, soft: true},
		{at: "/parameters/0/name", v: "Other", path: "/rules/0/match_regex", soft: true},
		{at: "/rules", v: repeated(101, map[string]any{"rule_name": "r", "match_regex": condition, "limit": int64(1)})},
		{at: "/rules/0/match_regex", v: []any{"Host", "==", "a.com"}},
		{at: "/rules/0/match_regex", v: `["Host","=="`},
		{at: "/rules/0/match_regex", v: condition + "x"},
		{at: "/rules/0/match_regex", v: `["Host","=","a.com"]`},
		{at: "/rules/0/match_regex", v: `["Host",">=",1]`, soft: true},
		{at: "/rules/0/match_regex", v: `["Host","=="]`},
		{at: "/rules/0/match_regex", v: `["Host","==",["a.com"]]`},
		{at: "/rules/0/match_regex", v: `["Host","in",5]`},
		{at: "/rules/0/match_regex", v: `["AND"]`},
		{at: "/rules/0/match_regex", v: `["NOT",` + condition + `]`},
		{at: "/rules/0/match_regex", v: `["AND",` + condition + `,"Host"]`},
		{at: "/rules/0/match_regex", v: `{"Host":"a.com"}`},
		{at: "/rules/0/match_regex", v: ""},
		{at: "/rules/0/time_unit", v: "week", soft: true},
		{at: "/rules/0/interval", v: int64(-1)},
		{at: "/rules/0/limit", v: absent},
	},
	"kafka_log": {
		{at: "/broker_list", v: absent},
		{at: "/broker_list", v: []any{}},
		{at: "/broker_list/0", v: "10.0.0.1"},
		{at: "/broker_list/0", v: "kafka://10.0.0.1:9092"},
		{at: "/broker_list/0", v: "10.0.0.1:99999"},
		{at: "/broker_list", v: "10.0.0.1:9092"},
		{at: "/topic", v: ""},
		{at: "/max_retry_count", v: int64(6)},
		{at: "/retry_backoff", v: int64(0)},
		{at: "/retry_backoff", v: int64(11)},
		{at: "/sasl_config/security_protocol", v: "SSL", soft: true},
		{at: "/sasl_config/sasl_mechanisms", v: "", soft: true},
		{at: "/sasl_config/sasl_username", v: ""},
		{at: "/sasl_config/sasl_password", v: absent},
		{at: "/sasl_config/ssl_ca_content", v: absent},
		{at: "/sasl_config/ssl_ca_content", v: "MIIB", soft: true},
		{at: "/meta_config/system/start_tme", v: true, soft: true},
		{at: "/meta_config/system/start_time", v: "yes"},
		{at: "/meta_config/call_data/log_request_body", v: int64(1)},
		{at: "/meta_config/call_data/request_header_filter", v: "a b", soft: true},
		{at: "/meta_config/call_data/custom_authorizer/frontend", v: "user_id"},
	},
	"breaker": {
		{at: "/scope", v: "all", soft: true},
		{at: "/breaker_condition", v: absent},
		{at: "/breaker_condition/breaker_type", v: "status", soft: true},
		{at: "/breaker_condition/breaker_type", v: "timeout", path: "/breaker_condition/unhealthy_condition", soft: true},
		{at: "/breaker_condition/breaker_mode", v: "count", soft: true},
		{at: "/breaker_condition/unhealthy_condition", v: ""},
		{at: "/breaker_condition/unhealthy_condition", v: "500"},
		{at: "/breaker_condition/min_call_threshold", v: absent},
		{at: "/breaker_condition/unhealthy_percentage", v: absent},
		{at: "/breaker_condition/unhealthy_percentage", v: int64(101), soft: true},
		{at: "/breaker_condition/time_window", v: absent},
		{at: "/breaker_condition/open_breaker_time", v: "15s"},
		{at: "/breaker_condition/open_breaker_time", v: int64(0), soft: true},
		{at: "/downgrade_default/type", v: "https", soft: true},
		{at: "/downgrade_default/type", v: "mock", path: "/downgrade_default/mock_info"},
		{at: "/downgrade_default/type", v: "passthrough", path: "/downgrade_default/http_info", soft: true},
		{at: "/downgrade_default/type", v: "function", path: "/downgrade_default/func_info", soft: true},
		{at: "/downgrade_default/http_info", v: nil},
		{at: "/downgrade_default/http_info/address", v: "http://10.0.0.1"},
		{at: "/downgrade_default/http_info/address", v: ""},
		{at: "/downgrade_default/http_info/path", v: "fallback"},
		{at: "/downgrade_default/http_info/isVpc", v: true, path: "/downgrade_default/http_info/vpc_channel_id", soft: true},
		{at: "/downgrade_default/http_info/scheme", v: "FTP", soft: true},
		{at: "/downgrade_parameters/0/type", v: absent},
		{at: "/downgrade_rules/0/rule_name", v: absent},
		{at: "/downgrade_rules/0/match_regex", v: "GET"},
		{at: "/downgrade_rules/0/match_regex", v: `["other","==","x"]`, soft: true},
		{at: "/downgrade_rules/0/parameters/0", v: "other", soft: true},
		{at: "/downgrade_rules/0/parameters/0", v: int64(1)},
		{at: "/downgrade_rules/0/breaker_condition", v: absent, soft: true},
		{at: "/downgrade_rules/0/breaker_condition/unhealthy_threshold", v: absent},
		{at: "/downgrade_rules/0/downgrade_backend/mock_info", v: nil},
		{at: "/downgrade_rules/0/downgrade_backend/mock_info/status_code", v: int64(999), soft: true},
	},
	"third_auth": {
		{at: "/auth_request", v: absent, soft: true},
		{at: "/auth_request/method", v: "DELETE", soft: true},
		{at: "/auth_request/protocol", v: "https"},
		{at: "/auth_request/url_domain", v: strings.Repeat("a", 256)},
		{at: "/auth_request/url_domain", v: ""},
		{at: "/auth_request/url_domain", v: "https://auth.example.com", soft: true},
		{at: "/auth_request/path", v: "check"},
		{at: "/auth_request/timeout", v: int64(60001)},
		{at: "/auth_request/vpc_channel_enabled", v: int64(1), soft: true},
		{at: "/auth_request/vpc_channel_enabled", v: "true"},
		{at: "/identities/query", v: []any{map[string]any{"name": "q"}}, soft: true},
		{at: "/auth_downgrade_enable", v: true, soft: true},
		{at: "/essential", v: true, soft: true},
		{at: "/auth_request/vpc_channel_enabled", v: true, path: "/auth_request/vpc_channel_info/vpc_id"},
		{at: "/auth_request/vpc_channel_info", v: map[string]any{"vpc_id": "x"}, soft: true},
		{at: "/identities/headers", v: repeated(11, map[string]any{"name": "A"})},
		{at: "/identities/headers/0", v: "X-Token"},
		{at: "/carry_resp_headers", v: repeated(11, "A")},
		{at: "/carry_resp_headers/0", v: strings.Repeat("a", 65)},
		{at: "/carry_resp_header", v: []any{"A"}, soft: true},
		{at: "/match_auth", v: nil},
		{at: "/match_auth/key", v: ""},
		{at: "/simple_auth_mode_enabled", v: true, path: "/match_auth", soft: true},
		{at: "/rule_type", v: absent},
		{at: "/rule_type", v: "ALLOW"},
		{at: "/rule_enabled", v: false, path: "/rules", soft: true},
		{at: "/rules", v: nil, soft: true},
		{at: "/rules/0/match_regex", v: `["AND"]`},
		{at: "/parameters", v: nil, path: "/rules/0/match_regex", soft: true},
		{at: "/custom_forbid_limit", v: 1.5},
	},
	"proxy_cache": {
		{at: "/cache_key", v: absent},
		{at: "/cache_key", v: map[string]any{"parameters": []any{}, "headers": nil}},
		{at: "/cache_key/system_params/0", v: "$context.providerAppId", soft: true},
		{at: "/cache_key/parameters/0", v: ""},
		{at: "/cache_http_status_and_ttl/0/http_status/0", v: int64(600)},
		{at: "/cache_http_status_and_ttl/0/http_status/0", v: "200"},
		{at: "/cache_http_status_and_ttl/0/ttl", v: absent},
		{at: "/cache_http_status_and_ttl/0/ttl", v: int64(-1)},
		{at: "/client_cache_control/mode", v: "on", soft: true},
		{at: "/client_cache_control/mode", v: "all", path: "/client_cache_control/datas", soft: true},
		{at: "/client_cache_control/datas", v: []any{}},
		{at: "/cacheable_headers", v: repeated(21, "A")},
		{at: "/cacheable_headers/0", v: strings.Repeat("a", 65)},
		{at: "/cacheable_headers/0", v: "X-Apig-Latency"},
	},
	"proxy_mirror": {
		{at: "/protocol", v: absent},
		{at: "/protocol", v: "TCP", soft: true},
		{at: "/protocol", v: "GRPCS", path: "/path", soft: true},
		{at: "/host", v: absent},
		{at: "/host", v: "https://mirror"},
		{at: "/host", v: strings.Repeat("a", 256)},
		{at: "/host", v: "mirror:0"},
		{at: "/path", v: "/" + strings.Repeat("a", 512)},
		{at: "/path", v: "copies", soft: true},
		{at: "/path", v: "", path: "/path_concat_mode", soft: true},
		{at: "/path_concat_mode", v: "suffix", soft: true},
		{at: "/sample_ratio", v: 1.01},
		{at: "/sample_ratio", v: "0.5"},
		{at: "/timeout", v: int64(0), soft: true},
		{at: "/mirror_request_body_enabled", v: "false"},
	},
	"oidc_auth": {
		{at: "/client_id", v: absent},
		{at: "/client_secret", v: ""},
		{at: "/discovery", v: "login.example.com"},
		{at: "/redirect_api_id", v: absent},
		{at: "/scope", v: "", soft: true},
		{at: "/scope", v: []any{"openid"}},
		{at: "/logout_api_id", v: "5f918d104dc84480a75166ba99efff21", soft: true},
		{at: "/access_token_expires_in", v: "3600"},
		{at: "/access_token_expires_in", v: int64(0), soft: true},
		{at: "/public_key", v: absent},
		{at: "/public_key", v: "MIIB", soft: true},
		{at: "/jwks_enabled", v: true, path: "/public_key", soft: true},
		{at: "/silent_renew_access_token_enabled", v: true, soft: true},
	},
	"jwt_auth": {
		{at: "/jwks", v: absent, path: ""},
		{at: "/jwks", v: map[string]any{"keys": []any{}}},
		{at: "/jwks", v: `{"keys":`},
		{at: "/jwks", v: `[]`},
		{at: "/jwks", v: `{"keys":[]}`, soft: true},
		{at: "/jwks", v: `{"keys":["` + strings.Repeat("a", maxKeySet) + `"]}`},
		{at: "/jwks_service", v: map[string]any{"url": "https://a"}, path: "/jwks", soft: true},
		{at: "/jwks_service", v: "https://a"},
		{at: "/token_location", v: "body", soft: true},
		{at: "/token_location", v: "query", path: "/token_prefix", soft: true},
		{at: "/token_prefix", v: "", soft: true},
		{at: "/token_expiration_tolerance", v: int64(60)},
		{at: "/token_expiration_tolerance", v: "86401"},
		{at: "/token_expiration_tolerance", v: "1h"},
		{at: "/token_pass_through_enabled", v: "false"},
		{at: "/claims_to_headers", v: map[string]any{}},
	},
}

func elevenHeaders() []any {
	headers := repeated(11, nil)
	for i := range headers {
		headers[i] = map[string]any{"name": "X-" + string(rune('A'+i)), "action": "delete"}
	}
	return headers
}

// TestBrokenContents makes edits that break one rule each. The problem must be at the expected path, an error unless
// soft, and there must be no other error.
func TestBrokenContents(t *testing.T) {
	for _, typ := range Types {
		if len(broken[typ.Name]) < 6 {
			t.Errorf("%s: %d broken contents are too few", typ.Name, len(broken[typ.Name]))
		}
		for _, e := range broken[typ.Name] {
			c := Example(typ.Name)
			put(t, c, e.at, e.v)
			want := e.path
			if want == "" && !(typ.Name == "jwt_auth" && e.v == absent) {
				want = e.at
			}
			hit := false
			for _, p := range problems(typ, c) {
				if p.Text == "" || !p.Warning && (p.Path != want || e.soft) {
					t.Errorf("%s: %s = %v: error at %q: %s", typ.Name, e.at, e.v, p.Path, p.Text)
				}
				hit = hit || p.Path == want && p.Warning == e.soft
			}
			if want == "/nothing" {
				continue
			}
			if !hit {
				t.Errorf("%s: %s = %v: want a problem at %q (soft %v), got %v", typ.Name, e.at, e.v, want, e.soft, problems(typ, c))
			}
		}
	}
}

// TestJWTCookieNeedsName checks that a cookie needs a name. Headers and query parameters have a default.
func TestJWTCookieNeedsName(t *testing.T) {
	c := map[string]any{"jwks": `{"keys":[{}]}`, "token_location": "cookie"}
	got := problems(jwtAuth, c)
	if len(got) != 1 || got[0].Path != "/token_name" || got[0].Warning {
		t.Errorf("problems = %v, want one at /token_name", got)
	}
}

// TestThirdAuthChannel checks that a channel replaces the host.
func TestThirdAuthChannel(t *testing.T) {
	c := Example("third_auth")
	put(t, c, "/auth_request/vpc_channel_enabled", true)
	put(t, c, "/auth_request/vpc_channel_info/vpc_id", "56a7d7358e1b42459c9d730d65b14e59")
	put(t, c, "/auth_request/url_domain", "")
	if got := problems(thirdAuth, c); len(got) > 0 {
		t.Errorf("problems = %v, want none", got)
	}
	put(t, c, "/auth_request/url_domain", "auth.example.com")
	if got := problems(thirdAuth, c); len(got) != 1 || !got[0].Warning || got[0].Path != "/auth_request/url_domain" {
		t.Errorf("problems = %v, want a warning at /auth_request/url_domain", got)
	}
}
