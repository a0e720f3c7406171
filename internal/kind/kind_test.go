package kind_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// fixtures are objects with more fields than those that are drawn from the shape of a kind, and parts, which cannot
// be drawn on their own.
var fixtures = map[string][]map[string]any{
	"acl": {
		{"name": "订单_office", "type": "PERMIT", "entity_type": "IP", "values": []any{"10.0.0.2", "10.0.0.1", "10.0.0.0/8"}},
		{"name": "accounts", "type": "DENY", "entity_type": "DOMAIN_ID", "values": []any{"0123456789abcdef0123456789abcdef"}},
	},
	"app": {
		{"name": "orders_mobile", "remark": "手机", "app_key": "orders-key", "app_secret": "orders-secret"},
		{"name": "generated"},
	},
	"throttle": {
		{"name": "orders_basic", "time_interval": 1, "time_unit": "SECOND", "api_call_limits": 800, "user_call_limits": 500, "app_call_limits": 300, "ip_call_limits": 600, "remark": "all"},
		{"name": "shared", "type": "shared", "time_interval": 2, "time_unit": "DAY", "api_call_limits": 1},
	},
	"plugin": plugins(),
	"throttle_special": {
		{"app": "orders_mobile", "call_limits": 10},
		{"user": "5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b", "call_limits": 20},
	},
	"variable": {
		{"name": "backend", "value": "orders.internal:8080"},
	},
	"gateway_response": {
		{"name": "orders_errors", "errors": map[string]any{"THROTTLED": map[string]any{"status": 503, "body": "slow", "headers": map[string]any{"Retry-After": "1"}}, "DEFAULT_4XX": map[string]any{"body": "oops"}}},
		{"name": "default"},
	},
	"domain": {
		{"domain": "api.example.com", "min_ssl_version": "TLSv1.2"},
		{"domain": "*.example.com", "http_port": -1, "https_port": 8443},
	},
	"app_access_control": {{"type": "PERMIT", "values": []any{"10.0.0.9", "10.0.0.1"}}},
}

func plugins() (out []map[string]any) {
	for _, t := range content.Types {
		out = append(out, map[string]any{"name": "plugin_" + t.Name, "type": t.Name, "remark": "r", "content": content.Example(t.Name)})
	}
	return out
}

type known map[string]string

func (k known) ID(kindName, key string) (string, bool) { id, ok := k[kindName+"/"+key]; return id, ok }

// TestRoundTrip checks for every kind and fixture that what is sent is read back as the same object.
func TestRoundTrip(t *testing.T) {
	ids := known{"app/orders_mobile": "app-id", "environment/RELEASE": "DEFAULT_ENVIRONMENT_RELEASE_ID"}
	for _, k := range kind.All {
		if len(objects(t, k)) == 0 {
			t.Errorf("%s has no fixture", k.Name)
		}
		if len(k.WriteOnly) > 0 {
			continue // no gateway returns what was uploaded
		}
		for i, o := range objects(t, k) {
			t.Run(fmt.Sprintf("%s/%d", k.Name, i), func(t *testing.T) {
				q, err := k.Create(o.Value, &kind.Object{Kind: k.Owner, ID: "owner-id"}, ids)
				if err != nil {
					t.Fatal(err)
				}
				got, err := k.Objects(o.Owner, page(t, k, echo(t, q, o)))
				if err != nil || len(got) != 1 {
					t.Fatalf("read back %d objects, error %v", len(got), err)
				}
				if got[0].Key != o.Key {
					t.Errorf("key %q became %q", o.Key, got[0].Key)
				}
				for _, a := range k.SeparateWrites { // fields that separate requests send
					if got[0].Value, err = k.Overlay(got[0].Value, o.Value, a.Fields); err != nil {
						t.Fatal(err)
					}
				}
				if d := cmp.Diff(k.Compared(o.Value), k.Compared(k.ForComparison(o.Value, got[0].Value))); d != "" {
					t.Errorf("value (-sent +read):\n%s", d)
				}
			})
		}
	}
}

