package kind

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// APIGroup is a group of APIs with the settings that they share. API reference: "API Group Management".
type APIGroup struct {
	Name    string `json:"name"`
	Remark  string `json:"remark"`
	Debug   *bool  `json:"debug_domain,omitempty"` // nil: not managed
	Unclear `json:"-"`
}

type apiGroupWire struct {
	ID     string  `json:"id,omitempty"`
	Name   string  `json:"name"`
	Remark *string `json:"remark"`
	Debug  *bool   `json:"sl_domain_access_enabled,omitempty"`

	Domains json.RawMessage `json:"url_domains,omitempty"`
}

// builtInGroup exists on every gateway and cannot be deleted.
const builtInGroup = "DEFAULT"

var apiGroup = of(Def[APIGroup, apiGroupWire]{
	Facts: Facts{
		Name: AGroup, Trail: "ApiGroup", Section: "groups", Path: "api-groups", ListField: "groups", NameQuery: "name",
		ReadOnly: []string{"status", "sl_domain", "sl_domains", "register_time", "on_sell_status", "call_limits", "time_interval", "time_unit", "is_default", "version", "roma_app_id", "roma_app_name"},
		Codes:    Codes{Gone: []string{"APIG.3001"}}, LimitName: "APIGROUP_NUM_LIMIT", BuiltIn: []string{builtInGroup},
		Ops: Operations{List: "ListApiGroupsV2", Create: "CreateApiGroupV2", Update: "UpdateApiGroupV2", Delete: "DeleteApiGroupV2"},
		Shape: shape.OfMap("A group of APIs, with the settings that they share. Every gateway has the group DEFAULT.",
			shape.Required("name", shape.OfText("Name of the group, unique in the gateway.", shape.Length(3, 255),
				shape.Pattern(`[A-Za-z0-9一-鿿][A-Za-z0-9一-鿿_./():（）、。-]*`, "letters, digits, Chinese characters and - _ . / ( ) :, starting with a letter, digit or Chinese character")).WithExample("orders")),
			shape.Optional("remark", shape.OfText("Description for people.", shape.Length(0, 1000)).WithDefault("").WithExample("Orders").WithSamples("Orders", "订单")),
			shape.Optional("debug_domain", shape.OfBool("Whether the APIs can also be called at the debugging domain that the gateway gives each group. It takes 1000 calls a day and is not meant for production.").WithAbsent("not managed")),
			shape.Optional("domains", ownDomainList),
			shape.Optional("variables", variableList),
			shape.Optional("responses", gatewayResponseList),
		),
	},
	Hooks: Hooks[APIGroup]{
		Adopt: func(want, have APIGroup) APIGroup {
			if want.Debug == nil {
				have.Debug = nil
			}
			return have
		},
	},
	Key: func(_ string, g APIGroup) string { return g.Name },
	SeparateWrites: []SeparateWrite[APIGroup]{{
		Fields: []string{"/debug_domain"}, Operation: "UpdateSlDomainSettingV2",
		Needed: func(want, have APIGroup, _ bool) bool {
			return want.Debug != nil && (have.Debug == nil || *have.Debug != *want.Debug) // the setting of a new group is not documented
		},
		Request: func(want, _ APIGroup, of ObjectRef) (api.Request, error) {
			return api.Request{
				Operation: "UpdateSlDomainSettingV2", Method: "PUT", Path: []string{"api-groups", of.ID, "sl-domain-access-settings"},
				Body: map[string]any{"sl_domain_access_enabled": *want.Debug},
			}, nil
		},
		Done: func(want, _, now APIGroup, _ ObjectRef) bool { return value(now.Debug) == *want.Debug },
	}},
	Encode: func(w Writing[APIGroup]) (any, error) {
		return apiGroupWire{Name: w.Want.Name, Remark: &w.Want.Remark}, nil
	},
	Decode: func(w apiGroupWire) Found[APIGroup] {
		return Found[APIGroup]{
			PartLists: map[string]json.RawMessage{ownDomain.Name: w.Domains},
			ID:        w.ID, Bound: Unknown,
			Value: APIGroup{Name: w.Name, Remark: value(w.Remark), Debug: w.Debug},
		}
	},
})

