package content

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// rateLimit limits how often APIs are called. A throttle has no effect on an API to which such a plugin is bound.
// Vendor's page: "RateLimitContent".
var rateLimit = Type{
	Name:     "rate_limit",
	Features: []string{"rate_limit_plugin"},
	Shape: shape.OfMap("How often the bound APIs may be called in a period.",
		shape.Optional("scope", shape.OfText("Whether calls are counted for each API (basic) or for all bound APIs together (share).", shape.OneOf("basic", "share"))),
		shape.Optional("default_time_unit", shape.OfText("The unit of default_interval; in small letters here, unlike that of a throttle.",
			timeUnit).WithDefault("second")),
		shape.Optional("default_interval", shape.OfInteger("How many units the period has.", shape.Range(1, maxWhole)).WithUnit("the default_time_unit").WithExample(int64(1))),
		shape.Required("api_limit", shape.OfInteger("Calls of an API in a period; -1 is no limit.",
			shape.Range(-1, maxWhole), notZero).WithUnit("calls").WithExample(int64(100))),
		shape.Optional("app_limit", limit("Calls of an API by one app in a period, at most user_limit; 0 is no limit.")),
		shape.Optional("user_limit", limit("Calls of an API by one user in a period, at most api_limit; 0 is no limit.")),
		shape.Optional("ip_limit", limit("Calls of an API from one address in a period, at most api_limit; 0 is no limit.")),
		shape.Optional("algorithm", shape.OfText("How calls are counted: exactly (counter), fast and nearly exactly (haht), or by each node for itself (local).",
			shape.OneOf("counter", "haht", "local"))),
		shape.Optional("specials", shape.OfList("Other limits for certain apps and users.", special).KeyedBy("type").OrNull()),
		shape.Optional("parameters", parameters()),
		shape.Optional("rules", shape.OfList("Other limits for calls that meet a condition.", limitRule, shape.Count(0, 100)).KeyedBy("rule_name").InOrder().OrNull()),
	),
	Check:  checkRateLimit,
	Unsure: []string{"scope", "algorithm"},
	// The pages name no defaults for these two; the first of their words is assumed.
	fill: map[string]any{"/scope": "basic", "/algorithm": "counter"},
	forms: map[string]form{
		"/rules/*/match_regex": jsonText,
	},
}

var timeUnit = shape.OneOf("second", "minute", "hour", "day")

// notZero rejects 0 for api_limit, where 0 is not a limit and does not mean "no limit" either.
var notZero = shape.Rule{
	Text: "not 0", Keywords: map[string]any{"not": map[string]any{"const": 0}},
	Check: func(v any) string {
		if v == int64(0) {
			return "is 0, which is neither a limit nor none"
		}
		return ""
	},
	Hint: "write -1 for no limit",
}

func limit(doc string) *shape.Shape {
	return shape.OfInteger(doc, shape.Range(0, maxWhole)).WithUnit("calls").WithExample(int64(50))
}

var special = shape.OfMap("Other limits for apps, or for users.",
	shape.Required("type", shape.OfText("Whether the keys are apps or users.", shape.OneOf("app", "user"))),
	shape.Required("policies", shape.OfList("One entry for each app or user.",
		shape.OfMap("The limit of one app or user.",
			shape.Required("key", shape.OfText("The ID of the app, or of the user or account.", shape.Length(1, 0)).WithExample("5f1c2c0b8c6e4d5f8a7b6c5d4e3f2a1b")),
			shape.Required("limit", shape.OfInteger("Calls in a period, at most api_limit.", shape.Range(1, maxWhole)).WithUnit("calls").WithExample(int64(10))),
		)).KeyedBy("key")),
)

var limitRule = shape.OfMap("A limit for the calls that meet a condition.",
	shape.Required("rule_name", ruleName()),
	shape.Required("match_regex", matchRegex()),
	shape.Optional("time_unit", shape.OfText("The unit of interval.", timeUnit).WithExample("minute")),
	shape.Optional("interval", shape.OfInteger("How many units the period of this rule has; 0 takes the default period.", shape.Range(0, maxWhole)).WithUnit("the time_unit").WithExample(int64(1))),
	shape.Required("limit", shape.OfInteger("Calls in a period.", shape.Range(1, maxWhole)).WithUnit("calls").WithExample(int64(20))),
)

func checkRateLimit(c map[string]any) []shape.Problem {
	found := checkLimits(c)
	if c["default_interval"] == nil {
		p := missing("/default_interval", "by gateways that know no default", "write default_interval: 1")
		p.Warning = true // the page neither requires it nor names a default
		found = append(found, p)
	}
	for i, s := range listOf(c, "specials") {
		for j, p := range listOf(s, "policies") {
			if n, api := get[int64](p, "limit"), get[int64](c, "api_limit"); api > 0 && n > api {
				found = append(found, above(fmt.Sprintf("/specials/%d/policies/%d/limit", i, j), n, "api_limit", api))
			}
		}
	}
	declared := namesOf(listOf(c, "parameters"))
	for i, r := range listOf(c, "rules") {
		at := fmt.Sprintf("/rules/%d/match_regex", i)
		found = append(found, undeclared(at, textOf(r, "match_regex"), declared, "/parameters")...)
	}
	return found
}

// checkLimits demands app ≤ user ≤ api and ip ≤ api for the limits that are set.
func checkLimits(c map[string]any) []shape.Problem {
	var found []shape.Problem
	for _, chain := range [][]string{{"app_limit", "user_limit", "api_limit"}, {"user_limit", "api_limit"}, {"ip_limit", "api_limit"}} {
		n := get[int64](c, chain[0])
		for _, bound := range chain[1:] {
			if most := get[int64](c, bound); most > 0 {
				if n > most {
					found = append(found, above("/"+chain[0], n, bound, most))
				}
				break
			}
		}
	}
	return found
}

func above(path string, n int64, bound string, most int64) shape.Problem {
	return shape.Problem{
		Path: path, Text: fmt.Sprintf("%d is above %s (%d)", n, bound, most),
		Hint: fmt.Sprintf("lower it to %d or raise %s", most, bound),
	}
}
