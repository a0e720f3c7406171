package intent

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestSchemaIsCurrent: the published JSON Schema of cases is the one that the shapes generate.
func TestSchemaIsCurrent(t *testing.T) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(Schema()); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile("../../../schema/cases.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(written), b.String()); d != "" {
		t.Errorf("run make schema (-written +made):\n%s", d)
	}
}

// Editors that use the schema accept and refuse the same files as Load.
func TestSchemaAgrees(t *testing.T) {
	raw, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	described, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("cases", described); err != nil {
		t.Fatal(err)
	}
	validator, err := c.Compile("cases")
	if err != nil {
		t.Fatal(err)
	}
	files := scriptFiles(t)
	example, err := os.ReadFile("../../../examples/quickstart/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["quickstart"] = string(example)
	for name, text := range files {
		asJSON, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		_, findings := Load([]spec.Input{{Name: name, Data: []byte(text)}}, "", nothing)
		if err := validator.Validate(v); (err == nil) != (len(findings) == 0) {
			t.Errorf("%s: the schema says %v, Load %v", name, err, findings)
		}
	}
}

// scriptFiles are the files of cases in the script that runs the command.
func scriptFiles(t testing.TB) map[string]string {
	t.Helper()
	script, err := os.ReadFile("../../../testdata/script/test.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for part := range strings.SplitSeq(string(script), "\n-- ") {
		if name, text, ok := strings.Cut(part, " --\n"); ok && strings.Contains(text, Version) {
			out[name] = text
		}
	}
	if len(out) < 5 {
		t.Fatalf("the script has only %d files of cases", len(out))
	}
	return out
}

func load(text string) (*Suite, []string) {
	suite, findings := Load([]spec.Input{{Name: "c", Data: []byte("version: apigw-sync/cases/v1\n" + text)}}, "TEST", nothing)
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return suite, out
}

// The page about tests of intent documents each key.
func TestKeysAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/howto/test-intent.md")
	if err != nil {
		t.Fatal(err)
	}
	for title, keys := range map[string]*shape.Shape{"| Key of `call` | Says |\n": callShape, "| Key of `expect` | Must be |\n": expectShape} {
		_, table, _ := strings.Cut(string(page), title)
		table, _, _ = strings.Cut(table, "\n\n")
		for _, f := range keys.Fields {
			if !strings.Contains(table, "`"+f.Name+"`") && !strings.Contains(table, "`"+f.Name+":") {
				t.Errorf("%q has no row for %s", title, f.Name)
			}
		}
	}
}

