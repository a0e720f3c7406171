package kind

import "github.com/apigw-sync/apigw-sync/internal/kind/shape"

// BuiltInEnvironment exists on every gateway and cannot be deleted.
const BuiltInEnvironment = "RELEASE"

const builtInEnvironmentID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// Environment is a stage in which APIs are published. API reference: "Environment Management".
type Environment struct {
	Name    string `json:"name"`
	Remark  string `json:"remark"`
	Unclear `json:"-"`
}

type environmentWire struct {
	ID     string  `json:"id,omitempty"`
	Name   string  `json:"name"`
	Remark *string `json:"remark"`
}

var environment = of(Def[Environment, environmentWire]{
	Facts: Facts{
		Name: AnEnvironment, Trail: "Environment", Section: "environments", Path: "envs", ListField: "envs",
		Codes: Codes{Gone: []string{"APIG.3003"}}, LimitName: "ENVIRONMENT_NUM_LIMIT", BuiltIn: []string{BuiltInEnvironment},
		Ops: Operations{List: "ListEnvironmentsV2", Create: "CreateEnvironmentV2", Update: "UpdateEnvironmentV2", Delete: "DeleteEnvironmentV2"},
		Shape: shape.OfMap("An environment: a stage in which APIs are published. Every gateway has the environment RELEASE.",
			shape.Required("name", shape.OfText("Name of the environment, unique in the gateway.", shape.Length(3, 64),
				shape.Pattern(`[A-Za-z][A-Za-z0-9_]*`, "letters, digits and _, starting with a letter")).WithExample("STAGING")),
			shape.Optional("remark", remark()),
		),
	},
	Key: func(_ string, e Environment) string { return e.Name },
	Encode: func(w Writing[Environment]) (any, error) {
		return environmentWire{Name: w.Want.Name, Remark: &w.Want.Remark}, nil
	},
	Decode: func(w environmentWire) Found[Environment] {
		return Found[Environment]{
			ID: w.ID, Bound: Unknown,
			Value: Environment{Name: w.Name, Remark: value(w.Remark)},
		}
	},
})
