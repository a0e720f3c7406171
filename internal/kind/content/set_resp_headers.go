package content

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// setRespHeaders changes the headers of responses.
// Vendor's page: "SetRespHeadersContent".
var setRespHeaders = Type{
	Name:     "set_resp_headers",
	Features: []string{"set_resp_headers"},
	Shape: shape.OfMap("How the headers of responses are changed.",
		shape.Required("response_headers", shape.OfList("One entry for each header; names are unique, whatever their case.", responseHeader,
			shape.Count(0, 10)).KeyedBy("name"))),
	Check: checkSetRespHeaders,
}

var responseHeader = shape.OfMap("What is done with one header.",
	shape.Required("name", shape.OfText("The name of the header.", shape.Length(1, 32),
		shape.Pattern("[A-Za-z][A-Za-z0-9-]*", "letters, digits and -, beginning with a letter"),
		shape.Test(brokenResponseHeader, "choose another header").Described("not Access-Control-*, X-Apig-* or X-Request-Id")).WithExample("Cache-Control")),
	shape.Optional("value", shape.OfText("The value of the header; ignored when action is delete.",
		shape.Length(0, 255)).WithExample("no-store")),
	shape.Optional("value_type", shape.OfText("Whether value is the text itself or a variable of the gateway.",
		shape.OneOf("custom_value", "system_parameter")).WithDefault("custom_value")),
	shape.Required("action", shape.OfText("What to do: replace the header (override), append to it, delete it, set it only if it is missing (skip), or add another one.",
		shape.OneOf("append", "override", "delete", "skip", "add"))),
)

func brokenResponseHeader(name string) string {
	if strings.HasPrefix(strings.ToLower(name), "access-control-") {
		return fmt.Sprintf("%q belongs to cross-origin sharing", name)
	}
	return reservedHeader(name)
}

func checkSetRespHeaders(c map[string]any) []shape.Problem {
	var found []shape.Problem
	first := map[string]int{}
	for i, h := range listOf(c, "response_headers") {
		at := fmt.Sprintf("/response_headers/%d", i)
		name := strings.ToLower(textOf(h, "name"))
		if j, twice := first[name]; twice && name != "" {
			found = append(found, shape.Problem{
				Path: at + "/name", Text: fmt.Sprintf("%q is in /response_headers/%d already", textOf(h, "name"), j),
				Hint: "names differ only in case; keep one of them",
			})
		} else {
			first[name] = i
		}
		found = append(found, checkHeaderValue(at, h)...)
	}
	return found
}

func checkHeaderValue(at string, h any) []shape.Problem {
	value, action := textOf(h, "value"), textOf(h, "action")
	if textOf(h, "value_type") != "system_parameter" {
		if value == "" && action != "delete" {
			return []shape.Problem{{Path: at + "/value", Text: "is empty, which only fits the action delete", Warning: true}}
		}
		return nil
	}
	var found []shape.Problem
	if value != "$context.cacheStatus" {
		found = append(found, shape.Problem{
			Path: at + "/value", Text: fmt.Sprintf("%q is not a variable that a header can have", value),
			Hint: "only $context.cacheStatus can be used when value_type is system_parameter",
		})
	}
	if action != "add" && action != "append" {
		found = append(found, shape.Problem{
			Path: at + "/action", Text: fmt.Sprintf("%q cannot be used with a variable", action),
			Hint: "use add or append when value_type is system_parameter",
		})
	}
	return found
}
