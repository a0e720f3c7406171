package spec

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// secretAt records where the secret in n comes from, so that messages can name the source without knowing the value.
func (c *checker) secretAt(n *yamlnode.Node) {
	o := kind.Origin{Path: c.relativePointer(), Source: sourceOf(n)}
	o.Variables, _ = onlyVariables(n.Value)
	o.AllVariables, o.PlainText = readableSecret(n.Value)
	c.origins = append(c.origins, o)
}

// relativePointer is the JSON pointer of the current value, relative to the value where the walk began.
func (c *checker) relativePointer() string { return jsonptr.Join(c.path...) }

// originsOf are the origins of the secrets of the object declared at a pointer of the item; secrets are their pointers
// in that object. Where a part is written as a bare secret, its origin has the pointer of the part itself.
func (c *checker) originsOf(prefix string, secrets []string) (out []kind.Origin) {
	for _, p := range secrets {
		for _, o := range c.origins {
			if o.Path == prefix+p || prefix != "" && o.Path == prefix {
				o.Path = p
				out = append(out, o)
				break
			}
		}
	}
	return out
}

// maxLiteralLength is how many bytes outside variables a secret may have without counting as readable: such short
// texts are separators between variables, or a prefix that all secrets of a sort share.
const maxLiteralLength = 7

// readableSecret lists the variables of a secret, and reports whether the secret can be read in the file itself, either
// directly or as the default of a variable.
func readableSecret(s string) (asks []string, readable bool) {
	e := expand(s, func(name string) (string, bool) { asks = append(asks, name); return "", false })
	return asks, e.text != "" && (!e.hasVariables || e.onlyVariables || len(e.text) > maxLiteralLength)
}

// onlyVariables lists the variables that a text consists of. Ok is false when it contains anything else, such as a
// default, which would reveal a part of the secret.
func onlyVariables(s string) (names []string, ok bool) {
	for s != "" {
		rest, begins := strings.CutPrefix(s, "${")
		if !begins {
			return nil, false
		}
		name := rest[:nameLength(rest)]
		inside, after, closed := strings.Cut(rest[len(name):], "}")
		if name == "" || !closed || inside != "" && (!strings.HasPrefix(inside, ":?") || strings.Contains(inside, "${")) {
			return nil, false
		}
		names, s = append(names, name), after
	}
	return names, len(names) > 0
}
