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

// AppQuota limits the calls of an app over all APIs. API reference: "Client Quota Management" (instance
// feature app_quota).
type AppQuota struct {
	Name     string `json:"name"` // "" when the app has none
	Limit    int64  `json:"call_limits"`
	Interval int64  `json:"time_interval"` // in Unit
	Unit     string `json:"time_unit"`     // SECOND MINUTE HOUR DAY
}

// ShowAppQuota asks for the quota that an app is bound to.
func ShowAppQuota(appID string) api.Request {
	return api.Request{Operation: "ShowAppBoundAppQuota", Method: "GET", Path: []string{"apps", appID, "bound-quota"}}
}
