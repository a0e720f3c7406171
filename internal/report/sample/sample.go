// Package sample holds made-up documents for testing and viewing the formats.
package sample

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Now is when the samples were taken.
var Now = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// Head begins the samples.
var Head = document.Head{FormatVersion: document.FormatVersion, ToolVersion: "v1.2.3", InstanceID: "0e5a1c0ffee00000000000000000a001"}

func at(file string, line int) *kind.Source {
	return &kind.Source{File: "gateway/" + file + ".yaml", Line: line, Column: 5}
}

func binding(group, name, env, method, path string) *document.Binding {
	return &document.Binding{Group: group, API: name, Environment: env, Method: method, Path: path}
}

// Changes returns one change of each kind and action that a plan can hold.
func Changes() []document.Change {
	hidden := diff.Hidden
	create := binding("orders", "create_order", "RELEASE", "POST", "/v1/orders")
	read := binding("orders", "get_order", "RELEASE", "GET", "/v1/orders/{id}")
	pay := binding("支付", "付款", "STAGING", "POST", "/v1/pay/{id}")
	out := []document.Change{
		{
			Address: "acl/orders_office", Kind: "acl", Name: "orders_office", Action: diff.Replace, Source: at("acls", 8),
			Fields: []document.Field{{Path: "/entity_type", Before: "IP", After: "DOMAIN"}, {Path: "/values", Added: []any{"shop.example.com"}, Removed: []any{"10.0.0.0/8"}}},
		},
		{Address: "acl_binding/orders_office/orders/get_order@RELEASE", Kind: "acl_binding", Name: "orders_office", Action: diff.Unbind, Binding: read},
		{
			Address: "app/orders_mobile", Kind: "app", Name: "orders_mobile", Action: diff.Update, Source: at("apps", 4), Note: "renamed from orders_handy",
			Fields: []document.Field{{Path: "/app_secret", Before: hidden, After: hidden, Sensitive: true}, {Path: "/name", Before: "orders_handy", After: "orders_mobile"}, {Path: "/remark", Before: "", After: "Mobile shop"}},
		},
		{
			Address: "app_access_control/orders_mobile", Kind: "app_access_control", Name: "orders_mobile", Action: diff.Create, Source: at("apps", 9),
			Fields: []document.Field{{Path: "/type", After: "PERMIT"}, {Path: "/values", Added: []any{"10.0.0.0/8", "192.168.1.1-192.168.1.9"}, Removed: []any{}}},
		},
		{Address: "app_authorization/orders_mobile/orders/create_order@RELEASE", Kind: "app_authorization", Name: "orders_mobile", Action: diff.Bind, Source: at("apps", 12), Binding: create},
		{Address: "app_authorization/orders_mobile/支付/付款@STAGING", Kind: "app_authorization", Name: "orders_mobile", Action: diff.Bind, Source: at("apps", 13), Binding: pay},
		{
			Address: "app/orders_old", Kind: "app", Name: "orders_old", Action: diff.Delete,
			Fields:      []document.Field{{Path: "/app_key", Before: "k-2021"}, {Path: "/app_secret", Before: hidden, Sensitive: true}, {Path: "/name", Before: "orders_old"}},
			AlsoRemoved: []document.AlsoRemoved{{Address: "app_authorization/orders_old/orders/get_order@RELEASE"}, {Address: "app_code/orders_old/#5d6e7f80"}},
		},
		{Address: "app_code/orders_mobile/#1a2b3c4d", Kind: "app_code", Name: "orders_mobile", Action: diff.Delete},
		{
			Address: "app_code/orders_mobile/#9f8e7d6c", Kind: "app_code", Name: "orders_mobile", Action: diff.Create, Source: at("apps", 7),
			Fields: []document.Field{{Path: "/app_code", After: hidden, Sensitive: true}},
		},
		{Address: "plugin/orders_cors", Kind: "plugin", Name: "orders_cors", Action: diff.Update, Source: at("plugins", 3), Fields: []document.Field{
			{Path: "/content/allow_origin", Added: []any{"https://new.example.com"}, Removed: []any{"https://old.example.com"}},
			{Path: "/content/max_age", Before: 3600, After: 86400},
			{Path: "/content/script", Before: script("return 401"), After: script("return 403")},
		}},
		{Address: "plugin_binding/orders_cors/orders/create_order@RELEASE", Kind: "plugin_binding", Name: "orders_cors", Action: diff.Bind, Source: at("plugins", 18), Binding: create},
		{
			Address: "throttle/orders_basic", Kind: "throttle", Name: "orders_basic", Action: diff.Update, Source: at("throttles", 2),
			Fields: []document.Field{{Path: "/api_call_limits", Before: 1200, After: 800}, {Path: "/user_call_limits", Before: 500}, {Path: "/time_unit", Before: "MINUTE", After: "SECOND"}},
		},
		{
			Address: "throttle/orders_old", Kind: "throttle", Name: "orders_old", Action: diff.Delete,
			Fields:      []document.Field{{Path: "/api_call_limits", Before: 100}, {Path: "/name", Before: "orders_old"}},
			AlsoRemoved: []document.AlsoRemoved{{Address: "throttle_special/orders_old/app:orders_mobile"}},
		},
		{Address: "throttle_binding/orders_basic/orders/create_order@RELEASE", Kind: "throttle_binding", Name: "orders_basic", Action: diff.Bind, Source: at("throttles", 14), Binding: create},
		{Address: "throttle_binding/orders_old/支付/付款@STAGING", Kind: "throttle_binding", Name: "orders_old", Action: diff.Unbind, Binding: pay},
		{
			Address: "throttle_special/orders_basic/app:orders_mobile", Kind: "throttle_special", Name: "orders_basic", Action: diff.Update, Source: at("throttles", 10),
			Fields: []document.Field{{Path: "/call_limits", Before: 50, After: 100}},
		},
	}
	displacing(out, "plugin_binding/orders_cors/orders/create_order@RELEASE", "plugin/shop_cors")
	return append(out, others(out)...)
}

