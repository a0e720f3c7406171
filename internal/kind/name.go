package kind

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// name returns the shape of the name of an object; what says in messages what sort of object it is, and most is the
// largest number of characters. A hyphen is only a warning: most tables of the API reference do not allow it, but its
// examples and its error codes use it.
func name(what, example string, most int) *shape.Shape {
	return shape.OfText("Name of the "+what+", unique in the gateway. It identifies the "+what+".",
		shape.Length(3, most),
		shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9_一-鿿-]*`, "letters, digits, _ and Chinese characters, starting with a letter or a Chinese character"),
		shape.AsWarning(shape.Test(func(s string) string {
			if strings.ContainsRune(s, '-') {
				return "contains -, which not every version of the gateway accepts"
			}
			return ""
		}, "use _ to be sure").Described("without -"))).WithExample(example)
}

// FirstOf joins at most the given number of names with commas, and says how many more there are.
func FirstOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// remark returns the shape of an object's description.
func remark() *shape.Shape {
	return shape.OfText("Description for people.", shape.Length(0, 255)).WithDefault("").WithExample("Orders, all calls").WithSamples("订单限流", "line one\nline two", "plain")
}

// distinctBy returns a rule that no two entries of a list have the same texts under all the keys. An entry without an
// environment counts as one in RELEASE, which every gateway has.
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
	}, "remove one of them").Described("no " + what + " twice")
}
