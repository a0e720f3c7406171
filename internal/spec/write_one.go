package spec

import (
	"maps"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Snippets writes single values of an export, for insertion into existing files.
type Snippets struct{ w *writer }

// NewSnippets prepares to write values of an export. Taken are the names of variables that the files already use.
func NewSnippets(e Export, taken []string) *Snippets {
	s := &Snippets{newWriter(e)}
	for _, name := range taken {
		s.w.taken[name] = Variable{Name: name}
	}
	return s
}

// Item writes a whole object with its parts and references, for a document with that default environment. Collections
// that the rules for files refuse are left out. When they refuse anything else, why says so and there is no node.
func (s *Snippets) Item(o *kind.Object, environment string) (n *yaml.Node, why string) {
	it, refused := s.removeRefused(o, environment)
	switch {
	case refused[""] != "":
		return nil, refused[""]
	case len(it.ignored) > 0:
		return nil, it.reason(refusal{})
	}
	for _, v := range it.variables {
		s.w.taken[v.Name] = v
	}
	s.w.variables, s.w.leftOut = append(s.w.variables, it.variables...), append(s.w.leftOut, it.leftOut...)
	return it.node, ""
}

// Refused maps the JSON pointers of fields that the rules for files refuse in an object to the reason; "" stands for the
// object as a whole. Parts, by kind, replace the parts that the export has for it.
func (s *Snippets) Refused(o *kind.Object, parts map[string][]kind.Object) map[string]string {
	w := *s.w
	w.parts = maps.Clone(w.parts)
	for kindName, list := range parts {
		w.parts[kindName+" "+o.Key] = list
	}
	_, refused := (&Snippets{&w}).removeRefused(o, DefaultEnvironment)
	return refused
}

func (s *Snippets) removeRefused(o *kind.Object, environment string) (it item, refused map[string]string) {
	k, w := kind.Of(o.Kind), *s.w
	w.environment, w.variables, w.leftOut, w.taken = environment, nil, nil, maps.Clone(s.w.taken)
	fits, out, err := w.removeRefused([]item{w.item(k, o)})
	switch {
	case err != nil:
		return it, map[string]string{"": err.Error()}
	case len(out) > 0:
		return it, map[string]string{"": out[0].why}
	}
	refused = map[string]string{}
	for _, f := range append(fits[0].ignored, fits[0].unmanaged...) {
		refused[f.field] = f.why
	}
	return fits[0], refused
}

// Summary returns the variables that were written in place of secrets, and what was left out.
func (s *Snippets) Summary() ([]Variable, []LeftOut) { return s.w.variables, s.w.leftOut }

// Element writes a part as an element of its owner's list. Secret values become variables.
func (s *Snippets) Element(o *kind.Object) *yaml.Node { return s.w.element(kind.Of(o.Kind), o) }

// Generate writes the element that asks the gateway to generate n values.
func (s *Snippets) Generate(n int) *yaml.Node { return generate(n) }

// Value writes a value according to its shape, which may be nil.
func (s *Snippets) Value(sh *shape.Shape, v any, address, path string) *yaml.Node {
	return s.w.value(sh, v, address, path)
}

// Reference writes a link in the shortest form that matches only its API, for a document with that default environment.
func (s *Snippets) Reference(l *kind.Link, environment string) *yaml.Node {
	s.w.environment = environment
	return s.w.reference(l)
}

// HasReference reports whether a link can be written as a reference, which needs an API that the gateway lists.
func (s *Snippets) HasReference(l *kind.Link) bool { return s.w.hasReference(l) }
