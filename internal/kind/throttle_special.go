package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Special is a special limit: it overrides the limits of a throttle for one app or one account. API reference:
// "Excluded Request Throttling Configuration".
type Special struct {
	App     string `json:"app,omitempty"`  // name of an app; either App or User is set
	User    string `json:"user,omitempty"` // account id, not checked
	Limit   int64  `json:"call_limits"`
	Other   string `json:"-"` // TYPE:ID of an app or account that files cannot name; then neither App nor User is set
	Unclear `json:"-"`
}

type specialWire struct {
	ID         string `json:"id,omitempty"`
	Limit      *int64 `json:"call_limits"`
	ObjectID   string `json:"object_id"`
	ObjectType string `json:"object_type"` // APP or USER
	AppName    string `json:"app_name,omitempty"`
	ObjectName string `json:"object_name,omitempty"`
}

const specialsOfAType = 30

var specialList = shape.OfList("Separate limits for single apps or accounts.",
	shape.OfMap("A limit for one app or one account, which may be above or below app_call_limits and user_call_limits.",
		shape.Optional("app", shape.OfText("Name of the app.", shape.Length(3, 64)).AsImmutable().AsNameOf("app").WithExample("orders_mobile")),
		shape.Optional("user", shape.OfText("Account id.", shape.Length(1, 64)).AsImmutable().WithExample("5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b").
			WithSamples(strings.Repeat("0", 32), strings.Repeat("0", 31)+"1", strings.Repeat("0", 31)+"2")),
		shape.Required("call_limits", shape.OfInteger("Calls in a period of the throttle; at most its api_call_limits.", calls).WithUnit("calls per period").WithExample(int64(100))),
	).WithExample(map[string]any{"app": "orders_mobile", "call_limits": int64(100)}).WithRules(eitherAppOrUser),
	shape.Test(checkSpecials, "").Described(fmt.Sprintf("no app or user twice, at most %d entries with app and %d with user", specialsOfAType, specialsOfAType))).WithAbsent("not managed; [] means none")

var eitherAppOrUser = shape.Test(func(m map[string]any) string {
	if (m["app"] == nil) == (m["user"] == nil) {
		return "needs either app or user"
	}
	return ""
}, "name one app, or one account id").
	Described("either app or user").
	WithKeyword("oneOf", []any{map[string]any{"required": []any{"app"}}, map[string]any{"required": []any{"user"}}})

func checkSpecials(items []any) string {
	seen, number := map[string]bool{}, map[string]int{}
	for _, item := range items {
		m, _ := item.(map[string]any)
		for _, by := range []string{"app", "user"} {
			object, ok := m[by].(string)
			if !ok {
				continue
			}
			if seen[by+object] {
				return fmt.Sprintf("holds the %s %s twice", by, object)
			}
			seen[by+object] = true
			if number[by]++; number[by] > specialsOfAType {
				return fmt.Sprintf("holds more than %d entries with %s", specialsOfAType, by)
			}
		}
	}
	return ""
}

// hiddenObject begins the placeholder for an id that the gateway does not report.
const hiddenObject = "?"

// mayBe reports whether a special limit whose app or account the gateway does not fully report (Other) may be for the
// same one as s.
func (s *Special) mayBe(other string) bool {
	objectType, id, _ := strings.Cut(other, ":")
	if s.App != "" {
		return objectType == "APP" || objectType == ""
	}
	return (objectType == "USER" || objectType == "") && (id == s.User || strings.HasPrefix(id, hiddenObject))
}

// matchSpecials pairs declared special limits that the gateway does not seem to have with its special limits whose app
// or account it does not fully report.
func matchSpecials(_ string, want []Declared, have []Object) Matched {
	out := Matched{Want: want, Have: slices.Clone(have)}
	for _, w := range want {
		s := w.Value.(Special)
		if slices.ContainsFunc(have, func(h Object) bool { return h.Key == w.Key }) {
			continue
		}
		at := slices.IndexFunc(out.Have, func(h Object) bool { return h.Foreign && s.mayBe(h.Value.(Special).Other) })
		if at < 0 {
			continue
		}
		h := &out.Have[at]
		s.Limit, s.Unclear = h.Value.(Special).Limit, h.Value.(Special).Unclear
		h.Key, h.Value, h.Foreign = w.Key, s, false
	}
	return out
}

var throttleSpecial = of(Def[Special, specialWire]{
	Facts: Facts{
		Name: "throttle_special", Trail: "ThrottleSpecial", Owner: "throttle", Field: "specials",
		ReadOnly: []string{"apply_time", "app_id", "throttle_id"},
		Shape:    specialList.Items,
		Path:     "throttles/{throttle}/throttle-specials", ListField: "throttle_specials",
		Ops: Operations{
			List: "ListSpecialThrottlingConfigurationsV2", Create: "CreateSpecialThrottlingConfigurationV2",
			Update: "UpdateSpecialThrottlingConfigurationV2", Delete: "DeleteSpecialThrottlingConfigurationV2",
		},
		RefersTo: "app",
	}, Hooks: Hooks[Special]{
		Match: matchSpecials,
		Refs: func(s Special) []Ref {
			if s.App == "" {
				return nil
			}
			return []Ref{{Kind: "app", Key: s.App, Path: "/app"}}
		},
		InnerQuota: func(s Special) InnerQuota {
			if s.App == "" {
				return InnerQuota{LimitName: "USER_THROTTLE_LIMIT", What: "special users of a throttle"}
			}
			return InnerQuota{LimitName: "APP_THROTTLE_LIMIT", What: "special apps of a throttle"}
		},
		CheckIn: func(owner any, s Special) []shape.Problem {
			if t := owner.(Throttle); s.Limit > t.APILimit && t.APILimit > 0 {
				return []shape.Problem{{Path: "/call_limits", Text: "is above the throttle's api_call_limits", Hint: "lower it to " + itoa(t.APILimit) + " or raise api_call_limits"}}
			}
			return nil
		},
	},
	Key: func(throttle string, s Special) string {
		switch {
		case s.App != "":
			return JoinKey(throttle, "app:"+s.App)
		case s.Other != "":
			return JoinKey(throttle, s.Other)
		}
		return JoinKey(throttle, "user:"+s.User)
	},
	Encode: func(e Writing[Special]) (any, error) {
		s := e.Want
		if e.Have != nil {
			return map[string]any{"call_limits": s.Limit}, nil
		}
		w := specialWire{Limit: &s.Limit, ObjectID: s.User, ObjectType: "USER"}
		if s.Other != "" {
			w.ObjectType, w.ObjectID, _ = strings.Cut(s.Other, ":")
		}
		if s.App == "" {
			return w, nil
		}
		id, ok := e.IDs.ID("app", s.App)
		if !ok {
			return w, fmt.Errorf("no app named %s", s.App)
		}
		w.ObjectID, w.ObjectType = id, "APP"
		return w, nil
	},
	Decode: func(w specialWire) Found[Special] {
		s := Special{Limit: value(w.Limit)}
		switch name := cmp.Or(w.AppName, w.ObjectName); {
		case w.ObjectType == "USER" && w.ObjectID != "":
			s.User = w.ObjectID
		case w.ObjectType == "APP" && name != "" && name != w.ObjectID:
			s.App = name
		default:
			s.Other = w.ObjectType + ":" + cmp.Or(w.ObjectID, hiddenObject+w.ID)
		}
		return Found[Special]{ID: w.ID, Value: s, Bound: Unknown, Foreign: s.Other != "", Omitted: omitted(map[string]bool{"/call_limits": w.Limit != nil})}
	},
})
