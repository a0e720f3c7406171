package spec

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Declaration is the value in the files that decides about a leaf of an object.
type Declaration struct {
	Source    kind.Source
	Overlay   bool     // it is in an overlay
	Variables []string // that its value is made of, sorted, or the file:PATH that holds its value; none for a literal value
	Exact     bool     // it declares the leaf itself; otherwise it is the nearest declared value above the leaf
}

// DeclarationOf finds the value that decides about the leaf at a JSON pointer of a declared object. For a leaf in a list
// that is the whole list, with the variables of all its entries; for a leaf that an overlay removes, it is the null there.
func (p *Places) DeclarationOf(d *kind.Declared, pointer string) Declaration {
	e := p.entry(d)
	part := ""
	if d.Owner != "" {
		part = e.partPointer(d)
	}
	n, exact := toList(e.node, part, pointer)
	for _, over := range slices.Backward(e.overlays) {
		if exact {
			break
		}
		if null, _ := toList(over, part, pointer); null.IsExplicitNull() {
			n, exact = null, true
		}
	}
	return Declaration{Source: sourceOf(n), Overlay: n.Doc.Overlay, Variables: variableNames(n), Exact: exact}
}

// toList follows a pointer into a part up to its value or to the first list on the path. Exact is false when there is
// neither; at is then the last existing value.
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

// variableNames lists the variables in a text, or in the entries of a list, sorted.
func variableNames(n *yamlnode.Node) (names []string) {
	names = namesIn(n)
	if n.Form == yamlnode.List {
		for _, item := range n.Items {
			names = append(names, variableNames(item)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// namesIn lists the variables in a scalar as they follow each other; a text file is file:PATH. Other nodes have none themselves.
func namesIn(n *yamlnode.Node) (names []string) {
	if n.Form != yamlnode.Scalar {
		return nil
	}
	if at := textPath(n.Value); at != "" {
		return []string{textPrefix + ":" + at}
	}
	expand(n.Value, func(name string) (string, bool) {
		names = append(names, name)
		return "", true
	})
	return names
}
