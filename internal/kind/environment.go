package kind

import "github.com/apigw-sync/apigw-sync/internal/api"

// BuiltInEnvironment exists in every gateway and cannot be removed.
const BuiltInEnvironment = "RELEASE"

const builtInEnvironmentID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// Environment is a stage in which APIs are published. API reference: "Environment Management".
type Environment struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ListEnvironments asks for one page of the environments.
func ListEnvironments(offset int) api.Request {
	return api.Request{Operation: "ListEnvironmentsV2", Method: "GET", Path: []string{"envs"}, Query: pageQuery(offset)}
}

// Environments reads the answer of ListEnvironments.
func Environments(page Page) (out []*Environment, err error) {
	out, _, err = entries[Environment](&page, "envs")
	return out, err
}
