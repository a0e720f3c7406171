package spec

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/shape"
)

// Export is what a gateway holds, to be written as a desired-state file.
type Export struct {
	Objects []kind.Object // of kinds that stand alone, and what lives inside them
	Links   []kind.Link
	Known   []*kind.API // the gateway's APIs, so that references mean one of them
	APIs    bool        // write them as well, in a gateway section for the emulator
	Secrets bool        // write secret values instead of variables
	Notes   []string    // comment lines for the head of the file
}

// Variable is an environment variable that a written file reads a secret from.
type Variable struct{ Name, Address, Path string }

// Write renders an export with the name of each object first, in the order of the kinds' keys, without
// what is the API's default anyway. It returns the variables that stand for secrets.
func Write(e Export) ([]byte, []Variable, error) {
	w := &writer{export: e, parts: map[string][]kind.Object{}, links: map[string][]kind.Link{}, names: map[string]int{}}
	for _, o := range e.Objects {
		if o.Owner != "" {
			w.parts[o.Kind+" "+o.Owner] = append(w.parts[o.Kind+" "+o.Owner], o)
		}
	}
	for _, l := range e.Links {
		w.links[l.Kind+" "+l.Owner] = append(w.links[l.Kind+" "+l.Owner], l)
	}
	for _, a := range e.Known {
		w.names[a.Address()]++
	}
	root := w.document()
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, nil, fmt.Errorf("write the file: %w", err)
	}
	return b.Bytes(), w.variables, enc.Close()
}

// writer is one run of Write.
type writer struct {
	export    Export
	parts     map[string][]kind.Object // KIND OWNER
	links     map[string][]kind.Link
	names     map[string]int // how many APIs have a group/api
	variables []Variable
}

func (w *writer) document() *yaml.Node {
	doc := newMap()
	put(doc, "version", text(Version))
	for _, k := range sections {
		var items []*yaml.Node
		for i := range w.export.Objects {
			if o := &w.export.Objects[i]; o.Kind == k.Name {
				items = append(items, w.item(k, o))
			}
		}
		if len(items) > 0 {
			put(doc, k.Section, &yaml.Node{Kind: yaml.SequenceNode, Content: items})
		}
	}
	if w.export.APIs {
		put(doc, "gateway", gatewaySection(w.export.Known))
	}
	root := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{doc}}
	root.HeadComment = w.head()
	return root
}

func (w *writer) head() string {
	lines := append([]string{"yaml-language-server: $schema=" + SchemaURL}, w.export.Notes...)
	if len(w.variables) > 0 {
		lines = append(lines, "Secrets come from variables; one that is not set leaves the gateway's secret alone:")
		for _, v := range w.variables {
			lines = append(lines, "  "+v.Name+"  "+v.Address+" "+v.Path)
		}
	}
	return "# " + strings.Join(lines, "\n# ")
}

// item writes one object with what belongs to it.
func (w *writer) item(k *kind.Kind, o *kind.Object) *yaml.Node {
	item := newMap()
	tree := k.Tree(o.Value)
	for _, f := range k.Shape.Fields {
		if part := partIn(k, f.Name); part != nil {
			if n := w.part(part, o); n != nil {
				put(item, f.Name, n)
			}
			continue
		}
		v, ok := tree[f.Name]
		if !ok || v == nil || !f.Required && isDefault(f.Shape, v) {
			continue
		}
		s := f.Shape
		if k.Shape.Cases != nil && k.Shape.Cases.Field == f.Name {
			by, _ := tree[k.Shape.Cases.By].(string)
			s = k.Shape.Cases.Shapes[by]
		}
		put(item, f.Name, w.value(s, v, o.Address(), "/"+f.Name))
	}
	if link := kind.LinkFrom(k.Name); link != nil {
		put(item, "apis", w.references(w.links[link.Name+" "+o.Key]))
	}
	return item
}

