package spec

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// form is what a node is.
type form uint8

const (
	scalar  form = iota
	list         // items
	mapping      // keys and items
	broken       // already reported; stands for a value that could not be read
)

// node is one value of a YAML document with its place. Nodes are never edited; values that an alias
// names are shared, so that the whole may be a graph, but never a cycle.
type node struct {
	doc          *document
	line, column int32 // from 1, columns in characters
	size         int32 // nodes below, itself included, shared ones counted each time
	height       int32 // levels below, itself included
	form         form
	plain        bool   // a scalar without quotes
	value        string // of a scalar
	keys         []*node
	items        []*node // of a list, or of a mapping beside its keys
}

// document is one YAML document of an input.
type document struct {
	file        string
	index       int // which one of the input, empty ones counted
	overlay     bool
	environment string // default environment of the references in it; "" when it names none
}

func (n *node) source() kind.Source {
	return kind.Source{File: n.doc.file, Line: int(n.line), Column: int(n.column)}
}

// get returns the value of a key of a mapping, nil when there is none.
func (n *node) get(key string) *node {
	if i := n.index(key); i >= 0 {
		return n.items[i]
	}
	return nil
}

func (n *node) index(key string) int {
	for i, k := range n.keys {
		if k.value == key {
			return i
		}
	}
	return -1
}

// at follows a JSON pointer as far as there are values, and returns the last one.
func (n *node) at(pointer string) *node {
	n, _ = n.reach(pointer)
	return n
}

// reach is at that also tells how much of the pointer has values.
func (n *node) reach(pointer string) (last *node, reached string) {
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

func (n *node) step(key string) *node {
	switch n.form {
	case mapping:
		return n.get(key)
	case list:
		if i, ok := jsonptr.Index(key, len(n.items)); ok {
			return n.items[i]
		}
	default:
	}
	return nil
}

// merge lays over on base: mappings key by key, anything else as a whole. A key that over sets to null
// is taken away.
func merge(base, over *node) *node {
	if base.form != mapping || over.form != mapping {
		return over
	}
	out := *base
	out.keys, out.items = nil, nil
	for i, k := range base.keys {
		replacement := over.get(k.value)
		switch {
		case replacement == nil:
			out.keys, out.items = append(out.keys, k), append(out.items, base.items[i])
		case !replacement.removes():
			out.keys, out.items = append(out.keys, k), append(out.items, merge(base.items[i], replacement))
		}
	}
	for i, k := range over.keys {
		if base.index(k.value) < 0 && !over.items[i].removes() {
			out.keys, out.items = append(out.keys, k), append(out.items, over.items[i])
		}
	}
	return &out
}

// removes reports whether the value is a written null, unlike a value that was forgotten.
func (n *node) removes() bool { return n.form == scalar && n.plain && n.value != "" && isNull(n.value) }
