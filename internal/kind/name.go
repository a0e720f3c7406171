package kind

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// name is the shape of the names that the API gives to what it calls so, of at most so many characters, with an example
// of one. The tables of the API reference allow no hyphen, or not everywhere; its examples and its error codes have some.
func name(what, example string, most int) *shape.Shape {
	return shape.OfText("Name of the "+what+", unique in the gateway. It identifies the "+what+".",
		shape.Length(3, most),
		shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9_一-鿿-]*`, "letters, digits, _ and Chinese characters, starting with a letter or a Chinese character"),
		shape.Softly(shape.Test(func(s string) string {
			if strings.ContainsRune(s, '-') {
				return "contains -, which not every version of the gateway accepts"
			}
			return ""
		}, "use _ to be sure").Saying("without -"))).WithExample(example)
}

// FirstOf lists the first names in a sentence, and counts the rest.
func FirstOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// remark is the shape of a description.
func remark() *shape.Shape {
	return shape.OfText("Description for people.", shape.Length(0, 255)).WithDefault("").WithExample("Orders, all calls").WithMade("订单限流", "line one\nline two", "plain")
}

// distinctBy demands that no two entries of a list have the same texts under some keys; one that leaves the environment out is in
// the one that every gateway has.
func distinctBy(what string, keys ...string) shape.Rule {
	return shape.Test(func(items []any) string {
		seen := map[string]bool{}
		for _, item := range items {
			m, _ := item.(map[string]any)
			var parts []string
			for _, key := range keys {
				text, _ := m[key].(string)
				if key == AnEnvironment {
					text = cmp.Or(text, BuiltInEnvironment)
				}
				parts = append(parts, text)
			}
			at := strings.Join(parts, " in ")
			if seen[at] {
				return "holds " + at + " twice"
			}
			seen[at] = true
		}
		return ""
	}, "remove one of them").Saying("no " + what + " twice")
}
