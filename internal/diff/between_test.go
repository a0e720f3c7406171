package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var (
	create = &kind.API{ID: "api1", Name: "create_order", Group: "orders"}
	get    = &kind.API{ID: "api2", Name: "get_order", Group: "orders"}
)

func throttle(name string, limit int64, manages ...string) kind.Declared {
	v := kind.Throttle{Name: name, Type: "basic", TimeInterval: 1, TimeUnit: "SECOND", APILimit: limit}
	return kind.Declared{Object: kind.Object{Kind: "throttle", Key: name, Value: v, Bound: kind.Unknown}, Manages: manages, Source: kind.Source{File: "f.yaml", Line: 3}}
}

func acl(name, entity string, values ...string) kind.Declared {
	v := kind.ACL{Name: name, Type: "PERMIT", EntityType: entity, Values: values}
	return kind.Declared{Object: kind.Object{Kind: "acl", Key: name, Value: v, Bound: kind.Unknown}, Manages: []string{"acl_binding"}}
}

// held returns a declared object as the gateway has it.
func held(d kind.Declared) kind.Object {
	o := d.Object
	o.ID = "id-" + o.Key
	return o
}

func link(kindName, owner string, a *kind.API) kind.Link {
	return kind.Link{Kind: kindName, Owner: owner, To: a.Publication("RELEASE", "env", "pub-"+a.ID)}
}

func bound(l kind.Link) kind.Link {
	l.ID, l.OwnerID = "bind-"+l.Owner+"-"+l.To.API.ID, "id-"+l.Owner
	return l
}

func declared(links ...kind.Link) (out []kind.DeclaredLink) {
	for _, l := range links {
		out = append(out, kind.DeclaredLink{Link: l})
	}
	return out
}

// sketch writes a plan as lines: the changes with their fields, then the steps with what they wait for.
func sketch(p *diff.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "%s %s", c.Action, c.Address)
		for _, f := range c.Fields {
			fmt.Fprintf(&b, " %s:%v→%v", f.Path, f.Before, f.After)
		}
		for _, a := range c.AlsoRemoved {
			b.WriteString(" with " + a)
		}
		b.WriteString("\n")
	}
	b.WriteString(steps(p))
	for _, e := range p.Extra {
		b.WriteString("extra " + e.Address + "\n")
	}
	for _, r := range p.Refusals {
		b.WriteString("refused by " + r.Guard + ": " + r.Reason + "\n")
	}
	return b.String()
}

