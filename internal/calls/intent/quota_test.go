package intent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

const quotaFile = `version: apigw-sync/v1
apps:
  - {name: partner_a, apis: []}
  - {name: partner_b, apis: []}
  - {name: renamed, moved_from: held, apis: []}
app_quotas:
  - {name: daily, call_limits: 1000, time_unit: DAY, time_interval: 1, reset_time: "2026-12-01 00:00:00", apps: ["partner_?"]}
  - {name: left, call_limits: 7, time_unit: HOUR, time_interval: 2}
  - {name: twice_a, call_limits: 1, time_unit: DAY, time_interval: 1, apps: [twice]}
  - {name: twice_b, call_limits: 2, time_unit: DAY, time_interval: 1, apps: [twice, kept]}
`

const quotaExport = `version: apigw-sync/v1
apps: [{name: held}, {name: kept}, {name: stays}, {name: partner_b}, {name: by_left}]
app_quotas:
  - {name: old, call_limits: 50, time_unit: MINUTE, time_interval: 1, apps: [held, kept, stays, partner_b]}
  - {name: left, call_limits: 9, time_unit: HOUR, time_interval: 2, apps: [by_left]}
`

const (
	dailyText = "1000 calls in 1 DAY of the app, over all its APIs, by app_quota/daily"
	oldText   = "50 calls in 1 MINUTE of the app, over all its APIs, by app_quota/old"
	leftText  = "7 calls in 2 HOUR of the app, over all its APIs, by app_quota/left"
)

// quotaAnswer is the quota that applies to a call, in the words of a failed check.
func quotaAnswer(t *testing.T, file, export string, c Call) (string, *Answer) {
	t.Helper()
	files, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(file)}}, spec.Options{})
	var held *Held
	if export != "" {
		h, more := ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(export)}, nothing)
		held, findings = h, append(findings, more...)
	}
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	suite := &Suite{APIs: []API{
		{Group: "o", Name: "app", Method: "GET", Path: "/app", AuthType: "APP"},
		{Group: "o", Name: "iam", Method: "GET", Path: "/iam", AuthType: "IAM"},
		{Group: "o", Name: "odd", Method: "GET", Path: "/odd"},
	}}
	c.Environment = "RELEASE"
	o := New(files, held, suite, "2026-11-27").Run(Case{Call: c, Expect: Expect{Quota: &LimitExpect{None: true}}})
	return o.Checks[0].Got, o.Answer
}

// The quota of an app applies in addition to the limits of the API, to callers that the API identifies by their app.
func TestQuota(t *testing.T) {
	for _, x := range []struct{ api, app, alone, against string }{
		{"app", "partner_a", dailyText, dailyText},
		{"app", "partner_b", dailyText, dailyText}, // old loses it
		{"app", "twice", "uncertain", "uncertain"}, // two claim it
		{"app", "kept", "2 calls in 1 DAY of the app, over all its APIs, by app_quota/twice_b", "2 calls in 1 DAY of the app, over all its APIs, by app_quota/twice_b"},
		{"app", "renamed", "uncertain", oldText}, // perhaps left, which does not manage its apps
		{"app", "held", "uncertain", "no limit"}, // no app has the name any more
		{"app", "stays", "uncertain", oldText},
		{"app", "by_left", "uncertain", leftText}, // the limit from the files, the apps from the gateway
		{"app", "", "uncertain", "uncertain"},
		{"iam", "partner_a", "no limit", "no limit"},
		{"odd", "partner_a", "uncertain", "uncertain"},
	} {
		for export, want := range map[string]string{"": x.alone, quotaExport: x.against} {
			got, a := quotaAnswer(t, quotaFile, export, Call{API: "o/" + x.api, App: x.app})
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s of %s, with an export %t: -want +got:\n%s\n%v", x.api, x.app, export != "", d, a.Why)
			}
		}
	}
	if got, _ := quotaAnswer(t, quotaFile, "", Call{API: "o/app", Anonymous: true}); got != "no limit" {
		t.Errorf("anonymous: %s", got)
	}
	if got, _ := quotaAnswer(t, "version: apigw-sync/v1\n", "", Call{API: "o/app"}); got != "no limit" {
		t.Errorf("without quotas: %s", got)
	}
}

// A past rename has no effect on the app that has the former name now.
func TestQuotaRenamedBefore(t *testing.T) {
	const done = "version: apigw-sync/v1\napps: [{name: renamed}, {name: held}]\napp_quotas: [{name: old, call_limits: 50, time_unit: MINUTE, time_interval: 1, apps: [held]}]\n"
	for app, want := range map[string]string{"renamed": "no limit", "held": oldText} {
		if got, a := quotaAnswer(t, quotaFile, done, Call{API: "o/app", App: app}); got != want {
			t.Errorf("%s: %s, want %s\n%v", app, got, want, a.Why)
		}
	}
}

