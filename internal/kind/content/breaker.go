package content

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// breaker stops calls to a backend that fails, and answers them in another way until it works again.
// Vendor's page: "BreakerContent".
var breaker = Type{
	Name:     "breaker",
	Features: []string{"breaker", "breakerv2"},
	Shape: shape.OfMap("When calls to a failing backend stop, and what answers meanwhile.",
		shape.Optional("scope", shape.OfText("Whether each API is watched separately (basic) or all bound APIs together (share).", shape.OneOf("basic", "share"))),
		shape.Required("breaker_condition", breakerCondition),
		shape.Optional("downgrade_default", backend("What answers while the breaker is open; without it, callers get status 503.")),
		shape.Optional("downgrade_parameters", parameters()),
		shape.Optional("downgrade_rules", shape.OfList("Separate breakers and answers for calls that meet a condition.", downgradeRule).KeyedBy("rule_name").InOrder().OrNull()),
	),
	Check:  checkBreaker,
	Unsure: []string{"scope"},
	// The pages name no defaults; for scope and mode, the first of their words is assumed. The zeros keep a threshold
	// of 0 if the mode needs it; trimThresholds removes the others.
	fill: merged(
		map[string]any{"/scope": "basic"},
		conditionFill("/breaker_condition"),
		conditionFill("/downgrade_rules/*/breaker_condition"),
	),
	finish: func(c map[string]any) {
		trimThresholds(objectOf(c, "breaker_condition"))
		for _, r := range listOf(c, "downgrade_rules") {
			trimThresholds(objectOf(r, "breaker_condition"))
		}
	},
	forms: map[string]form{
		"/breaker_condition/unhealthy_condition":                   jsonText,
		"/downgrade_rules/*/match_regex":                           jsonText,
		"/downgrade_rules/*/breaker_condition/unhealthy_condition": jsonText,
	},
}

// breakerCondition describes when a breaker opens.
//
//	breaker_type condition  | unhealthy_condition is needed
//	breaker_type timeout    | unhealthy_condition is empty
//	breaker_mode counter    | unhealthy_threshold is needed
//	breaker_mode percentage | min_call_threshold and unhealthy_percentage are needed
var breakerCondition = shape.OfMap("When the breaker opens and closes.",
	shape.Required("breaker_type", shape.OfText("What counts as a failed call: one that takes too long, or one that meets unhealthy_condition.",
		shape.OneOf("timeout", "condition"))),
	shape.Optional("breaker_mode", shape.OfText("Whether the breaker looks at the number of failed calls or at their share of all calls.", shape.OneOf("counter", "percentage"))),
	shape.Optional("unhealthy_condition", expressionText("Condition that failed calls meet, as JSON in a text, when breaker_type is condition; not for timeout.").
		InContext("breaker_type", "condition").WithExample(`["$context.statusCode","in","500,501"]`)),
	shape.Optional("unhealthy_threshold", shape.OfInteger("How many failed calls open the breaker, when breaker_mode is counter.", atLeast(0)).
		WithUnit("calls").WithExample(int64(30)).InContext("breaker_mode", "counter")),
	shape.Optional("min_call_threshold", shape.OfInteger("How many calls there must be before the share of failed calls counts, when breaker_mode is percentage.", atLeast(0)).
		WithUnit("calls").WithExample(int64(20)).InContext("breaker_mode", "percentage")),
	shape.Optional("unhealthy_percentage", shape.OfInteger("Share of failed calls that opens the breaker, when breaker_mode is percentage.", shape.AsWarning(shape.Range(0, 100))).
		WithUnit("percent").WithExample(int64(51)).InContext("breaker_mode", "percentage")),
	shape.Required("time_window", shape.OfInteger("The time over which calls are counted.", atLeast(1)).WithUnit("seconds").WithExample(int64(15))),
	shape.Required("open_breaker_time", shape.OfInteger("How long the breaker stays open.", atLeast(1)).WithUnit("seconds").WithExample(int64(15))),
).WithExample(map[string]any{
	"breaker_type": "timeout", "breaker_mode": "counter", "unhealthy_threshold": int64(30), "time_window": int64(15), "open_breaker_time": int64(15),
})

