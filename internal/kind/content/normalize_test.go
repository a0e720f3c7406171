package content

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

type m = map[string]any

func TestNormalize(t *testing.T) {
	system := m{}
	for _, f := range logFields {
		system[f.name] = f.on
	}
	for _, n := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"} {
		system["custom_data_log"+n] = false
	}
	off := m{
		"log_request_header": false, "log_request_query_string": false, "log_request_body": false,
		"log_response_header": false, "log_response_body": false,
	}
	tests := []struct {
		name, kind string
		in, want   m
	}{
		{
			"comma lists are sets, methods in capitals", "cors",
			m{"allow_origin": "*", "allow_methods": " POST,get, POST,", "allow_headers": "b, A", "expose_headers": " , "},
			m{"allow_origin": "*", "allow_methods": "GET,POST", "allow_headers": "A,b", "allow_credentials": false},
		},
		{
			"numbers from JSON", "cors",
			m{"allow_origin": "*", "max_age": float64(600)},
			m{"allow_origin": "*", "max_age": int64(600), "allow_credentials": false},
		},
		{
			"numbers from JSON, spelled", "cors",
			m{"allow_origin": "*", "max_age": json.Number("600")},
			m{"allow_origin": "*", "max_age": int64(600), "allow_credentials": false},
		},
		{
			"wrong types stay", "cors",
			m{"allow_origin": []any{"*"}, "max_age": "600", "allow_credentials": "yes"},
			m{"allow_origin": []any{"*"}, "max_age": "600", "allow_credentials": "yes"},
		},
		{
			"headers by name, marks of the console gone", "set_resp_headers",
			m{"response_headers": []any{
				m{"name": "B", "action": "delete", "value": "", "id": "x", "focused": true},
				m{"name": "A", "action": "add", "value": "1", "value_type": nil},
			}},
			m{"response_headers": []any{
				m{"name": "A", "action": "add", "value": "1", "value_type": "custom_value"},
				m{"name": "B", "action": "delete", "value_type": "custom_value"},
			}},
		},
		{
			"limits of 0 are none, conditions compact, rules in their order", "rate_limit",
			m{"api_limit": float64(-1), "app_limit": float64(0), "specials": []any{}, "parameters": nil, "rules": []any{
				m{"rule_name": "b", "match_regex": "[ \"Host\", \"==\",\n \"<a>\" ]", "interval": float64(0), "limit": float64(5)},
				m{"rule_name": "a", "match_regex": "no JSON ", "limit": float64(5)},
			}},
			m{"api_limit": int64(-1), "scope": "basic", "algorithm": "counter", "default_time_unit": "second", "rules": []any{
				m{"rule_name": "b", "match_regex": `["Host","==","<a>"]`, "limit": int64(5)},
				m{"rule_name": "a", "match_regex": "no JSON", "limit": int64(5)},
			}},
		},
		{
			"the fields of a log are complete", "kafka_log",
			m{"broker_list": []any{"b:1", "a:1"}, "topic": "t", "retry_backoff": float64(0), "sasl_config": m{}, "meta_config": m{"system": nil}},
			m{
				"broker_list": []any{"a:1", "b:1"}, "topic": "t", "max_retry_count": int64(0), "retry_backoff": int64(1),
				"sasl_config": m{"security_protocol": "PLAINTEXT", "sasl_mechanisms": "PLAIN"},
				"meta_config": m{"system": system, "call_data": off},
			},
		},
		{
			"thresholds of 0 where the mode needs them", "breaker",
			m{"breaker_condition": m{
				"breaker_type": "timeout", "breaker_mode": "percentage", "unhealthy_condition": "", "unhealthy_threshold": float64(0),
				"min_call_threshold": float64(0), "unhealthy_percentage": float64(50), "time_window": float64(5), "open_breaker_time": float64(5),
			}, "downgrade_default": nil, "downgrade_parameters": nil, "downgrade_rules": []any{}},
			m{"scope": "basic", "breaker_condition": m{
				"breaker_type": "timeout", "breaker_mode": "percentage", "min_call_threshold": int64(0),
				"unhealthy_percentage": int64(50), "time_window": int64(5), "open_breaker_time": int64(5),
			}},
		},
		{
			"unused backends, and what a backend's members are not known of", "breaker",
			m{
				"scope":             "share",
				"breaker_condition": m{"breaker_type": "timeout", "unhealthy_threshold": int64(5), "time_window": int64(5), "open_breaker_time": int64(5)},
				"downgrade_default": m{
					"type": "function", "func_info": m{"version": "", "timeout": float64(50), "list": []any{nil, ""}},
					"mock_info": m{"status_code": float64(0), "headers": nil}, "http_info": m{"isVpc": false, "timeout": float64(0)}, "http_vpc_info": nil,
				},
			},
			m{
				"scope": "share",
				"breaker_condition": m{
					"breaker_type": "timeout", "breaker_mode": "counter", "unhealthy_threshold": int64(5),
					"time_window": int64(5), "open_breaker_time": int64(5),
				},
				"downgrade_default": m{"type": "function", "func_info": m{"timeout": int64(50), "list": []any{nil, ""}}},
			},
		},
		{
			"identities by name, nothing is false", "third_auth",
			m{
				"auth_request": m{"method": "GET", "protocol": "HTTPS", "url_domain": "a", "path": "/", "vpc_channel_info": m{"vpc_id": ""}},
				"identities":   m{"headers": []any{m{"name": "b"}, m{"name": "a"}}, "queries": nil}, "match_auth": m{},
				"custom_forbid_limit": float64(0),
			},
			m{
				"auth_request":       m{"method": "GET", "protocol": "HTTPS", "url_domain": "a", "path": "/", "timeout": int64(5000), "vpc_channel_enabled": false},
				"identities":         m{"headers": []any{m{"name": "a"}, m{"name": "b"}}},
				"carry_body":         m{"enabled": false},
				"carry_path_enabled": false, "return_resp_body_enabled": false, "simple_auth_mode_enabled": false,
				"rule_enabled": false, "auth_downgrade_enabled": false,
			},
		},
		{
			"default headers, statuses in order, a time of 0 kept", "proxy_cache",
			m{
				"cache_key": m{"parameters": []any{"q", "p", "q"}, "headers": []any{}}, "cacheable_headers": []any{},
				"cache_http_status_and_ttl": []any{m{"http_status": []any{float64(404), float64(200)}, "ttl": float64(0)}},
			},
			m{
				"cache_key":                 m{"parameters": []any{"p", "q"}},
				"cache_http_status_and_ttl": []any{m{"http_status": []any{int64(200), int64(404)}, "ttl": int64(0)}},
				"client_cache_control":      m{"mode": "off"},
				"cacheable_headers":         []any{"Content-Encoding", "Content-Language", "Content-Type"},
			},
		},
		{
			"decimals", "proxy_mirror",
			m{"protocol": "HTTP", "host": "a", "sample_ratio": int64(0), "timeout": float64(0)},
			m{"protocol": "HTTP", "host": "a", "sample_ratio": float64(0), "path_concat_mode": "replace", "mirror_request_body_enabled": true},
		},
		{
			"a key in one spelling", "oidc_auth",
			m{"client_id": "c", "discovery": "d", "redirect_api_id": "r", "scope": " openid  email", "jwks_enabled": false, "public_key": "a\r\nb\n"},
			m{
				"client_id": "c", "discovery": "d", "redirect_api_id": "r", "scope": "openid email", "jwks_enabled": false, "public_key": "a\nb",
				"access_token_expires_in": int64(3600), "jwt_cache_enabled": true, "slient_renew_access_token_enabled": true,
			},
		},
		{
			"a header's name has one spelling", "jwt_auth",
			m{"jwks": `{"keys": [{"kty":"RSA", "e":"AQAB"}]}`, "token_name": "x-token", "token_expiration_tolerance": float64(60), "blacklist": nil},
			m{
				"jwks": `{"keys":[{"e":"AQAB","kty":"RSA"}]}`, "token_location": "header", "token_name": "X-Token", "token_prefix": "Bearer",
				"token_expiration_tolerance": "60", "token_pass_through_enabled": false, "missing_token_skip_auth_enabled": false,
				"ignore_expiration_validation_enabled": false,
			},
		},
		{
			"a query parameter has no prefix", "jwt_auth",
			m{"jwks_service": m{"url": "u", "x": nil}, "token_location": "query", "token_prefix": "Bearer"},
			m{
				"jwks_service": m{"url": "u"}, "token_location": "query", "token_name": "access_token",
				"token_expiration_tolerance": "0", "token_pass_through_enabled": false, "missing_token_skip_auth_enabled": false,
				"ignore_expiration_validation_enabled": false,
			},
		},
	}
	for _, tt := range tests {
		typ := Of(tt.kind)
		if diff := cmp.Diff(tt.want, typ.Normalize(tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestEchoIsEqual checks that what a gateway may return has the same canonical form as what was sent, and that
// normalizing does not modify its input.
func TestEchoIsEqual(t *testing.T) {
	for _, typ := range Types {
		for seed := range uint64(300) {
			r := rand.New(rand.NewPCG(seed, 1))
			sent := thinned(r, typ.Shape, Example(typ.Name)).(m)
			if seed == 0 {
				sent = minimal(t, typ.Name)
			}
			want := typ.Normalize(sent)
			if diff := cmp.Diff(want, typ.Normalize(want)); diff != "" {
				t.Fatalf("%s seed %d: not idempotent (-once +twice):\n%s", typ.Name, seed, diff)
			}
			got := echo(r, typ, typ.Shape, "", sent).(m)
			before := encodeJSON(got)
			rest, _ := typ.Without(got, sent, false)
			if diff := cmp.Diff(want, typ.Normalize(rest)); diff != "" {
				t.Fatalf("%s seed %d: (-sent +echoed):\n%s\nechoed: %s", typ.Name, seed, diff, before)
			}
			carried, _ := typ.KeepUnknown(sent, got, false)
			if diff := cmp.Diff(typ.Normalize(got), typ.Normalize(carried)); diff != "" {
				t.Fatalf("%s seed %d: (-echoed +sent again):\n%s", typ.Name, seed, diff)
			}
			if after := encodeJSON(got); after != before {
				t.Fatalf("%s seed %d: the input was edited", typ.Name, seed)
			}
		}
	}
}

// thinned removes optional members at random.
func thinned(r *rand.Rand, s *shape.Shape, v any) any {
	switch v := v.(type) {
	case m:
		out := m{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			field := s.Field(name)
			required := slices.ContainsFunc(s.Fields, func(f shape.Field) bool { return f.Name == name && f.Required })
			if field == nil || field.Type == shape.AnyValue {
				out[name] = v[name]
			} else if required || r.IntN(3) > 0 {
				out[name] = thinned(r, field, v[name])
			}
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = thinned(r, either(s.Items).Choose(out[i]), out[i])
		}
		return out
	}
	return v
}

// either wraps a shape, so that Choose works on every shape.
func either(s *shape.Shape) *shape.Shape {
	if s.Type == shape.Either {
		return s
	}
	return shape.OfEither("", s)
}

// echo returns v as a gateway might return it: with defaults and empty members filled in, sets in another order,
// comma-separated lists and JSON spelled differently, JSON numbers, and members that were not sent.
func echo(r *rand.Rand, typ Type, s *shape.Shape, at string, v any) any {
	form := typ.forms[at]
	switch v := v.(type) {
	case m:
		if s.Type != shape.Map {
			return v
		}
		out := m{}
		for name := range v {
			if s.Field(name) == nil {
				out[name] = v[name]
			}
		}
		for _, f := range s.Fields {
			place := at + "/" + f.Name
			if member, ok := v[f.Name]; ok {
				out[f.Name] = echo(r, typ, f.Shape, place, member)
			} else if member = empty(r, typ, f, place); member != absent {
				out[f.Name] = member
			}
		}
		if s.UnknownKeys != shape.AllowUnknown && r.IntN(2) == 0 {
			out["brand_new"] = m{"a": []any{1.5}}
			out["focused"] = true
		}
		return out
	case []any:
		if s.Type != shape.List {
			return v
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = echo(r, typ, either(s.Items).Choose(v[i]), at+"/*", v[i])
		}
		if s.Set || s.Key != nil && !s.Ordered {
			r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		}
		return out
	case string:
		return respelled(r, s, form, v)
	case int64:
		if r.IntN(2) == 0 {
			return json.Number(encodeJSON(v))
		}
		return float64(v)
	}
	return v
}

func respelled(r *rand.Rand, of *shape.Shape, form form, s string) string {
	switch {
	case of.Set:
		items := strings.Split(s, ",")
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		return " " + strings.Join(items, " , ")
	case form == nil:
		return s
	case form("[ 1 ]") == "[1]":
		return strings.ReplaceAll(s, `["`, "[\n \"")
	case form("a\r\nb\n") == "a\nb":
		return strings.ReplaceAll(s, "\n", "\r\n") + "\r\n"
	}
	return s
}

// empty returns one of the values with which a gateway reports that a member is not set. It may be absent.
func empty(r *rand.Rand, typ Type, f shape.Field, at string) any {
	ways := []any{absent, nil}
	def := typ.defaultOf(f.Shape, at)
	if def != nil {
		ways = append(ways, def)
	}
	switch f.Shape.Type {
	case shape.Text:
		ways = append(ways, "")
	case shape.Integer:
		if def == nil {
			ways = append(ways, float64(0))
		}
	case shape.List:
		ways = append(ways, []any{})
	case shape.Map:
		ways = append(ways, m{}, m{"brand_new": nil})
	}
	return ways[r.IntN(len(ways))]
}

// FuzzNormalize checks for any JSON that normalizing twice equals normalizing once, and that nothing panics.
func FuzzNormalize(f *testing.F) {
	for _, typ := range Types {
		f.Add(typ.Name, encodeJSON(Example(typ.Name)))
		for _, e := range broken[typ.Name] {
			if parts := strings.Split(e.at, "/"); len(parts) == 2 && e.v != absent {
				f.Add(typ.Name, encodeJSON(m{parts[1]: e.v}))
			}
		}
	}
	f.Add("third_auth", `{"carry_body":0}`)
	f.Add("not_yet_known", `{"big":99999999999999999999,"list":[{"b":null},1.0]}`)
	f.Add("oidc_auth", `{"public_key":"\r\r\n"}`)
	f.Add("cors", `{"max_age":1e400,"allow_origin":"ŉ, ,"}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		typ := Of(name)
		v, err := decodeJSON(text)
		c, isMap := v.(m)
		if err != nil || !isMap {
			t.Skip()
		}
		before := encodeJSON(c)
		once := typ.Normalize(c)
		if encodeJSON(c) != before {
			t.Errorf("the input was edited: %s", before)
		}
		if diff := cmp.Diff(once, typ.Normalize(once)); diff != "" {
			t.Errorf("not idempotent (-once +twice):\n%s", diff)
		}
		problems(typ, c)
		problems(typ, once)
	})
}
