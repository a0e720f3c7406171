package content

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// thirdAuth asks another server whether a call may pass.
// Vendor's page: "ThirdAuthContent".
var thirdAuth = Type{
	Name: "third_auth",
	Shape: shape.OfMap("Which server decides whether a call may pass, and what it is told.",
		// The table requires it, but an example leaves it out, so that only gives a warning; see checkThirdAuth.
		shape.Optional("auth_request", authRequest),
		shape.Optional("identities", shape.OfMap("Parts of the request that are passed on; a call that has none of them is refused.",
			shape.Optional("headers", identityList("The headers that are passed on.", "header")),
			shape.Optional("queries", identityList("The query parameters that are passed on.", "query parameter")),
		).OrNull()),
		shape.Optional("carry_body", shape.OfMap("Whether the request body is passed on.",
			shape.Optional("enabled", shape.OfBool("Whether the request body is passed on.")),
			shape.Optional("max_body_size", shape.OfInteger("How much of the body is passed on.", atLeast(0)).WithUnit("bytes").WithExample(int64(1000))),
		)),
		shape.Optional("carry_path_enabled", shape.OfBool("Whether the path of the request is passed on.")),
		shape.Optional("return_resp_body_enabled", shape.OfBool("Whether callers see the server's response body when it refuses.")),
		// One table has carry_resp_header, but examples and gateways have the plural.
		shape.Optional("carry_resp_headers", shape.OfList("The headers of the server's response that the backend gets when it accepts.",
			shape.OfText("The name of a header.", shape.Length(1, 64)).WithExample("X-User"), shape.Count(0, 10)).AsSet().OrNull()),
		shape.Optional("simple_auth_mode_enabled", shape.OfBool("Whether the status of the server's response alone decides; match_auth decides otherwise.")),
		shape.Optional("match_auth", shape.OfMap("Which value in the server's response means that the call may pass; needed unless simple_auth_mode_enabled is true.",
			shape.Optional("key", shape.OfText("The name of the value.").WithExample("status")),
			shape.Optional("value", shape.OfText("The value that lets the call pass.").WithExample("ok")),
		).OrNull()),
		shape.Optional("rule_enabled", shape.OfBool("Whether rules select the calls that the server is asked about.")),
		shape.Optional("rule_type", shape.OfText("What happens to calls that meet a rule: they pass without asking (allow), or only they are asked about (deny); needed when rule_enabled is true.",
			shape.OneOf("allow", "deny")).WithExample("allow")),
		shape.Optional("parameters", parameters()),
		shape.Optional("rules", shape.OfList("The conditions that select calls when rule_enabled is true.", shape.OfMap("A condition that selects calls.",
			shape.Required("rule_name", ruleName()),
			shape.Required("match_regex", matchRegex()),
		), shape.Count(0, 100)).KeyedBy("rule_name").InOrder().OrNull()),
		shape.Optional("custom_forbid_limit", shape.OfInteger("How many refused calls in five minutes block an address.", atLeast(0)).
			WithUnit("calls").WithExample(int64(100))),
		shape.Optional("auth_downgrade_enabled", shape.OfBool("Whether calls pass when the server cannot be reached.")),
	),
	Check:  checkThirdAuth,
	Unsure: []string{"simple_auth_mode_enabled", "rule_type", "custom_forbid_limit"},
	fill:   map[string]any{"/auth_request/vpc_channel_enabled": false},
	forms: map[string]form{
		"/auth_request/vpc_channel_enabled": flagOfNumber,
		"/rules/*/match_regex":              jsonText,
	},
}

var authRequest = shape.OfMap("How the server is asked.",
	shape.Required("method", shape.OfText("The HTTP method of the request to the server.", shape.OneOf("GET", "POST", "PUT", "HEAD"))),
	shape.Required("protocol", shape.OfText("The protocol of the request to the server.", shape.OneOf("HTTP", "HTTPS"))),
	shape.Optional("url_domain", shape.OfText("The host of the server; empty when vpc_channel_enabled is true, otherwise required.",
		shape.Length(0, 255), shape.AsWarning(emptyOr(address(false)))).WithExample("auth.example.com")),
	shape.Required("path", shape.OfText("The path on the server.", rooted).WithExample("/check")),
	shape.Optional("timeout", shape.OfInteger("How long the server may take.", shape.Range(1, 60000)).WithUnit("milliseconds").WithDefault(int64(5000))),
	// In the table it is a flag, in an example a number.
	shape.Optional("vpc_channel_enabled", shape.OfEither("Whether the server is behind a channel. A channel in use cannot be deleted.",
		shape.OfBool("Whether the server is behind a channel."),
		shape.OfInteger("The same as a number, 0 or 1.").WithExample(int64(1))).WithExample(false)),
	shape.Optional("vpc_channel_info", shape.OfMap("The channel, when vpc_channel_enabled is true.",
		shape.Optional("vpc_id", shape.OfText("The ID of the channel; needed when vpc_channel_enabled is true.").WithExample("56a7d7358e1b42459c9d730d65b14e59")),
		shape.Optional("vpc_proxy_host", shape.OfText("The Host header that the server gets.").WithExample("auth.internal")),
	).OrNull().InContext("vpc_channel_enabled", true)),
)

