package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// api makes an API published in the given environments, whose ids are their names in lower case.
func api(id, group, name, method, path string, tags []string, envs ...string) *kind.API {
	a := &kind.API{ID: id, Group: group, Name: name, Method: method, Path: path, Tags: tags}
	for _, env := range envs {
		a.Publish(env, strings.ToLower(env), id+"-"+env)
	}
	return a
}

var gateway = withEnvs(kind.NewCatalog([]*kind.API{
	api("1", "orders", "create_order", "POST", "/v1/orders", []string{"public"}, "RELEASE", "STAGING"),
	api("2", "orders", "get_order", "GET", "/v1/orders/{id}", []string{"public", "read"}, "RELEASE", "STAGING"),
	api("3", "orders", "get_orders", "GET", "/v1/orders", []string{"read"}, "STAGING"),
	api("4", "支付", "pay", "POST", "/v1/pay", nil, "RELEASE"),
	api("5", "a/b", "c", "GET", "/abc", nil, "RELEASE"),
	api("6", "a", "b/c", "GET", "/abc2", nil, "RELEASE"),
	api("7", "a", "draft", "GET", "/draft", nil),
	api("8", "twin", "same", "GET", "/same", nil, "RELEASE"),
	api("9", "twin", "same", "POST", "/same", nil, "RELEASE"),
	api("10", "shop", "item", "GET", "/item", nil, "RELEASE"),
	api("11", "shop", "item", "GET", "/item2", nil),
}), "RELEASE", "STAGING")

func withEnvs(c *kind.Catalog, envs ...string) *kind.Catalog {
	c.Envs = envs
	return c
}

