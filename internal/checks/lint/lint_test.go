package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// variables gives every variable in a test file a value.
func variables(name string) (string, bool) { return "value-of-" + name, true }

// input loads a file, which must have no errors.
func input(t testing.TB, file string) Input {
	t.Helper()
	state, places, findings := spec.LoadPlaces([]spec.Input{{Name: "f", Data: []byte(file)}}, spec.Options{Lookup: variables}, Marker)
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	return Input{State: state, Places: places, Today: "2026-11-27"}
}

// only turns off all other rules.
func only(in Input, ids ...string) Input {
	in.Severities = map[string]Severity{}
	for _, r := range Rules {
		in.Severities[r.ID] = Off
	}
	for _, id := range ids {
		in.Severities[id] = Warning
	}
	return in
}

// told returns the findings of a run as LINE:COLUMN ADDRESS: message.
func told(in Input) (out []string) {
	for _, f := range Run(in).Findings {
		out = append(out, fmt.Sprintf("%d:%d %s: %s", f.Place.Source.Line, f.Place.Source.Column, f.Address, f.Message))
	}
	return out
}

// pair returns a file with a throttle and a plugin of type rate_limit, each bound to the given references.
func pair(throttle, plugin string) string {
	return `version: apigw-sync/v1
throttles:
  - {name: ttt, time_interval: 1, time_unit: DAY, api_call_limits: 9, apis: ` + throttle + `}
plugins:
  - {name: ppp, type: rate_limit, content: {api_limit: 9}, apis: ` + plugin + `}
`
}

// TestShadowedByFilesAlone checks that without a gateway a throttle is called shadowed only if the references prove
// it.
func TestShadowedByFilesAlone(t *testing.T) {
	for _, c := range []struct {
		throttle, plugin string
		want             bool
	}{
		{`[g/a]`, `[g/a]`, true},
		{`[g/a]`, `[g/b]`, false},
		{`[g/a]`, `[{group: g, name: a}]`, true},
		{`[g/a]`, `[{group: g}]`, true},
		{`[{group: g}]`, `[g/a]`, true},
		{`[g/abc]`, `[{name: "a?c"}]`, true},
		{`[g/abc]`, `[{group: h*, name: "a?c"}]`, false},
		{`[g/a]`, `[{group: g, environment: STAGING}]`, false},
		{`[{group: g, environment: STAGING}]`, `[{group: g, environment: STAGING}]`, true},
		{`[{group: g}]`, `[{group: g}]`, true},
		{`[{group: g}]`, `[{name: "*"}]`, true},
		{`[{group: g, name: "get_*"}]`, `[{group: g}]`, true},
		{`[{group: g, name: "get_*"}]`, `[{group: g, name: "get_*"}]`, true},
		{`[{group: g, name: "get_*"}]`, `[{group: g, name: "get_?"}]`, false}, // the only match may be get_12
		{`[{group: g, name: "g*"}]`, `[{group: g, name: "get_*"}]`, false},
		{`[{group: g, tags: [x]}]`, `[{group: g}]`, true},
		{`[{group: g, tags: [x]}]`, `[{group: g, tags: [z]}]`, false},
		{`[{group: g, tags: [x, z]}]`, `[{tags: [z]}]`, true},
		{`[{method: GET, path: /x}]`, `[{path: /x}]`, true},
		{`[{path: /x}]`, `[{group: g}]`, false},
		{`[g/a]`, `[{group: g, name: a, method: GET}]`, false},
		{`[g/a/b]`, `[{group: g}]`, false},                                      // the group may be called g/a
		{`[{group: g, optional: true}]`, `[{group: g, optional: true}]`, false}, // the group may not exist
		{`[]`, `[{group: g}]`, false},
	} {
		in := only(input(t, pair(c.throttle, c.plugin)), "AGS005")
		if got := told(in); len(got) > 1 || (len(got) == 1) != c.want {
			t.Errorf("%s and %s: %v", c.throttle, c.plugin, got)
		}
	}
}