var downgradeRule = shape.OfMap("A separate breaker and answer for the calls that meet a condition.",
	shape.Required("rule_name", ruleName()),
	shape.Required("match_regex", matchRegex()),
	// The table has the parameters themselves here, the examples only their names.
	shape.Optional("parameters", shape.OfList("The names of the parameters that the condition compares.",
		shape.OfEither("A declared parameter.",
			shape.OfText("The name of a declared parameter.", shape.Length(1, 32)).WithExample("reqPath"),
			parameter)).AsSet().KeyedBy("name").OrNull()),
	// One page requires it and one does not, so leaving it out only gives a warning; see checkBreaker.
	shape.Optional("breaker_condition", breakerCondition.OrNull()),
	shape.Optional("downgrade_backend", backend("What answers while the breaker of this rule is open.")),
)

func conditionFill(at string) map[string]any {
	return map[string]any{
		at + "/breaker_mode":         "counter",
		at + "/unhealthy_threshold":  int64(0),
		at + "/min_call_threshold":   int64(0),
		at + "/unhealthy_percentage": int64(0),
	}
}

func merged(fills ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, f := range fills {
		maps.Copy(all, f)
	}
	return all
}

// trimThresholds removes zeros of thresholds that the mode of b does not use.
func trimThresholds(b map[string]any) {
	for member, mode := range map[string]string{
		"unhealthy_threshold": "counter", "min_call_threshold": "percentage", "unhealthy_percentage": "percentage",
	} {
		if zero(b[member]) && b["breaker_mode"] != mode {
			delete(b, member)
		}
	}
}

func checkBreaker(c map[string]any) []shape.Problem {
	found := checkBreakerCondition("/breaker_condition", objectOf(c, "breaker_condition"))
	if b := objectOf(c, "downgrade_default"); b != nil {
		found = append(found, checkBackend("/downgrade_default", b)...)
	}
	declared := namesOf(listOf(c, "downgrade_parameters"))
	for i, r := range listOf(c, "downgrade_rules") {
		found = append(found, checkDowngradeRule(fmt.Sprintf("/downgrade_rules/%d", i), r, declared)...)
	}
	return found
}

func checkDowngradeRule(at string, r any, declared []string) []shape.Problem {
	var found []shape.Problem
	for j, p := range listOf(r, "parameters") {
		name, ok := p.(string)
		if !ok {
			declared = append(slices.Clip(declared), textOf(p, "name"))
		} else if len(notIn(declared, []string{name})) > 0 {
			found = append(found, shape.Problem{
				Path: fmt.Sprintf("%s/parameters/%d", at, j), Text: fmt.Sprintf("%q is not a declared parameter", name),
				Hint: "declare it under /downgrade_parameters", Warning: true,
			})
		}
	}
	found = append(found, undeclared(at+"/match_regex", textOf(r, "match_regex"), declared, "/downgrade_parameters")...)
	if b := objectOf(r, "breaker_condition"); len(b) > 0 {
		found = append(found, checkBreakerCondition(at+"/breaker_condition", b)...)
	} else {
		found = append(found, shape.Problem{Path: at + "/breaker_condition", Text: "is missing, though one page of the API reference requires it", Warning: true})
	}
	if b := objectOf(r, "downgrade_backend"); b != nil {
		found = append(found, checkBackend(at+"/downgrade_backend", b)...)
	}
	return found
}

func checkBreakerCondition(at string, b map[string]any) []shape.Problem {
	var found []shape.Problem
	need := func(member, because string) {
		if shape.Blank(b[member]) {
			found = append(found, missing(at+"/"+member, because, ""))
		}
	}
	switch textOf(b, "breaker_type") {
	case "condition":
		need("unhealthy_condition", "when breaker_type is condition")
	case "timeout":
		if textOf(b, "unhealthy_condition") != "" {
			found = append(found, useless(at+"/unhealthy_condition", "when breaker_type is timeout"))
		}
	}
	switch textOf(b, "breaker_mode") {
	case "counter":
		need("unhealthy_threshold", "when breaker_mode is counter")
	case "percentage":
		need("min_call_threshold", "when breaker_mode is percentage")
		need("unhealthy_percentage", "when breaker_mode is percentage")
	}
	return found
}
