package content

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// oidcAuth sends callers to an identity provider to log in. The APIs it names cannot be deleted.
// Vendor's page: "OIDCAuthContent".
var oidcAuth = Type{
	Name: "oidc_auth",
	Shape: shape.OfMap("The identity provider that callers log in with.",
		shape.Required("client_id", shape.OfText("The gateway's ID at the provider.", shape.Length(1, 0)).WithExample("gateway")),
		shape.Required("client_secret", shape.OfText("The gateway's secret at the provider.", shape.Length(1, 0)).WithExample("${OIDC_SECRET}").AsSecret()),
		shape.Required("discovery", shape.OfText("The URL at which the provider describes itself.", webURL).
			WithExample("https://login.example.com/.well-known/openid-configuration")),
		shape.Required("redirect_api_id", shape.OfText("The ID of the API to which the provider sends callers back; bound to this plugin as well, with a path no other bound API has.",
			shape.Length(1, 0)).WithExample("5f918d104dc84480a75166ba99efff21")),
		shape.Optional("scope", shape.OfText("Scopes that are requested from the provider, separated by spaces.", emptyMeans(defaultScope)).WithDefault(defaultScope)),
		shape.Optional("logout_api_id", shape.OfText("The ID of the API that logs callers out, not the same as redirect_api_id; bound to this plugin as well, with a path no other bound API has.").
			WithExample("9f918d104dc84480a75166ba99efff24")),
		shape.Optional("redirect_after_logout_uri", shape.OfText("Where callers go after logging out.").WithExample("https://shop.example.com/bye")),
		shape.Optional("access_token_expires_in", shape.OfInteger("How long a token is valid if the provider does not say.", atLeast(1)).
			WithUnit("seconds").WithDefault(int64(3600))),
		shape.Optional("jwt_cache_enabled", shape.OfBool("Whether the result of checking a token is cached.").WithDefault(true)),
		shape.Optional("jwks_enabled", shape.OfBool("Whether tokens are checked with keys from the provider; otherwise with public_key.").WithDefault(true)),
		shape.Optional("public_key", shape.OfText("The key that checks tokens, in PEM, when jwks_enabled is false.", shape.AsWarning(emptyOr(pemBlock))).WithExample("-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----\n")),
		shape.Optional("slient_renew_access_token_enabled", shape.OfBool("Whether tokens are renewed without the caller noticing. The API spells the name so.").WithDefault(true)),
	),
	Check: checkOIDCAuth,
	forms: map[string]form{
		"/scope":      onText(func(s string) string { return strings.Join(strings.Fields(s), " ") }),
		"/public_key": pem,
	},
}

const defaultScope = "openid email profile"

func checkOIDCAuth(c map[string]any) []shape.Problem {
	var found []shape.Problem
	fromProvider, written := c["jwks_enabled"].(bool)
	switch key := textOf(c, "public_key"); {
	case written && !fromProvider && key == "":
		found = append(found, missing("/public_key", "when jwks_enabled is false", "write the key in PEM"))
	case (!written || fromProvider) && key != "":
		found = append(found, useless("/public_key", "unless jwks_enabled is false"))
	}
	if id := textOf(c, "logout_api_id"); id != "" && id == textOf(c, "redirect_api_id") {
		found = append(found, shape.Problem{Path: "/logout_api_id", Text: "is the same API as redirect_api_id", Warning: true})
	}
	return found
}