// displacing lets a bind displace a policy that no file declares.
func displacing(changes []document.Change, bind, policy string) {
	undeclared := false
	for i := range changes {
		if changes[i].Address == bind {
			changes[i].Displaces, changes[i].DisplacesDeclared = policy, &undeclared
		}
	}
}

// others returns changes of the kinds that Changes does not name, made from the examples of their shapes.
func others(changes []document.Change) (out []document.Change) {
	named := func(kindName string) bool {
		return slices.ContainsFunc(changes, func(c document.Change) bool { return c.Kind == kindName })
	}
	for _, k := range kind.All {
		if named(k.Name) {
			continue
		}
		c := document.Change{Address: k.Name + "/orders", Kind: k.Name, Name: "orders", Action: diff.Create, Source: at("others", 2)}
		for _, f := range k.Shape.Fields {
			if f.Shape.Secret {
				c.Fields = append(c.Fields, document.Field{Path: "/" + f.Name, After: diff.Hidden, Sensitive: true})
			} else if f.Shape.Example != nil {
				c.Fields = append(c.Fields, document.Field{Path: "/" + f.Name, After: f.Shape.Example})
			}
		}
		out = append(out, c)
	}
	for _, l := range kind.Links {
		if named(l.Name) {
			continue
		}
		c := document.Change{Address: l.Name + "/orders/orders_" + l.Target, Kind: l.Name, Name: "orders", Action: diff.Bind, Source: at("others", 9)}
		if l.Target == kind.APublication {
			c.Address, c.Binding = l.Name+"/orders/orders/create_order@RELEASE", binding("orders", "create_order", "RELEASE", "POST", "/v1/orders")
		}
		out = append(out, c)
	}
	return out
}

// script returns a text of several lines, one of them as given.
func script(line string) string {
	lines := []string{"local key = ngx.req.get_headers()[\"X-Shop\"]", "if key == nil then", "  " + line, "end"}
	for i := range 12 {
		lines = append(lines, fmt.Sprintf("-- rule %d", i+1))
	}
	return strings.Join(lines, "\n") + "\n"
}

