package content

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// A condition is JSON in a text:
//
//	condition = ["<name>", "<operator>", <value>] | ["AND"|"OR", condition, ...]
//
// A name is that of a parameter declared next to the rules, or of a $context variable of the gateway.
var (
	operators     = []string{"==", "!=", "~=", "~~", "in", ">"}
	rareOperators = []string{"<", ">=", "<="} // not documented, although one page has ">"
)

const expressionHint = `write ["Host","==","a.com"], or ["AND", condition, condition] with "AND" or "OR"; operators are == != ~= ~~ in >`

// expressionText returns the shape of a condition. Whether it may be empty is left to Check.
func expressionText(doc string, more ...shape.Rule) *shape.Shape {
	return shape.OfText(doc, slices.Concat(more, []shape.Rule{
		shape.Test(brokenExpression, expressionHint).Described(`a condition such as ["Host","==","a.com"], or ["AND", condition, condition] with AND or OR`),
		shape.AsWarning(shape.Test(rareOperator, "documented are == != ~= ~~ in >").Described("the operators == != ~= ~~ in >")),
	})...)
}

func brokenExpression(text string) string {
	if text == "" {
		return ""
	}
	v, err := decodeJSON(text)
	if err != nil {
		return fmt.Sprintf("is no JSON: %v", err)
	}
	return brokenCondition(v)
}

func brokenCondition(v any) string {
	l, _ := v.([]any)
	if len(l) == 0 {
		return encodeJSON(v) + " is no condition"
	}
	if !joins(l) {
		return brokenComparison(l)
	}
	if l[0] != "AND" && l[0] != "OR" {
		return encodeJSON(l[0]) + ` joins conditions, where only "AND" and "OR" can`
	}
	if len(l) == 1 {
		return encodeJSON(l) + " joins nothing"
	}
	for _, operand := range l[1:] {
		if b := brokenCondition(operand); b != "" {
			return b
		}
	}
	return ""
}

// joins reports whether a list is meant to join conditions with AND or OR.
func joins(l []any) bool {
	if len(l) == 1 {
		return l[0] == "AND" || l[0] == "OR"
	}
	_, nested := l[1].([]any)
	return nested
}

func brokenComparison(l []any) string {
	if len(l) != 3 {
		return encodeJSON(l) + " is not a condition: it needs three parts"
	}
	if name, ok := l[0].(string); !ok || name == "" {
		return encodeJSON(l) + " does not begin with a name"
	}
	op, _ := l[1].(string)
	if !slices.Contains(operators, op) && !slices.Contains(rareOperators, op) {
		return fmt.Sprintf("%s is no operator", encodeJSON(l[1]))
	}
	switch l[2].(type) {
	case nil, []any, map[string]any:
		return encodeJSON(l) + " does not end with a text or a number"
	}
	if _, ok := l[2].(string); op == "in" && !ok {
		return encodeJSON(l) + ` needs a comma list after "in"`
	}
	return ""
}

func rareOperator(text string) string {
	for _, c := range comparisons(text) {
		if op, _ := c[1].(string); slices.Contains(rareOperators, op) {
			return fmt.Sprintf("%q is not a documented operator", op)
		}
	}
	return ""
}

// comparisons returns the [name, operator, value] triples of a condition; nil if it is invalid.
func comparisons(text string) [][]any {
	if text == "" || brokenExpression(text) != "" {
		return nil
	}
	v, _ := decodeJSON(text)
	var found [][]any
	var walk func(v any)
	walk = func(v any) {
		l, _ := v.([]any)
		if !joins(l) {
			found = append(found, l)
			return
		}
		for _, operand := range l[1:] {
			walk(operand)
		}
	}
	walk(v)
	return found
}

// undeclared warns of names in a condition that no parameter has. It is not documented that gateways refuse such
// conditions, but there is nothing to compare.
func undeclared(path, text string, declared []string, where string) []shape.Problem {
	var names []string
	for _, c := range comparisons(text) {
		if name, _ := c[0].(string); !strings.HasPrefix(name, "$context.") {
			names = append(names, name)
		}
	}
	var found []shape.Problem
	for _, name := range notIn(declared, names) {
		found = append(found, shape.Problem{
			Path: path, Warning: true,
			Text: fmt.Sprintf("compares %q, which is not a declared parameter", name),
			Hint: "declare it under " + where,
		})
	}
	return found
}