func partIn(k *kind.Kind, field string) *kind.Kind {
	for _, p := range kind.Parts(k.Name) {
		if p.Field == field {
			return p
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

// part writes what lives inside an object under one key; nil when there is nothing.
func (w *writer) part(k *kind.Kind, owner *kind.Object) *yaml.Node {
	parts := w.parts[k.Name+" "+owner.Key]
	if len(parts) == 0 {
		return nil
	}
	if k.Quota > 0 && !w.export.Secrets {
		// Values are secret, but that there are so many is not.
		n := newMap()
		n.Style = yaml.FlowStyle
		put(n, "generate", leafNode("!!int", fmt.Sprint(len(parts))))
		return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{n}}
	}
	var items []*yaml.Node
	for i := range parts {
		items = append(items, w.element(k, &parts[i]))
	}
	if k.Single {
		return items[0]
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

func (w *writer) element(k *kind.Kind, o *kind.Object) *yaml.Node {
	tree := k.Tree(o.Value)
	if k.Quota > 0 {
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

// value writes a value by its shape; s may be nil where nothing is known of it.
func (w *writer) value(s *shape.Shape, v any, address, path string) *yaml.Node {
	if s != nil && s.Secret && (!w.export.Secrets || hidden(v)) {
		name := variableName(address, path)
		w.variables = append(w.variables, Variable{Name: name, Address: address, Path: path})
		return leafNode("!!str", "${"+name+":-}")
	}
	switch t := v.(type) {
	case map[string]any:
		return w.mapping(s, t, address, path)
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i, item := range t {
			var inner *shape.Shape
			if s != nil {
				inner = s.Items
			}
			n.Content = append(n.Content, w.value(inner, item, address, fmt.Sprintf("%s/%d", path, i)))
		}
		if short(n) {
			n.Style = yaml.FlowStyle
		}
		return n
	case string:
		return text(t)
	case nil:
		return leafNode("!!null", "null")
	case bool:
		return leafNode("!!bool", fmt.Sprint(t))
	case float64:
		return leafNode("!!float", strings.TrimSuffix(fmt.Sprintf("%g", t), ".0"))
	}
	return leafNode("!!int", fmt.Sprint(v))
}

// hidden reports whether a gateway shows nothing, or only a mask, of a secret.
func hidden(v any) bool {
	s, _ := v.(string)
	return s == "" || strings.Contains(s, "***")
}

// mapping writes the keys that the shape knows in its order, then others by name.
func (w *writer) mapping(s *shape.Shape, m map[string]any, address, path string) *yaml.Node {
	n := newMap()
	done := map[string]bool{}
	if s != nil {
		for _, f := range s.Fields {
			if v, ok := m[f.Name]; ok {
				put(n, f.Name, w.value(f.Shape, v, address, path+"/"+f.Name))
				done[f.Name] = true
			}
		}
	}
	var others []string
	for key := range m {
		if !done[key] {
			others = append(others, key)
		}
	}
	sort.Strings(others)
	for _, key := range others {
		put(n, key, w.value(nil, m[key], address, path+"/"+key))
	}
	return n
}

// references writes links in the shortest form that means one API.
func (w *writer) references(links []kind.Link) *yaml.Node {
	links = slices.Clone(links)
	sort.SliceStable(links, func(i, j int) bool { return links[i].Address() < links[j].Address() })
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range links {
		n.Content = append(n.Content, w.reference(&links[i]))
	}
	if len(links) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (w *writer) reference(l *kind.Link) *yaml.Node {
	plain := w.names[l.API.Address()] <= 1 && strings.Count(l.API.Address(), "/") == 1 && !kind.IsGlob(l.API.Address())
	if plain && l.Env == DefaultEnvironment {
		return text(l.API.Address())
	}
	n := newMap()
	n.Style = yaml.FlowStyle
	put(n, "group", text(literal(l.API.Group)))
	put(n, "name", text(literal(l.API.Name)))
	if w.names[l.API.Address()] > 1 {
		put(n, "method", text(l.API.Method))
		put(n, "path", text(l.API.Path))
	}
	if l.Env != DefaultEnvironment {
		put(n, "environment", text(l.Env))
	}
	return n
}

// literal writes a name so that a glob matches it alone.
func literal(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}