// Impact returns what a plan means to callers: one of each level, two that are alike, and one that is not sure.
func Impact() []impact.Entry {
	calls := func(n int64) *int64 { return &n }
	gone := []impact.Aspect{{Name: impact.Authorization, Level: impact.Outage, Before: "orders_mobile", After: "none", Sure: true}}
	return []impact.Entry{
		{API: "orders/create_order", Environment: "RELEASE", Because: []string{"acl/orders_office"}, Calls: calls(51234), Aspects: []impact.Aspect{
			{Name: impact.Access, Level: impact.Exposure, Before: "2 networks", After: "anyone", Sure: true},
			{Name: impact.Limit, Level: impact.Exposure, Before: "900 per SECOND", After: "none"},
		}},
		{API: "orders/get_order", Environment: "RELEASE", Because: []string{"app_authorization/orders_mobile/orders/get_order@RELEASE"}, Aspects: gone},
		{API: "orders/get_orders", Environment: "RELEASE", Because: []string{"app_authorization/orders_mobile/orders/get_orders@RELEASE"}, Aspects: gone},
		{API: "orders/list_orders", Environment: "STAGING", Because: []string{"plugin/orders_cors"}, Aspects: []impact.Aspect{
			{Name: impact.Plugins, Level: impact.Change, Before: "none", After: "proxy_cache", Sure: true},
		}},
	}
}

// Plan returns a plan with one of each thing that a plan can show.
func Plan() *document.Plan {
	d := document.EmptyPlan(Head)
	d.Changes = Changes()
	d.Summary.Summary = summary(d.Changes)
	d.Summary.Extra, d.Summary.Ignored, d.Summary.Unchanged = 1, 2, 34
	d.SetImpact(Impact())
	d.Extra = []document.Extra{{Address: "acl/orders_forgotten"}}
	d.Refusals = []document.Refusal{{Guard: "max-deletes", Reason: "the plan deletes or replaces 3 objects, more than 2", Would: "acl/orders_office, app_code/orders_mobile/#1a2b3c4d and throttle/orders_old would go", Flag: "--max-deletes 3"}}
	d.Requests = document.Requests{Read: 21, Write: 14}
	d.Warnings = []document.Problem{
		{Address: "throttle/orders_basic", File: "gateway/throttles.yaml", Line: 5, Column: 22, Path: "/throttles/0/api_call_limits", Message: "800 calls a minute are below the 1,140 that orders/create_order had in its busiest minute", Hint: "raise the limit or expect refused calls"},
	}
	return d
}

func summary(changes []document.Change) diff.Summary {
	n, displaced := map[diff.Action]int{}, 0
	for i := range changes {
		n[changes[i].Action]++
		if changes[i].Displaces != "" {
			displaced++
		}
	}
	return diff.Summary{
		Create: n[diff.Create], Update: n[diff.Update], Replace: n[diff.Replace], Delete: n[diff.Delete],
		Bind: n[diff.Bind], Unbind: n[diff.Unbind], Displaced: displaced,
	}
}

// Failed returns a plan that could not be made.
func Failed() *document.Plan {
	d := document.EmptyPlan(Head)
	d.Errors = []document.Problem{
		{File: "gateway/throttles.yaml", Line: 7, Column: 3, Path: "/throttles/0/time_units", Message: `unknown key "time_units"`, Hint: "did you mean time_unit?"},
		{Message: "GET …/throttles: 403 APIG.1005 (request 7f3a): no permission", Hint: "give the account the role APIG ReadOnlyAccess"},
	}
	return d
}

// Check returns the outcome of checking files without a gateway.
func Check() *document.Check {
	d := document.NewCheck(Head, map[string]int{"throttles": 2, "apps": 1, "references": 9})
	d.Valid = true
	d.Warnings = []document.Problem{{File: "gateway/acls.yaml", Line: 81, Column: 5, Path: "/acls/3", Message: "has no values"}}
	d.Lint = document.NewLint(&lint.Result{Ignored: 2, Findings: []lint.Finding{
		found("AGS006", lint.Error, "app/orders_mobile", "apps", 6, "/apps/0/app_secret", "app_secret is in plain text in the file", "use a variable such as ${NAME} instead"),
		found("AGS001", lint.Error, "throttle/orders_basic", "throttles", 7, "/throttles/0/api_call_limits", "one account can use up all 800 calls of a period", "add user_call_limits"),
		found("AGS008", lint.Warning, "", "throttles", 2, "/owns/throttles/0", `"order_*" under owns matches no throttle in the files`, "did you mean orders_*?"),
		found("AGS009", lint.Note, "throttle/orders_again", "throttles", 12, "/throttles/1/name", "has the same effect as throttle/orders_basic (gateway/throttles.yaml:4:5)", "bind one of them to the APIs of both, and remove the other"),
	}})
	return d
}

