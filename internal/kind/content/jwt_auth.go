package content

import (
	"fmt"
	"net/textproto"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// jwtAuth lets calls pass if they have a token signed by a known key (RS and ES with 256, 384 or 512). A gateway can
// have at most five plugins of this type.
// Vendor's page: "JWTAuthContent".
var jwtAuth = Type{
	Name: "jwt_auth",
	Shape: shape.OfMap("Which tokens let calls pass, and where they are in a request. One of jwks_service and jwks is needed.",
		shape.Optional("jwks_service", shape.OfMap("The server that has the keys, which is asked every five minutes; sent as it is.").AllowingUnknown().OrNull()),
		shape.Optional("jwks", shape.OfText("The keys themselves: a JSON Web Key Set in a text.", shape.Test(brokenKeySet, "write a JSON Web Key Set (RFC 7517)").Described("a JSON object of at most 51200 bytes"),
			shape.AsWarning(shape.Test(keylessSet, "").Described("with keys"))).WithExample(`{"keys":[{"kty":"RSA","kid":"1","n":"...","e":"AQAB"}]}`)),
		shape.Optional("token_location", shape.OfText("Where the token is.", shape.OneOf("header", "query", "cookie")).WithDefault("header")),
		shape.Optional("token_name", shape.OfText("The name of the header, query parameter or cookie; Authorization and access_token when there is none, needed for a cookie.").
			WithExample("Authorization")),
		shape.Optional("token_prefix", shape.OfText("Text before the token, when token_location is header.", emptyMeans(defaultPrefix)).WithDefault(defaultPrefix)),
		shape.Optional("token_expiration_tolerance", shape.OfText("How long a token is accepted after it has expired: a number in quotes, from 0 to 86400.",
			emptyOr(shape.Test(brokenTolerance, `write a number in quotes, from "0" to "86400"`).Described("a number from 0 to 86400, in quotes"))).WithUnit("seconds").WithDefault("0")),
		shape.Optional("token_pass_through_enabled", off("Whether the backend gets the token.")),
		shape.Optional("missing_token_skip_auth_enabled", off("Whether calls without a token pass.")),
		shape.Optional("ignore_expiration_validation_enabled", off("Whether expired tokens are accepted.")),
		shape.Optional("carry_payload", shape.OfAny("How the payload of the token is passed to the backend; sent as it is.")),
		shape.Optional("claims_to_headers", shape.OfList("Claims that are passed to the backend in headers; sent as they are.", shape.OfAny("A claim and its header.")).OrNull()),
		shape.Optional("blacklist", shape.OfList("Tokens that are refused; sent as they are.", shape.OfAny("Claims of tokens that are refused.")).OrNull()),
		shape.Optional("whitelist", shape.OfList("Tokens that are accepted; sent as they are.", shape.OfAny("Claims of tokens that are accepted.")).OrNull()),
	),
	Check: checkJWTAuth,
	forms: map[string]form{
		"/jwks":                       jsonText,
		"/token_expiration_tolerance": seconds,
	},
	finish: finishJWTAuth,
}

const (
	defaultPrefix = "Bearer"
	maxTolerance  = 86400    // seconds: a day
	maxKeySet     = 50 << 10 // bytes
)

// defaultTokenName is the name that the gateway looks for if none is set, by token_location.
var defaultTokenName = map[string]string{"header": "Authorization", "query": "access_token"}

// finishJWTAuth fills in the default name for the location. It gives header names one spelling, since their case does
// not count, and removes the prefix unless the token is in a header.
func finishJWTAuth(c map[string]any) {
	location, name := textOf(c, "token_location"), textOf(c, "token_name")
	if name == "" && defaultTokenName[location] != "" {
		c["token_name"] = defaultTokenName[location]
	}
	if location != "header" {
		delete(c, "token_prefix")
	} else if name != "" {
		c["token_name"] = textproto.CanonicalMIMEHeaderKey(name)
	}
}

// seconds converts a number of seconds to a text, which the API expects.
func seconds(v any) any {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return strconv.FormatInt(n, 10)
		}
	}
	return v
}

func brokenTolerance(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxTolerance {
		return fmt.Sprintf("%q is out of range", s)
	}
	return ""
}

func brokenKeySet(s string) string {
	if s == "" {
		return ""
	}
	if len(s) > maxKeySet {
		return fmt.Sprintf("has %d bytes; at most %d are allowed", len(s), maxKeySet)
	}
	v, err := decodeJSON(s)
	if err != nil {
		return fmt.Sprintf("is no JSON: %v", err)
	}
	if _, ok := v.(map[string]any); !ok {
		return "is no JSON object"
	}
	return ""
}

func keylessSet(s string) string {
	if v, err := decodeJSON(s); err == nil && len(listOf(v, "keys")) == 0 {
		return "has no keys"
	}
	return ""
}

func checkJWTAuth(c map[string]any) []shape.Problem {
	var found []shape.Problem
	service, keys := !allBlank(c["jwks_service"]), !shape.Blank(c["jwks"])
	switch {
	case !service && !keys:
		found = append(found, shape.Problem{Path: "", Text: "has no keys to check tokens with", Hint: "write jwks_service or jwks"})
	case service && keys:
		found = append(found, useless("/jwks", "beside jwks_service"))
	}
	location := textOf(c, "token_location")
	if location == "cookie" && textOf(c, "token_name") == "" {
		found = append(found, missing("/token_name", "when token_location is cookie", "write the name of the cookie"))
	}
	if (location == "query" || location == "cookie") && textOf(c, "token_prefix") != "" {
		found = append(found, useless("/token_prefix", "unless token_location is header"))
	}
	return found
}
