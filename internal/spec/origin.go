package spec

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// secretAt notes where the secret in n comes from, so that it can be found again without being kept.
func (c *checker) secretAt(n *yamlnode.Node) {
	o := kind.Origin{Path: c.within(), Source: sourceOf(n)}
	o.Variables, _ = variablesOf(n.Value)
	o.Asks, o.Clear = inClear(n.Value)
	c.origins = append(c.origins, o)
}

// within is where the walk stands, from where it began.
func (c *checker) within() string { return jsonptr.Join(c.path...) }

// originsOf are the origins of the secrets of a value that was declared at a pointer of the item. A secret that
// is the whole of what stands there goes by the pointer that its kind gives it.
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

// partMost is how long the text beside the variables of a secret may be without giving part of it away: it joins
// them, or is a prefix that all secrets of its sort have.
const partMost = 7

// inClear lists the variables that a secret asks for, and reports whether it can be read in the file itself: as it
// stands there, or as the default of a variable.
func inClear(s string) (asks []string, readable bool) {
	e := expand(s, func(name string) (string, bool) { asks = append(asks, name); return "", false })
	return asks, e.text != "" && (!e.varied || e.whole || len(e.text) > partMost)
}

// variablesOf lists the variables of which a text consists. Ok is false when it holds anything else, such as a
// default, which would be a part of the secret in clear.
func variablesOf(s string) (names []string, ok bool) {
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