func found(rule string, s lint.Severity, address, file string, line int, path, message, hint string) lint.Finding {
	r, _ := lint.Find(rule)
	return lint.Finding{Rule: r, Severity: s, Address: address, Place: spec.Place{Source: *at(file, line), Path: path}, Message: message, Hint: hint}
}

// Results returns an apply in which something went wrong in each way.
func Results() *document.Results {
	d := document.EmptyResults(Head)
	for _, c := range Changes() {
		d.Results = append(d.Results, document.Result{Change: c, Status: apply.Succeeded, Attempts: 1})
	}
	fail := func(i int, status apply.Status, f *apply.Failure) *document.Result {
		r := &d.Results[i]
		r.Status, r.Error = status, f
		return r
	}
	d.Results[0].Attempts = 3
	fail(1, apply.Failed, &apply.Failure{ErrorCode: "APIG.3500", ErrorMsg: "Store is busy"}).BindID = "d3216b8d"
	fail(3, apply.Unknown, &apply.Failure{ErrorMsg: "the outcome could not be found out"}).Attempts = 4
	fail(8, apply.Failed, &apply.Failure{HTTPStatus: 400, ErrorCode: "APIG.2011", ErrorMsg: "Invalid parameter value: max_age", RequestID: "7f3a2c"})
	fail(9, apply.Skipped, &apply.Failure{ErrorMsg: "it needs plugin/orders_cors, which did not succeed"}).WaitedFor = "plugin/orders_cors"
	results := make([]apply.Result, len(d.Results))
	for i := range d.Results {
		r := &d.Results[i]
		if results[i] = (apply.Result{Status: r.Status, WaitedFor: r.WaitedFor, Error: r.Error}); r.Error != nil {
			results[i].Error.Trouble = api.Remedy(&api.Error{Status: r.Error.HTTPStatus, Code: r.Error.ErrorCode})
		}
	}
	d.Advise(results, map[api.Next]string{
		api.Apply: "apigw-sync apply --target=prod", api.Diff: "apigw-sync diff --target=prod", api.Doctor: "apigw-sync doctor --target=prod",
	})
	d.Summary.Summary = apply.Summarize(results)
	d.Remaining = Changes()[8:9]
	d.Remaining = append(d.Remaining, Changes()[10])
	d.Requests, d.Converged = document.Requests{Read: 33, Write: 19}, new(bool)
	d.Undo = &document.Undo{File: "undo.json", Changes: 11, NotRestorable: []document.Loss{{Address: "app_code/orders_mobile/#1a2b3c4d", Reason: "the gateway never shows a code again"}}}
	return d
}