func api(group, name string, envs ...string) *kind.API {
	a := &kind.API{ID: group + name, Group: group, Name: name}
	for _, e := range envs {
		a.Publish(e, "", "")
	}
	return a
}

// TestGateway checks that findings take into account what an export contains, except where the files declare
// something else.
func TestGateway(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
owns: {apps: ["mine*", "nobody*"], plugins: ["held*"]}
throttles:
  - {name: left_alone, time_interval: 1, time_unit: DAY, api_call_limits: 9}
  - {name: emptied, time_interval: 1, time_unit: DAY, api_call_limits: 9, apis: []}
  - {name: new_name, moved_from: old_name, time_interval: 1, time_unit: DAY, api_call_limits: 9}
  - {name: dead_end, time_interval: 1, time_unit: DAY, api_call_limits: 9, apis: [{name: "none*", optional: true}]}
  - {name: unbound, time_interval: 1, time_unit: DAY, api_call_limits: 9}
apps:
  - {name: mine, apis: [g/a]}
  - {name: mine_too, apis: [{group: h, environment: STAGING}]}
ignore:
  - {kind: acl, name: "held*"}
  - {kind: acl, name: "absent*"}
`)
	a, b, c, d, e := api("g", "a", "RELEASE", "STAGING"), api("g", "b", "RELEASE"), api("g", "c", "RELEASE"), api("g", "d", "STAGING"), api("h", "e", "STAGING")
	link := func(kindName, owner string, api *kind.API) kind.Link {
		return kind.Link{Kind: kindName, Owner: owner, To: api.Publication("RELEASE", "", "")}
	}
	in.Gateway = &Gateway{
		Catalog: kind.NewCatalog([]*kind.API{a, b, c, d, e}),
		Actual: kind.Actual{
			Objects: []kind.Object{
				{Kind: "throttle", Key: "left_alone"},
				{Kind: "throttle", Key: "emptied"},
				{Kind: "throttle", Key: "old_name"},
				{Kind: "acl", Key: "held"},
				{Kind: "plugin", Key: "held_plugin", Value: kind.Plugin{Name: "held_plugin", Type: "rate_limit"}},
			},
			Links: []kind.Link{
				link("throttle_binding", "left_alone", a), link("throttle_binding", "emptied", b), link("throttle_binding", "old_name", c),
				link("plugin_binding", "held_plugin", a),
			},
		},
	}
	got := told(only(in, "AGS003", "AGS004", "AGS005", "AGS008"))
	want := []string{
		`2:24 : "nobody*" under owns matches no app in the files, and none on the gateway`,
		"5:81 throttle/emptied: is bound to no API",
		"7:82 throttle/dead_end: is bound to no API: no reference matches one that is published",
		"7:83 throttle/dead_end: no API matches {name: none*}",
		"8:12 throttle/unbound: is bound to no API: the files leave its bindings alone, and the gateway has none",
		"10:25 app/mine: no throttle and no ACL for g/b in RELEASE, although APIs of the group are bound here",
		"11:29 app/mine_too: no throttle and no ACL for h/e in STAGING, although APIs of the group are bound here",
		"13:23 : ignores nothing: no acl in the files matches, and owns covers none either",
		"14:23 : ignores nothing: no acl in the files or on the gateway matches",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestShadowedOnTheGateway checks that a plugin which only the gateway has can shadow a throttle of the files.
func TestShadowedOnTheGateway(t *testing.T) {
	in := only(input(t, pair("[g/a]", "[g/b]")), "AGS005")
	a := api("g", "a", "RELEASE")
	in.Gateway = &Gateway{
		Catalog: kind.NewCatalog([]*kind.API{a, api("g", "b", "RELEASE")}),
		Actual: kind.Actual{
			Objects: []kind.Object{{Kind: "plugin", Key: "held", Value: kind.Plugin{Type: "rate_limit"}}},
			Links:   []kind.Link{{Kind: "plugin_binding", Owner: "held", To: a.Publication("RELEASE", "", "")}},
		},
	}
	want := []string{"3:78 throttle/ttt: api_call_limits has no effect on g/a in RELEASE, because plugin/held limits calls there (on the gateway)"}
	if d := cmp.Diff(want, told(in)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestNearDuplicates checks that objects with the same effect are found even if they are written differently, and
// that objects with different effects are not.
func TestNearDuplicates(t *testing.T) {
	throttle := func(name, more string) string {
		return "  - {name: " + name + ", time_interval: 1, time_unit: DAY, api_call_limits: 9" + more + "}\n"
	}
	in := input(t, "version: apigw-sync/v1\nthrottles:\n"+
		throttle("one", "")+throttle("two", ", type: basic, remark: the same")+
		throttle("shared_1", ", type: shared")+throttle("shared_2", ", type: shared")+
		throttle("special_1", ", specials: [{user: x, call_limits: 1}, {user: z, call_limits: 2}]")+
		throttle("special_2", ", specials: [{user: z, call_limits: 2}, {user: x, call_limits: 1}]")+
		throttle("special_3", ", specials: [{user: z, call_limits: 1}, {user: x, call_limits: 1}]")+
		throttle("special_4", ", specials: []")+
		`apps: [{name: app_1}, {name: app_2}]
plugins:
  - {name: cors_1, type: cors, content: {allow_origin: "*", allow_methods: "GET,POST"}}
  - {name: cors_2, type: cors, content: {allow_origin: "*", allow_methods: "POST, GET"}}
  - {name: share_1, type: rate_limit, content: {api_limit: 1, scope: share}}
  - {name: share_2, type: rate_limit, content: {api_limit: 1, scope: share}}
acls:
  - {name: acl_1, type: DENY, entity_type: IP, values: [10.0.0.0/31, 10.0.0.2]}
  - {name: acl_2, type: DENY, entity_type: IP, values: [10.0.0.0-10.0.0.2]}
  - {name: acl_3, type: PERMIT, entity_type: IP, values: [10.0.0.0-10.0.0.2]}
`)
	want := []string{
		"4:12 throttle/two: has the same effect as throttle/one (f:3:5)",
		"8:12 throttle/special_2: has the same effect as throttle/special_1 (f:7:5)",
		"14:12 plugin/cors_2: has the same effect as plugin/cors_1 (f:13:5)",
		"19:12 acl/acl_2: has the same effect as acl/acl_1 (f:18:5)",
	}
	if d := cmp.Diff(want, told(only(in, "AGS009"))); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestGlobsByFilesAlone checks that without a gateway a glob is called useless only if no gateway could make it
// match.
func TestGlobsByFilesAlone(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
owns: {apps: ["shop_*", "shops_*"], acls: ["*"], throttles: ["thr*"]}
apps: [{name: shop_one}]
throttles:
  - {name: thr, time_interval: 1, time_unit: DAY, api_call_limits: 9, specials: [{app: shop_one, call_limits: 1}]}
ignore:
  - {kind: app, name: "legacy_*"}
  - {kind: plugin, name: "legacy_*"}
  - {kind: plugin_binding, name: "legacy_*"}
  - {kind: app, name: shop_on, fields: [/remark]}
  - {kind: app, name: "shop_*", fields: [/remark]}
  - {kind: throttle_special, name: "thr/app:shop*", fields: [/call_limits]}
  - {kind: throttle_special, name: thr}
`)
	want := []string{
		`2:25 : "shops_*" under owns matches no app in the files`,
		"8:26 : ignores nothing: no plugin in the files matches, and owns covers none either",
		"9:34 : ignores nothing: no plugin_binding in the files matches, and owns covers none either",
		"10:23 : ignores nothing: no app in the files matches, and fields of undeclared objects are never compared",
	}
	if d := cmp.Diff(want, told(only(in, "AGS008"))); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestUnusedComments checks that an ignore comment is called unused only if its rule had everything that it needs to
