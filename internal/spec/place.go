package spec

import (
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Places finds the places of single values of a state that was loaded without errors.
type Places struct {
	Comments []Comment // that begin with the marker, in the order of the inputs

	marker  string
	options Options
	entries map[string]*entry  // by section and name
	owns    map[string][]Place // of the globs of State.Owns
	rules   []anchored         // of State.Ignore
}

// Place is where a value stands in the files.
type Place struct {
	Source      kind.Source
	Path        string // JSON pointer inside the YAML document
	Document    int    // which one of the input, counted from 0
	Environment string // default environment of the references in the document; "" when it names none
}

func placed(n *yamlnode.Node, path string) Place {
	return Place{sourceOf(n), spelled(path), n.Doc.Index, n.Doc.Environment}
}

// anchored is a value with its pointer inside its document.
type anchored struct {
	node   *yamlnode.Node
	prefix string
}

// Of finds the value that a JSON pointer leads to inside a declared object, or what comes nearest above it.
func (p *Places) Of(d *kind.Declared, pointer string) Place {
	e := p.entry(d)
	if d.Owner != "" {
		pointer = e.part(d) + pointer
	}
	return e.place(pointer)
}

// OfReference finds a value inside a reference, such as its name.
func (p *Places) OfReference(r *Reference, pointer string) Place {
	e := p.entries[kind.Of(kind.LinkOf(r.Kind).Owner).Section+"/"+r.Owner]
	return e.place(r.inside() + pointer)
}

// OfIgnore finds a value inside the ignore rule of that index.
func (p *Places) OfIgnore(i int, pointer string) Place {
	n, reached := p.rules[i].node.Reach(pointer)
	return placed(n, p.rules[i].prefix+reached)
}

// OfOwns are the places of the globs that own a kind, in the order of State.Owns.
func (p *Places) OfOwns(kindName string) []Place { return p.owns[kindName] }

// Begins lists where the item of an object begins: in a file, and in each overlay that merges over it.
// Parts begin where their owner does.
func (p *Places) Begins(d *kind.Declared) (out []kind.Source) {
	for _, w := range p.entry(d).layers {
		out = append(out, w.source())
	}
	return out
}

// entry is the item in which an object is declared.
func (p *Places) entry(d *kind.Declared) *entry {
	k := kind.Of(d.Kind)
	if k.Owner != "" {
		k = kind.Of(k.Owner)
	}
	return p.entries[k.Section+"/"+d.Name()]
}

func (e *entry) place(pointer string) Place {
	n, reached := e.node.Reach(pointer)
	return placed(n, e.prefix(n)+reached)
}

// part is the pointer of a part inside its owner's entry.
func (e *entry) part(d *kind.Declared) string {
	field := kind.Of(d.Kind).Field
	if n := e.node.Get(field); n.Form == yamlnode.List {
		for i, item := range n.Items {
			if sourceOf(item) == d.Source {
				return "/" + field + "/" + strconv.Itoa(i)
			}
		}
	}
	return "/" + field
}

// owned notes where globs stand that own a kind. Those of an overlay replace what was before.
func (p *Places) owned(k *kind.Kind, n *yamlnode.Node, overlay bool) {
	if p == nil {
		return
	}
	if overlay {
		p.owns[k.Name] = nil
	}
	for i, glob := range n.Items {
		p.owns[k.Name] = append(p.owns[k.Name], placed(glob, "/owns/"+k.Section+"/"+strconv.Itoa(i)))
	}
}

// ignoring notes where an ignore rule stands.
func (p *Places) ignoring(n *yamlnode.Node, prefix string) {
	if p != nil {
		p.rules = append(p.rules, anchored{n, prefix})
	}
}
