package intent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

const gatewayFile = `version: apigw-sync/v1
throttles:
  - {name: basic, time_interval: 1, time_unit: SECOND, api_call_limits: 200, user_call_limits: 150, app_call_limits: 100, specials: [{app: big, call_limits: 180}, {app: small, call_limits: 10}, {user: u1, call_limits: 50}], apis: [o/create]}
  - {name: together, type: shared, time_interval: 1, time_unit: MINUTE, api_call_limits: 60, specials: [], apis: [{group: o, name: "get*"}, {tags: [slow]}]}
  - {name: wide, time_interval: 1, time_unit: SECOND, api_call_limits: 900, specials: [], apis: [o/wide]}
  - {name: counted, time_interval: 1, time_unit: SECOND, api_call_limits: 200, user_call_limits: 150, app_call_limits: 100, specials: [{app: big, call_limits: 10}], apis: [o/counted_none, o/counted_iam, o/counted_custom]}
  - {name: loose, time_interval: 1, time_unit: SECOND, api_call_limits: 90, apis: [o/loose]}
  - {name: anywhere, time_interval: 1, time_unit: SECOND, api_call_limits: 7, specials: []}
apps:
  - {name: big, access_control: {}, apis: [{group: "*"}, o/maybe]}
  - {name: small, access_control: {type: DENY, values: [10.9.0.0/16]}, apis: [{group: "*"}]}
  - {name: open, apis: [o/create]}
  - {name: none, access_control: {}, apis: []}
plugins:
  - {name: rules, type: rate_limit, content: {api_limit: 5, default_interval: 1, parameters: [{type: header, name: Host, value: Host}], rules: [{rule_name: r1, match_regex: '["Host","==","a"]', limit: 1}]}, apis: [o/iam]}
  - {name: free, type: rate_limit, content: {api_limit: -1, default_interval: 1}, apis: [o/none]}
  - {name: jwt, type: jwt_auth, content: {jwks: "{}"}, apis: [o/jwt]}
  - {name: headers, type: set_resp_headers, content: {response_headers: [{name: X-A, value: v, action: add}]}, apis: [{tags: [slow]}]}
acls:
  - {name: office, type: PERMIT, entity_type: IP, values: [192.168.0.0/16, "2001:db8::/32"], apis: [o/iam, o/both, o/none]}
  - {name: friends, type: PERMIT, entity_type: DOMAIN, values: [alice], apis: [o/iam2, o/both, o/accounts]}
  - {name: deep, type: PERMIT, entity_type: IP, values: [10.0.0.1], apis: [o/deep]}
  - {name: inside, type: PERMIT, entity_type: IP, values: [10.1.0.0/16], apis: [o/sorted]}
  - {name: outside, type: DENY, entity_type: IP, values: [10.1.2.3], apis: [o/sorted]}
  - {name: banned, type: DENY, entity_type: DOMAIN_ID, values: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], apis: [o/banned]}
`

const casesFile = `version: apigw-sync/cases/v1
default_limit: %d
unmanaged: %s
apis:
  - {group: o, name: create, method: POST, path: /o, auth_type: APP, published: [RELEASE], tags: []}
  - {group: o, name: get, method: GET, path: "/o/{id}", auth_type: APP, published: [RELEASE], tags: [slow]}
  - {group: o, name: mine, method: GET, path: /o/mine, auth_type: APP, published: [RELEASE], tags: []}
  - {group: o, name: other, method: ANY, path: "/o/{id}", auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: files, method: GET, path: /files, match_mode: SWA, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: deep, method: GET, path: /files/deep, match_mode: SWA, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: one, method: GET, path: "/files/deep/{a}/{b}", auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: twin_a, method: GET, path: "/twins/{a}/b", auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: twin_b, method: GET, path: "/twins/a/{b}", auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: sorted, method: GET, path: /sorted, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: counted_none, method: GET, path: /counted_none, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: counted_iam, method: GET, path: /counted_iam, auth_type: IAM, published: [RELEASE], tags: []}
  - {group: o, name: counted_custom, method: GET, path: /counted_custom, auth_type: AUTHORIZER, published: [RELEASE], tags: []}
  - {group: o, name: wide, method: GET, path: /wide, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: loose, method: GET, path: /loose, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: none, method: GET, path: /none, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: iam, method: GET, path: /iam, auth_type: IAM, published: [RELEASE], tags: []}
  - {group: o, name: iam2, method: GET, path: /iam2, auth_type: IAM, published: [RELEASE], tags: []}
  - {group: o, name: both, method: GET, path: /both, auth_type: IAM, published: [RELEASE], tags: []}
  - {group: o, name: accounts, method: GET, path: /accounts, auth_type: APP, published: [RELEASE], tags: []}
  - {group: o, name: banned, method: GET, path: /banned, auth_type: IAM, published: [RELEASE], tags: []}
  - {group: o, name: custom, method: GET, path: /custom, auth_type: AUTHORIZER, published: [RELEASE], tags: []}
  - {group: o, name: jwt, method: GET, path: /jwt, auth_type: NONE, published: [RELEASE], tags: []}
  - {group: o, name: maybe, method: GET, path: /maybe, auth_type: NONE, tags: []}
  - {group: p, name: maybe, method: GET, path: /p, auth_type: NONE, tags: []}
  - {group: o, name: tagless, method: GET, path: /tagless, auth_type: NONE, published: [RELEASE]}
  - {group: o, name: unknown, method: GET, path: /unknown, published: [RELEASE], tags: []}
cases:
  - {name: it, call: {%s}, expect: {allowed: true}}
`

