package content

import "github.com/apigw-sync/apigw-sync/internal/kind/shape"

// parameter is the shape of a value of a request that conditions can compare.
var parameter = shape.OfMap("A value of the request that the conditions of rules can compare.",
	shape.Required("type", shape.OfText("Where the value comes from; system means a variable of the gateway.",
		shape.OneOf("header", "query", "path", "method", "system"))),
	shape.Required("name", shape.OfText("The name that conditions use for it.", shape.Length(1, 32)).WithExample("Host")),
	shape.Optional("value", shape.OfText("What is read, such as the name of the header or query parameter; any name for path and method.").WithExample("Host")),
)

// parameters returns the shape of the list of values that the conditions of rules can compare.
func parameters() *shape.Shape {
	return shape.OfList("The values of a request that the conditions of the rules can compare.", parameter).KeyedBy("name").OrNull()
}

// matchRegex returns the shape of the condition of a rule.
func matchRegex() *shape.Shape {
	return expressionText("The condition under which the rule applies, as JSON in a text. It compares the parameters that are declared next to the rules.",
		shape.Length(1, 0)).WithExample(`["Host","==","a.com"]`)
}

// ruleName returns the shape of the name of a rule.
func ruleName() *shape.Shape {
	return shape.OfText("Name of the rule.", shape.Length(1, 0)).WithExample("night")
}

// namesOf returns the names in a list of parameters, each of which may also be just its name.
func namesOf(list []any) []string {
	var names []string
	for _, p := range list {
		if name, ok := p.(string); ok {
			names = append(names, name)
		} else if name := textOf(p, "name"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
