package spec

import (
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Places finds the positions of single values of a state that was loaded without errors.
type Places struct {
	Comments []Comment // with the marker, in the order of the inputs

	marker  string
	options Options
	entries map[string]*entry  // by section and name
	owns    map[string][]Place // of the globs in State.Owns, by kind
	rules   []anchored         // those of State.Ignore
}

// Place is the position of a value in the files.
type Place struct {
	Source      kind.Source
	Path        string // JSON pointer inside the YAML document
	Document    int    // index in the input, from 0
	Environment string // default environment of the references in the document; "" when it names none
}

func placed(n *yamlnode.Node, path string) Place {
	return Place{sourceOf(n), filePointer(path), n.Doc.Index, n.Doc.Environment}
}

// anchored is a value with its JSON pointer in its document.
type anchored struct {
	node   *yamlnode.Node
	prefix string
}

// Of finds the value at a JSON pointer inside a declared object, or the nearest existing value above it.
func (p *Places) Of(d *kind.Declared, pointer string) Place {
	e := p.entry(d)
	if d.Owner != "" {
		pointer = e.partPointer(d) + pointer
	}
	return e.place(pointer)
}

// OfReference finds a value inside a reference, such as its name.
func (p *Places) OfReference(r *Reference, pointer string) Place {
	e := p.entries[kind.Of(kind.LinkOf(r.Kind).Owner).Section+"/"+r.Owner]
	return e.place(r.inside() + pointer)
}

// OfIgnore finds a value inside the ignore rule with index i.
func (p *Places) OfIgnore(i int, pointer string) Place {
	n, reached := p.rules[i].node.Reach(pointer)
	return placed(n, p.rules[i].prefix+reached)
}

// OfOwns are the positions of the owns globs of a kind, in the order of State.Owns.
func (p *Places) OfOwns(kindName string) []Place { return p.owns[kindName] }

// ItemStarts lists where the item of an object begins, in the file and in each overlay that merges over it. For a part
// it lists where the item of its owner begins.
func (p *Places) ItemStarts(d *kind.Declared) (out []kind.Source) {
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

// partPointer is the pointer of a part inside the entry of its owner.
func (e *entry) partPointer(d *kind.Declared) string {
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

// addOwned records the positions of the owns globs of a kind. Those of an overlay replace the previous ones.
func (p *Places) addOwned(k *kind.Kind, n *yamlnode.Node, overlay bool) {
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

// addIgnore records the position of an ignore rule.
func (p *Places) addIgnore(n *yamlnode.Node, prefix string) {
	if p != nil {
		p.rules = append(p.rules, anchored{n, prefix})
	}
}
