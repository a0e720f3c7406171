package spec

import (
	"bytes"
	"maps"
	"path"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// textWord stands in ${file:PATH}, which as a whole value means the text of a file. ${file:-default} is a variable.
const textWord = "file"

// textPath is the path in ${file:PATH}, "" where a value is anything else.
func textPath(value string) string {
	rest, begins := strings.CutPrefix(value, "${"+textWord+":")
	at, ends := strings.CutSuffix(rest, "}")
	if !begins || !ends || strings.ContainsAny(at, "${}") || strings.HasPrefix(at, "-") || strings.HasPrefix(at, "?") {
		return ""
	}
	return at
}

// expand replaces what a scalar asks for: its variables, or all of it by the text of a file, which is taken as it is.
func (c *checker) expand(n *yamlnode.Node) expanded {
	at := textPath(n.Value)
	if at == "" || c.options.Lookup == nil {
		return expand(n.Value, c.options.Lookup)
	}
	e := expanded{varied: true, whole: true}
	if c.options.Text == nil {
		e.faults = []fault{{"the file " + at + " cannot be read here", "write the text itself"}}
		return e
	}
	text, err := c.options.Text(n.Doc.File, at)
	if err != nil {
		e.faults = []fault{{"the file " + at + " " + err.Error(), "name a text file below the folder of the config file, or else of --file, by its path from here"}}
		return e
	}
	e.text, e.puts = text, []string{text}
	return e
}

// textsOf are the inputs that others name with ${file:PATH}, and where. Only what is read as a desired state can name
// one: not what is named itself.
func textsOf(inputs []Input) map[string]kind.Source {
	asks := map[string]map[string]kind.Source{} // by the input that asks
	named := map[string]bool{}
	for _, in := range inputs {
		if !bytes.Contains(in.Data, []byte("${"+textWord+":")) {
			continue
		}
		name, found := path.Clean(in.Name), map[string]kind.Source{}
		roots, _ := read(in, nil)
		for _, root := range roots {
			eachText(root, func(n *yamlnode.Node, at string) {
				if at = path.Join(path.Dir(name), at); at != name {
					found[at], named[at] = sourceOf(n), true
				}
			})
		}
		asks[name] = found
	}
	out := map[string]kind.Source{}
	for name, found := range asks {
		if !named[name] {
			maps.Copy(out, found)
		}
	}
	return out
}

// eachText finds the values that are texts of files.
func eachText(n *yamlnode.Node, see func(n *yamlnode.Node, at string)) {
	if n.Form == yamlnode.Scalar {
		if at := textPath(n.Value); at != "" {
			see(n, at)
		}
	}
	for _, item := range n.Items {
		eachText(item, see)
	}
}

// isText passes over an input that is a text of another one.
func (l *loader) isText(in Input, by kind.Source) {
	if HoldsState(in) {
		l.report(Finding{
			Source: kind.Source{File: in.Name}, Warning: true,
			Problem: "holds a desired state, but is not read, since " + location(by) + " names it as a text",
			Hint:    "move one of them, if it shall be both",
		})
	}
}
