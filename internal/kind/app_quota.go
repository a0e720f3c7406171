package kind

import (
	"cmp"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// AppQuota limits the calls of each app that it is bound to, over all APIs. API reference: "Client Quota Management".
type AppQuota struct {
	Name         string `json:"name"`
	CallLimits   int64  `json:"call_limits"`
	TimeUnit     string `json:"time_unit"` // SECOND MINUTE HOUR DAY
	TimeInterval int64  `json:"time_interval"`
	ResetTime    string `json:"reset_time"` // when the count first starts anew; "" leaves this to the gateway
	Remark       string `json:"remark"`
	Unclear      `json:"-"`
}

type appQuotaWire struct {
	ID           string  `json:"app_quota_id,omitempty"`
	Name         string  `json:"name"`
	CallLimits   *int64  `json:"call_limits"`
	TimeUnit     *string `json:"time_unit"`
	TimeInterval *int64  `json:"time_interval"`
	ResetTime    string  `json:"reset_time,omitempty"`
	Remark       *string `json:"remark"`
	Bound        *int    `json:"bound_app_num,omitempty"`
}

const resetLayout = time.DateTime

var resetTime = shape.OfText("When the count of calls is first reset to zero. It has no time zone.", shape.Rule{
	Text: "a date and time: YYYY-MM-DD hh:mm:ss", Keywords: map[string]any{"pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$`},
	Hint: `write it like "2026-12-01 00:00:00"`,
	Check: func(v any) string {
		if s, _ := v.(string); s != "" {
			if _, err := time.Parse(resetLayout, s); err != nil {
				return "is not a valid date and time"
			}
		}
		return ""
	},
}).WithExample("2026-12-01 00:00:00").WithAbsent("the gateway counts from the first call; a time that it already has is left alone")

var noAngles = shape.Test(func(s string) string {
	if strings.ContainsAny(s, "<>") {
		return "contains < or >, which the gateway refuses"
	}
	return ""
}, "remove it").Described("without < and >").WithKeyword("pattern", "^[^<>]*$")

var appQuota = of(Def[AppQuota, appQuotaWire]{
	Facts: Facts{
		Name: "app_quota", Trail: "AppQuota", Section: "app_quotas", Path: "app-quotas", ListField: "quotas",
		Codes: Codes{Gone: []string{"APIG.3093"}}, KeptWhenOmitted: []string{"/reset_time"},
		Ops: Operations{List: "ListAppQuotas", Create: "CreateAppQuota", Update: "UpdateAppQuota", Delete: "DeleteAppQuota"},
		Shape: shape.OfMap("A quota of apps: how many calls each app bound to it may make in a period, to all APIs together.",
			shape.Required("name", name("app quota", "partner_daily", 255)),
			shape.Required("call_limits", shape.OfInteger("Calls that each app may make in a period.", calls).WithUnit("calls per period").WithExample(int64(10000))),
			shape.Required("time_unit", shape.OfText("Unit of the period.", shape.OneOf("SECOND", "MINUTE", "HOUR", "DAY"))),
			shape.Required("time_interval", shape.OfInteger("Length of the period.", calls).WithUnit("the time_unit").WithExample(int64(1))),
			shape.Optional("reset_time", resetTime),
			shape.Optional("remark", remark().WithRules(noAngles)),
		).WithExample(map[string]any{"name": "partner_daily", "call_limits": int64(10000), "time_unit": "DAY", "time_interval": int64(1), "apps": []any{"partner_a", "partner_*"}}),
	}, Hooks: Hooks[AppQuota]{
		Adopt: func(want, have AppQuota) AppQuota {
			if want.ResetTime == "" {
				have.ResetTime = ""
			}
			return have
		},
		Features: func(AppQuota) []string { return []string{"app_quota"} },
	},
	Key: func(_ string, q AppQuota) string { return q.Name },
	Encode: func(w Writing[AppQuota]) (any, error) {
		q := w.Want
		if w.Have != nil { // an update replaces the whole object
			q.ResetTime = cmp.Or(q.ResetTime, w.Have.ResetTime)
		}
		return appQuotaWire{
			Name: q.Name, CallLimits: &q.CallLimits, TimeUnit: &q.TimeUnit, TimeInterval: &q.TimeInterval, ResetTime: q.ResetTime, Remark: &q.Remark,
		}, nil
	},
	Decode: func(w appQuotaWire) Found[AppQuota] {
		return Found[AppQuota]{
			ID: w.ID, Bound: bound(w.Bound), NoParts: true,
			Omitted: omitted(map[string]bool{"/call_limits": w.CallLimits != nil, "/time_unit": w.TimeUnit != nil, "/time_interval": w.TimeInterval != nil}),
			Value: AppQuota{
				Name: w.Name, CallLimits: value(w.CallLimits), TimeUnit: value(w.TimeUnit), TimeInterval: value(w.TimeInterval), ResetTime: withoutZone(w.ResetTime), Remark: value(w.Remark),
			},
		}
	},
})

// withoutZone removes the time zones after a time, which requests do not have. In the example of the operation
// "Querying Credential Quotas", two zones follow the time.
func withoutZone(text string) string {
	if before, zone, ok := strings.Cut(text, " +"); ok && strings.Trim(zone, "0UTC+ ") == "" {
		return before
	}
	return text
}

// quotaAppRow is an app of a quota as bound-apps reports it.
type quotaAppRow struct {
	App     string `json:"app_id"`
	Name    string `json:"name"`
	QuotaID string `json:"app_quota_id"`
	Quota   string `json:"app_quota_name"`
}

// appQuotaRow is the quota of an app as bound-quota reports it, or an app in the answer of a bind.
type appQuotaRow struct {
	QuotaID string `json:"app_quota_id"`
	Quota   string `json:"name"`
	App     string `json:"app_id"`
}

// appQuotaBinding binds quotas to apps. An app has one quota; it is not documented whether the bind of another one
// replaces it or is refused.
var appQuotaBinding = &LinkKind{
	Name: "app_quota_binding", Trail: "AppQuotaBinding", Owner: "app_quota", Target: "app", Field: "apps", DeletedWithOwner: true, UnbindFirst: true,
	Codes: Codes{Gone: []string{"APIG.3093", "APIG.3004"}},
	Slot:  func(any) string { return "" },
	OfOwner: reading(LinkList{
		Operation: "ListAppQuotaBoundApps", ListField: "apps",
		Path: func(id string) []string { return []string{"app-quotas", id, "bound-apps"} },
	}, func(r quotaAppRow) Row {
		return Row{OwnerID: r.QuotaID, Owner: r.Quota, TargetID: r.App, Target: r.Name}
	}),
	OfTarget: reading(LinkList{
		Operation: "ShowAppBoundAppQuota", None: "APIG.3093", // the answer for an app without a quota is not documented
		Path: func(id string) []string { return []string{"apps", id, "bound-quota"} },
	}, func(r appQuotaRow) Row { return Row{OwnerID: r.QuotaID, Owner: r.Quota} }),
	Answer: answer("applies", func(r appQuotaRow) Row { return Row{OwnerID: r.QuotaID, TargetID: r.App} }),
	Bind: []Write{{
		By: ByOwner, Operation: "AssociateAppsForAppQuota", Max: publishMax,
		Request: func(l []Link) api.Request {
			return api.Request{
				Operation: "AssociateAppsForAppQuota", Method: "POST", Path: []string{"app-quotas", l[0].OwnerID, "binding-apps"}, Once: true,
				Body: map[string]any{"app_ids": gather(l, targetID)},
			}
		},
	}},
	Unbind: []Write{{
		By: Alone, Operation: "DisassociateAppQuotaWithApp", Max: 1,
		Request: func(l []Link) api.Request {
			return api.Request{Operation: "DisassociateAppQuotaWithApp", Method: "DELETE", Path: []string{"app-quotas", l[0].OwnerID, "bound-apps", l[0].To.ID}}
		},
	}},
}