// look at.
func TestUnusedComments(t *testing.T) {
	in := input(t, `version: apigw-sync/v1
# apigw-sync:ignore-file AGS001 finds all that there is without a gateway
# apigw-sync:ignore-file AGS005 finds more with one
# apigw-sync:ignore-file AGS015 finds nothing without one
# apigw-sync:ignore-file AGS009 is off
apps: [{name: app}]
`)
	in.Severities = map[string]Severity{"AGS009": Off}
	want := []string{"2:1 : AGS001 finds nothing here"}
	if d := cmp.Diff(want, told(in)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	in.Severities["AGS003"] = Off
	in.Gateway = &Gateway{Catalog: kind.NewCatalog([]*kind.API{api("g", "a")})}
	want = append(want, "3:1 : AGS005 finds nothing here", "4:1 : AGS015 finds nothing here")
	if d := cmp.Diff(want, told(in)); d != "" {
		t.Errorf("with a gateway: -want +got\n%s", d)
	}
	in.Severities["AGS016"] = Off
	if got := told(in); len(got) > 0 {
		t.Errorf("when it is off: %v", got)
	}
}

// TestSplit checks that the list of rules in a comment ends with the first word that no comma follows.
func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"":                              " | ",
		"AGS001":                        "AGS001 | ",
		"AGS001 why not":                "AGS001 | why not",
		"AGS001,AGS002 why not":         "AGS001 AGS002 | why not",
		"AGS001, AGS002,low-entropy: y": "AGS001 AGS002 low-entropy | y",
		"AGS001 - because, well":        "AGS001 | because, well",
		"AGS001,":                       "AGS001 | ",
		", ,":                           " | ",
		"\tAGS001\t— 因为":                "AGS001 | 因为",
	} {
		names, reason := split(text)
		if got := strings.Join(names, " ") + " | " + reason; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzRun checks for any files that lint gives the same findings twice, without a panic, and shows no secret.
func FuzzRun(f *testing.F) {
	for _, r := range Rules {
		f.Add(r.Bad().File)
		f.Add(r.Good().File)
	}
	f.Add(pair("[{group: g}, g/a]", "[{group: g}, g/a]"))
	f.Fuzz(func(t *testing.T, file string) {
		state, places, findings := spec.LoadPlaces([]spec.Input{{Name: "f", Data: []byte(file)}}, spec.Options{Lookup: variables}, Marker)
		for _, finding := range findings {
			if !finding.Warning {
				return
			}
		}
		in := Input{State: state, Places: places, Today: "2026-11-27"}
		first := told(in)
		if d := cmp.Diff(first, told(in)); d != "" {
			t.Fatal(d)
		}
		in.Gateway = &Gateway{Catalog: kind.NewCatalog([]*kind.API{api("orders", "create_order", "RELEASE"), api("g", "a", "RELEASE")})}
		for _, x := range append(told(in), first...) {
			for i := range state.Objects {
				for _, secret := range kind.Of(state.Objects[i].Kind).SecretValues(state.Objects[i].Value) {
					if len(secret) >= 16 && !strings.Contains(strings.ReplaceAll(file, secret, ""), secret[:8]) && strings.Contains(x, secret) && !strings.Contains(state.Objects[i].Address(), secret) {
						t.Fatalf("%s tells the secret %s", x, secret)
					}
				}
			}
		}
	})
}

// BenchmarkRun measures all rules on files of three sizes.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10, 1_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := input(b, string(world.NewEstate(world.OfObjects(n), 1).File()))
			b.ReportAllocs()
			for b.Loop() {
				Run(in)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(in.State.Objects)), "µs/object")
		})
	}
}

// TestUnboundQuota checks that a quota for no app is found without a gateway, and that one for named apps is not.
func TestUnboundQuota(t *testing.T) {
	got := told(only(input(t, `version: apigw-sync/v1
app_quotas:
  - {name: nobody_daily, call_limits: 1, time_unit: DAY, time_interval: 1, apps: []}
  - {name: partner_daily, call_limits: 1, time_unit: DAY, time_interval: 1, apps: [partner_a]}
  - {name: others_daily, call_limits: 1, time_unit: DAY, time_interval: 1}
`), "AGS003"))
	if d := cmp.Diff([]string{"3:82 app_quota/nobody_daily: is bound to no app"}, got); d != "" {
		t.Error(d)
	}
}
