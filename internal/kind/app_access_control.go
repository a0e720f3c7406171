package kind

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// AccessControl lists the addresses from which an app may, or may not, send calls. It needs the instance feature
// app_acl. API reference: "App Access Control".
type AccessControl struct {
	Type    string   `json:"type"`   // PERMIT or DENY
	Values  []string `json:"values"` // a set
	Unclear `json:"-"`
}

type accessControlWire struct {
	Type   *string  `json:"app_acl_type"`
	Values []string `json:"app_acl_values"`
}

var accessControlShape = shape.OfMap("Source addresses from which the app may, or may not, call.",
	shape.Optional("type", shape.OfText("PERMIT lets only these addresses in; DENY keeps them out.", shape.OneOf("PERMIT", "DENY"))),
	shape.Optional("values", shape.OfList("Addresses, ranges (a-b) and networks (CIDR).", addressShape, shape.Count(1, 0), distinctTexts).AsSet()),
).WithExample(map[string]any{"type": "PERMIT", "values": []any{"10.0.0.0/8", "192.168.1.1-192.168.1.9"}}).
	WithAbsent("not managed; {} means none").
	WithRules(
		shape.Test(func(m map[string]any) string {
			if m["values"] != nil && m["type"] == nil {
				return "has no type"
			}
			return ""
		}, "add type: PERMIT or type: DENY").Described("values only together with type").WithKeyword("dependentRequired", map[string]any{"values": []any{"type"}, "type": []any{"values"}}),
		shape.Test(func(m map[string]any) string {
			if m["type"] != nil && m["values"] == nil {
				return "has no values"
			}
			return ""
		}, "list the addresses, or write {} for no access control").Described("type only together with values"))

var appAccessControl = of(Def[AccessControl, accessControlWire]{
	Facts: Facts{
		Name: "app_access_control", Trail: "AppAcl", Owner: "app", Field: "access_control", Single: true,
		ReadOnly: []string{"app_id"},
		Shape:    accessControlShape,
		Path:     "apps/{app}/app-acl",
		Ops:      Operations{List: "ShowDetailsOfAppAcl", Create: "UpdateAppAcl", Update: "UpdateAppAcl", Delete: "DeleteAppAcl"},
	}, Hooks: Hooks[AccessControl]{
		Features: func(AccessControl) []string { return []string{"app_acl"} },
	},
	Key: func(app string, _ AccessControl) string { return app },
	Encode: func(w Writing[AccessControl]) (any, error) {
		return accessControlWire{Type: &w.Want.Type, Values: w.Want.Values}, nil
	},
	Decode: func(w accessControlWire) Found[AccessControl] {
		if value(w.Type) == "" && len(w.Values) == 0 {
			return Found[AccessControl]{Absent: true}
		}
		return Found[AccessControl]{
			Bound: Unknown, Value: AccessControl{Type: value(w.Type), Values: listed(strings.Join(w.Values, ","))},
			Omitted: omitted(map[string]bool{"/type": w.Type != nil, "/values": w.Values != nil}),
		}
	},
})