// With --prune, what the files own and do not declare is removed, and what a rule ignores stays.
func TestPruned(t *testing.T) {
	const (
		export = "version: apigw-sync/v1\nthrottles: [{name: byhand, time_interval: 1, time_unit: SECOND, api_call_limits: 9, specials: [{user: u1, call_limits: 3}], apis: [o/app]}]\n" +
			"apps: [{name: partner_a, apis: [o/app]}, {name: other, apis: [o/app]}]\napp_quotas: [{name: old, call_limits: 50, time_unit: MINUTE, time_interval: 1, apps: [partner_a, other]}]\n"
		files = "version: apigw-sync/v1\napps: [{name: partner_a, access_control: {}, apis: [o/app]}]\n"
		byUs  = "allowed | 500 calls in 1 SECOND in all, by default | none"
		byHim = "allowed | 3 calls in 1 SECOND of the user, by throttle_special/byhand/user:u1 | none"
	)
	for more, want := range map[string]string{
		"owns: {throttles: ['*'], app_quotas: ['*']}\n":                                           byUs + " | no limit",
		"owns: {throttles: ['*']}\n":                                                              byUs + " | " + oldText,
		"owns: {throttles: ['other*'], app_quotas: ['ol?']}\n":                                    byHim + " | no limit",
		"owns: {throttles: ['*']}\nignore: [{kind: throttle, name: byhand}]\n":                    byHim + " | " + oldText,
		"owns: {throttles: ['*']}\nignore: [{kind: throttle, name: byhand, fields: [/remark]}]\n": byUs + " | " + oldText,
		"owns: {throttles: ['*']}\nignore: [{kind: throttle, name: byhand, until: 2026-11-26}]\n": byUs + " | " + oldText,
		"owns: {apps: ['*']}\n": byHim + " | " + oldText,
	} {
		for _, prune := range []bool{true, false} {
			state, findings := spec.Load([]spec.Input{{Name: "gateway.yaml", Data: []byte(files + more)}}, spec.Options{})
			held, others := ReadHeld(spec.Input{Name: "export.yaml", Data: []byte(export)}, nothing)
			if findings = append(findings, others...); len(findings) > 0 {
				t.Fatal(findings)
			}
			held.Prune = prune
			suite := &Suite{DefaultLimit: 500, APIs: []API{{Group: "o", Name: "app", Method: "GET", Path: "/app", AuthType: "APP", Published: []string{"RELEASE"}, Tags: []string{}}}}
			o := New(state, held, suite, "2026-11-27").Run(Case{
				Call:   Call{API: "o/app", App: "partner_a", User: "u1", Environment: "RELEASE"},
				Expect: Expect{Quota: &LimitExpect{None: true}},
			})
			expected := want
			if !prune {
				expected = byHim + " | " + oldText
			}
			if d := cmp.Diff(expected, brief(o.Answer)+" | "+o.Checks[0].Got); d != "" {
				t.Errorf("%s, prune %t: -want +got:\n%s", more, prune, d)
			}
		}
	}
}

// If an ignore rule lets the gateway differ, the quota is not sure; its first reset does not matter.
func TestQuotaIgnored(t *testing.T) {
	for rule, want := range map[string]string{
		"{kind: app_quota, name: daily}":                                      "uncertain",
		"{kind: app_quota_binding, name: daily}":                              "uncertain",
		"{kind: app_quota, name: daily, fields: [/call_limits]}":              "uncertain",
		"{kind: app_quota, name: daily, fields: [/reset_time, /remark]}":      dailyText,
		"{kind: app_quota, name: daily, until: 2026-11-26}":                   dailyText,
		"{kind: app_quota_binding, name: left}, {kind: app_quota, name: old}": dailyText,
	} {
		got, a := quotaAnswer(t, quotaFile+"ignore: ["+rule+"]\n", quotaExport, Call{API: "o/app", App: "partner_a"})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s\n%v", rule, d, a.Why)
		}
	}
}

// A quota is separate: it does not change the limits of the API, and is among the reasons of the answer.
func TestQuotaBeside(t *testing.T) {
	const throttle = "throttles: [{name: basic, time_interval: 1, time_unit: SECOND, api_call_limits: 200, app_call_limits: 90, specials: [], apis: [o/app]}]\n"
	_, with := quotaAnswer(t, quotaFile+throttle, "", Call{API: "o/app", App: "partner_a"})
	_, without := quotaAnswer(t, "version: apigw-sync/v1\n"+throttle, "", Call{API: "o/app", App: "partner_a"})
	if d := cmp.Diff(without.Limits, with.Limits, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Source" }, cmp.Ignore())); d != "" || !with.LimitKnown {
		t.Errorf("a quota changed limits: -without +with:\n%s", d)
	}
	if l := with.per["app"]; len(l.limits) != 1 || l.limits[0].Calls != 90 {
		t.Errorf("per app: %+v", l)
	}
	told := ""
	for i := range with.Why {
		if s := &with.Why[i]; s.About == aboutQuota {
			told += fmt.Sprintln(s.Rule, s.String())
		}
	}
	want := "quota app_quota/daily applies to app partner_a: 1000 calls in 1 DAY over all its APIs, starting again at 2026-12-01 00:00:00 (gateway.yaml:7)\n"
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	_, open := quotaAnswer(t, quotaFile, "", Call{API: "o/app", App: "other"})
	if i := len(open.Why) - 1; !open.Why[i].Open || !strings.Contains(open.Why[i].Text, "whether app_quota/left (7 calls in 2 HOUR over all APIs) applies to app other: the files do not manage") {
		t.Errorf("%+v", open.Why)
	}
}
