package emulator

import (
	"errors"
	"math"
)

var nameList = items(fields(map[string]shape{"name": textOfLength(1, 64).required()}), 10).or(nil)

var thirdAuthShape = fields(map[string]shape{
	"auth_request": fields(map[string]shape{
		"method":              oneOfWords("GET", "POST", "PUT", "HEAD").required(),
		"protocol":            oneOfWords("HTTP", "HTTPS").required(),
		"url_domain":          textOfLength(0, 255).or(""),
		"path":                text().like(`^/`).required(),
		"timeout":             wholeNumber(1, 60000).or(5000.0),
		"vpc_channel_enabled": flag(false),
		"vpc_channel_info":    fields(map[string]shape{"vpc_id": text().required(), "vpc_proxy_host": text().or("")}),
	}).required(),
	"identities":               fields(map[string]shape{"headers": nameList, "queries": nameList}),
	"carry_body":               fields(map[string]shape{"enabled": flag(false), "max_body_size": wholeNumber(0, math.Inf(1)).or(0.0)}),
	"carry_path_enabled":       flag(false),
	"return_resp_body_enabled": flag(false),
	"carry_resp_headers":       items(textOfLength(1, 64), 10),
	"simple_auth_mode_enabled": flag(true),
	"match_auth":               fields(map[string]shape{"key": text().required(), "value": text().required()}),
	"rule_enabled":             flag(false),
	"rule_type":                oneOfWords("allow", "deny").or("allow"),
	"parameters":               parameters.or(nil),
	"rules": items(fields(map[string]shape{
		"rule_name": textOfLength(1, 64).required(), "match_regex": text().required(),
	}), 100).or(nil),
	"custom_forbid_limit":    wholeNumber(0, maxCalls).or(100.0),
	"auth_downgrade_enabled": flag(false),
})

func checkThirdAuth(c content) error {
	request := c.object("auth_request")
	channel, _ := request["vpc_channel_enabled"].(bool)
	if channel == (request.text("url_domain") != "") {
		return errors.New("auth_request: either url_domain or a channel is needed")
	}
	if simple, _ := c["simple_auth_mode_enabled"].(bool); !simple && c["match_auth"] == nil {
		return errors.New("match_auth is needed without simple_auth_mode_enabled")
	}
	return checkRules(c, "rules")
}

var oidcShape = fields(map[string]shape{
	"client_id":                         text().required(),
	"client_secret":                     text().required().hidden(),
	"discovery":                         text().required(),
	"redirect_api_id":                   text().required(),
	"scope":                             text().or("openid email profile"),
	"logout_api_id":                     text().or(""),
	"redirect_after_logout_uri":         text().or(""),
	"access_token_expires_in":           wholeNumber(0, maxCalls).or(3600.0),
	"jwt_cache_enabled":                 flag(true),
	"jwks_enabled":                      flag(true),
	"public_key":                        text().or(""),
	"slient_renew_access_token_enabled": flag(true),
})

var jwtShape = fields(map[string]shape{
	"jwks_service":                         {kind: isAny},
	"jwks":                                 textOfLength(0, 50<<10).or(""),
	"token_location":                       oneOfWords("header", "query", "cookie").or("header"),
	"token_name":                           text(),
	"token_prefix":                         text().or("Bearer"),
	"token_expiration_tolerance":           text().like(`^[0-9]{1,5}$`).or("0"),
	"token_pass_through_enabled":           flag(false),
	"missing_token_skip_auth_enabled":      flag(false),
	"ignore_expiration_validation_enabled": flag(false),
	"carry_payload":                        {kind: isAny},
	"claims_to_headers":                    {kind: isAny, defaultValue: []any{}},
	"blacklist":                            {kind: isAny, defaultValue: []any{}},
	"whitelist":                            {kind: isAny, defaultValue: []any{}},
})

func checkJWT(c content) error {
	if c["jwks_service"] == nil && c.text("jwks") == "" {
		return errors.New("jwks_service or jwks is needed")
	}
	switch {
	case c.text("token_name") != "":
	case c.text("token_location") == "cookie":
		return errors.New("token_name is needed for a cookie")
	case c.text("token_location") == "query":
		c["token_name"] = "access_token"
	default:
		c["token_name"] = "Authorization"
	}
	return nil
}
