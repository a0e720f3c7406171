package reconcile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

const limits = `version: apigw-sync/v1
apps: [{name: mobile}]
throttles:
  - {name: base, time_interval: 1, time_unit: SECOND, api_call_limits: 100, apis: [{group: orders}],
     specials: [{app: mobile, call_limits: 5}, {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 7}]}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.1]}
`

// TestValuesNobodyHasHeardOf: in the answers of lists, old is replaced by new, a value that this version does not know. It is
// shown as it is and never read as another value, and fields that are absent are not compared.
func TestValuesNobodyHasHeardOf(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		file     string   // "" is the file from which the gateway was made
		want     []string // changes
		warning  string
	}{
		{
			name: "object type of a special", old: `"object_type":"USER"`, new: `"object_type":"IP"`,
			file: strings.Replace(limits, ", {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 7}", "", 1), warning: "throttle_special/base/IP:5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b",
		},
		{
			name: "object type as a number", old: `"object_type":"USER"`, new: `"object_type":3`,
			file: strings.Replace(limits, ", {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 7}", "", 1), warning: "throttle_special/base/3:5f1c2c0b",
		},
		{name: "type of a throttle", old: `"type":1`, new: `"type":3`, want: []string{"update throttle/base /type: 3 → basic"}},
		{name: "type as text", old: `"type":1`, new: `"type":"1"`},
		{name: "type in words", old: `"type":1`, new: `"type":"burst"`, want: []string{"update throttle/base /type: burst → basic"}},
		{name: "null type is the default", old: `"type":1`, new: `"type":null`},
		{name: "time unit", old: `"time_unit":"SECOND"`, new: `"time_unit":"WEEK"`, want: []string{"update throttle/base /time_unit: WEEK → SECOND"}},
		{name: "no time unit", old: `"time_unit":"SECOND"`, new: `"time_unit":null`, warning: "throttle/base /time_unit"},
		{name: "limit as text", old: `"api_call_limits":100`, new: `"api_call_limits":"100"`},
		{name: "limit beyond int64", old: `"api_call_limits":100`, new: `"api_call_limits":99999999999999999999`, want: []string{"update throttle/base /api_call_limits: 99999999999999999999 → 100"}},
		{name: "half a call", old: `"api_call_limits":100`, new: `"api_call_limits":0.5`, want: []string{"update throttle/base /api_call_limits: 0.5 → 100"}},
		{name: "limit in words", old: `"api_call_limits":100`, new: `"api_call_limits":"many"`, want: []string{"update throttle/base /api_call_limits: many → 100"}},
		{name: "limit as a list", old: `"api_call_limits":100`, new: `"api_call_limits":[1,2]`, want: []string{"update throttle/base /api_call_limits: [1 2] → 100"}},
		{name: "unset limit beyond int64", old: `"user_call_limits":0`, new: `"user_call_limits":1e40`, want: []string{"update throttle/base /user_call_limits: 1e40 → <nil>"}},
		{name: "limit of a special", old: `"call_limits":5,`, new: `"call_limits":1e40,`, want: []string{"update throttle_special/base/app:mobile /call_limits: 1e40 → 5"}},
		{name: "entity type is fixed", old: `"entity_type":"IP"`, new: `"entity_type":"GEO"`, want: []string{"replace acl/office /entity_type: GEO → IP"}},
		{name: "no entity type", old: `"entity_type":"IP"`, new: `"entity_type":null`, warning: "acl/office /entity_type"},
		{name: "type of an ACL", old: `"acl_type":"PERMIT"`, new: `"acl_type":"LOG"`, want: []string{"update acl/office /type: LOG → PERMIT"}},
		{name: "no values", old: `"acl_value":"10.0.0.1"`, new: `"acl_value":null`, warning: "acl/office /values"},
		{
			name: "bindings not counted", old: `"bind_num":2`, new: `"bind_num":null`, file: strings.Replace(limits, "apis: [{group: orders}]", "apis: []", 1),
			want: []string{"unbind throttle_binding/base/orders/api_0@RELEASE", "unbind throttle_binding/base/orders/api_1@RELEASE"},
		},
		{
			name: "bindings counted in words", old: `"bind_num":2`, new: `"bind_num":"two"`, file: strings.Replace(limits, "apis: [{group: orders}]", "apis: []", 1),
			want: []string{"unbind throttle_binding/base/orders/api_0@RELEASE", "unbind throttle_binding/base/orders/api_1@RELEASE"},
		},
		{name: "bindings without the environment's name", old: `"run_env_name":"RELEASE"`, new: `"run_env_name":null`},
		{name: "publications as lists", old: `"run_env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID"`, new: `"run_env_id":["DEFAULT_ENVIRONMENT_RELEASE_ID"]`},
	}
	b := newBench(t, apis(2), emulator.Options{}, remote.Config{})
	b.apply(limits)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bent := 0
			run := *b.run
			run.Options.Prune = false
			run.Caller = bend(t, b.gateway, func(_ *http.Request, body []byte) (int, []byte) {
				bent += bytes.Count(body, []byte(tt.old))
				return 200, bytes.ReplaceAll(body, []byte(tt.old), []byte(tt.new))
			})
			file := tt.file
			if file == "" {
				file = limits
			}
			c := compare(t.Context(), t, &run, load(t, []byte(file)))
			if bent == 0 {
				t.Fatal("nothing was changed")
			}
			if d := cmp.Diff(tt.want, words(c.Plan)); d != "" {
				t.Errorf("changes (-want +got):\n%s", d)
			}
			if told := fmt.Sprint(c.Plan.Warnings); !strings.Contains(told, tt.warning) || (tt.warning == "") != (len(c.Plan.Warnings) == 0) {
				t.Errorf("warnings %s, want %q", told, tt.warning)
			}
		})
	}
}

func words(p *diff.Plan) (out []string) {
	for i := range p.Changes {
		ch := &p.Changes[i]
		text := string(ch.Action) + " " + ch.Address
		for _, f := range ch.Fields {
			text += fmt.Sprintf(" %s: %v → %v", f.Path, f.Before, f.After)
		}
		out = append(out, text)
	}
	return out
}

// TestIgnoredOddValuesStay: with an ignore rule, a file can leave out a field whose value this version does not know, and an update
// of another field sends that value back unchanged.
func TestIgnoredOddValuesStay(t *testing.T) {
	const odd = `"api_call_limits":99999999999999999999`
	b := newBench(t, apis(1), emulator.Options{}, remote.Config{})
	b.apply(limits)
	run := *b.run
	run.Options.Prune = false
	run.Caller = bend(t, b.gateway, func(_ *http.Request, body []byte) (int, []byte) {
		return 200, bytes.ReplaceAll(bytes.ReplaceAll(body, []byte(`"api_call_limits":100`), []byte(odd)), []byte(`"type":1`), []byte(`"type":3`))
	})
	file := "version: apigw-sync/v1\nthrottles:\n  - {name: base, time_interval: 1, time_unit: SECOND, remark: new}\n" +
		"ignore:\n  - {kind: throttle, name: base, fields: [/api_call_limits, /type], reason: newer than this version}\n"
	c := compare(t.Context(), t, &run, load(t, []byte(file)))
	if d := cmp.Diff([]string{"update throttle/base /remark:  → new"}, words(c.Plan)); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	q, err := kind.Of("throttle").Update(c.Plan.Changes[0].Want.Value, *c.Plan.Changes[0].Have, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(q.Body)
	if sent := string(raw); err != nil || !strings.Contains(sent, odd) || !strings.Contains(sent, `"type":3`) {
		t.Errorf("sends %s, %v", sent, err)
	}
}