// flagOfNumber converts 0 and 1 to false and true.
func flagOfNumber(v any) any {
	switch v {
	case int64(0):
		return false
	case int64(1):
		return true
	}
	return v
}

func identityList(doc, what string) *shape.Shape {
	return shape.OfList(doc, shape.OfMap("A "+what+".",
		shape.Required("name", shape.OfText("The name of the "+what+".", shape.Length(1, 0)).WithExample("X-Token")),
	), shape.Count(0, 10)).KeyedBy("name").OrNull()
}

func checkThirdAuth(c map[string]any) []shape.Problem {
	found := checkMatchAuth(c)
	if r := objectOf(c, "auth_request"); r != nil {
		found = append(found, checkAuthServer(r)...)
	} else {
		found = append(found, shape.Problem{Path: "/auth_request", Text: "is missing, so no server is asked", Warning: true})
	}
	switch enabled, rules := get[bool](c, "rule_enabled"), listOf(c, "rules"); {
	case enabled && textOf(c, "rule_type") == "":
		found = append(found, missing("/rule_type", "when rule_enabled is true", "write allow or deny"))
	case enabled && len(rules) == 0:
		found = append(found, shape.Problem{Path: "/rules", Text: "is empty though rule_enabled is true", Warning: true})
	case !enabled && len(rules) > 0:
		found = append(found, useless("/rules", "unless rule_enabled is true"))
	}
	declared := namesOf(listOf(c, "parameters"))
	for i, r := range listOf(c, "rules") {
		at := fmt.Sprintf("/rules/%d/match_regex", i)
		found = append(found, undeclared(at, textOf(r, "match_regex"), declared, "/parameters")...)
	}
	return found
}

// checkAuthServer demands a host or a channel.
func checkAuthServer(r map[string]any) []shape.Problem {
	const at = "/auth_request"
	if _, number := r["vpc_channel_enabled"].(int64); number {
		return []shape.Problem{{Path: at + "/vpc_channel_enabled", Text: "is a number, whose meaning is not documented", Hint: "write true or false", Warning: true}}
	}
	domain, channel := textOf(r, "url_domain"), textOf(objectOf(r, "vpc_channel_info"), "vpc_id")
	switch behind := get[bool](r, "vpc_channel_enabled"); {
	case behind && channel == "":
		return []shape.Problem{missing(at+"/vpc_channel_info/vpc_id", "when vpc_channel_enabled is true", "write the ID of the channel")}
	case behind && domain != "":
		return []shape.Problem{useless(at+"/url_domain", "when vpc_channel_enabled is true")}
	case !behind && domain == "":
		return []shape.Problem{missing(at+"/url_domain", "unless vpc_channel_enabled is true", "write the host of the server")}
	case !behind && channel != "":
		return []shape.Problem{useless(at+"/vpc_channel_info", "unless vpc_channel_enabled is true")}
	}
	return nil
}

// checkMatchAuth demands match_auth if the status of a response does not decide. It is not documented what leaving out
// simple_auth_mode_enabled means.
func checkMatchAuth(c map[string]any) []shape.Problem {
	simple, written := c["simple_auth_mode_enabled"].(bool)
	match := objectOf(c, "match_auth")
	if simple {
		if !allBlank(match) {
			return []shape.Problem{useless("/match_auth", "when simple_auth_mode_enabled is true")}
		}
		return nil
	}
	if allBlank(match) {
		p := missing("/match_auth", "unless simple_auth_mode_enabled is true", "write the key and value that let a call pass")
		p.Warning = !written
		return []shape.Problem{p}
	}
	if textOf(match, "key") == "" {
		return []shape.Problem{missing("/match_auth/key", "in match_auth", "")}
	}
	if textOf(match, "value") == "" {
		return []shape.Problem{missing("/match_auth/value", "in match_auth", "")}
	}
	return nil
}
