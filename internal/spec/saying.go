package spec

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Saying is what in the files decides about a leaf of an object.
type Saying struct {
	Source    kind.Source
	Overlay   bool     // it stands in an overlay
	Variables []string // that its value is made of, sorted, or the file:PATH that is its value; none when it stands there as it is
	Exact     bool     // it is about the leaf; else it is what is nearest above
}

// Says finds what decides about the leaf of a declared object to which a JSON pointer leads. A list decides as a
// whole, with the variables of all its entries; so does the null by which an overlay takes something away.
func (p *Places) Says(d *kind.Declared, pointer string) Saying {
	e := p.entry(d)
	part := ""
	if d.Owner != "" {
		part = e.part(d)
	}
	n, exact := toList(e.node, part, pointer)
	for _, over := range slices.Backward(e.laid) {
		if exact {
			break
		}
		if null, _ := toList(over, part, pointer); null.Removes() {
			n, exact = null, true
		}
	}
	return Saying{Source: sourceOf(n), Overlay: n.Doc.Overlay, Variables: namesIn(n), Exact: exact}
}

// toList goes where a pointer into a part leads, or to the first list on its way there; exact is false where neither
// is there.
func toList(n *yamlnode.Node, part, pointer string) (at *yamlnode.Node, exact bool) {
	n, reached := n.Reach(part)
	if reached != part {
		return n, false
	}
	for key := range jsonptr.Keys(pointer) {
		if n.Form == yamlnode.List {
			return n, true
		}
		next := n.Get(key)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// namesIn lists the variables in a text, or in the entries of a list, sorted.
func namesIn(n *yamlnode.Node) (names []string) {
	switch n.Form {
	case yamlnode.Scalar:
		if at := textPath(n.Value); at != "" {
			return []string{"file:" + at}
		}
		expand(n.Value, func(name string) (string, bool) {
			names = append(names, name)
			return "", true
		})
	case yamlnode.List:
		for _, item := range n.Items {
			names = append(names, namesIn(item)...)
		}
	default:
	}
	slices.Sort(names)
	return slices.Compact(names)
}
