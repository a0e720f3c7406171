package content

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCarry checks that members which the gateway has and this version does not know are sent along with what the
// file declares, and are no difference.
func TestCarry(t *testing.T) {
	rule := func(name string, more m) m {
		r := m{"rule_name": name, "match_regex": condition, "limit": int64(1)}
		maps.Copy(r, more)
		return r
	}
	tests := []struct {
		name, kind       string
		want, have, sent m
		masked           []string
	}{
		{
			"a member", "cors",
			m{"allow_origin": "*"},
			m{"allow_origin": "https://a.com", "allow_private_network": true, "max_age": int64(5)},
			m{"allow_origin": "*", "allow_private_network": true},
			nil,
		},
		{
			"one that the file mentions", "cors",
			m{"allow_origin": "*", "vary": "never", "gone": nil},
			m{"allow_origin": "*", "vary": "always", "gone": int64(1)},
			m{"allow_origin": "*", "vary": "never", "gone": nil},
			nil,
		},
		{
			"members of entries by their key", "rate_limit",
			m{"api_limit": int64(5), "rules": []any{rule("b", nil), rule("c", nil)}},
			m{"api_limit": int64(5), "rules": []any{rule("a", m{"priority": int64(1)}), rule("b", m{"priority": int64(2)})}},
			m{"api_limit": int64(5), "rules": []any{rule("b", m{"priority": int64(2)}), rule("c", nil)}},
			nil,
		},
		{
			"members of entries without a key, by what they hold, else by their place", "proxy_cache",
			m{"cache_http_status_and_ttl": []any{
				m{"http_status": []any{int64(200)}, "ttl": int64(5)}, m{"http_status": []any{int64(404)}, "ttl": int64(9)},
			}},
			m{"cache_http_status_and_ttl": []any{
				m{"http_status": []any{int64(404)}, "ttl": int64(1), "grace": int64(1)}, m{"http_status": []any{int64(200)}, "ttl": int64(5), "grace": int64(2)},
			}},
			m{"cache_http_status_and_ttl": []any{
				m{"http_status": []any{int64(200)}, "ttl": int64(5), "grace": int64(2)}, m{"http_status": []any{int64(404)}, "ttl": int64(9)},
			}},
			nil,
		},
		{
			"members of an object that always exists, and of an optional one that says nothing else", "third_auth",
			m{},
			m{"carry_body": m{"enabled": true, "compressed": true}, "identities": m{"headers": nil, "query": []any{"q"}}},
			m{"carry_body": m{"compressed": true}, "identities": m{"query": []any{"q"}}},
			nil,
		},
		{
			"an optional object goes as a whole", "third_auth",
			m{"simple_auth_mode_enabled": true},
			m{"match_auth": m{"key": "k", "value": "v", "regex": true, "salt": "***"}},
			m{"simple_auth_mode_enabled": true},
			nil,
		},
		{
			"what is passed on as it is goes as a whole", "jwt_auth",
			m{"jwks": `{"keys":[{}]}`},
			m{"jwks_service": m{"url": "https://a.com"}},
			m{"jwks": `{"keys":[{}]}`},
			nil,
		},
		{
			"a type that nobody knows", "waf",
			m{"mode": "block", "rules": []any{m{"id": "2"}, m{"id": "1"}}},
			m{"mode": "log", "rules": []any{m{"id": "1", "score": int64(5)}, m{"id": "2", "score": int64(7)}}, "level": m{"a": int64(1)}},
			m{"mode": "block", "rules": []any{m{"id": "2", "score": int64(7)}, m{"id": "1", "score": int64(5)}}, "level": m{"a": int64(1)}},
			nil,
		},
		{
			"what is masked cannot be sent", "kafka_log",
			m{"topic": "t"},
			m{"topic": "t", "sasl_config": m{"oauth": m{"token": "abc***xyz"}}},
			m{"topic": "t", "sasl_config": m{"oauth": m{"token": "abc***xyz"}}},
			[]string{"/sasl_config/oauth"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			typ := Of(tt.kind)
			before := encodeJSON(tt.want) + encodeJSON(tt.have)
			got, masked := typ.KeepUnknown(tt.want, tt.have, false)
			if diff := cmp.Diff(tt.sent, got); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if !slices.Equal(masked, tt.masked) {
				t.Errorf("masked: %v, want %v", masked, tt.masked)
			}
			rest, _ := typ.Without(got, tt.want, false)
			if diff := cmp.Diff(typ.Normalize(tt.want), typ.Normalize(rest)); diff != "" {
				t.Errorf("after it was sent (-want +compared):\n%s", diff)
			}
			if after := encodeJSON(tt.want) + encodeJSON(tt.have); after != before {
				t.Error("the input was edited")
			}
		})
	}
}

// FuzzCarry checks for any contents that what is sent matches the file, and that sending it a second time changes
// nothing.
func FuzzCarry(f *testing.F) {
	for _, typ := range Types {
		f.Add(typ.Name, encodeJSON(minimal(f, typ.Name)), encodeJSON(Example(typ.Name)))
		f.Add("not_yet_known", encodeJSON(minimal(f, typ.Name)), encodeJSON(Example(typ.Name)))
	}
	f.Add("third_auth", `{"identities":null}`, `{"identities":{"query":["a"]},"match_auth":{"key":"k","x":1}}`)
	f.Add("waf", `{"a":[{"b":1},{"b":1,"c":2}]}`, `{"a":[{"b":1,"d":1},{"b":1}]}`)
	f.Fuzz(func(t *testing.T, name, wanted, held string) {
		typ := Of(name)
		v, err1 := decodeJSON(wanted)
		x, err2 := decodeJSON(held)
		want, isMap := v.(m)
		have, both := x.(m)
		if err1 != nil || err2 != nil || !isMap || !both {
			t.Skip()
		}
		sent, _ := typ.KeepUnknown(want, have, false)
		rest, _ := typ.Without(sent, want, false)
		if diff := cmp.Diff(typ.Normalize(want), typ.Normalize(rest)); diff != "" {
			t.Errorf("another is sent than wanted (-want +sent):\n%s", diff)
		}
		again, _ := typ.KeepUnknown(want, sent, false)
		if diff := cmp.Diff(typ.Normalize(sent), typ.Normalize(again)); diff != "" {
			t.Errorf("sending again changes it (-once +twice):\n%s", diff)
		}
	})
}
