// Package yamlnode reads YAML that people write: every value knows its place, keys stand once, merge keys give way to what
// is written, aliases cannot blow up, and no scalar is converted behind anybody's back. What keeps a text from being read
// is told where it stands and with what to do about it.
package yamlnode

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// Form is what a node is.
type Form uint8

// A node is one of these.
const (
	Scalar  Form = iota
	List         // items
	Mapping      // keys and items
	Broken       // already reported; stands for a value that could not be read
)

// Node is one value of a YAML document with its place. Nodes are never edited; values that an alias
// names are shared, so that the whole may be a graph, but never a cycle.
type Node struct {
	Doc          *Document
	Line, Column int32 // from 1, columns in characters
	size         int32 // nodes below, itself included, shared ones counted each time
	height       int32 // levels below, itself included
	Form         Form
	Plain        bool   // a scalar without quotes
	Value        string // of a scalar
	Keys         []*Node
	Items        []*Node // of a list, or of a mapping beside its keys
}

// Document is one YAML document of an input.
type Document struct {
	File        string
	Index       int    // which one of the input, empty ones counted
	Overlay     bool   // as who reads it says
	Environment string // default environment of the references in it; "" when it names none
}

// Fault is what keeps a text, or a part of it, from being read.
type Fault struct {
	Line, Column  int
	Problem, Hint string
}

func (n *Node) fault(problem, hint string) Fault {
	return Fault{int(n.Line), int(n.Column), problem, hint}
}

// Get returns the value of a key of a mapping, nil when there is none.
func (n *Node) Get(key string) *Node {
	if i := n.Index(key); i >= 0 {
		return n.Items[i]
	}
	return nil
}

// Index is the place of a key of a mapping; -1 when there is none.
func (n *Node) Index(key string) int {
	for i, k := range n.Keys {
		if k.Value == key {
			return i
		}
	}
	return -1
}

// At follows a JSON pointer as far as there are values, and returns the last one.
func (n *Node) At(pointer string) *Node {
	n, _ = n.Reach(pointer)
	return n
}

// Reach is At that also tells how much of the pointer has values.
func (n *Node) Reach(pointer string) (last *Node, reached string) {
	rest := pointer
	for rest != "" {
		step, after, _ := strings.Cut(rest[1:], "/")
		if after != "" || strings.HasSuffix(rest, "/") {
			after = "/" + after
		}
		next := n.step(jsonptr.Unescape(step))
		if next == nil {
			break
		}
		n, rest = next, after
	}
	return n, strings.TrimSuffix(pointer, rest)
}

func (n *Node) step(key string) *Node {
	switch n.Form {
	case Mapping:
		return n.Get(key)
	case List:
		if i, ok := jsonptr.Index(key, len(n.Items)); ok {
			return n.Items[i]
		}
	default:
	}
	return nil
}

// Merge lays over on base: mappings key by key, anything else as a whole. A key that over sets to null
// is taken away.
func Merge(base, over *Node) *Node {
	if base.Form != Mapping || over.Form != Mapping {
		return over
	}
	out := *base
	out.Keys, out.Items = nil, nil
	for i, k := range base.Keys {
		replacement := over.Get(k.Value)
		switch {
		case replacement == nil:
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, base.Items[i])
		case !replacement.Removes():
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, Merge(base.Items[i], replacement))
		}
	}
	for i, k := range over.Keys {
		if base.Index(k.Value) < 0 && !over.Items[i].Removes() {
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, over.Items[i])
		}
	}
	return &out
}

// Removes reports whether the value is a written null, unlike a value that was forgotten.
func (n *Node) Removes() bool { return n.Form == Scalar && n.Plain && n.Value != "" && IsNull(n.Value) }
