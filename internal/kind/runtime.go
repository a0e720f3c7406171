package kind

import "github.com/apigw-sync/apigw-sync/internal/api"

// Definition is what an API itself says about the calls that it takes.
type Definition struct {
	AuthType string `json:"auth_type"` // NONE, APP, IAM or AUTHORIZER
	CORS     bool   `json:"cors"`
}

// ShowRuntime asks for the definition of an API that is live in an environment; the API list has the
// draft. API reference: "Querying the Runtime Definition of an API".
func ShowRuntime(apiID, envID string) api.Request {
	return api.Request{Operation: "ListApiRuntimeDefinitionV2", Method: "GET", Path: []string{"apis", "runtime", apiID}, Query: query("env_id", envID)}
}