// objects declares the fixtures of a kind.
func objects(t *testing.T, k *kind.Kind) (out []kind.Object) {
	t.Helper()
	if k.Name == "app_code" {
		return k.Items("orders_mobile", "c0de"+"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	}
	items := fixtures[k.Name]
	if items == nil && k.Owner == "" {
		r := rand.New(rand.NewPCG(1, 1))
		for range 10 {
			items = append(items, world.Example(k, r, "ours"))
		}
	}
	for _, item := range items {
		if k.Owner != "" {
			out = append(out, k.Items("owner", item)...)
			continue
		}
		o, err := k.Declare(item)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

// echo returns the object that a gateway makes of a create: the body with an id, and with names added for ids.
func echo(t *testing.T, q api.Request, o kind.Object) map[string]any {
	t.Helper()
	raw, err := json.Marshal(q.Body)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	m["id"], m["plugin_id"], m["orchestration_id"], m["app_quota_id"] = "new-id", "new-id", "new-id", "new-id"
	if s, ok := o.Value.(kind.Special); ok && s.App != "" {
		m["app_name"] = s.App
	}
	return m
}

func page(t *testing.T, k *kind.Kind, item map[string]any) kind.Page {
	t.Helper()
	var answer any = map[string]any{"size": 1, "total": 1, k.ListField: []any{item}}
	if k.Single {
		answer = item
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var p kind.Page
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEmptyLists checks that a missing or null array is an empty list, but only if the answer is that of a list.
func TestEmptyLists(t *testing.T) {
	for _, k := range kind.All {
		for i, raw := range []string{`{"size":0,"total":0}`, fmt.Sprintf(`{"size":0,"total":0,%q:null}`, k.ListField), `{"size":0}`, `{}`, fmt.Sprintf(`{"total":null,%q:null}`, k.ListField)} {
			var p kind.Page
			if err := json.Unmarshal([]byte(raw), &p); err != nil {
				t.Fatal(err)
			}
			if got, err := k.Objects("owner", p); (err != nil) != (i > 2 && !k.Single) || len(got) != 0 {
				t.Errorf("%s of %s: %d objects, error %v", k.Name, raw, len(got), err)
			}
		}
	}
}

// TestSettleSecrets checks when a secret that the gateway shows, masks or hides counts as the one in the files.
func TestSettleSecrets(t *testing.T) {
	app := kind.Of("app")
	for _, tc := range []struct {
		shown, want string
		same        bool
	}{
		{"secret-one", "secret-one", true},
		{"secret-two", "secret-one", false},
		{"sec****one", "secret-one", true},
		{"sec****two", "secret-one", false},
		{"********", "secret-one", true},
		{"", "secret-one", true},
		{"anything", "", true},
		{"secret-one****secret-one", "secret-one", false},
	} {
		want := kind.App{Name: "a", Secret: tc.want}
		have := app.ForComparison(want, kind.App{Name: "a", Secret: tc.shown}).(kind.App)
		if got := have.Secret == want.Secret; got != tc.same {
			t.Errorf("shown %q, wanted %q: same = %t", tc.shown, tc.want, got)
		}
	}
}

// TestNewKindIsComplete checks that each kind has what the rest of the program relies on.
func TestNewKindIsComplete(t *testing.T) {
	for _, k := range kind.All {
		if kind.Of(k.Name) != k || k.Shape == nil || k.Shape.Doc == "" && k.Owner == "" || (k.Ops.Create == "" || k.Ops.Delete == "") && !k.AllExist || k.Ops.List == "" {
			t.Errorf("%s lacks a name, a shape, or operations", k.Name)
		}
		if (k.Owner == "") == (k.Section == "") {
			t.Errorf("%s needs either a section or an owner", k.Name)
		}
		if k.Owner != "" && kind.Of(k.Owner).Shape.Field(k.Field) == nil {
			t.Errorf("%s: %s has no key %s", k.Name, k.Owner, k.Field)
		}
		if (k.BatchMax > 0) != (k.Ops.BatchDelete != "") || k.Single == (k.ListField != "") || k.Single && k.Owner == "" || k.MaxPerOwner > 0 && k.Owner == "" {
			t.Errorf("%s says only half of how it is listed or deleted", k.Name)
		}
		for _, p := range slices.Concat(k.Immutable, k.KeptWhenEmpty, k.Generated) {
			if first, _, _ := strings.Cut(p[1:], "/"); k.Shape.Field(first) == nil {
				t.Errorf("%s has no %s", k.Name, p)
			}
		}
		for f, hook := range reflect.ValueOf(k.Hooks).Fields() {
			if hook.IsNil() && f.Name != "Place" {
				t.Errorf("%s: %s is nil", k.Name, f.Name)
			}
		}
		for _, o := range objects(t, k) {
			complete(t, k, &o)
		}
	}
	for _, l := range kind.Links {
		if l.Guards != nil && l.Slot == nil {
			t.Errorf("%s shuts APIs, and does not say what of them its links take", l.Name)
		}
		if kind.Of(l.Owner) == nil || l.OfOwner.Operation == "" || l.OfTarget.Operation == "" || len(l.Bind) == 0 || len(l.Unbind) == 0 || l.Answer.ListField == "" {
			t.Errorf("%s is not complete", l.Name)
		}
	}
}

// complete checks that a value agrees with the facts of its kind.
func complete(t *testing.T, k *kind.Kind, o *kind.Object) {
	t.Helper()
	if len(k.Refs(o.Value)) > 0 && k.RefersTo == "" {
		t.Errorf("%s refers to something and has no Refers", o.Address())
	}
	for _, p := range append(k.SecretsIn(o.Value), k.Generated...) {
		if f := k.Shape.Field(strings.Split(p, "/")[1]); f == nil && k.Owner == "" {
			t.Errorf("%s: %s is no field", o.Address(), p)
		}
	}
	if twice := k.Normalize(k.Normalize(o.Value)); !cmp.Equal(k.Normalize(o.Value), twice) {
		t.Errorf("%s: what is normal becomes another value", o.Address())
	}
	if twice := k.Compared(k.Compared(o.Value)); !cmp.Equal(k.Compared(o.Value), twice) {
		t.Errorf("%s: what is compared becomes another value", o.Address())
	}
	if len(k.Immutable) > 0 && k.Pack(k.Named(o.Value, "another"))["name"] != "another" {
		t.Errorf("%s cannot have another name, and is replaced", o.Address())
	}
}

// TestPathsKeepIDs checks that an id remains one segment of a path and one value of a query, whatever characters it
// has.
func TestPathsKeepIDs(t *testing.T) {
	k := kind.Define(kind.Def[kind.ACL, map[string]any]{Facts: kind.Facts{Name: "leaf", Owner: "twig", Path: "trees/{tree}/twigs?twig_id={twig}"}})
	tree := kind.Object{Kind: "tree", ID: "a/../{twig}"}
	q := k.List(&kind.Object{Kind: "twig", ID: "b&c=d", Parent: &tree}, "", 0)
	if got := strings.Join(q.Path, " "); got != "trees a/../{twig} twigs" || q.Query.Get("twig_id") != "b&c=d" {
		t.Errorf("asks for %s with %v", got, q.Query)
	}
	if got := k.Delete(&kind.Object{Kind: "twig", ID: "b", Parent: &tree}, "id"); len(got.Query) > 0 || len(got.Path) != 4 {
		t.Errorf("deletes %v with %v", got.Path, got.Query)
	}
}
