package kind

import (
	"sort"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/shape"
)

// name is the shape of the names that the API gives to apps, throttles and ACLs, with an example of one.
func name(what, example string) *shape.Shape {
	return shape.OfText("Name of the "+what+", unique in the gateway. It identifies the "+what+".",
		shape.Length(3, 64),
		shape.Pattern(`[A-Za-z一-鿿][A-Za-z0-9_一-鿿]*`, "letters, digits, _ and Chinese characters, starting with a letter or a Chinese character")).WithExample(example)
}

// remark is the shape of a description.
func remark() *shape.Shape {
	return shape.OfText("Description for people.", shape.Length(0, 255)).WithDefault("").WithExample("Orders, all calls")
}

// sortedSet returns the distinct values in order.
func sortedSet(values []string) []string {
	out := make([]string, 0, len(values))
	seen := map[string]bool{}
	for _, v := range values {
		v = strings.TrimSpace(v)
		if v == "" || seen[v] {
			continue
		}
		seen[v] = true
		out = append(out, v)
	}
	sort.Strings(out)
	return out
}
