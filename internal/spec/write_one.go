package spec

import (
	"maps"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Snippets writes single values of an export, to be put into files that exist.
type Snippets struct{ w *writer }

// NewSnippets prepares to write values of an export. Names of variables that the files use already are taken.
func NewSnippets(e Export, taken []string) *Snippets {
	s := &Snippets{newWriter(e)}
	for _, name := range taken {
		s.w.taken[name] = Variable{Name: name}
	}
	return s
}

// Item writes a whole object with what belongs to it, for a document with that default environment. Collections that the
// rules of files refuse are left out. Why is not "" when they refuse anything else of it.
func (s *Snippets) Item(o *kind.Object, environment string) (n *yaml.Node, why string) {
	it, refused := s.fit(o, environment)
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

// Refuses tells which fields of an object, as the gateway has it, the rules of files refuse, and why, by JSON pointer;
// "" stands for the object as a whole. Parts take the place of what lives inside it, by kind.
func (s *Snippets) Refuses(o *kind.Object, parts map[string][]kind.Object) map[string]string {
	w := *s.w
	w.parts = maps.Clone(w.parts)
	for kindName, list := range parts {
		w.parts[kindName+" "+o.Key] = list
	}
	_, refused := (&Snippets{&w}).fit(o, DefaultEnvironment)
	return refused
}

func (s *Snippets) fit(o *kind.Object, environment string) (it item, refused map[string]string) {
	k, w := kind.Of(o.Kind), *s.w
	w.environment, w.variables, w.leftOut, w.taken = environment, nil, nil, maps.Clone(s.w.taken)
	fits, out, err := w.fit([]item{w.item(k, o)})
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

// Told are the variables that stand for secrets in what was written, and what was left out.
func (s *Snippets) Told() ([]Variable, []LeftOut) { return s.w.variables, s.w.leftOut }

// Element writes a part as it stands in the list of its owner. Values that are secret become variables.
func (s *Snippets) Element(o *kind.Object) *yaml.Node { return s.w.element(kind.Of(o.Kind), o) }

// Generate writes how many values there shall be that the gateway makes.
func (s *Snippets) Generate(n int) *yaml.Node { return generate(n) }

// Value writes a value by its shape, which may be nil.
func (s *Snippets) Value(sh *shape.Shape, v any, address, path string) *yaml.Node {
	return s.w.value(sh, v, address, path)
}

// Reference writes a link in the shortest form that means one API, where references have that default environment.
func (s *Snippets) Reference(l *kind.Link, environment string) *yaml.Node {
	s.w.environment = environment
	return s.w.reference(l)
}

// Sayable reports whether a reference can mean a link: the gateway must list its API.
func (s *Snippets) Sayable(l *kind.Link) bool { return s.w.meant(l) }