// TestTables: tables make one case of each row and of each combination of lists.
func TestTables(t *testing.T) {
	suite, findings := load(`
environment: STAGING
cases:
  - {name: plain, call: {api: o/a, from: 10.0.0.1}, expect: {allowed: true}}
  - name: product
    call: {api: [o/a, o/b], app: [x, z], environment: RELEASE}
    expect: {denied_by: authorization, limit: {calls: 5, unit: DAY}}
  - name: rows
    call: {method: GET, path: /a, app: x}
    expect: {allowed: true, plugins: [b, a]}
    each:
      - {from: 10.0.0.1}
      - {name: abroad, from: [1.1.1.1, 2.2.2.2], expect: {allowed: false, limit: none}}
      - {from: 10.0.0.1, expect: {allowed: uncertain, plugins: uncertain, limit: uncertain, quota: {calls: 9, unit: DAY, by: app_quota/q}}}
  - {name: 支付, call: {api: o/a, anonymous: true}, expect: {allowed: false}}
`)
	if findings != nil {
		t.Fatal(findings)
	}
	var got []string
	for _, c := range suite.Cases {
		got = append(got, c.Name+": "+c.Call.String())
	}
	want := []string{
		"plain: o/a in STAGING, from 10.0.0.1",
		"product (api o/a, app x): o/a in RELEASE, app x",
		"product (api o/a, app z): o/a in RELEASE, app z",
		"product (api o/b, app x): o/b in RELEASE, app x",
		"product (api o/b, app z): o/b in RELEASE, app z",
		"rows (from 10.0.0.1): GET /a in STAGING, app x, from 10.0.0.1",
		"rows (abroad, from 1.1.1.1): GET /a in STAGING, app x, from 1.1.1.1",
		"rows (abroad, from 2.2.2.2): GET /a in STAGING, app x, from 2.2.2.2",
		"rows (from 10.0.0.1) #2: GET /a in STAGING, app x, from 10.0.0.1",
		"支付: o/a in STAGING, anonymous",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	allowed, denied, uncertain := Allowed, Denied, Uncertain
	limit := &LimitExpect{Limit: Limit{Calls: 5, Interval: 1, Unit: "DAY"}, AnyShared: true}
	names := &PluginsExpect{Names: []string{"a", "b"}}
	for i, want := range map[int]Expect{
		0: {Allowed: &allowed},
		1: {DeniedBy: "authorization", Limit: limit},
		5: {Allowed: &allowed, Plugins: names},
		7: {Allowed: &denied, Limit: &LimitExpect{None: true}, Plugins: names},
		8: {Allowed: &uncertain, Limit: &LimitExpect{Uncertain: true}, Plugins: &PluginsExpect{Uncertain: true}, Quota: &LimitExpect{Limit: Limit{Calls: 9, Interval: 1, Unit: "DAY", By: "app_quota/q"}, AnyShared: true}},
	} {
		if d := cmp.Diff(want, suite.Cases[i].Expect); d != "" {
			t.Errorf("%s: -want +got:\n%s", suite.Cases[i].Name, d)
		}
	}
	if s := suite.Cases[6].Source; s.Line != 14 || suite.Cases[6].Table != "rows" {
		t.Errorf("%+v", suite.Cases[6])
	}
}

// TestWrongCases: mistakes in files of cases are findings that say what is wrong.
func TestWrongCases(t *testing.T) {
	for text, want := range map[string]string{
		"cases: [{name: a, call: {api: o/a}}]":                                                           "nothing is expected",
		"cases: [{name: a, expect: {allowed: true}}]":                                                    "the call needs an api, or a method and a path",
		"cases: [{name: a, call: {path: /a}, expect: {allowed: true}}]":                                  "the call needs an api, or a method and a path",
		"cases: [{name: a, call: {api: o/a, path: /a}, expect: {allowed: true}}]":                        "names its API twice",
		"cases: [{name: a, call: {api: o/a, app: x, anonymous: true}, expect: {allowed: true}}]":         "an anonymous caller has no app",
		"cases: [{name: a, call: {api: o/a, proxy: 10.0.0.1}, expect: {allowed: true}}]":                 "a proxy needs the address of the caller",
		"cases: [{name: a, call: {api: o/a}, expect: {allowed: true, denied_by: acl/a}}]":                "contradict each other",
		"cases: [{name: a, call: {api: o/a}, expect: {allowed: yes}}]":                                   "/cases/0/expect/allowed",
		"cases: [{name: a, call: {api: o/a}, expect: {limit: {unit: DAY}}}]":                             "calls is missing",
		"cases: [{name: a, call: {api: o/a}, expect: {quota: {calls: 5, per: app}}}]":                    "the key per is not known",
		"cases: [{name: a, call: {api: o/a, from: []}, expect: {allowed: true}}]":                        "has 0 entries",
		"cases: [{name: a, call: {api: o}, expect: {allowed: true}}]":                                    `"o" names no group`,
		"cases: [{name: a, call: {api: \"o/${X}\"}, expect: {allowed: true}}]":                           "the variable X is not set",
		"cases: [{name: a, call: {api: o/a}, expect: {allowed: true}, each: [{frm: 10.0.0.1}]}]":         "did you mean from?",
		"apis: [{group: o, name: a, method: get, path: /a}]":                                             `"get" is not one of the allowed words`,
		"apis: [{group: o, name: a, method: GET, path: a}]":                                              "does not begin with /",
		"apis: [{group: o, name: a, method: GET, path: /a}, {group: o, name: a, method: GET, path: /b}]": "the API o/a appears twice, first at c:2",
		"default_limit: 5\n---\nversion: apigw-sync/cases/v1\ndefault_limit: 6":                          "another document says 5",
		"throttles: []": "the key throttles is not known",
		"cases: [{name: a, call: {api: o/a}, expect: {allowed: true}}, {name: a, call: {api: o/a}, expect: {allowed: true}}]": "the case a appears twice",
	} {
		if _, findings := load(text); len(findings) != 1 || !strings.Contains(findings[0], want) {
			t.Errorf("%s: %q", text, findings)
		}
	}
	list := "[" + strings.TrimSuffix(strings.Repeat("10.0.0.1, ", 200), ", ") + "]"
	apps := strings.ReplaceAll(list, "10.0.0.1", "app")
	if _, findings := load("cases: [{name: a, call: {api: o/a, from: " + list + ", app: " + apps + "}, expect: {allowed: true}}]"); len(findings) != 1 || !strings.Contains(findings[0], "at most 10000 are allowed") {
		t.Errorf("a table without end: %.200q", findings)
	}
}

// FuzzLoad checks that no file makes Load or the answers panic, that findings have positions, and that a case passes only if all
// of its expectations are met.
func FuzzLoad(f *testing.F) {
	for _, text := range scriptFiles(f) {
		f.Add([]byte(text))
	}
	files, _ := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(gatewayFile)}}, spec.Options{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<13 {
			return
		}
		suite, findings := Load([]spec.Input{{Name: "c", Data: data}}, "", nothing)
		for _, x := range findings {
			if x.Problem == "" || x.Source.File != "c" || x.Source.Line < 1 {
				t.Fatalf("no place: %+v", x)
			}
			if !x.Warning {
				return
			}
		}
		w := New(files, nil, suite, "")
		for _, c := range suite.Cases[:min(len(suite.Cases), 50)] {
			o := w.Run(c)
			for _, k := range o.Checks {
				if o.Status == Passed && k.Status != Passed {
					t.Fatalf("%+v", o)
				}
			}
			if len(o.Checks) == 0 {
				t.Fatalf("nothing was checked: %+v", o)
			}
		}
	})
}
