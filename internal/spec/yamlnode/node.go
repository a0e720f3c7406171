// Package yamlnode reads YAML that people write. Every value knows its position, duplicate keys are errors, explicit keys
// override merge keys, the expansion of aliases is limited, and no scalar is converted silently. Faults have a position
// and say what to do.
package yamlnode

import (
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// Form is the sort of a node.
type Form uint8

// The forms of nodes.
const (
	Scalar  Form = iota
	List         // items
	Mapping      // keys and items
	Broken       // a value that could not be read, which was reported
)

// Node is one value of a YAML document with its position. Nodes are never modified. The value of an alias is shared, so
// that nodes may form a graph, but never a cycle.
type Node struct {
	Doc          *Document
	Line, Column int32 // from 1, columns in characters
	size         int32 // number of nodes from here down, with shared ones counted each time
	height       int32 // number of levels from here down
	Form         Form
	Plain        bool   // a scalar without quotes
	Value        string // of a scalar
	Keys         []*Node
	Items        []*Node // of a list, or the values of a mapping
}

// Document is one YAML document of an input.
type Document struct {
	File        string
	Index       int    // index in the input; empty documents count, too
	Overlay     bool   // set by the caller of Read
	Environment string // default environment of its references, set by the caller of Read; "" when it names none
}

// Fault is a mistake that prevents a text, or a part of it, from being read.
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

// Index is the index of a key of a mapping; -1 when there is none.
func (n *Node) Index(key string) int {
	for i, k := range n.Keys {
		if k.Value == key {
			return i
		}
	}
	return -1
}

// At follows a JSON pointer as far as values exist, and returns the last one.
func (n *Node) At(pointer string) *Node {
	n, _ = n.Reach(pointer)
	return n
}

// Reach is At that also returns the part of the pointer that it followed.
func (n *Node) Reach(pointer string) (last *Node, reached string) {
	for key := range jsonptr.Keys(pointer) {
		next := n.step(key)
		if next == nil {
			break
		}
		n, reached = next, reached+jsonptr.Join(key)
	}
	return n, reached
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

// Filter is a mapping with only those of its keys that keep accepts.
func (n *Node) Filter(keep func(key string) bool) *Node {
	out := *n
	out.Keys, out.Items = nil, nil
	for i, key := range n.Keys {
		if keep(key.Value) {
			out.Keys, out.Items = append(out.Keys, key), append(out.Items, n.Items[i])
		}
	}
	return &out
}

// Merge merges over into base: mappings key by key, while any other value of over replaces that of base. A key that over
// sets to null is removed.
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
		case !replacement.IsExplicitNull():
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, Merge(base.Items[i], replacement))
		}
	}
	for i, k := range over.Keys {
		if base.Index(k.Value) < 0 && !over.Items[i].IsExplicitNull() {
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, over.Items[i])
		}
	}
	return &out
}

// IsExplicitNull reports whether the value is an explicit null, as opposed to a missing value.
func (n *Node) IsExplicitNull() bool {
	return n.Form == Scalar && n.Plain && n.Value != "" && IsNull(n.Value)
}
