package kind

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// AccessControl lists the source addresses from which an app may, or may not, call. API reference:
// "App Access Control" (instance feature app_acl).
type AccessControl struct {
	App     string   `json:"-"`
	Type    string   `json:"type"`   // PERMIT or DENY
	Values  []string `json:"values"` // a set, sorted
	Written []string `json:"-"`      // the values in the order of the file
	Odd     Odd      `json:"-"`
}

type accessControlWire struct {
	Type   *string  `json:"app_acl_type"`
	Values []string `json:"app_acl_values"`
}

var accessControlShape = shape.OfMap("Source addresses from which the app may, or may not, call.",
	shape.May("type", shape.OfText("PERMIT lets only these addresses in, DENY keeps them out.", shape.OneOf("PERMIT", "DENY"))),
	shape.May("values", shape.OfList("Addresses, ranges (a-b) and networks (CIDR).", addressShape, shape.Count(1, 0), distinctTexts)),
).WithExample(map[string]any{"type": "PERMIT", "values": []any{"10.0.0.0/8", "192.168.1.1-192.168.1.9"}}).
	WithAbsent("not managed; {} means none").
	Obeying(
		shape.TestMap(func(m map[string]any) string {
			if m["values"] != nil && m["type"] == nil {
				return "has no type"
			}
			return ""
		}, "add type: PERMIT or type: DENY").Saying("type beside values").With("dependentRequired", map[string]any{"values": []any{"type"}, "type": []any{"values"}}),
		shape.TestMap(func(m map[string]any) string {
			if m["type"] != nil && m["values"] == nil {
				return "has no values"
			}
			return ""
		}, "list the addresses, or write {} for no access control").Saying("values beside type"))

var appAccessControl = of(Def[AccessControl, accessControlWire]{
	Name: "app_access_control", Owner: "app", Field: "access_control", Single: true,
	Shape:    accessControlShape,
	Path:     "apps/{app}/app-acl",
	Ops:      Operations{List: "ShowDetailsOfAppAcl", Create: "UpdateAppAcl", Update: "UpdateAppAcl", Delete: "DeleteAppAcl"},
	Key:      func(c AccessControl) string { return c.App },
	Features: func(AccessControl) []string { return []string{"app_acl"} },
	Items: func(owner string, element any) []AccessControl {
		c, err := recode[AccessControl](element)
		if m, _ := element.(map[string]any); err != nil || len(m) == 0 {
			return nil
		}
		c.App = owner
		return []AccessControl{c}
	},
	Tree: func(c AccessControl) map[string]any {
		return map[string]any{"type": c.Type, "values": listOf(c.Written)}
	},
	Normalize: func(c AccessControl) AccessControl {
		if c.Written == nil {
			c.Written = slices.Clone(c.Values)
		}
		c.Values = sortedSet(c.Values)
		return c
	},
	Written: func(c AccessControl) AccessControl { c.Values, c.Written = c.Written, nil; return c },
	Encode: func(c AccessControl, _ IDs) (accessControlWire, error) {
		return accessControlWire{Type: &c.Type, Values: c.Written}, nil
	},
	Odd: func(c *AccessControl) *Odd { return &c.Odd },
	Decode: func(owner string, w accessControlWire) Found[AccessControl] {
		if value(w.Type) == "" && len(w.Values) == 0 {
			return Found[AccessControl]{} // there is none
		}
		return Found[AccessControl]{
			Bound: Unknown, Value: AccessControl{App: owner, Type: value(w.Type), Values: listed(strings.Join(w.Values, ","))},
			Silent: silent(map[string]bool{"/type": w.Type != nil, "/values": w.Values != nil}),
		}
	},
})
