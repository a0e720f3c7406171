// Package edit changes single values of YAML files and leaves every other byte as it is: comments, order, quotes,
// indentation, blank lines, line ends and the byte order mark.
//
// Edits are noted on a parsed [File] and carried out at once by [File.Bytes], as replacements of pieces of the
// text. What comes out is read again and compared with what the edits ask for; where the two differ, or an
// edit would change another place that shares the value by an alias, there is an error and never a guess.
//
// The places of values come from the parser that reads desired-state files, so that there is one reading of them.
package edit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"go.yaml.in/yaml/v3"
)

// Errors for which callers have an answer.
var (
	// ErrShared: aliases stand for the value, or for one that it is part of or holds.
	ErrShared = errors.New("an alias shares the value")
	// ErrMissing: nothing stands at the pointer.
	ErrMissing = errors.New("there is no such value")
)

// File is a YAML file and what is to be changed in it. Places are a document, counted from 0 with empty ones, and a
// JSON pointer inside it, always of the file as it was parsed. It is not safe for concurrent use.
type File struct {
	data   []byte
	lines  []int // offsets at which lines start
	docs   []*Value
	layout layout
}

// Documents are the roots of the file's documents; nil stands for a document with nothing in it.
func (f *File) Documents() []*Value { return f.docs }

// Value is one value of a file, where its bytes are, and what shall become of it. Offsets are those of the file's data.
type Value struct {
	Node   *yaml.Node
	parent *Value
	flow   bool // inside [ ] or { }, or such a list or mapping itself

	Start int // of its anchor or tag, where it has one
	Inner int // behind them
	End   int // behind its last byte; a list or mapping ends where its last entry does, one in brackets behind them

	Keys   []*Value // of a mapping
	Items  []*Value // of a list, or of a mapping beside its keys
	Begins []int    // where the dash or key of each item is; -1 inside brackets where there is neither
	least  []int    // behind the : of each key, or behind the dash: where the item ends at least

	set    *yaml.Node // new value
	gone   bool       // with its key, or its dash
	added  []addition // to a list or mapping
	shared bool       // aliases stand for it
}

// addition is a new item or key.
type addition struct {
	after int    // index of what it comes behind; -1 is the beginning
	key   string // of a mapping
	value *yaml.Node
}

// Set puts a value in the place of another.
func (f *File) Set(document int, pointer string, v *yaml.Node) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	n.set = v
	return nil
}

// Remove takes a key with its value out of a mapping, or an item out of a list, with the comments that are about it.
func (f *File) Remove(document int, pointer string) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	if n.parent == nil {
		return fmt.Errorf("%s: a document cannot be removed", pointer)
	}
	n.gone = true
	return nil
}

// Append adds an item at the end of a list.
func (f *File) Append(document int, pointer string, v *yaml.Node) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	if n.Node.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s is no list", pointer)
	}
	n.added = append(n.added, addition{after: len(n.Items) - 1, value: v})
	return nil
}

// Prepend adds an item at the beginning of a list.
func (f *File) Prepend(document int, pointer string, v *yaml.Node) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	if n.Node.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s is no list", pointer)
	}
	n.added = append(n.added, addition{after: -1, value: v})
	return nil
}

// Insert adds an item to a list, behind the one at the pointer.
func (f *File) Insert(document int, pointer string, v *yaml.Node) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	if n.parent == nil || n.parent.Node.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s is no item of a list", pointer)
	}
	n.parent.added = append(n.parent.added, addition{after: slices.Index(n.parent.Items, n), value: v})
	return nil
}

// Add adds a key to a mapping: behind the last of those present that come before it in order.
func (f *File) Add(document int, pointer, key string, v *yaml.Node, order []string) error {
	n, err := f.free(document, pointer)
	if err != nil {
		return err
	}
	if n.Node.Kind != yaml.MappingNode {
		return fmt.Errorf("%s is no mapping", pointer)
	}
	n.added = append(n.added, addition{after: n.insertionIndex(key, order), key: key, value: v})
	return nil
}

// insertionIndex is the index of the key behind which a new one comes: the last that stands before it in order. A
// key that order does not know comes last, like one that has only unknown neighbours.
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

// Has reports whether a value stands at a pointer, aliases and merge keys not followed.
func (f *File) Has(document int, pointer string) bool {
	_, err := f.find(document, pointer)
	return err == nil
}

// free finds a value that can be edited without changing another place.
func (f *File) free(document int, pointer string) (*Value, error) {
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
	for _, item := range n.Items {
		if item.shared || item.holdsShared() {
			return true
		}
	}
	return n.shared
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
