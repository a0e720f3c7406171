package spec

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Export is the state of a gateway that is to be written as desired-state files.
type Export struct {
	Objects []kind.Object // including those that live inside others
	Links   []kind.Link
	Known   []*kind.API     // the gateway's APIs; references are written so that each matches one of them
	Unread  []kind.Unread   // what the gateway refuses to show
	Skipped map[string]bool // kinds of links that were not read, so that objects do not say what they are bound to
	APIs    bool            // write them as well, in a gateway section for the emulator
	Secrets bool            // write secret values instead of variables
	Split   Split           // into which files

	Owns map[string][]string // globs by kind: the export contains every object of the gateway with a name that matches

	Environment string   // default environment of the files; "" means RELEASE
	Notes       []string // comment lines at the top of each file
}

// File is one file of an export.
type File struct {
	Name      string // below the folder of the export, with slashes; "" when nothing is split
	Data      []byte
	Variables []Variable // in place of secrets, in the order of the file
	LeftOut   []LeftOut  // what the gateway has and the file does not contain
}

// Variable is an environment variable that a written file reads a secret from.
type Variable struct{ Name, Address, Path string }

// LeftOut is something that an export does not contain, and why. A comment in the file says so, too.
type LeftOut struct{ Address, Why string }

// Write renders an export. Objects are sorted by name, and keys come in the order of the kind's shape. Left out are
// fields with the API's default, and values that could not be read back because the gateway accepted what the rules for
// files refuse. Files are sorted by name; without a split there is one.
func Write(e Export) ([]File, error) {
	w := newWriter(e)
	pieces := w.splitItems()
	out := make([]File, 0, len(pieces)+1)
	if e.Split != OneFile && len(e.Owns) > 0 {
		pieces[ownsFile+".yaml"] = nil
	}
	for _, name := range slices.Sorted(maps.Keys(pieces)) {
		f, err := w.file(name, pieces[name])
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// writer is one run of Write.
type writer struct {
	export Export
	parts  map[string][]kind.Object // by KIND OWNER
	links  map[string][]kind.Link   // by KIND OWNER
	names  map[string]int           // how many APIs have this group/api
	known  map[*kind.API]bool       // APIs that references can match
	unread map[string]bool          // by KIND OWNER
	taken  map[string]Variable      // by name, so that each variable stands for one secret

	environment string // default environment of references

	literal bool // ${NAME} in texts is kept as a variable instead of being escaped

	variables []Variable // of the item being written
	leftOut   []LeftOut
}

func newWriter(e Export) *writer {
	w := &writer{
		export: e, parts: map[string][]kind.Object{}, links: map[string][]kind.Link{}, names: map[string]int{},
		known: map[*kind.API]bool{}, unread: map[string]bool{}, taken: map[string]Variable{}, environment: cmp.Or(e.Environment, DefaultEnvironment),
	}
	for _, o := range e.Objects {
		if o.Owner != "" {
			w.parts[o.Kind+" "+o.Owner] = append(w.parts[o.Kind+" "+o.Owner], o)
		}
	}
	for _, parts := range w.parts {
		slices.SortStableFunc(parts, func(a, b kind.Object) int { return strings.Compare(a.Key, b.Key) })
	}
	for _, l := range e.Links {
		w.links[l.Kind+" "+l.Owner] = append(w.links[l.Kind+" "+l.Owner], l)
	}
	for _, u := range e.Unread {
		w.unread[u.Kind+" "+u.Owner] = true
	}
	for _, a := range e.Known {
		w.names[a.Address()]++
		w.known[a] = true
	}
	return w
}

// Snippet renders a part of a document, given as plain values, with its keys in the usual order.
func Snippet(document map[string]any) ([]byte, error) {
	w := writer{export: Export{Secrets: true}, literal: true}
	return encode(w.value(wholeDocument, document, "", ""))
}

// item is one object in the form of a file, with its parts and references.
type item struct {
	kind      *kind.Kind
	object    *kind.Object
	node      *yaml.Node
	variables []Variable
	leftOut   []LeftOut
	ignored   []ignored // fields that a file cannot express; they get an ignore rule
	unmanaged []ignored // collections that a file cannot express; the file leaves them out
}

// items writes all objects, in the order of the sections, sorted by name.
func (w *writer) items() (out []item) {
	for _, k := range sections {
		var objects []*kind.Object
		for i := range w.export.Objects {
			if o := &w.export.Objects[i]; o.Kind == k.Name {
				objects = append(objects, o)
			}
		}
		slices.SortStableFunc(objects, func(a, b *kind.Object) int { return strings.Compare(a.Key, b.Key) })
		for _, o := range objects {
			w.variables, w.leftOut = nil, nil
			out = append(out, w.item(k, o))
		}
	}
	return out
}

// item writes one object with its parts and references, except for the fields that a file cannot express.
func (w *writer) item(k *kind.Kind, o *kind.Object) item {
	left := inexpressible(k, o)
	for _, part := range kind.Parts(k.Name) {
		for i := range w.parts[part.Name+" "+o.Key] {
			p := &w.parts[part.Name+" "+o.Key][i]
			switch {
			case p.Foreign:
				w.leaveOut(p.Address(), "its type is not known to this version; the file leaves it alone")
			case len(inexpressible(part, p)) > 0:
				left = append(left, ignored{"/" + part.Field, p.Key + " " + inexpressible(part, p)[0].why})
			case unlisted(part, p) != "":
				left = append(left, ignored{"/" + part.Field, p.Key + ": the gateway lists no such " + unlisted(part, p)})
			}
		}
	}
	node := w.node(k, o, left)
	it := item{kind: k, object: o, node: node, variables: w.variables, leftOut: w.leftOut}
	for _, x := range left {
		it.leftOut = append(it.leftOut, LeftOut{o.Address() + " " + x.field, x.why})
		if partIn(k, x.field[1:]) != nil {
			it.unmanaged = append(it.unmanaged, x)
		} else {
			it.ignored = append(it.ignored, x)
		}
	}
	return it
}

// inexpressible are the fields of an object that a file cannot express.
func inexpressible(k *kind.Kind, o *kind.Object) (out []ignored) {
	fields := k.Unclear(o.Value)
	for _, path := range fields.Unrecognized() {
		out = append(out, ignored{path, fmt.Sprintf("is %v on the gateway", fields.Value(path))})
	}
	for _, path := range fields.Unreported() {
		out = append(out, ignored{path, "is not shown by the gateway"})
	}
	return out
}

// unlisted is the kind of an object that a part refers to and that the gateway does not list; "" when there is none.
func unlisted(k *kind.Kind, o *kind.Object) string {
	for _, r := range k.Refs(o.Value) {
		if r.Key == "" {
			return r.Kind
		}
	}
	return ""
}

// node writes one object without some of its fields.
func (w *writer) node(k *kind.Kind, o *kind.Object, without []ignored) *yaml.Node {
	item := newMap()
	tree := k.Tree(o.Value)
	for _, f := range k.Shape.Fields {
		if slices.ContainsFunc(without, func(x ignored) bool { return x.field == "/"+f.Name }) {
			continue
		}
		if part := partIn(k, f.Name); part != nil {
			if n := w.part(part, o); n != nil {
				put(item, f.Name, n)
			}
			continue
		}
		v, ok := tree[f.Name]
		if !ok || v == nil || !f.Required && !f.Shape.Unmanaged() && isDefault(f.Shape, v) {
			continue
		}
		put(item, f.Name, w.value(k.Shape.FieldIn(tree, f.Name), v, o.Address(), "/"+f.Name))
	}
	for _, link := range kind.LinksFrom(k.Name) {
		if links := w.links[link.Name+" "+o.Key]; !w.export.Skipped[link.Name] && !w.unread[link.Name+" "+o.Key] && w.expressible(o, link, links) {
			put(item, link.Field, w.references(links))
		}
	}
	return item
}

// expressible reports whether there is a reference for each link of an object. If not, the file does not manage its
// bindings, since applying it would otherwise undo those without a reference.
func (w *writer) expressible(o *kind.Object, link *kind.LinkKind, links []kind.Link) bool {
	for i := range links {
		if l := &links[i]; !w.hasReference(l) {
			w.leaveOut(o.Address()+" /"+link.Field, "the gateway binds it to "+l.To.String()+", and does not list this "+link.ToWord())
			return false
		}
	}
	return true
}

// hasReference reports whether a link can be written as a reference.
func (w *writer) hasReference(l *kind.Link) bool {
	return l.To.API == nil || w.known[l.To.API] && l.To.Env != ""
}

func (w *writer) leaveOut(address, why string) { w.leftOut = append(w.leftOut, LeftOut{address, why}) }

func partIn(k *kind.Kind, field string) *kind.Kind {
	for _, p := range kind.Parts(k.Name) {
		if p.Field == field {
			return p
		}
	}
	return nil
}

func linkIn(k *kind.Kind, field string) *kind.LinkKind {
	for _, l := range kind.LinksFrom(k.Name) {
		if l.Field == field {
			return l
		}
	}
	return nil
}

func isDefault(s *shape.Shape, v any) bool {
	if s.Default != nil {
		return v == s.Default
	}
	switch v {
	case "", int64(0), false:
		return true
	}
	return false
}

// part writes the parts of one kind inside an object; nil when there are none.
func (w *writer) part(k *kind.Kind, owner *kind.Object) *yaml.Node {
	parts := w.parts[k.Name+" "+owner.Key]
	if len(parts) == 0 {
		return nil
	}
	if k.Ops.Generate != "" && !w.export.Secrets {
		// The values are secret, but their number is not.
		w.leaveOut(owner.Address()+" /"+k.Field, fmt.Sprintf("values are secret; {generate: %d} leaves them as they are", len(parts)))
		return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{generate(len(parts))}}
	}
	var items []*yaml.Node
	for i := range parts {
		if !parts[i].Foreign && !k.Untouched(&parts[i]) {
			items = append(items, w.element(k, &parts[i]))
		}
	}
	if len(items) == 0 {
		return nil
	}
	if k.Single {
		return items[0]
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// generate asks the gateway to generate n values.
func generate(n int) *yaml.Node {
	m := newMap()
	m.Style = yaml.FlowStyle
	put(m, "generate", leafNode("!!int", fmt.Sprint(n)))
	return m
}

func (w *writer) element(k *kind.Kind, o *kind.Object) *yaml.Node {
	tree := k.Tree(o.Value)
	if k.Ops.Generate != "" {
		for _, v := range tree {
			return w.value(shape.OfText(""), v, o.Address(), "")
		}
	}
	n := newMap()
	n.Style = yaml.FlowStyle
	for _, f := range k.Shape.Fields {
		if v, ok := tree[f.Name]; ok && v != nil {
			put(n, f.Name, w.value(f.Shape, v, o.Address(), "/"+f.Name))
		}
	}
	return n
}