// TestResolve checks the links or findings of each form of reference.
func TestResolve(t *testing.T) {
	for name, c := range map[string]struct {
		apis string
		want string // links or findings, one per line
	}{
		"text":                              {`[orders/create_order]`, "acl_binding/office/orders/create_order@RELEASE 1-RELEASE"},
		"group with a slash":                {`[a/draft/x, {group: a/b}]`, `no API matches a/draft/x; did you mean a/draft?`},
		"two readings":                      {`[a/b/c]`, "a/b/c can be read as API b/c of group a, or as API c of group a/b; name group and API separately, as in {group: …, name: …}"},
		"one of two readings":               {`[{group: a, name: b/c}]`, "acl_binding/office/a/b/c@RELEASE 6-RELEASE"},
		"two APIs of the same name":         {`[twin/same]`, "twin/same can be read as 2 APIs of the same name; name group and API separately, as in {group: …, name: …}"},
		"method":                            {`[{group: twin, name: same, method: POST}]`, "acl_binding/office/twin/same@RELEASE 9-RELEASE"},
		"globs":                             {`[{group: "ord*", name: "get_*", environment: STAGING}]`, "acl_binding/office/orders/get_order@STAGING 2-STAGING\nacl_binding/office/orders/get_orders@STAGING 3-STAGING"},
		"a star matches a slash":            {`[{group: "a*", name: "[bc]*"}]`, "acl_binding/office/a/b/c@RELEASE 5-RELEASE\nacl_binding/office/a/b/c@RELEASE 6-RELEASE"},
		"path":                              {`[{path: /v1/orders, environment: STAGING}]`, "acl_binding/office/orders/create_order@STAGING 1-STAGING\nacl_binding/office/orders/get_orders@STAGING 3-STAGING"},
		"path and method":                   {`[{path: "/v1/orders/{id}", method: GET}]`, "acl_binding/office/orders/get_order@RELEASE 2-RELEASE"},
		"tags":                              {`[{tags: [read, public]}]`, "acl_binding/office/orders/get_order@RELEASE 2-RELEASE"},
		"duplicates":                        {`[orders/create_order, {name: create_order}]`, "acl_binding/office/orders/create_order@RELEASE 1-RELEASE"},
		"none":                              {`[]`, ""},
		"misspelt":                          {`[order/create_orders]`, "no API matches order/create_orders; did you mean orders/create_order?"},
		"misspelt group":                    {`[{group: order}]`, "no API matches {group: order}; did you mean group orders?"},
		"misspelt name":                     {`[{group: orders, name: create_ordre}]`, "no API matches {group: orders, name: create_ordre}; did you mean orders/create_order?"},
		"glob in text":                      {`["orders/*"]`, `no API matches orders/*; a glob needs a mapping, as in {group: orders, name: "get_*"}`},
		"similar to nothing":                {`[{name: 仓库, tags: [x]}]`, "no API matches {name: 仓库, tags: x}; check the spelling, or add optional: true to a mapping"},
		"unpublished":                       {`[orders/get_orders]`, "orders/get_orders (published in STAGING) is not published in RELEASE; publish it there first, or write it as a mapping with optional: true"},
		"published nowhere":                 {`[{name: draft}]`, "a/draft (published nowhere) is not published in RELEASE; publish it there first, or add optional: true"},
		"pattern":                           {`[{name: "*", environment: STAGING}]`, "warning: 支付/pay (published in RELEASE), a/b/c (published in RELEASE), a/b/c (published in RELEASE) and 5 more are not published in STAGING, which {name: *} asks for; existing bindings to them stay, and no new ones are made\nacl_binding/office/orders/create_order@STAGING 1-STAGING\nacl_binding/office/orders/get_order@STAGING 2-STAGING\nacl_binding/office/orders/get_orders@STAGING 3-STAGING\nspared 4@STAGING\nspared 5@STAGING\nspared 6@STAGING\nspared 7@STAGING\nspared 8@STAGING\nspared 9@STAGING\nspared 10@STAGING\nspared 11@STAGING"},
		"pattern of drafts":                 {`[{group: a, name: "d*"}]`, "warning: a/draft (published nowhere) is not published in RELEASE, which {group: a, name: d*} asks for; existing bindings to it stay, and no new ones are made\nspared 7@RELEASE"},
		"some APIs unpublished":             {`[{path: /v1/orders}]`, "warning: orders/get_orders (published in STAGING) is not published in RELEASE, which {path: /v1/orders} asks for; existing bindings to it stay, and no new ones are made\nacl_binding/office/orders/create_order@RELEASE 1-RELEASE\nspared 3@RELEASE"},
		"a draft of the same name":          {`[shop/item]`, "warning: shop/item (published nowhere) is not published in RELEASE; existing bindings to it stay, and no new ones are made\nacl_binding/office/shop/item@RELEASE 10-RELEASE\nspared 11@RELEASE"},
		"renamed environment":               {`[{group: shop, environment: STAGIN}]`, "there is no environment STAGIN, which {group: shop} asks for; did you mean STAGING?"},
		"no such environment":               {`[{name: pay, environment: STAGIN}]`, "there is no environment STAGIN, which {name: pay} asks for; did you mean STAGING?"},
		"optional in a missing environment": {`[{name: pay, environment: STAGIN, optional: true}]`, "warning: there is no environment STAGIN, which {name: pay} asks for; did you mean STAGING?\nspared 4@STAGIN"},
		"optional":                          {`[{name: nothing, optional: true}, {group: orders, optional: true}]`, "warning: no API matches {name: nothing}\nwarning: orders/get_orders (published in STAGING) is not published in RELEASE, which {group: orders} asks for; existing bindings to it stay, and no new ones are made\nacl_binding/office/orders/create_order@RELEASE 1-RELEASE\nacl_binding/office/orders/get_order@RELEASE 2-RELEASE\nspared 3@RELEASE"},
	} {
		t.Run(name, func(t *testing.T) {
			file := "version: apigw-sync/v1\nacls:\n  - {name: office, type: DENY, entity_type: DOMAIN, values: [shop], apis: " + c.apis + "}\n"
			desired, findings := resolved(t, file)
			if diff := cmp.Diff(c.want, results(desired, findings)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func resolved(t *testing.T, file string) (kind.Desired, []Finding) {
	t.Helper()
	state, findings := Load([]Input{{Name: "f.yaml", Data: []byte(file)}}, Options{})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return state.Resolve(gateway)
}

// results lists the findings without their positions and, if there are no errors, the links and the spared links.
func results(d kind.Desired, findings []Finding) string {
	var lines []string
	for _, f := range findings {
		f.Source, f.Path = kind.Source{}, ""
		lines = append(lines, strings.TrimPrefix(f.String(), ":0:0: "))
	}
	if !wrong(findings) {
		for _, l := range d.Links {
			lines = append(lines, l.Address()+" "+l.To.ID)
		}
		for _, l := range d.Spared {
			lines = append(lines, "spared "+l.To.API.ID+"@"+l.To.Env)
		}
	}
	return strings.Join(lines, "\n")
}

// TestOneOwnerPerSlot checks that two owners of one slot are an error that names both positions.
func TestOneOwnerPerSlot(t *testing.T) {
	_, findings := resolved(t, `version: apigw-sync/v1
throttles:
  - {name: first, time_interval: 1, time_unit: DAY, api_call_limits: 1, apis: [orders/create_order]}
  - {name: second, time_interval: 1, time_unit: DAY, api_call_limits: 1, apis: [{group: orders, method: POST}]}
  - {name: third, time_interval: 1, time_unit: DAY, api_call_limits: 1, apis: [{group: orders, method: POST, environment: STAGING}]}
acls:
  - {name: office, type: DENY, entity_type: DOMAIN, values: [shop], apis: [支付/pay]}
  - {name: office2, type: DENY, entity_type: IP, values: [10.1.2.3], apis: [支付/pay]}
  - {name: office3, type: DENY, entity_type: IP, values: [10.1.2.4], apis: [支付/pay]}
plugins:
  - {name: cors1, type: cors, content: {allow_origin: "*"}, apis: [支付/pay]}
  - {name: cors2, type: cors, content: {allow_origin: "*"}, apis: [支付/pay]}
apps:
  - {name: shop, apis: [支付/pay]}
  - {name: shop2, apis: [支付/pay]}
`)
	want := []string{
		"f.yaml:4:81: /throttles/1/apis/0: throttle second and throttle first are both bound to orders/create_order in RELEASE; the other binding is at f.yaml:3:80; an API can have only one throttle in an environment; remove it from one of them",
		"f.yaml:9:77: /acls/2/apis/0: acl office3 and acl office2 are both bound to 支付/pay in RELEASE; the other binding is at f.yaml:8:77; an API can have only one acl of type IP in an environment; remove it from one of them",
		"f.yaml:12:68: /plugins/1/apis/0: plugin cors2 and plugin cors1 are both bound to 支付/pay in RELEASE; the other binding is at f.yaml:11:68; an API can have only one plugin of type cors in an environment; remove it from one of them",
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEnvironmentPrecedence checks that a reference overrides its document, and the document overrides the option.
func TestEnvironmentPrecedence(t *testing.T) {
	const item = "acls: [{name: office, type: DENY, entity_type: DOMAIN, values: [shop], apis: [%s]}]\n"
	for _, c := range []struct{ document, option, reference, want string }{
		{"", "", "{name: x}", "RELEASE"},
		{"", "OPTION", "{name: x}", "OPTION"},
		{"environment: DOCUMENT\n", "OPTION", "a/x", "DOCUMENT"},
		{"environment: DOCUMENT\n", "OPTION", "{name: x, environment: REFERENCE}", "REFERENCE"},
	} {
		file := "version: apigw-sync/v1\n" + c.document + fmt.Sprintf(item, c.reference)
		state, findings := Load([]Input{{Name: "f", Data: []byte(file)}}, Options{Environment: c.option})
		if len(findings) > 0 || state.References[0].Environment != c.want {
			t.Errorf("%+v: %v %v", c, state.References, findings)
		}
	}
}

// FuzzReference: a text matches exactly the API whose group and name it joins by /.
func FuzzReference(f *testing.F) {
	for _, s := range []string{"orders/create_order", "a/b/c", "/x", "x/", "", "支付/pay", "orders//", "a/*"} {
		f.Add(s, "a", "b/c")
	}
	f.Fuzz(func(t *testing.T, text, group, name string) {
		if referenceProblem(text) != "" {
			return
		}
		if !strings.Contains(text, "/") || strings.HasPrefix(text, "/") || strings.HasSuffix(text, "/") {
			t.Fatalf("%q is not accepted as group/api", text)
		}
		c := kind.NewCatalog([]*kind.API{api("1", group, name, "GET", "/", nil, "RELEASE")})
		s := &State{References: []Reference{{Kind: "app_authorization", Owner: "x", Text: text, Environment: "RELEASE"}}}
		desired, findings := s.Resolve(c)
		if match := text == group+"/"+name; match != (len(desired.Links) == 1) || match != (len(findings) == 0) {
			t.Fatalf("%q in %q/%q: %v %v", text, group, name, desired.Links, findings)
		}
	})
}
