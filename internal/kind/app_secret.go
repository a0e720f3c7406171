package kind

import "github.com/apigw-sync/apigw-sync/internal/api"

// ResetSecret asks to set the secret of an app (ResettingAppSecretV2). With a value of the caller's own it may
// be repeated; "" lets the gateway make one, which is never done blindly.
func ResetSecret(appID, secret string) api.Request {
	r := api.Request{Operation: "ResettingAppSecretV2", Method: "PUT", Path: []string{"apps", "secret", appID}, Body: map[string]any{}, Once: true}
	if secret != "" {
		r.Body, r.Once, r.Secrets = map[string]any{"app_secret": secret}, false, []string{secret}
	}
	return r
}
