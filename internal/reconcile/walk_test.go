package reconcile_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/calls/explain"
	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

const shop = `version: apigw-sync/v1
apps:
  - {name: mobile, remark: Shop, access_control: {type: PERMIT, values: [10.0.0.0/8]}, app_codes: [c0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0de],
     apis: [{group: orders}]}
throttles:
  - {name: base, time_interval: 1, time_unit: SECOND, api_call_limits: 100, user_call_limits: 50, remark: All, apis: [{group: orders}],
     specials: [{app: mobile, call_limits: 5}, {user: 5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b, call_limits: 7}]}
plugins:
  - {name: cross, type: cors, remark: Web, content: {allow_origin: "*", max_age: 60}, apis: [{group: orders}]}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: [{group: orders}]}
`

// twists are the values by which a field is replaced.
var twists = map[string]func(any) (any, bool){ // false: the field is left out
	"absent":       func(any) (any, bool) { return nil, false },
	"null":         func(any) (any, bool) { return nil, true },
	"unheard of":   func(any) (any, bool) { return "UNHEARD_OF", true },
	"number":       func(any) (any, bool) { return 4711, true },
	"beyond int64": func(any) (any, bool) { return json.Number("99999999999999999999"), true },
	"fraction":     func(any) (any, bool) { return 0.5, true },
	"negative":     func(any) (any, bool) { return -7, true },
	"flag":         func(any) (any, bool) { return true, true },
	"list":         func(v any) (any, bool) { return []any{v}, true },
	"empty list":   func(any) (any, bool) { return []any{}, true },
	"mapping":      func(any) (any, bool) { return map[string]any{"unheard": "of"}, true },
	"as text": func(v any) (any, bool) {
		raw, _ := json.Marshal(v) // cannot fail, since v comes from JSON
		return strings.Trim(string(raw), `"`), true
	},
}

// naming matches fields that identify something: with another value the answer is about something else.
var naming = regexp.MustCompile(`(^|_)(id|name|ids|key|code|codes|uri|method|secret|domain|domains)$|^(tags|apps|apis|auths|acls|plugins|throttles|throttle_specials|app_codes|envs|groups|plugin_content|acl_value|app_acl_values|total)$`)

// members finds the members of an answer; all entries of a list have the same path.
func members(path string, v any, into map[string]any) {
	switch t := v.(type) {
	case map[string]any:
		for name, inner := range t {
			into[path+"/"+name] = inner
			members(path+"/"+name, inner, into)
		}
	case []any:
		for _, inner := range t {
			members(path+"/*", inner, into)
		}
	}
}

// twist changes a member of an answer, in all entries of lists.
func twist(v any, steps []string, how func(any) (any, bool)) any {
	switch t := v.(type) {
	case []any:
		for i := range t {
			t[i] = twist(t[i], steps[1:], how)
		}
	case map[string]any:
		inner, ok := t[steps[0]]
		if !ok {
			return v
		}
		if len(steps) > 1 {
			t[steps[0]] = twist(inner, steps[1:], how)
			return t
		}
		if now, stays := how(inner); stays {
			t[steps[0]] = now
		} else {
			delete(t, steps[0])
		}
	}
	return v
}

// endpoint is a path without ids.
func endpoint(r *http.Request) string {
	_, path, _ := strings.Cut(r.URL.Path, emulator.DefaultInstanceID)
	return regexp.MustCompile(`[0-9a-f]{32}`).ReplaceAllString(path, "{id}")
}

// walk calls do once for each field of the answers that do reads from some endpoints, and for each way to twist that
// field. With the race detector, which makes it slow, it runs only every 25th case.
func walk(t *testing.T, b *bench, endpoints string, do func(walker)) {
	t.Helper()
	found := map[string]map[string]any{}
	do(walker{t: t, b: b, bend: func(r *http.Request, body []byte) []byte {
		if found[endpoint(r)] == nil {
			found[endpoint(r)] = map[string]any{}
		}
		var tree any
		if json.Unmarshal(body, &tree) == nil {
			members("", tree, found[endpoint(r)])
		}
		return body
	}})
	n := 0
	maps.DeleteFunc(found, func(at string, _ map[string]any) bool { return !regexp.MustCompile(endpoints).MatchString(at) })
	for _, at := range slices.Sorted(maps.Keys(found)) {
		for _, path := range slices.Sorted(maps.Keys(found[at])) {
			for _, name := range slices.Sorted(maps.Keys(twists)) {
				if n++; world.Raced && n%25 != 0 {
					continue
				}
				t.Run(at+path+" "+name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { do(twisted(t, b, at, strings.Split(path[1:], "/"), name)) })
				})
			}
		}
	}
	t.Logf("%d cases in %d answers", n, len(found))
}

// twisted is a walker that receives an answer of which one field is twisted.
func twisted(t *testing.T, b *bench, at string, steps []string, name string) walker {
	last := steps[len(steps)-1]
	w := walker{t: t, b: b, loose: naming.MatchString(last) && name != "absent" && name != "null"}
	if last == "object_type" {
		w.other = "throttle_special"
	}
	w.bend = func(r *http.Request, body []byte) []byte {
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var tree any
		if endpoint(r) != at || d.Decode(&tree) != nil {
			return body
		}
		bent, _ := json.Marshal(twist(tree, steps, twists[name])) // cannot fail, since the tree comes from JSON
		return bent
	}
	return w
}

// TestEveryFieldOfEveryAnswer twists each field of each answer that a comparison and an export read, in every way.
// Nothing crashes. An answer that cannot be read is an error that names it. Otherwise no plan creates, deletes,
// replaces, binds or unbinds anything, and an export is valid, has every object, and has no difference from the
// gateway.
func TestEveryFieldOfEveryAnswer(t *testing.T) {
	b := newBench(t, apis(2), emulator.Options{}, remote.Config{})
	b.apply(shop)
	walk(t, b, "", walker.run)
}

