package spec

import (
	"bytes"
	"maps"
	"path"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// textPrefix begins ${file:PATH}, which as a whole value stands for the text of a file. But ${file:-default} is a
// variable.
const textPrefix = "file"

// textPath is the path in a value ${file:PATH}; "" for any other value.
func textPath(value string) string {
	rest, begins := strings.CutPrefix(value, "${"+textPrefix+":")
	at, ends := strings.CutSuffix(rest, "}")
	if !begins || !ends || strings.ContainsAny(at, "${}") || strings.HasPrefix(at, "-") || strings.HasPrefix(at, "?") {
		return ""
	}
	return at
}

// expand replaces the variables of a scalar, or all of it by the text of a file, which is not expanded again.
func (c *checker) expand(n *yamlnode.Node) expanded {
	at := textPath(n.Value)
	if at == "" || c.options.Lookup == nil {
		return expand(n.Value, c.options.Lookup)
	}
	e := expanded{hasVariables: true, onlyVariables: true}
	if c.options.Text == nil {
		e.faults = []fault{{"the file " + at + " cannot be read here", "write the text itself"}}
		return e
	}
	text, err := c.options.Text(n.Doc.File, at)
	if err != nil {
		e.faults = []fault{{"the file " + at + " " + err.Error(), "name a text file below the folder of the config file, or of --file if there is none, by its path relative to this file"}}
		return e
	}
	e.text, e.inserted = text, []string{text}
	return e
}

// textFiles maps the inputs that others name with ${file:PATH} to the position that names them. Only an input that is
// read as desired state counts, and so none that is itself named by another.
func textFiles(inputs []Input) map[string]kind.Source {
	asks := map[string]map[string]kind.Source{} // by the input that names them
	named := map[string]bool{}
	for _, in := range inputs {
		if !bytes.Contains(in.Data, []byte("${"+textPrefix+":")) {
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

// eachText calls see for each value that stands for the text of a file.
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

// skipText leaves out an input that another one uses as a text, with a warning if it looks like a desired state.
func (l *loader) skipText(in Input, by kind.Source) {
	if HoldsState(in) {
		l.report(Finding{
			Source: kind.Source{File: in.Name}, Warning: true,
			Problem: "holds a desired state, but is not read, since " + location(by) + " names it as a text",
			Hint:    "write two files if both are meant",
		})
	}
}
