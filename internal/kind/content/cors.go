package content

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// cors lets browsers call an API from pages of other sites.
// Vendor's page: "CorsPluginContent".
var cors = Type{
	Name:     "cors",
	Features: []string{"cors"},
	Shape: shape.OfMap("Which pages of other sites may call the API from a browser.",
		shape.Required("allow_origin", shape.OfText("The sites whose pages may call, separated by commas, or * for all.",
			shape.Length(1, 0), commaList("origins", brokenOrigin, "write * or origins such as https://shop.example.com")).
			WithExample("https://shop.example.com").AsSet()),
		shape.Optional("allow_methods", shape.OfText("The HTTP methods that pages may use, separated by commas. The methods of the bound APIs must be among them.",
			commaList("HTTP methods", brokenMethod, "write methods such as GET,POST")).WithExample("GET,POST").AsSet()),
		shape.Optional("allow_headers", shape.OfText("The request headers that pages may send, separated by commas.",
			commaList("header names", brokenToken, "write header names such as Content-Type,Accept")).WithExample("Content-Type,Accept").AsSet()),
		shape.Optional("expose_headers", shape.OfText("The response headers that pages may read, separated by commas.",
			commaList("header names", brokenToken, "write header names such as X-Request-Id")).WithExample("X-Request-Id").AsSet()),
		// In a table the maximum is 86400, but an example has 172800.
		shape.Optional("max_age", shape.OfInteger("How long browsers may remember the answer of the gateway.",
			shape.Range(0, maxWhole), shape.AsWarning(shape.Range(0, 86400))).WithUnit("seconds").WithExample(int64(86400))),
		shape.Optional("allow_credentials", shape.OfBool("Whether pages may send cookies and other credentials.")),
	),
	Check: checkCORS,
	forms: map[string]form{"/allow_methods": onText(strings.ToUpper)},
}

func checkCORS(c map[string]any) []shape.Problem {
	origins := shape.CommaItems(textOf(c, "allow_origin"))
	if len(origins) > 1 && slices.Contains(origins, "*") {
		return []shape.Problem{{
			Path: "/allow_origin", Text: "lists sites in addition to *, which allows all of them",
			Hint: "write * alone, or leave it out", Warning: true,
		}}
	}
	return nil
}

func brokenOrigin(item string) string {
	u, err := url.Parse(item)
	if item == "*" || err == nil && u.Scheme != "" && u.Host != "" && u.Path == "" && u.RawQuery == "" {
		return ""
	}
	return fmt.Sprintf("%q is no origin", item)
}

func brokenMethod(item string) string {
	if item == "*" || item == "ANY" || slices.Contains(methods, item) {
		return ""
	}
	if slices.Contains(methods, strings.ToUpper(item)) {
		return fmt.Sprintf("%q must be in capitals", item)
	}
	return fmt.Sprintf("%q is no HTTP method", item)
}
