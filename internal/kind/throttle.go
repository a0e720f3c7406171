package kind

import (
	"math"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Throttle limits the calls of the APIs that it is bound to. A limit of 0 means that there is none. API reference:
// "Request Throttling Policy Management".
type Throttle struct {
	Name         string `json:"name"`
	Type         string `json:"type"`          // basic: one counter for each API; shared: one counter for all of them
	TimeInterval int64  `json:"time_interval"` // in TimeUnit
	TimeUnit     string `json:"time_unit"`     // SECOND MINUTE HOUR DAY
	APILimit     int64  `json:"api_call_limits"`
	UserLimit    int64  `json:"user_call_limits"`
	AppLimit     int64  `json:"app_call_limits"`
	IPLimit      int64  `json:"ip_call_limits"`
	Remark       string `json:"remark"`
	Unclear      `json:"-"`
}

type throttleWire struct {
	ID           string  `json:"id,omitempty"`
	Name         string  `json:"name"`
	Type         word    `json:"type,omitempty"`
	TimeInterval *int64  `json:"time_interval"`
	TimeUnit     *string `json:"time_unit"`
	APILimit     *int64  `json:"api_call_limits"`
	UserLimit    *int64  `json:"user_call_limits,omitempty"`
	AppLimit     *int64  `json:"app_call_limits,omitempty"`
	IPLimit      *int64  `json:"ip_call_limits,omitempty"`
	Remark       *string `json:"remark,omitempty"`
	Bound        *int    `json:"bind_num,omitempty"`
	Specials     *int    `json:"is_inclu_special_throttle,omitempty"` // 1: has special limits; 2: has none
}

// throttleTypes are the words of files for the API's numbers of types.
var throttleTypes = words{"1": "basic", "2": "shared"}

var calls = shape.Range(1, math.MaxInt32)

var throttle = of(Def[Throttle, throttleWire]{
	Facts: Facts{
		Name: "throttle", Trail: "Throttle", Section: "throttles", Rank: 1, Path: "throttles", ListField: "throttles", NameQuery: "name",
		ReadOnly: []string{"enable_adaptive_control"},
		Codes:    Codes{Bound: []string{"APIG.3451"}}, LimitName: "THROTTLE_NUM_LIMIT",
		Ops: Operations{
			List: "ListRequestThrottlingPolicyV2", Create: "CreateRequestThrottlingPolicyV2",
			Update: "UpdateRequestThrottlingPolicyV2", Delete: "DeleteRequestThrottlingPolicyV2",
		},
		Shape: shape.OfMap("A request throttling policy: how many calls the APIs bound to it take in a period.",
			shape.Required("name", name("throttle", "orders_basic", 64)),
			shape.Optional("type", shape.OfText("How calls are counted: each API alone (basic), or all bound APIs together (shared).", shape.OneOf("basic", "shared")).WithDefault("basic")),
			shape.Required("time_interval", shape.OfInteger("Length of the period.", calls).WithUnit("the time_unit").WithExample(int64(1))),
			shape.Required("time_unit", shape.OfText("Unit of the period.", shape.OneOf("SECOND", "MINUTE", "HOUR", "DAY"))),
			shape.Required("api_call_limits", shape.OfInteger("Calls that an API takes in a period, from all callers together.", calls).WithUnit("calls per period").WithExample(int64(800))),
			shape.Optional("user_call_limits", shape.OfInteger("Calls of one account in a period; at most api_call_limits.", calls).WithUnit("calls per period").WithExample(int64(500)).WithAbsent("no such limit")),
			shape.Optional("app_call_limits", shape.OfInteger("Calls of one app in a period; at most user_call_limits, or api_call_limits if that is not set.", calls).WithUnit("calls per period").WithExample(int64(300)).WithAbsent("no such limit")),
			shape.Optional("ip_call_limits", shape.OfInteger("Calls from one address in a period; at most api_call_limits.", calls).WithUnit("calls per period").WithExample(int64(600)).WithAbsent("no such limit")),
			shape.Optional("remark", remark()),
			shape.Optional("specials", specialList),
		),
		KeptWhenEmpty: []string{"/user_call_limits", "/app_call_limits", "/ip_call_limits"},
	}, Hooks: Hooks[Throttle]{
		Normalize: func(t Throttle) Throttle {
			if t.Type == "" {
				t.Type = "basic"
			}
			return t
		},
		Check: checkThrottle,
	},
	Key: func(_ string, t Throttle) string { return t.Name },
	Encode: func(w Writing[Throttle]) (any, error) {
		t := w.Want
		return throttleWire{
			Name: t.Name, Type: throttleTypes.spell(t.Type), TimeInterval: &t.TimeInterval, TimeUnit: &t.TimeUnit, APILimit: &t.APILimit,
			UserLimit: optional(t.UserLimit), AppLimit: optional(t.AppLimit), IPLimit: optional(t.IPLimit), Remark: &t.Remark,
		}, nil
	},
	Decode: func(w throttleWire) Found[Throttle] {
		t := Throttle{
			Name: w.Name, Type: throttleTypes.read(w.Type), TimeInterval: value(w.TimeInterval), TimeUnit: value(w.TimeUnit), APILimit: value(w.APILimit),
			UserLimit: value(w.UserLimit), AppLimit: value(w.AppLimit), IPLimit: value(w.IPLimit), Remark: value(w.Remark),
		}
		return Found[Throttle]{ID: w.ID, Value: t, Bound: bound(w.Bound), NoParts: value(w.Specials) == 2, Unrecognized: throttleTypes.unrecognized("/type", w.Type), Omitted: omitted(map[string]bool{
			"/time_interval": w.TimeInterval != nil, "/time_unit": w.TimeUnit != nil, "/api_call_limits": w.APILimit != nil,
		})}
	},
})

func checkThrottle(t Throttle) (out []shape.Problem) {
	above := func(field string, n int64, other string, m int64) {
		if n > m && m > 0 {
			out = append(out, shape.Problem{Path: "/" + field, Text: "is above " + other, Hint: "lower it to " + itoa(m) + " or raise " + other})
		}
	}
	above("user_call_limits", t.UserLimit, "api_call_limits", t.APILimit)
	above("ip_call_limits", t.IPLimit, "api_call_limits", t.APILimit)
	if t.UserLimit > 0 {
		above("app_call_limits", t.AppLimit, "user_call_limits", t.UserLimit)
	} else {
		above("app_call_limits", t.AppLimit, "api_call_limits", t.APILimit)
	}
	return out
}

// throttleBindingRow is a binding as binded-apis reports it.
type throttleBindingRow struct {
	ID string `json:"throttle_apply_id"`
	listedAPI
}

// throttleFree is an API in unbinded-apis, to which a throttle is not bound, with the throttle that is.
type throttleFree struct {
	listedAPI
	Throttle *string `json:"throttle_name"`
}

// throttleOfAPI is a binding as binded-throttles reports it: the throttle, without the id of the environment.
type throttleOfAPI struct {
	ID         string `json:"bind_id"`
	ThrottleID string `json:"id"`
	Throttle   string `json:"name"`
	Env        string `json:"env_name"`
}

type throttleApply struct {
	ID         string `json:"id"`
	PublishID  string `json:"publish_id"`
	ThrottleID string `json:"strategy_id"`
}

var throttleBinding = &LinkKind{
	Name: "throttle_binding", Trail: "ThrottleBinding", Owner: "throttle", Target: APublication, Field: "apis", Codes: Codes{Gone: []string{"APIG.3012"}},
	Slot: func(any) string { return "" },
	OfOwner: bindings("ListApisBindedToRequestThrottlingPolicyV2", "apis", "throttle_id", func(r throttleBindingRow) Row {
		return boundAPI(r.listedAPI).row(r.ID, "", "")
	}, "throttle-bindings", "binded-apis"),
	OfTarget: bindings("ListRequestThrottlingPoliciesBindedToApiV2", "throttles", "api_id", func(r throttleOfAPI) Row {
		return Row{ID: r.ID, OwnerID: r.ThrottleID, Owner: r.Throttle, Env: r.Env}
	}, "throttle-bindings", "binded-throttles"),
	Unbound: bindings("ListApisUnbindedToRequestThrottlingPolicyV2", "apis", "throttle_id", func(r throttleFree) Row {
		return freeAPI(r.listedAPI, r.Throttle)
	}, "throttle-bindings", "unbinded-apis"),
	Answer: answer("throttle_applys", func(r throttleApply) Row {
		return Row{ID: r.ID, OwnerID: r.ThrottleID, PublishID: r.PublishID}
	}),
	Bind:   bindPublished("AssociateRequestThrottlingPolicyV2", "throttle-bindings", "strategy_id"),
	Unbind: unbindTogether("BatchDisassociateThrottlingPolicyV2", "throttle-bindings", "throttle_bindings"),
}