// brief is an answer in one line: access, denials, limits, plugins.
func brief(a *Answer) string {
	return strings.Join([]string{a.accessText(), limited{a.LimitKnown, a.Limits}.text(), a.pluginsText()}, " | ")
}

// TestAnswers: the answers from files alone to questions about access, limits and plugins.
func TestAnswers(t *testing.T) {
	const second = " calls in 1 SECOND "
	for _, x := range []struct{ call, want string }{
		// Who is authorized.
		{"api: o/create, app: big, user: u", "allowed | uncertain | none"},
		{"api: o/create, app: none, user: u", "denied by authorization | 100" + second + "of the app, by throttle/basic | none"},
		{"api: o/create, anonymous: true", "denied by authorization | 200" + second + "in all, by throttle/basic | none"},
		{"api: o/create, user: u", "uncertain | uncertain | none"},
		{"api: o/create, app: stranger, user: u", "uncertain | 100" + second + "of the app, by throttle/basic | none"},
		{"api: o/create, environment: STAGING, app: big, user: u", "denied by publication and authorization | 500" + second + "in all, by default | none"},
		{"api: o/custom", "uncertain | 500" + second + "in all, by default | none"},
		{"api: o/jwt", "uncertain | 500" + second + "in all, by default | jwt"},
		{"api: o/iam2, user: u, domain: alice", "allowed | 500" + second + "in all, by default | none"},
		{"api: o/iam2, domain: bob", "denied by acl/friends | 500" + second + "in all, by default | none"},
		{"api: o/iam2, app: big", "uncertain | 500" + second + "in all, by default | none"},
		{"api: o/iam2, anonymous: true", "denied by authentication and acl/friends | 500" + second + "in all, by default | none"},
		{"api: o/banned, domain_id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "denied by acl/banned | 500" + second + "in all, by default | none"},
		{"api: o/banned, domain_id: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "allowed | 500" + second + "in all, by default | none"},
		{"api: o/maybe", "allowed | 500" + second + "in all, by default | none"},
		{"api: p/maybe", "uncertain | 500" + second + "in all, by default | none"},
		{"api: o/unknown, app: small, from: 10.9.0.1", "uncertain | 500" + second + "in all, by default | none"},

		// Addresses, of proxies and of IPv6, and the account of a caller whom IAM does not authenticate.
		{"api: o/none, from: 192.168.4.4", "allowed | no limit | free"},
		{"api: o/none, from: '::ffff:192.168.4.4'", "allowed | no limit | free"},
		{"api: o/none, from: 192.169.0.0", "denied by acl/office | no limit | free"},
		{"api: o/none", "uncertain | no limit | free"},
		{"api: o/none, from: '2001:db8::1'", "uncertain | no limit | free"},
		{"api: o/none, from: '2001:db9::1'", "denied by acl/office | no limit | free"},
		{"api: o/none, from: 192.168.4.4, proxy: 203.0.113.1", "uncertain | no limit | free"},
		{"api: o/none, from: 192.168.4.4, proxy: 192.168.0.1", "allowed | no limit | free"},
		{"api: o/none, from: 10.0.0.1, proxy: 203.0.113.1", "denied by acl/office | no limit | free"},
		{"api: o/create, app: small, user: u, from: 10.9.1.1", "denied by app_access_control/small | 10" + second + "of the app, by throttle_special/basic/app:small | none"},
		{"api: o/accounts, app: big, domain: alice", "allowed | 500" + second + "in all, by default | none"},
		{"api: o/accounts, app: big, domain: bob", "uncertain | 500" + second + "in all, by default | none"},

		// Two ACLs: either both apply, or only one.
		{"api: o/both, domain: alice, from: 192.168.1.1", "allowed | 500" + second + "in all, by default | none"},
		{"api: o/both, domain: alice, from: 10.0.0.1", "uncertain | 500" + second + "in all, by default | none"},
		{"api: o/both, domain: bob, from: 10.0.0.1", "denied by one of acl/office, acl/friends | 500" + second + "in all, by default | none"},

		// A PERMIT and a DENY of the same entity type.
		{"api: o/sorted, from: 10.1.2.3", "allowed | 500" + second + "in all, by default | none"},
		{"api: o/sorted, from: 10.9.9.9", "denied by acl/inside | 500" + second + "in all, by default | none"},

		// Limits per user and app apply to callers that the API identifies.
		{"api: o/counted_none, app: big, user: u1", "allowed | 200" + second + "in all, by throttle/counted | none"},
		{"api: o/counted_iam, app: big, user: u1", "allowed | 150" + second + "of the user, by throttle/counted | none"},
		{"api: o/counted_custom, app: big, user: u1", "uncertain | 200" + second + "in all, by throttle/counted | none"},

		// Limits.
		{"api: o/create, app: small, user: u", "uncertain | 10" + second + "of the app, by throttle_special/basic/app:small | none"},
		{"api: o/create, app: small", "uncertain | 10" + second + "of the app, by throttle_special/basic/app:small | none"},
		{"api: o/create, app: open, user: u1", "allowed | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"api: o/create, app: big, user: u1", "allowed | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"api: o/create, app: open", "allowed | uncertain | none"},
		{"api: o/get, app: big", "allowed | 60 calls in 1 MINUTE in all, counted over all APIs of the policy together, by throttle/together | headers"},
		{"api: o/wide", "allowed | uncertain | none"},
		{"api: o/iam, user: u, from: 192.168.0.1", "allowed | uncertain | rules"},
		{"api: o/tagless", "allowed | uncertain | none, perhaps headers"},

		// Paths.
		{"method: POST, path: /o, app: big, user: u1", "allowed | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"method: POST, path: /o/, app: big", "uncertain | uncertain | uncertain"},
		{"method: GET, path: /o/17, app: big", "allowed | 60 calls in 1 MINUTE in all, counted over all APIs of the policy together, by throttle/together | headers"},
		{"method: PUT, path: /o/17", "allowed | 500" + second + "in all, by default | none"},
		{"method: GET, path: /o/mine, app: big", "allowed | 500" + second + "in all, by default | none"}, // before /o/{id}
		{"method: GET, path: /files/deep/x, from: 10.0.0.9", "denied by acl/deep | 500" + second + "in all, by default | none"},
		{"method: GET, path: /files/deeper/x", "allowed | 500" + second + "in all, by default | none"},
		{"method: GET, path: /files/deep/one/x", "allowed | 500" + second + "in all, by default | none"}, // parameters come before prefixes
		{"method: GET, path: /twins/a/b", "uncertain | uncertain | uncertain"},
		{"method: GET, path: /files/a/b", "allowed | 500" + second + "in all, by default | none"},
		{"method: GET, path: /files", "allowed | 500" + second + "in all, by default | none"},
		{"method: GET, path: /filesystem", "uncertain | uncertain | uncertain"},
		{"method: DELETE, path: /nowhere", "uncertain | uncertain | uncertain"},
		{"api: o/other/thing", "uncertain | uncertain | uncertain"},
		{"api: o/newcomer, app: big", "uncertain | uncertain | none, perhaps headers"},
	} {
		t.Run(x.call, func(t *testing.T) {
			if d := cmp.Diff(x.want, brief(answer(t, fmt.Sprintf(casesFile, 500, "none", x.call), ""))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// answer answers the only case of a file.
func answer(t *testing.T, cases, export string) *Answer {
	t.Helper()
	files, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(gatewayFile)}}, spec.Options{})
	suite, more := Load([]spec.Input{{Name: "cases.yaml", Data: []byte(cases)}}, "", nothing)
	findings = append(findings, more...)
	var held *Held
	if export != "" {
		held, more = ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(export)}, nothing)
		findings = append(findings, more...)
	}
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	return New(files, held, suite, "2026-11-27").Ask(&suite.Cases[0].Call)
}

func nothing(string) (string, bool) { return "", false }

const exportFile = `version: apigw-sync/v1
throttles:
  - {name: before, time_interval: 1, time_unit: SECOND, api_call_limits: 9, apis: [o/create, o/old]}
  - {name: loose, time_interval: 1, time_unit: SECOND, api_call_limits: 80, specials: [{user: u1, call_limits: 3}], apis: [o/loose]}
apps:
  - {name: open, access_control: {type: PERMIT, values: [10.0.0.0/8]}, apis: [o/loose]}
  - {name: byhand, apis: [{group: o, name: "*"}]}
acls:
  - {name: byhand, type: DENY, entity_type: IP, values: [10.66.0.0/16], apis: [o/create]}
gateway:
  groups:
    - name: o
      apis:
        - {name: create, method: POST, path: /o, auth_type: APP, published: [RELEASE]}
        - {name: loose, method: GET, path: /loose, published: [RELEASE]}
        - {name: old, method: GET, path: /old, auth_type: APP, published: [RELEASE, STAGING]}
        - {name: tree, method: GET, path: /tree, match_mode: SWA, published: [RELEASE], tags: [slow]}
`

// What an export says stays where the files do not manage it.
func TestAnswersAgainst(t *testing.T) {
	const second = " calls in 1 SECOND "
	for _, x := range []struct{ call, want string }{
		{"api: o/create, app: open, user: u1, from: 10.0.0.1", "allowed | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"}, // basic displaces before
		{"api: o/create, app: open, user: u1, from: 11.0.0.1", "denied by app_access_control/open | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"api: o/create, app: byhand, user: u1, from: 10.66.0.1", "denied by acl/byhand | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"api: o/old, app: open, from: 10.0.0.1", "denied by authorization | 9" + second + "in all, by throttle/before | none"},
		{"api: o/old, app: byhand", "allowed | 9" + second + "in all, by throttle/before | none"},
		{"api: o/loose", "allowed | 90" + second + "in all, by throttle/loose | none"}, // its special limit for u1 does not apply: auth_type is NONE
		{"api: o/loose, anonymous: true", "allowed | 90" + second + "in all, by throttle/loose | none"},
		{"method: GET, path: /tree/top", "allowed | 60 calls in 1 MINUTE in all, counted over all APIs of the policy together, by throttle/together | headers"},
		{"method: GET, path: /nowhere", "denied by publication | no limit | none"},
		{"method: GET, path: /old, environment: STAGING, app: byhand", "denied by authorization | 500" + second + "in all, by default | none"},
		{"api: o/creat", "uncertain | uncertain | uncertain"},
	} {
		t.Run(x.call, func(t *testing.T) {
			cases := fmt.Sprintf("version: apigw-sync/cases/v1\ndefault_limit: 500\ncases: [{name: it, call: {%s}, expect: {allowed: true}}]", x.call)
			if d := cmp.Diff(x.want, brief(answer(t, cases, exportFile))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// Collections that the files leave out are not known without an export, unless the cases say that they are empty.
func TestUnmanaged(t *testing.T) {
	const second = " calls in 1 SECOND "
	for _, x := range []struct{ call, unknown, none string }{
		{"api: o/create, app: open, user: u1", "uncertain | 50" + second + "of the user, by throttle_special/basic/user:u1 | none", "allowed | 50" + second + "of the user, by throttle_special/basic/user:u1 | none"},
		{"api: o/loose, anonymous: true", "allowed | 90" + second + "in all, by throttle/loose | none", "allowed | 90" + second + "in all, by throttle/loose | none"},
		{"api: o/accounts, app: big, domain: alice", "allowed | uncertain | none", "allowed | 500" + second + "in all, by default | none"},
	} {
		for mode, want := range map[string]string{"unknown": x.unknown, "none": x.none} {
			if d := cmp.Diff(want, brief(answer(t, fmt.Sprintf(casesFile, 500, mode, x.call), ""))); d != "" {
				t.Errorf("%s, unmanaged %s: -want +got:\n%s", x.call, mode, d)
			}
		}
	}
}

// A renamed object replaces the old one, and two that contradict each other settle nothing.
func TestRenamedAndTwice(t *testing.T) {
	for file, want := range map[string]string{
		"throttles: [{name: new, moved_from: before, time_interval: 1, time_unit: SECOND, api_call_limits: 4, specials: []}]":                                                                                                     "allowed | 4 calls in 1 SECOND in all, by throttle/new | none",
		"throttles: [{name: aaa, time_interval: 1, time_unit: SECOND, api_call_limits: 4, specials: [], apis: [o/create]}, {name: bbb, time_interval: 1, time_unit: SECOND, api_call_limits: 5, specials: [], apis: [o/create]}]": "allowed | uncertain | none",
	} {
		held, findings := ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(exportFile)}, nothing)
		files, more := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte("version: apigw-sync/v1\n" + file)}}, spec.Options{})
		if findings = append(findings, more...); len(findings) > 0 {
			t.Fatal(findings)
		}
		c := Call{API: "o/create", App: "byhand", From: "10.0.0.1", Environment: "RELEASE"}
		if d := cmp.Diff(want, brief(New(files, held, &Suite{DefaultLimit: 500}, "2026-11-27").Ask(&c))); d != "" {
			t.Errorf("%s: -want +got:\n%s", file, d)
		}
	}
}

// What an ignore rule ignores is not sure until the rule ends.
func TestIgnored(t *testing.T) {
	const second = " calls in 1 SECOND "
	sure := "denied by acl/office | 500" + second + "in all, by default | none"
	for rule, want := range map[string]string{
		"{kind: acl, name: office}":                    "uncertain | 500" + second + "in all, by default | none",
		"{kind: acl_binding, name: 'off*'}":            "uncertain | 500" + second + "in all, by default | none",
		"{kind: acl, name: office, fields: [/values]}": "uncertain | 500" + second + "in all, by default | none",
		"{kind: acl, name: office, fields: [/type]}":   "uncertain | 500" + second + "in all, by default | none",
		"{kind: acl, name: office, until: 2026-11-26}": sure,
		"{kind: acl, name: office, until: 2026-11-27}": "uncertain | 500" + second + "in all, by default | none",
		"{kind: acl, name: other}":                     sure,
		"{kind: app_access_control, name: app}":        sure,
		"{kind: plugin_binding, name: free}":           sure,
	} {
		files, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte("version: apigw-sync/v1\n" +
			"acls: [{name: office, type: PERMIT, entity_type: IP, values: [10.0.0.0/8], apis: [o/a]}]\nignore: [" + rule + "]\n")}}, spec.Options{})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		suite := &Suite{DefaultLimit: 500, APIs: []API{{Group: "o", Name: "a", Method: "GET", Path: "/a", AuthType: "NONE", Published: []string{"RELEASE"}, Tags: []string{}}}}
		c := Call{API: "o/a", From: "192.168.0.1", Environment: "RELEASE"}
		if d := cmp.Diff(want, brief(New(files, nil, suite, "2026-11-27").Ask(&c))); d != "" {
			t.Errorf("%s: -want +got:\n%s", rule, d)
		}
	}
}