// Drift returns a gateway on which each kind was changed by hand, with two extras, a certificate that ends
// soon and one that has ended, a gateway that is frozen, and an ignore rule past its end.
func Drift() *document.Drift {
	d := document.EmptyDrift(Head, Now)
	d.Drifted = true
	d.Changes = Changes()
	moved := []drift.Side{drift.Gateway, drift.Gateway, drift.Both, drift.Files}
	for i := range d.Changes {
		d.Changes[i].Moved = moved[i%len(moved)]
		d.Changes[i].Traffic = &document.TrafficSum{APIs: 1 + i%3, Groups: []string{"orders"}, Calls: int64(48_211 / (i + 1)), Errors: int64(i), Peak: 1_140, Exact: i%2 == 0}
	}
	d.Moved = &document.Moved{Gateway: 10, Files: 3, Both: 4}
	d.Summary = summary(d.Changes)
	d.Summary.Extra, d.Summary.Ignored, d.Summary.Unchanged = 2, 1, 30
	d.Extra = []document.Extra{{Address: "acl/orders_forgotten", Moved: drift.Gateway}, {Address: "throttle/orders_by_hand", Moved: drift.Gateway}}
	d.Coverage = &document.Coverage{
		Declared: 6, Undeclared: 3, NotCounted: []string{"plugin"},
		ByKind: map[string]document.Covered{"acl": {Declared: 2, Undeclared: 2}, "app": {Declared: 2}, "throttle": {Declared: 2, Undeclared: 1}},
	}
	d.Undeclared = []document.Undeclared{{Address: "acl/orders_forgotten"}, {Address: "acl/支付"}, {Address: "throttle/orders_by_hand"}}
	d.Instance = document.Instance{Name: "shop-prod", Status: "Frozen", Locks: []kind.Lock{{Scene: "POLICE", Source: "case-4711"}}, MissingFeatures: []string{"app_acl"}}
	d.Certificates = []document.Certificate{
		{Group: "orders", Domain: "old.shop.example.com", Name: "shop-2025", NotAfter: Now.AddDate(0, 0, -4), Days: -4, Expired: true},
		{Group: "支付", Domain: "pay.shop.example.com", Name: "pay-2026", NotAfter: Now.AddDate(0, 0, 10), Days: 10, Source: at("certificates", 6)},
		{Group: "orders", Domain: "*.shop.example.com", Name: "wild-2026", NotAfter: Now.AddDate(0, 0, 24), Days: 24},
	}
	d.LapsedIgnores = []document.LapsedIgnore{{Kind: "throttle", Name: "legacy_*", Reason: "owned by operations", Until: "2026-09-30", Source: at("ignore", 3)}}
	d.References = []document.Reference{{
		Source: at("apis", 2), Address: "throttle/orders_basic", Reference: "orders/cancel_order", Environment: "RELEASE", Problem: "not published",
		Message: "orders/cancel_order (published in STAGING) is not published in RELEASE", Hint: "publish it there first, or write it as a mapping with optional: true",
	}}
	d.Traffic = []document.Traffic{stream("orders", 800, 7), stream("支付", 90, 3)}
	d.Traffic[0].APIs = []document.APITraffic{{API: "orders/create_order", Calls: 31_004, Errors: 201, Peak: 1_140}, {API: "orders/get_order", Calls: 17_207, Errors: 3, Peak: 402}}
	d.Requests = document.Requests{Read: 38, Write: 14}
	d.Warnings = Plan().Warnings
	d.Managed = managed(d.Changes)
	return d
}

func managed(changes []document.Change) (out []string) {
	for i := range changes {
		if changes[i].Action != diff.Delete && changes[i].Action != diff.Unbind {
			out = append(out, changes[i].Address)
		}
	}
	return append(out, "throttle/orders_night", "throttle_binding/orders_night/orders/get_order@RELEASE")
}

// stream returns an hour of traffic that goes up and down.
func stream(group string, around, every int) document.Traffic {
	t := document.Traffic{Group: group}
	for i := range 60 {
		if i%13 == 5 {
			continue // minutes without calls may be missing
		}
		m := document.Minute{At: Now.Add(time.Duration(i-60) * time.Minute), Calls: int64(around + (i*i*37)%around/2 - i*around/120)}
		if i%every == 0 {
			m.Errors = m.Calls / int64(every+2)
		}
		if m.Calls > t.Peak {
			t.Peak, t.PeakAt = m.Calls, &m.At
		}
		t.Calls += m.Calls
		t.Errors += m.Errors
		t.Minutes = append(t.Minutes, m)
	}
	return t
}

// History returns a month of earlier drift reports.
func History() (out []document.PastReport) {
	for i := range 30 {
		n := []int{0, 0, 1, 3, 3, 2, 0, 5, 9, 12, 12, 4, 1, 1, 0}[i/2]
		out = append(out, document.PastReport{At: Now.AddDate(0, 0, i-30), Differences: n, Certificates: i / 15, Drifted: n > 0})
	}
	return out
}