// Variable is the value that replaces #name# in the backends of a group's APIs, in one environment. API reference:
// "Environment Variable Management".
type Variable struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	Environment string `json:"environment"`
	EnvID       string `json:"-"` // id of the environment, until its name is known
	Unclear     `json:"-"`
}

type variableWire struct {
	ID      string  `json:"id,omitempty"`
	GroupID string  `json:"group_id,omitempty"`
	EnvID   string  `json:"env_id,omitempty"`
	Name    string  `json:"variable_name,omitempty"`
	Value   *string `json:"variable_value"`
}

var variableList = shape.OfList("Variables of the group, which backends refer to as #name#. When a variable in the address of a backend changes, the gateway publishes the APIs that use it again.",
	shape.OfMap("A variable in one environment.",
		shape.Required("name", shape.OfText("Name of the variable. Together with its environment, it identifies the variable.", shape.Length(3, 32),
			shape.Pattern(`[A-Za-z][A-Za-z0-9_-]*`, "letters, digits, _ and -, starting with a letter")).WithExample("backend").WithSamples("backend", "zone", "path-prefix")),
		shape.Required("value", shape.OfText("Value of the variable. It is not a secret: the gateway shows it.", shape.Length(1, 255),
			shape.Pattern(`[A-Za-z0-9_/.:-]+`, "letters, digits and _ - / . :")).WithExample("orders.internal:8080").WithSamples("orders.internal:8080", "a", "/v2")),
		shape.Optional("environment", shape.OfText("Environment in which the variable has this value.", shape.Length(1, 64)).AsNameOf(AnEnvironment).WithDefault(BuiltInEnvironment).WithExample("STAGING")),
	), distinctBy("variable", "name", "environment")).WithAbsent("not managed; [] means none")

var variable = of(Def[Variable, variableWire]{
	Facts: Facts{
		Name: "variable", Trail: "EnvVariable", Owner: AGroup, Field: "variables", Shape: variableList.Items,
		Path: "env-variables?group_id={group}", ListField: "variables", Codes: Codes{Gone: []string{"APIG.3011"}},
		Ops: Operations{
			List: "ListEnvironmentVariablesV2", Create: "CreateEnvironmentVariableV2", Update: "UpdateEnvironmentVariableV2", Delete: "DeleteEnvironmentVariableV2",
		},
		RefersTo: AnEnvironment,
	},
	Hooks: Hooks[Variable]{
		Normalize: func(v Variable) Variable {
			if v.EnvID == "" || v.EnvID == builtInEnvironmentID {
				v.Environment, v.EnvID = cmp.Or(v.Environment, BuiltInEnvironment), ""
			}
			return v
		},
		InnerQuota: func(v Variable) InnerQuota {
			return InnerQuota{LimitName: "VARIABLE_NUM_LIMIT", What: "variables of a group in an environment", Of: v.Environment}
		},
		Refs: func(v Variable) []Ref { return []Ref{{Kind: AnEnvironment, Key: v.Environment, Path: "/environment"}} },
	},
	Key: func(group string, v Variable) string {
		return JoinKey(group, v.Name+"@"+cmp.Or(v.Environment, v.EnvID))
	},
	Names: func(v Variable, name func(kindName, id string) string) Variable {
		if n := name(AnEnvironment, v.EnvID); v.EnvID != "" && n != "" {
			v.Environment, v.EnvID = n, ""
		}
		return v
	},
	Encode: func(w Writing[Variable]) (any, error) {
		v := w.Want
		if w.Have != nil {
			return variableWire{Value: &v.Value}, nil
		}
		id, ok := w.IDs.ID(AnEnvironment, v.Environment)
		if !ok {
			return nil, fmt.Errorf("no environment named %s", v.Environment)
		}
		return variableWire{GroupID: w.Parent.ID, EnvID: id, Name: v.Name, Value: &v.Value}, nil
	},
	Decode: func(w variableWire) Found[Variable] {
		return Found[Variable]{
			ID: w.ID, Bound: Unknown, Omitted: omitted(map[string]bool{"/value": w.Value != nil}),
			Value: Variable{Name: w.Name, Value: value(w.Value), EnvID: w.EnvID},
		}
	},
})