// If an ignore rule lets the gateway differ, the state of the gateway may apply instead.
func TestIgnoredAgainst(t *testing.T) {
	files, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte("version: apigw-sync/v1\n" +
		"throttles: [{name: new, time_interval: 1, time_unit: SECOND, api_call_limits: 4, specials: [], apis: [o/create]}]\nignore: [{kind: throttle_binding, name: new}]\n")}}, spec.Options{})
	held, more := ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(exportFile)}, nothing)
	if findings = append(findings, more...); len(findings) > 0 {
		t.Fatal(findings)
	}
	c := Call{API: "o/create", App: "byhand", From: "10.0.0.1", Environment: "RELEASE"}
	w := New(files, held, &Suite{DefaultLimit: 500}, "")
	if d := cmp.Diff("allowed | uncertain | none", brief(w.Ask(&c))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if n := len(w.Ask(&c).Limits); n != 0 {
		t.Errorf("%d limits", n)
	}
}

// The references of the files are checked if all APIs are known.
func TestReferences(t *testing.T) {
	files, _ := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(gatewayFile)}}, spec.Options{})
	held, _ := ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(exportFile)}, nothing)
	findings := New(files, held, &Suite{APIs: []API{{Group: "o", Name: "wide", Method: "GET", Path: "/wide"}}}, "").References(files)
	said := ""
	for _, f := range findings {
		if !f.Warning {
			t.Errorf("%s is an error", f)
		}
		said += f.String() + "\n"
	}
	if !strings.Contains(said, "no API matches o/iam") || strings.Contains(said, "o/wide") || strings.Contains(said, "o/create") {
		t.Error(said)
	}
	if found := New(files, nil, &Suite{}, "").References(files); found != nil {
		t.Errorf("without all APIs: %v", found)
	}
}