// steps writes the steps of a plan, each with its changes and what it waits for.
func steps(p *diff.Plan) string {
	var b strings.Builder
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d %s %s", i, s.Op, s.Kind)
		for _, item := range s.Items {
			b.WriteString(" " + strings.TrimPrefix(p.Changes[item.Change].Address, p.Changes[item.Change].Kind+"/"))
			if item.Link.To != nil && item.Link.To.API != nil {
				b.WriteString("[" + item.Link.To.API.Name + "]")
			}
			if len(item.Needs) > 0 {
				fmt.Fprintf(&b, "%v", item.Needs)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestProtectedNamesTheFixedField checks that the refusal of a replace names the field that cannot change, even if
// other fields change, too.
func TestProtectedNamesTheFixedField(t *testing.T) {
	plugin := func(content map[string]any, typeName string) kind.Object {
		return kind.Object{Kind: "plugin", Key: "edge", ID: "id-edge", Value: kind.Plugin{Name: "edge", Type: typeName, Remark: typeName, Content: content}}
	}
	want := kind.Declared{Object: plugin(map[string]any{"allow_origin": "*"}, "cors"), Protected: true}
	have := plugin(map[string]any{"response_headers": []any{}}, "set_resp_headers")
	p := diff.Between(kind.Actual{Objects: []kind.Object{have}}, kind.Desired{Objects: []kind.Declared{want}}, diff.Options{MaxDeletes: -1})
	if len(p.Refusals) != 1 || p.Refusals[0].Would != "it would have been replaced, since /type changed" {
		t.Errorf("%+v", p.Refusals)
	}
}

// TestBetween: the changes and steps, or the refusals and errors, for each kind of difference.
func TestBetween(t *testing.T) {
	renamed := throttle("fresh", 5)
	renamed.MovedFrom = "stale"
	protected := acl("office", "DOMAIN", "alice")
	protected.Protected = true
	secret := kind.Declared{Object: kind.Object{Kind: "app", Key: "shop", Value: kind.App{Name: "shop", Secret: "new-secret"}}}
	old := kind.Object{Kind: "app", Key: "shop", ID: "id-shop", Value: kind.App{Name: "shop", Key: "made", Secret: "old-secret"}}
	next := held(acl("office", "DOMAIN", "alice"))
	next.Key = kind.Of("acl").Successor("office", next.Value)
	next.Value = kind.Of("acl").Named(next.Value, next.Key)
	for _, tc := range []struct {
		name    string
		have    kind.Actual
		want    kind.Desired
		options diff.Options
		plan    string
	}{
		{name: "nothing", have: kind.Actual{Objects: []kind.Object{held(throttle("a", 5))}}, want: kind.Desired{Objects: []kind.Declared{throttle("a", 5)}}},
		{
			name: "create comes before bind", want: kind.Desired{Objects: []kind.Declared{throttle("a", 5, "throttle_binding")}, Links: declared(link("throttle_binding", "a", create))},
			plan: `
create throttle/a /api_call_limits:<nil>→5 /name:<nil>→a /time_interval:<nil>→1 /time_unit:<nil>→SECOND /type:<nil>→basic
bind throttle_binding/a/orders/create_order@RELEASE
0 create throttle a
1 bind throttle_binding a/orders/create_order@RELEASE[create_order][0]
`,
		},
		{
			name: "an API that moves keeps a policy: bind first, then unbind, then delete",
			have: kind.Actual{Objects: []kind.Object{held(throttle("a", 5)), held(throttle("b", 5))}, Links: []kind.Link{bound(link("throttle_binding", "b", create))}},
			want: kind.Desired{Objects: []kind.Declared{throttle("a", 5, "throttle_binding")}, Links: declared(link("throttle_binding", "a", create)), Owns: map[string][]string{"throttle": {"*"}}}, options: diff.Options{Prune: true, MaxDeletes: 10},
			plan: `
delete throttle/b /api_call_limits:5→<nil> /name:b→<nil> /time_interval:1→<nil> /time_unit:SECOND→<nil> /type:basic→<nil> with throttle_binding/b/orders/create_order@RELEASE
bind throttle_binding/a/orders/create_order@RELEASE
unbind throttle_binding/b/orders/create_order@RELEASE
0 bind throttle_binding a/orders/create_order@RELEASE[create_order]
1 unbind throttle_binding b/orders/create_order@RELEASE[create_order][0]
2 delete throttle b[1]
`,
		},
		{
			name: "replace: the successor takes over before the old one goes",
			have: kind.Actual{Objects: []kind.Object{held(acl("office", "IP", "10.0.0.1"))}, Links: []kind.Link{bound(link("acl_binding", "office", create)), bound(link("acl_binding", "office", get))}},
			want: kind.Desired{Objects: []kind.Declared{acl("office", "DOMAIN", "alice")}, Links: declared(link("acl_binding", "office", create))}, options: diff.Options{MaxDeletes: 10},
			plan: `
replace acl/office /entity_type:IP→DOMAIN /values:[10.0.0.1]→[alice]
unbind acl_binding/office/orders/get_order@RELEASE
0 stage acl office
1 bind acl_binding office[create_order][0]
2 unbind acl_binding office/orders/get_order@RELEASE[get_order] office[create_order][0 1]
3 delete acl office[0 2]
4 rename acl office[3]
`,
		},
		{
			name: "replace without bindings needs no successor",
			have: kind.Actual{Objects: []kind.Object{held(acl("office", "IP", "10.0.0.1"))}},
			want: kind.Desired{Objects: []kind.Declared{acl("office", "DOMAIN", "alice")}}, options: diff.Options{MaxDeletes: 10},
			plan: `
replace acl/office /entity_type:IP→DOMAIN /values:[10.0.0.1]→[alice]
0 delete acl office
1 create acl office[0]
`,
		},
		{
			name: "an interrupted replace goes on: only the rename is left", have: kind.Actual{Objects: []kind.Object{next}},
			want: kind.Desired{Objects: []kind.Declared{acl("office", "DOMAIN", "alice")}},
			plan: `
update acl/office /name:office_next_11ac24cd→office
0 update acl office
`,
		},
		{
			name: "protected", have: kind.Actual{Objects: []kind.Object{held(acl("office", "IP", "10.0.0.1"))}}, want: kind.Desired{Objects: []kind.Declared{protected}}, options: diff.Options{MaxDeletes: 10},
			plan: `
replace acl/office /entity_type:IP→DOMAIN /values:[10.0.0.1]→[alice]
0 delete acl office
1 create acl office[0]
refused by protected: acl/office is protected
`,
		},
		{
			name: "rename", have: kind.Actual{Objects: []kind.Object{held(throttle("stale", 5))}}, want: kind.Desired{Objects: []kind.Declared{renamed}},
			plan: `
update throttle/fresh /name:stale→fresh
0 update throttle fresh
`,
		},
		{
			name: "extra", have: kind.Actual{Objects: []kind.Object{held(throttle("orders_old", 5)), held(throttle("theirs", 5))}}, want: kind.Desired{Owns: map[string][]string{"throttle": {"orders_*"}}},
			plan: `
extra throttle/orders_old
`,
		},
		{
			name: "prune of everything is refused", have: kind.Actual{Objects: []kind.Object{held(throttle("orders_old", 5))}}, want: kind.Desired{Owns: map[string][]string{"throttle": {"orders_*"}}}, options: diff.Options{Prune: true},
			plan: `
delete throttle/orders_old /api_call_limits:5→<nil> /name:orders_old→<nil> /time_interval:1→<nil> /time_unit:SECOND→<nil> /type:basic→<nil>
0 delete throttle orders_old
refused by max-deletes: the plan deletes or replaces 1 objects; at most 0 are allowed
refused by prune-all: the files own throttles but declare none of them
`,
		},
		{
			name: "what is declared beside owns does not count", have: kind.Actual{Objects: []kind.Object{held(throttle("orders_old", 5)), held(throttle("theirs", 5))}},
			want:    kind.Desired{Objects: []kind.Declared{throttle("theirs", 5)}, Owns: map[string][]string{"throttle": {"orders_*"}}},
			options: diff.Options{Prune: true, MaxDeletes: 10},
			plan: `
delete throttle/orders_old /api_call_limits:5→<nil> /name:orders_old→<nil> /time_interval:1→<nil> /time_unit:SECOND→<nil> /type:basic→<nil>
0 delete throttle orders_old
refused by prune-all: the files own throttles but declare none of them
`,
		},
		{
			name: "one declared inside owns is enough", have: kind.Actual{Objects: []kind.Object{held(throttle("orders_old", 5)), held(throttle("orders_new", 5))}},
			want:    kind.Desired{Objects: []kind.Declared{throttle("orders_new", 5)}, Owns: map[string][]string{"throttle": {"orders_*"}}},
			options: diff.Options{Prune: true, MaxDeletes: 10},
			plan: `
delete throttle/orders_old /api_call_limits:5→<nil> /name:orders_old→<nil> /time_interval:1→<nil> /time_unit:SECOND→<nil> /type:basic→<nil>
0 delete throttle orders_old
`,
		},
		{
			name: "secrets are hidden and what the gateway made is left alone", have: kind.Actual{Objects: []kind.Object{old}}, want: kind.Desired{Objects: []kind.Declared{secret}},
			plan: `
update app/shop /app_secret:(sensitive)→(sensitive)
0 update app shop
`,
		},
		{
			name: "an ignored field is left alone", have: kind.Actual{Objects: []kind.Object{held(throttle("a", 5))}},
			want: kind.Desired{Objects: []kind.Declared{throttle("a", 6)}, Ignore: []kind.Ignore{{Kind: "throttle", Name: "a", Fields: []string{"/api_call_limits"}}}},
		},
		{
			name: "an ignore rule ends", have: kind.Actual{Objects: []kind.Object{held(throttle("a", 5))}}, options: diff.Options{Today: "2027-01-01"},
			want: kind.Desired{Objects: []kind.Declared{throttle("a", 6)}, Ignore: []kind.Ignore{{Kind: "throttle", Name: "a", Until: "2026-12-31"}}},
			plan: `
update throttle/a /api_call_limits:5→6
0 update throttle a
`,
		},
		{
			name: "only one kind", have: kind.Actual{Objects: []kind.Object{held(throttle("a", 5)), held(acl("office", "IP", "10.0.0.1"))}}, options: diff.Options{Kinds: []string{"acls"}},
			want: kind.Desired{Objects: []kind.Declared{throttle("a", 6), acl("office", "IP", "10.0.0.2")}},
			plan: `
update acl/office /values:[10.0.0.1]→[10.0.0.2]
0 update acl office
`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := sketch(diff.Between(tc.have, tc.want, tc.options))
			if d := cmp.Diff(strings.TrimPrefix(tc.plan, "\n"), got); d != "" {
				t.Errorf("plan (-want +got):\n%s", d)
			}
		})
	}
}

// TestOrderOfInput checks that the order of objects and links does not affect the plan.
func TestOrderOfInput(t *testing.T) {
	have := kind.Actual{Objects: []kind.Object{held(throttle("a", 5)), held(throttle("b", 6)), held(acl("office", "IP", "10.0.0.1"))}, Links: []kind.Link{bound(link("throttle_binding", "a", create)), bound(link("acl_binding", "office", get))}}
	want := kind.Desired{
		Objects: []kind.Declared{throttle("a", 7, "throttle_binding"), throttle("b", 8, "throttle_binding"), throttle("c", 9), acl("office", "IP", "10.0.0.2")},
		Links:   declared(link("throttle_binding", "b", create), link("throttle_binding", "b", get), link("acl_binding", "office", create)),
	}
	first := sketch(diff.Between(have, want, diff.Options{}))
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		h, w := kind.Actual{Objects: slices.Clone(have.Objects), Links: slices.Clone(have.Links)}, kind.Desired{Objects: slices.Clone(want.Objects), Links: slices.Clone(want.Links)}
		r.Shuffle(len(h.Objects), func(i, j int) { h.Objects[i], h.Objects[j] = h.Objects[j], h.Objects[i] })
		r.Shuffle(len(h.Links), func(i, j int) { h.Links[i], h.Links[j] = h.Links[j], h.Links[i] })
		r.Shuffle(len(w.Objects), func(i, j int) { w.Objects[i], w.Objects[j] = w.Objects[j], w.Objects[i] })
		r.Shuffle(len(w.Links), func(i, j int) { w.Links[i], w.Links[j] = w.Links[j], w.Links[i] })
		if d := cmp.Diff(first, sketch(diff.Between(h, w, diff.Options{}))); d != "" {
			t.Fatalf("seed %d (-first +shuffled):\n%s", seed, d)
		}
	}
}

// TestAmbiguous checks that two objects with the same name on the gateway are an error, unless the plan needs neither
// of them.
func TestAmbiguous(t *testing.T) {
	cert := func(id string) kind.Object {
		return kind.Object{Kind: "certificate", Key: "shop", ID: id, Value: kind.Certificate{Name: "shop", Type: "global"}, Bound: kind.Unknown}
	}
	has := func(want kind.Desired, options diff.Options) []string {
		var out []string
		for _, e := range diff.Between(kind.Actual{Objects: []kind.Object{cert("2"), cert("1")}}, want, options).Errors {
			out = append(out, e.Address+": "+e.Message)
		}
		return out
	}
	twice := []string{"certificate/shop: the gateway has 2 objects of this name (1, 2), and the files cannot say which one they mean; rename or delete the others there"}
	declared := kind.Desired{Objects: []kind.Declared{{Object: kind.Object{Kind: "certificate", Key: "shop", Value: kind.Certificate{Name: "shop", Type: "global"}, Bound: kind.Unknown}}}}
	ignored := declared
	ignored.Ignore = []kind.Ignore{{Kind: "certificate", Name: "*"}}
	owned := kind.Desired{Owns: map[string][]string{"certificate": {"*"}}}
	for _, tc := range []struct {
		name    string
		want    kind.Desired
		options diff.Options
		errors  []string
	}{
		{"declared", declared, diff.Options{}, twice},
		{"ignored", ignored, diff.Options{}, nil},
		{"left alone", owned, diff.Options{}, nil},
		{"deleted", owned, diff.Options{Prune: true, MaxDeletes: 9}, twice},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.errors, has(tc.want, tc.options)); d != "" {
				t.Error(d)
			}
		})
	}
}
