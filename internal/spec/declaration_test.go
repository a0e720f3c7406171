package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestDeclarationOf: the last layer that sets or removes a leaf declares it.
func TestDeclarationOf(t *testing.T) {
	const base = `version: apigw-sync/v1
throttles:
  - name: a_throttle
    time_interval: 1
    time_unit: SECOND
    api_call_limits: ${LIMIT:-${OTHER:-800}}
    user_call_limits: 5
    specials:
      - {app: shop, call_limits: "${SPECIAL}"}
plugins:
  - name: a_plugin
    type: cors
    content:
      allow_origin: "*"
      max_age: 5
acls:
  - {name: an_acl, type: PERMIT, entity_type: IP, values: [10.0.0.1, "${B}", "${A}"]}
`
	const first = `version: apigw-sync/v1
throttles:
  - {name: a_throttle, user_call_limits: null}
plugins:
  - {name: a_plugin, content: {max_age: null}}
`
	const second = `version: apigw-sync/v1
plugins:
  - {name: a_plugin, content: {max_age: 7}}
acls:
  - {name: another, type: DENY, entity_type: IP, values: [10.0.0.1]}
`
	values := map[string]string{"SPECIAL": "3", "A": "10.0.0.2", "B": "10.0.0.3"}
	state, places, findings := LoadPlaces([]Input{
		{Name: "base", Data: []byte(base)}, {Name: "first", Data: []byte(first), Overlay: true}, {Name: "second", Data: []byte(second), Overlay: true},
	}, Options{Lookup: func(name string) (string, bool) { v, ok := values[name]; return v, ok }}, "")
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	objects := map[string]*kind.Declared{}
	for i := range state.Objects {
		objects[state.Objects[i].Address()] = &state.Objects[i]
	}
	at := func(file string, line int) kind.Source { return kind.Source{File: file, Line: line} }
	for _, tt := range []struct {
		address, pointer string
		want             Declaration
	}{
		{"throttle/a_throttle", "/api_call_limits", Declaration{Source: at("base", 6), Variables: []string{"LIMIT", "OTHER"}, Exact: true}},
		{"throttle/a_throttle", "/user_call_limits", Declaration{Source: at("first", 3), Overlay: true, Exact: true}},
		{"throttle/a_throttle", "/ip_call_limits", Declaration{Source: at("base", 3)}},
		{"throttle_special/a_throttle/app:shop", "/call_limits", Declaration{Source: at("base", 9), Variables: []string{"SPECIAL"}, Exact: true}},
		{"plugin/a_plugin", "/content/allow_origin", Declaration{Source: at("base", 14), Exact: true}},
		{"plugin/a_plugin", "/content/max_age", Declaration{Source: at("second", 3), Overlay: true, Exact: true}},
		{"plugin/a_plugin", "/content/allow_methods", Declaration{Source: at("base", 14)}},
		{"acl/an_acl", "/values/1", Declaration{Source: at("base", 17), Variables: []string{"A", "B"}, Exact: true}},
		{"acl/another", "", Declaration{Source: at("second", 5), Overlay: true, Exact: true}},
	} {
		got := places.DeclarationOf(objects[tt.address], tt.pointer)
		got.Source.Column = 0
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.address, tt.pointer, d)
		}
	}
}
