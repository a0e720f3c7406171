// Package edit changes single values of YAML files and leaves every other byte as it is: comments, order, quotes,
// indentation, blank lines, line ends and the byte order mark.
//
// Edits are recorded in a parsed [File], and [File.Bytes] carries them out by replacing pieces of the text. The result is
// read again and compared with the edits. If it differs, or if an edit would also change another value because of an
// alias, there is an error.
//
// Positions come from the parser that reads desired-state files, so that both understand a file in the same way.
package edit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"go.yaml.in/yaml/v3"
)

// Errors that callers handle.
var (
	// ErrShared: an alias refers to the value, to one that contains it, or to one inside it.
	ErrShared = errors.New("an alias shares the value")
	// ErrMissing: there is no value at the pointer.
	ErrMissing = errors.New("there is no such value")
)

// File is a YAML file with recorded edits. Its methods identify a value by the index of its document, counted from 0 and
// including empty ones, and a JSON pointer in that document. Both refer to the file as it was parsed. A File is not safe
// for concurrent use.
type File struct {
	data   []byte
	lines  []int // offsets at which lines start
	docs   []*Value
	layout layout
}

// Documents are the root values of the file's documents; nil for an empty document.
func (f *File) Documents() []*Value { return f.docs }

// Value is one value of a file, with its position and the edits of it. Offsets count bytes of the file.
type Value struct {
	Node   *yaml.Node
	parent *Value
	flow   bool // a list or mapping in brackets, or something inside one

	Start int // including its anchor and tag
	Inner int // after its anchor and tag
	End   int // after its last byte; a list or mapping in block style ends where its last entry does

	Keys      []*Value // of a mapping
	Items     []*Value // of a list, or the values of a mapping
	Begins    []int    // start of each entry: of its key or dash or, in a list in brackets, of the item
	afterHead []int    // after the : or dash of each entry, which may have an empty value; 0 in a list in brackets

	set     *yaml.Node // new value
	removed bool       // with its key or dash
	added   []addition // new entries of a list or mapping
	shared  bool       // an alias refers to it
}

// addition is a new item or key.
type addition struct {
	after int    // index of the entry that it follows; -1 for the beginning
	key   string // of a mapping
	value *yaml.Node
}

// Set replaces a value.
func (f *File) Set(document int, pointer string, v *yaml.Node) error {
	n, err := f.unshared(document, pointer)
	if err != nil {
		return err
	}
	n.set = v
	return nil
}

// Remove removes a key of a mapping with its value, or an item of a list, together with the comments about it.
func (f *File) Remove(document int, pointer string) error {
	n, err := f.unshared(document, pointer)
	if err != nil {
		return err
	}
	if n.parent == nil {
		return fmt.Errorf("%s: a document cannot be removed", pointer)
	}
	n.removed = true
	return nil
}

// Append adds an item at the end of a list.
func (f *File) Append(document int, pointer string, v *yaml.Node) error {
	n, err := f.list(document, pointer)
	if err != nil {
		return err
	}
	n.added = append(n.added, addition{after: len(n.Items) - 1, value: v})
	return nil
}

// Prepend adds an item at the beginning of a list.
func (f *File) Prepend(document int, pointer string, v *yaml.Node) error {
	n, err := f.list(document, pointer)
	if err != nil {
		return err
	}
	n.added = append(n.added, addition{after: -1, value: v})
	return nil
}

func (f *File) list(document int, pointer string) (*Value, error) {
	n, err := f.unshared(document, pointer)
	if err == nil && n.Node.Kind != yaml.SequenceNode {
		err = fmt.Errorf("%s is not a list", pointer)
	}
	return n, err
}

// Insert adds an item to a list, after the one at the pointer.
func (f *File) Insert(document int, pointer string, v *yaml.Node) error {
	n, err := f.unshared(document, pointer)
	if err != nil {
		return err
	}
	if n.parent == nil || n.parent.Node.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s is not an item of a list", pointer)
	}
	n.parent.added = append(n.parent.added, addition{after: slices.Index(n.parent.Items, n), value: v})
	return nil
}

// Add adds a key to a mapping, after the last existing key that precedes it in order.
func (f *File) Add(document int, pointer, key string, v *yaml.Node, order []string) error {
	n, err := f.unshared(document, pointer)
	if err != nil {
		return err
	}
	if n.Node.Kind != yaml.MappingNode {
		return fmt.Errorf("%s is not a mapping", pointer)
	}
	n.added = append(n.added, addition{after: n.insertionIndex(key, order), key: key, value: v})
	return nil
}

// insertionIndex is the index of the key that a new key follows: the last one that precedes it in order. A key that is not
// in order comes last, as does any key if order has none of the existing ones.
func (n *Value) insertionIndex(key string, order []string) int {
	rank := map[string]int{}
	for i, name := range order {
		rank[name] = i + 1
	}
	after, known := -1, false
	for i, k := range n.Keys {
		r := rank[k.Node.Value]
		known = known || r > 0
		if r > 0 && r < rank[key] {
			after = i
		}
	}
	if rank[key] == 0 || !known {
		return len(n.Keys) - 1
	}
	return after
}

// Has reports whether there is a value at a pointer. It does not follow aliases and merge keys.
func (f *File) Has(document int, pointer string) bool {
	_, err := f.find(document, pointer)
	return err == nil
}

// unshared finds a value that can be edited without changing another one by an alias.
func (f *File) unshared(document int, pointer string) (*Value, error) {
	n, err := f.find(document, pointer)
	if err != nil {
		return nil, err
	}
	for at := n; at != nil; at = at.parent {
		if at.shared {
			return nil, fmt.Errorf("%s: %w", pointer, ErrShared)
		}
	}
	if n.holdsShared() {
		return nil, fmt.Errorf("%s: %w", pointer, ErrShared)
	}
	return n, nil
}

func (n *Value) holdsShared() bool {
	return n.shared || slices.ContainsFunc(n.Items, (*Value).holdsShared)
}

func (f *File) find(document int, pointer string) (*Value, error) {
	if document < 0 || document >= len(f.docs) || f.docs[document] == nil {
		return nil, fmt.Errorf("document %d: %w", document, ErrMissing)
	}
	n := f.docs[document]
	for key := range jsonptr.Keys(pointer) {
		if n.Node.Kind == yaml.AliasNode {
			return nil, fmt.Errorf("%s: %w", pointer, ErrShared)
		}
		if n = n.child(key); n == nil {
			return nil, fmt.Errorf("%s: %w", pointer, ErrMissing)
		}
	}
	return n, nil
}

func (n *Value) child(step string) *Value {
	switch n.Node.Kind {
	case yaml.MappingNode:
		for i, key := range n.Keys {
			if key.Node.Value == step && key.Node.Tag != "!!merge" {
				return n.Items[i]
			}
		}
	case yaml.SequenceNode:
		if i, ok := jsonptr.Index(step, len(n.Items)); ok {
			return n.Items[i]
		}
	}
	return nil
}
