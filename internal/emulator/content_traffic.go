package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
)

const mostCalls = math.MaxInt32

var corsShape = fields(map[string]shape{
	"allow_origin":      text().required(),
	"allow_methods":     text(),
	"allow_headers":     text(),
	"expose_headers":    text(),
	"max_age":           whole(0, 172800), // the vendor's text limits it to 86400, but one of its examples has twice that
	"allow_credentials": flag(false),
})

func checkCORS(c content) error {
	known := []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPatch, http.MethodOptions, "ANY",
	}
	for m := range strings.SplitSeq(c.text("allow_methods"), ",") {
		if m = strings.TrimSpace(m); m != "" && !slices.Contains(known, m) {
			return fmt.Errorf("allow_methods: %s is no method", m)
		}
	}
	return nil
}

var headersShape = fields(map[string]shape{
	"response_headers": items(fields(map[string]shape{
		"name":       chars(1, 32).like(`^[A-Za-z][A-Za-z0-9-]*$`).required(),
		"value":      chars(0, 255).or(""),
		"value_type": word("custom_value", "system_parameter").or("custom_value"),
		"action":     word("append", "override", "delete", "skip", "add").required(),
	}), 10).atLeast(1).required(),
})

func checkHeaders(c content) error {
	seen := map[string]bool{}
	for _, h := range c.objects("response_headers") {
		name := strings.ToLower(h.text("name"))
		switch {
		case seen[name]:
			return fmt.Errorf("response_headers: %s is named twice", name)
		case strings.HasPrefix(name, "x-apig-"), name == "x-request-id", strings.HasPrefix(name, "access-control-"):
			return fmt.Errorf("response_headers: %s cannot be set", name)
		}
		seen[name] = true
		system := h.text("value_type") == "system_parameter"
		if system && (h.text("value") != "$context.cacheStatus" || h.text("action") != "add" && h.text("action") != "append") {
			return fmt.Errorf("response_headers: %s: system_parameter is for adding $context.cacheStatus", name)
		}
	}
	return nil
}

// parameters defines the names to which the expressions of rules can refer.
var parameters = items(fields(map[string]shape{
	"type":  word("header", "query", "path", "method", "system").required(),
	"name":  chars(1, 32).required(),
	"value": text().required(),
}), math.Inf(1))

var rateLimitShape = fields(map[string]shape{
	"scope":             word("basic", "share").or("basic"),
	"default_time_unit": word("second", "minute", "hour", "day").or("second"),
	"default_interval":  whole(1, mostCalls).required(),
	"api_limit":         whole(-1, mostCalls).required(),
	"app_limit":         whole(0, mostCalls).or(0.0),
	"user_limit":        whole(0, mostCalls).or(0.0),
	"ip_limit":          whole(0, mostCalls).or(0.0),
	"algorithm":         word("counter", "haht", "local").or("counter"),
	"specials": items(fields(map[string]shape{
		"type": word("app", "user").required(),
		"policies": items(fields(map[string]shape{
			"key": chars(1, 64).required(), "limit": whole(1, mostCalls).required(),
		}), math.Inf(1)).required(),
	}), 2),
	"parameters": parameters,
	"rules": items(fields(map[string]shape{
		"rule_name":   chars(1, 64).required(),
		"match_regex": text().required(),
		"time_unit":   word("second", "minute", "hour", "day").or("second"),
		"interval":    whole(0, mostCalls).or(0.0),
		"limit":       whole(1, mostCalls).required(),
	}), 100),
})

func checkRateLimit(c content) error {
	most := c.number("api_limit")
	switch most {
	case 0:
		return errors.New("api_limit is 0")
	case -1:
		most = mostCalls
	}
	user := c.number("user_limit")
	switch {
	case user > most, c.number("ip_limit") > most:
		return errors.New("user_limit or ip_limit is above api_limit")
	case c.number("app_limit") > orMost(user, most):
		return errors.New("app_limit is above user_limit or api_limit")
	}
	for _, s := range c.objects("specials") {
		for _, p := range s.objects("policies") {
			if p.number("limit") > most {
				return fmt.Errorf("specials: the limit of %s is above api_limit", p.text("key"))
			}
		}
	}
	return checkRules(c, "rules")
}

