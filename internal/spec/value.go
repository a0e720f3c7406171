package spec

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Value is a value of a declared object as files write it, overlays merged. The zero Value stands for none.
type Value struct {
	places  *Places
	entry   *entry
	node    *yamlnode.Node
	pointer string // inside the entry
}

// Layers are the items of files and overlays that make up the one of a value, in the order in which they merge.
func (v Value) Layers() (out []Place) {
	for _, w := range v.entry.places {
		out = append(out, Place{w.source(), w.prefix, w.doc.Index, w.doc.Environment})
	}
	return out
}

// Item is the whole item in which an object is declared; parts are declared in that of their owner.
func (p *Places) Item(d *kind.Declared) Value {
	e := p.entry(d)
	return Value{p, e, e.node, ""}
}

// Part is the value of a part inside its owner's item.
func (p *Places) Part(d *kind.Declared) Value {
	e := p.entry(d)
	pointer := e.part(d)
	return Value{p, e, e.node.At(pointer), pointer}
}

// Targets is the list in which the references of an owner stand.
func (p *Places) Targets(link *kind.LinkKind, owner string) Value {
	e := p.entries[kind.Of(link.Owner).Section+"/"+owner]
	v, _ := Value{p, e, e.node, ""}.Key(link.Field)
	return v
}

// Around is the address of the object in whose item a finding is; "" where that is in none.
func (p *Places) Around(f Finding) (address string) {
	begins := int32(-1)
	for _, e := range p.entries {
		for _, w := range e.places {
			in := w.doc.File == f.Source.File && strings.HasPrefix(f.Path+"/", w.prefix+"/") && int(w.line) <= f.Source.Line
			if in && w.line > begins { // documents of a file have the same paths
				address, begins = e.kind.Name+"/"+e.name, w.line
			}
		}
	}
	return address
}

// Place is where the value stands.
func (v Value) Place() Place { return placed(v.node, v.entry.prefix(v.node)+v.pointer) }

// Pointer is where the value stands inside its item.
func (v Value) Pointer() string { return v.pointer }

// IsOverlay reports whether the value stands in an overlay.
func (v Value) IsOverlay() bool { return v.node.Doc.Overlay }

// IsMap and IsList report what the value is; else it is a scalar.
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

// Varied is the first variable, as ${NAME}, or the file, as ${file:PATH}, of the value or inside it; "" when there is none. What stands beside the
// name, such as a default, may be a part of a secret.
func (v Value) Varied() string { return varied(v.node) }

func varied(n *yamlnode.Node) string {
	first := ""
	if n.Form == yamlnode.Scalar && textPath(n.Value) != "" {
		first = n.Value
	} else if n.Form == yamlnode.Scalar {
		expand(n.Value, func(name string) (string, bool) {
			first = cmp.Or(first, "${"+name+"}")
			return "", true
		})
	}
	if first != "" {
		return first
	}
	for _, item := range n.Items {
		if text := varied(item); text != "" {
			return text
		}
	}
	return ""
}

// Plain is the value itself, variables replaced: string, int64, float64, bool, nil, []any or map[string]any.
func (v Value) Plain() any {
	c := v.places.quiet()
	return c.free(v.node)
}

// quiet is a checker whose findings nobody needs: they were told when the file was loaded.
func (p *Places) quiet() *checker {
	options := p.options
	if options.Lookup == nil {
		options.Lookup = func(string) (string, bool) { return "", false }
	}
	return &checker{options: options, prefix: func(*yamlnode.Node) string { return "" }, report: func(Finding) {}}
}

// ShapeAt describes what stands at a JSON pointer inside an item of a kind; nil where nothing is known. The item's
// value decides where a field takes its shape from another one.
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

// ReferenceVaried is Varied of a reference.
func (p *Places) ReferenceVaried(r *Reference) string {
	e := p.entries[kind.Of(kind.LinkOf(r.Kind).Owner).Section+"/"+r.Owner]
	return varied(e.node.At(r.inside()))
}
