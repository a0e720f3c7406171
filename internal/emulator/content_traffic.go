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

const maxCalls = math.MaxInt32

var corsShape = fields(map[string]shape{
	"allow_origin":      text().required(),
	"allow_methods":     text(),
	"allow_headers":     text(),
	"expose_headers":    text(),
	"max_age":           wholeNumber(0, 172800), // the vendor's text limits it to 86400, but one of its examples has twice that
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
		"name":       textOfLength(1, 32).like(`^[A-Za-z][A-Za-z0-9-]*$`).required(),
		"value":      textOfLength(0, 255).or(""),
		"value_type": oneOfWords("custom_value", "system_parameter").or("custom_value"),
		"action":     oneOfWords("append", "override", "delete", "skip", "add").required(),
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
	"type":  oneOfWords("header", "query", "path", "method", "system").required(),
	"name":  textOfLength(1, 32).required(),
	"value": text().required(),
}), math.Inf(1))

var rateLimitShape = fields(map[string]shape{
	"scope":             oneOfWords("basic", "share").or("basic"),
	"default_time_unit": oneOfWords("second", "minute", "hour", "day").or("second"),
	"default_interval":  wholeNumber(1, maxCalls).required(),
	"api_limit":         wholeNumber(-1, maxCalls).required(),
	"app_limit":         wholeNumber(0, maxCalls).or(0.0),
	"user_limit":        wholeNumber(0, maxCalls).or(0.0),
	"ip_limit":          wholeNumber(0, maxCalls).or(0.0),
	"algorithm":         oneOfWords("counter", "haht", "local").or("counter"),
	"specials": items(fields(map[string]shape{
		"type": oneOfWords("app", "user").required(),
		"policies": items(fields(map[string]shape{
			"key": textOfLength(1, 64).required(), "limit": wholeNumber(1, maxCalls).required(),
		}), math.Inf(1)).required(),
	}), 2),
	"parameters": parameters,
	"rules": items(fields(map[string]shape{
		"rule_name":   textOfLength(1, 64).required(),
		"match_regex": text().required(),
		"time_unit":   oneOfWords("second", "minute", "hour", "day").or("second"),
		"interval":    wholeNumber(0, maxCalls).or(0.0),
		"limit":       wholeNumber(1, maxCalls).required(),
	}), 100),
})

func checkRateLimit(c content) error {
	limit := c.number("api_limit")
	switch limit {
	case 0:
		return errors.New("api_limit is 0")
	case -1:
		limit = maxCalls
	}
	user := c.number("user_limit")
	switch {
	case user > limit, c.number("ip_limit") > limit:
		return errors.New("user_limit or ip_limit is above api_limit")
	case c.number("app_limit") > unlimitedOr(user, limit):
		return errors.New("app_limit is above user_limit or api_limit")
	}
	for _, s := range c.objects("specials") {
		for _, p := range s.objects("policies") {
			if p.number("limit") > limit {
				return fmt.Errorf("specials: the limit of %s is above api_limit", p.text("key"))
			}
		}
	}
	return checkRules(c, "rules")
}

// unlimitedOr returns the limit, or unlimited if it is 0, because 0 means that there is no limit.
func unlimitedOr(limit, unlimited float64) float64 {
	if limit == 0 {
		return unlimited
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
	return checkExpressionParts(parts)
}

func checkExpressionParts(parts []any) error {
	if len(parts) == 0 {
		return errors.New("the expression is empty")
	}
	if parts[0] == "AND" || parts[0] == "OR" {
		for _, p := range parts[1:] {
			inner, isList := p.([]any)
			if !isList {
				return fmt.Errorf("%v joins expressions alone", parts[0])
			}
			if err := checkExpressionParts(inner); err != nil {
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
	"breaker_type":         oneOfWords("timeout", "condition").required(),
	"breaker_mode":         oneOfWords("counter", "percentage").required(),
	"unhealthy_condition":  text().or(""),
	"unhealthy_threshold":  wholeNumber(0, maxCalls),
	"min_call_threshold":   wholeNumber(0, maxCalls),
	"unhealthy_percentage": wholeNumber(0, 100),
	"time_window":          wholeNumber(1, maxCalls).required(),
	"open_breaker_time":    wholeNumber(1, maxCalls).required(),
})

// backend defines the backend that gets the calls while a breaker is open.
var backend = fields(map[string]shape{
	"type":              oneOfWords("http", "http_vpc", "function", "mock", "passthrough").required(),
	"passthrough_infos": {kind: isAny},
	"func_info":         {kind: isAny},
	"mock_info":         {kind: isAny},
	"http_info":         {kind: isAny},
	"http_vpc_info":     {kind: isAny},
})

var breakerShape = fields(map[string]shape{
	"scope":                oneOfWords("basic", "share").or("share"),
	"breaker_condition":    breakerCondition.required(),
	"downgrade_default":    backend,
	"downgrade_parameters": parameters.or(nil),
	"downgrade_rules": items(fields(map[string]shape{
		"rule_name":         textOfLength(1, 64).required(),
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