// orMost returns the limit, or most if it is 0, because 0 means that there is no limit.
func orMost(limit, most float64) float64 {
	if limit == 0 {
		return most
	}
	return limit
}

// checkRules checks the expressions of a list of rules.
func checkRules(c content, member string) error {
	for _, r := range c.objects(member) {
		if err := checkExpression(r.text("match_regex")); err != nil {
			return fmt.Errorf("%s: %s: %w", member, r.text("rule_name"), err)
		}
	}
	return nil
}

// checkExpression checks an expression: ["name", "op", "value"], or ["AND" or "OR", expression, ...].
func checkExpression(text string) error {
	var parts []any
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return errors.New("the expression is not a JSON list")
	}
	return checkParts(parts)
}

func checkParts(parts []any) error {
	if len(parts) == 0 {
		return errors.New("the expression is empty")
	}
	if parts[0] == "AND" || parts[0] == "OR" {
		for _, p := range parts[1:] {
			inner, isList := p.([]any)
			if !isList {
				return fmt.Errorf("%v joins expressions alone", parts[0])
			}
			if err := checkParts(inner); err != nil {
				return err
			}
		}
		return nil
	}
	if len(parts) != 3 || !slices.Contains([]any{"==", "!=", "~=", "~~", "in", ">"}, parts[1]) {
		return errors.New("an expression is a name, one of == != ~= ~~ in >, and a value")
	}
	return nil
}

var breakerCondition = fields(map[string]shape{
	"breaker_type":         word("timeout", "condition").required(),
	"breaker_mode":         word("counter", "percentage").required(),
	"unhealthy_condition":  text().or(""),
	"unhealthy_threshold":  whole(0, mostCalls),
	"min_call_threshold":   whole(0, mostCalls),
	"unhealthy_percentage": whole(0, 100),
	"time_window":          whole(1, mostCalls).required(),
	"open_breaker_time":    whole(1, mostCalls).required(),
})

// backend defines the backend that gets the calls while a breaker is open.
var backend = fields(map[string]shape{
	"type":              word("http", "http_vpc", "function", "mock", "passthrough").required(),
	"passthrough_infos": {kind: isAny},
	"func_info":         {kind: isAny},
	"mock_info":         {kind: isAny},
	"http_info":         {kind: isAny},
	"http_vpc_info":     {kind: isAny},
})

var breakerShape = fields(map[string]shape{
	"scope":                word("basic", "share").or("share"),
	"breaker_condition":    breakerCondition.required(),
	"downgrade_default":    backend,
	"downgrade_parameters": parameters.or(nil),
	"downgrade_rules": items(fields(map[string]shape{
		"rule_name":         chars(1, 64).required(),
		"match_regex":       text().required(),
		"parameters":        items(text(), math.Inf(1)),
		"breaker_condition": breakerCondition.required(),
		"downgrade_backend": backend,
	}), math.Inf(1)).or(nil),
})

func checkBreaker(c content) error {
	conditions := []content{c.object("breaker_condition")}
	for _, r := range c.objects("downgrade_rules") {
		conditions = append(conditions, r.object("breaker_condition"))
	}
	for _, k := range conditions {
		if k.text("breaker_type") == "condition" {
			if err := checkExpression(k.text("unhealthy_condition")); err != nil {
				return fmt.Errorf("unhealthy_condition: %w", err)
			}
		}
		needs := []string{"unhealthy_threshold"}
		if k.text("breaker_mode") == "percentage" {
			needs = []string{"min_call_threshold", "unhealthy_percentage"}
		}
		for _, member := range needs {
			if k.number(member) <= 0 {
				return fmt.Errorf("breaker_condition: %s is missing", member)
			}
		}
	}
	return checkRules(c, "downgrade_rules")
}
