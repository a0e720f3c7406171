package spec

import (
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Value is a value of a declared object as written in the files, with overlays merged. The zero Value means no value.
type Value struct {
	places  *Places
	entry   *entry
	node    *yamlnode.Node
	pointer string // inside the entry
}

// Layers are the items, of the file and of overlays, that merge into the item of the value, in that order.
func (v Value) Layers() (out []Place) {
	for _, w := range v.entry.layers {
		out = append(out, Place{w.source(), w.prefix, w.doc.Index, w.doc.Environment})
	}
	return out
}

// Item is the whole item in which an object is declared; a part is declared in the item of its owner.
func (p *Places) Item(d *kind.Declared) Value {
	e := p.entry(d)
	return Value{p, e, e.node, ""}
}

// Part is the value of a part, inside the item of its owner.
func (p *Places) Part(d *kind.Declared) Value {
	e := p.entry(d)
	pointer := e.partPointer(d)
	return Value{p, e, e.node.At(pointer), pointer}
}

// Targets is the list of the references of an owner.
func (p *Places) Targets(link *kind.LinkKind, owner string) Value {
	e := p.entries[kind.Of(link.Owner).Section+"/"+owner]
	v, _ := Value{p, e, e.node, ""}.Key(link.Field)
	return v
}

// AddressOf is the address of the object in whose item a finding is; "" when it is outside all items.
func (p *Places) AddressOf(f Finding) (address string) {
	begins := int32(-1)
	for _, e := range p.entries {
		for _, w := range e.layers {
			in := w.doc.File == f.Source.File && strings.HasPrefix(f.Path+"/", w.prefix+"/") && int(w.line) <= f.Source.Line
			if in && w.line > begins { // the same path may occur in several documents of a file
				address, begins = e.kind.Name+"/"+e.name, w.line
			}
		}
	}
	return address
}

// Place is the position of the value.
func (v Value) Place() Place { return placed(v.node, v.entry.prefix(v.node)+v.pointer) }

// Pointer is the JSON pointer of the value inside its item.
func (v Value) Pointer() string { return v.pointer }

// IsOverlay reports whether the value comes from an overlay.
func (v Value) IsOverlay() bool { return v.node.Doc.Overlay }

// IsMap reports whether the value is a mapping.
func (v Value) IsMap() bool { return v.node != nil && v.node.Form == yamlnode.Mapping }

// IsList reports whether the value is a list.
func (v Value) IsList() bool { return v.node != nil && v.node.Form == yamlnode.List }

// Key finds the value of a key.
func (v Value) Key(name string) (Value, bool) {
	if !v.IsMap() {
		return Value{}, false
	}
	i := v.node.Index(name)
	if i < 0 {
		return Value{}, false
	}
	return Value{v.places, v.entry, v.node.Items[i], v.pointer + "/" + jsonptr.Escape(name)}, true
}

// Items are the entries of a list.
func (v Value) Items() (out []Value) {
	if !v.IsList() {
		return nil
	}
	for i, n := range v.node.Items {
		out = append(out, Value{v.places, v.entry, n, v.pointer + "/" + strconv.Itoa(i)})
	}
	return out
}

// Keys are the names of a mapping's keys, in their order.
func (v Value) Keys() (out []string) {
	if v.IsMap() {
		for _, k := range v.node.Keys {
			out = append(out, k.Value)
		}
	}
	return out
}

// Variable is the first variable, as ${NAME}, or text file, as ${file:PATH}, in the value; "" when there is none. The
// rest of a variable, such as its default, is left out because it may be part of a secret.
func (v Value) Variable() string { return firstVariable(v.node) }

func firstVariable(n *yamlnode.Node) string {
	if names := namesIn(n); len(names) > 0 {
		return "${" + names[0] + "}"
	}
	for _, item := range n.Items {
		if text := firstVariable(item); text != "" {
			return text
		}
	}
	return ""
}

// Plain is the value with its variables replaced: string, int64, float64, bool, nil, []any or map[string]any.
func (v Value) Plain() any {
	c := v.places.silentChecker()
	return c.free(v.node)
}

// silentChecker is a checker that drops its findings, which were reported when the file was loaded.
func (p *Places) silentChecker() *checker {
	options := p.options
	if options.Lookup == nil {
		options.Lookup = func(string) (string, bool) { return "", false }
	}
	return &checker{options: options, prefix: func(*yamlnode.Node) string { return "" }, report: func(Finding) {}}
}

// ShapeAt is the shape of the value at a JSON pointer inside an item of a kind; nil where no shape is known. The value
// of the item is needed where the shape of a field depends on another field.
func ShapeAt(k *kind.Kind, value map[string]any, pointer string) *shape.Shape {
	s := items[k.Section]
	if k.Owner != "" {
		s = k.Shape
	}
	for key := range jsonptr.Keys(pointer) {
		switch {
		case s == nil:
			return nil
		case s.Type == shape.List:
			s = s.Items
		case s.Cases != nil && s.Cases.Field == key:
			by, _ := value[s.Cases.By].(string)
			s = s.Cases.Shapes[by]
		default:
			s = s.Field(key)
		}
	}
	return s
}

// ReferenceVariable is the first variable in a reference, as of Value.Variable.
func (p *Places) ReferenceVariable(r *Reference) string {
	e := p.entries[kind.Of(kind.LinkOf(r.Kind).Owner).Section+"/"+r.Owner]
	return firstVariable(e.node.At(r.inside()))
}
