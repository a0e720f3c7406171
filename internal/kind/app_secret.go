package kind

import "github.com/apigw-sync/apigw-sync/internal/api"

// ResetSecret asks to set the secret of an app (ResettingAppSecretV2). If secret is "", the gateway generates one; such
// a request is not repeated automatically, since each one generates another secret.
func ResetSecret(appID, secret string) api.Request {
	r := api.Request{Operation: "ResettingAppSecretV2", Method: "PUT", Path: []string{"apps", "secret", appID}, Body: map[string]any{}, Once: true}
	if secret != "" {
		r.Body, r.Once, r.Secrets = map[string]any{"app_secret": secret}, false, []string{secret}
	}
	return r
}