// TestEveryFieldThatIsLookedAt does the same for what only drift, explain and doctor read: whatever is twisted, they
// report the rest.
func TestEveryFieldThatIsLookedAt(t *testing.T) {
	const seen = `gateway:
  environments: [RELEASE]
  quotas: {APP_NUM_LIMIT: 50}
  settings: [{name: ratelimit, enable: true, config: '{"api_limits":500}'}]
  traffic: [{group: orders, api: api_0, calls: 60}]
  certificates: [{name: soon, not_after: "2000-01-10T00:00:00Z"}]
  groups:
    - name: orders
      domains: [{domain: a.example.com, certificate: soon}]
      apis: [{name: api_0, method: GET, path: /a/0, auth_type: APP, published: [RELEASE]}]
`
	b := newBench(t, seen, emulator.Options{}, remote.Config{})
	b.apply(shop)
	state := load(t, []byte(strings.Replace(shop, "api_call_limits: 100", "api_call_limits: 200", 1)))
	walk(t, b, `^$|statistics|features|configs|api-groups|runtime|bound-quota`, func(w walker) {
		run := *w.b.run
		run.Options, run.CheckInstance, run.AllowUnhealthy = diff.Options{MaxDeletes: -1}, true, true
		run.Caller = w.client()
		c, err := run.Compare(w.t.Context(), state)
		if !w.readable(err) {
			return
		}
		reader := &fetch.Reader{Caller: run.Caller}
		if _, err := drift.Inspect(w.t.Context(), reader, c, drift.Options{Now: time.Now(), CertDays: 30, Traffic: drift.APIs}); err != nil {
			w.t.Errorf("drift: %v", err)
		}
		doctor.Gateway(w.t.Context(), doctor.Input{Reader: reader, State: state, Kinds: reconcile.Kinds(run.Options, state), Compare: run.Compare, Clock: func() (time.Duration, bool) { return 0, false }})
		if a, err := explain.Find(w.t.Context(), reader, "orders/api_0"); err == nil {
			_, err = explain.Look(w.t.Context(), reader, state, a, "RELEASE")
			w.readable(err)
		}
	})
}

type walker struct {
	t     *testing.T
	b     *bench
	bend  func(r *http.Request, body []byte) []byte
	loose bool   // the answer is about something else: it is only checked that nothing crashes
	other string // the answer is about other objects of this kind, so that a plan may create those of the files
}

func (w walker) client() *remote.Client {
	return bend(w.t, w.b.gateway, func(r *http.Request, body []byte) (int, []byte) { return 200, w.bend(r, body) })
}

func (w walker) run() {
	w.t.Helper()
	run := *w.b.run
	run.Options, run.CheckInstance = diff.Options{MaxDeletes: -1}, true
	run.Caller = w.client()
	c, err := run.Compare(w.t.Context(), load(w.t, []byte(shop)))
	if w.readable(err) {
		w.harmless("compared", c)
	}
	e, err := run.Everything(w.t.Context())
	if !w.readable(err) {
		return
	}
	files, err := spec.Write(spec.Export{Objects: e.Actual.Objects, Links: e.Actual.Links, Known: e.Catalog.APIs, Secrets: true})
	if err != nil {
		w.t.Fatal(err)
	}
	state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: files[0].Data}}, spec.Options{})
	for _, f := range findings {
		if !f.Warning {
			w.t.Errorf("the export is not valid: %s\n%s", f, files[0].Data)
		}
	}
	if w.loose || w.t.Failed() {
		return
	}
	held, told := 0, 0
	for _, o := range e.Actual.Objects {
		if o.Owner == "" {
			held++
		}
	}
	for _, o := range state.Objects {
		if o.Owner == "" {
			told++
		}
	}
	const declared, always = 4, 3 // RELEASE, DEFAULT, and the group of the APIs
	if told != held || held != declared+always {
		w.t.Errorf("the export has %d of %d objects\n%s", told, held, files[0].Data)
	}
	if c, err = run.Compare(w.t.Context(), state); w.readable(err) && len(c.Plan.Changes) > 0 {
		w.t.Errorf("the export differs from its gateway: %s\n%s", words(c.Plan), files[0].Data)
	}
}

// readable reports whether reading succeeded; an error must name the answer.
func (w walker) readable(err error) bool {
	w.t.Helper()
	if err != nil {
		text := err.Error()
		if !strings.Contains(text, "GET ") && !strings.Contains(text, "items that it counts") || !strings.Contains(text, "request") && !strings.Contains(text, "items that it counts") {
			w.t.Errorf("the error does not say which answer it is about: %v", err)
		}
	}
	return err == nil
}

func (w walker) harmless(how string, c *compared.Result) {
	w.t.Helper()
	for _, f := range c.Findings {
		if !f.Warning && !w.loose {
			w.t.Errorf("%s: %s", how, f)
		}
	}
	for i := range c.Plan.Changes {
		if ch := &c.Plan.Changes[i]; ch.Action != diff.Update && !w.loose && !fixed(ch) && (ch.Action != diff.Create || ch.Kind != w.other) {
			w.t.Errorf("%s: %s %s", how, ch.Action, ch.Address)
		}
	}
}

// fixed reports whether a replace is due to a twisted field that cannot change: then the files decide.
func fixed(ch *diff.Change) bool {
	return ch.Action == diff.Replace && len(ch.Fields) == 1 && ch.Fields[0].Before != "" && ch.Fields[0].Before != nil
}
