package spec

import (
	"cmp"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Outline holds the names in files that may have errors. Shell completion offers them.
type Outline struct {
	Items        []Item
	References   []Reference // those without errors; Pointer is not set
	Environments []string    // sorted
}

// Item is a declared object. One that is declared twice appears twice.
type Item struct {
	Kind   *kind.Kind
	Name   string
	Remark string // as written, variables not replaced; "" when there is none
}

// ReadOutline reads the inputs like Load but skips whatever has errors, so that files with mistakes or unset variables
// still yield the rest.
func ReadOutline(inputs []Input, o Options) Outline {
	l := newLoader(o)
	l.inputs(inputs)
	out := Outline{References: []Reference{}}
	environments := map[string]bool{cmp.Or(o.Environment, DefaultEnvironment): true}
	for _, e := range l.entries {
		if e.name != "" {
			out.Items = append(out.Items, Item{Kind: e.kind, Name: e.name, Remark: textOf(e.node, "remark")})
		}
		for _, link := range kind.LinksFrom(e.kind.Name) {
			if n := e.node.Get(link.Field); n != nil {
				out.References = append(out.References, l.validReferences(e, link, n)...)
			}
		}
		environments[e.layers[0].doc.Environment] = true
	}
	for _, r := range out.References {
		environments[r.Environment] = true
	}
	delete(environments, "")
	for name := range environments {
		out.Environments = append(out.Environments, name)
	}
	slices.Sort(out.Environments)
	return out
}

// validReferences are the references without errors in a list of targets.
func (l *loader) validReferences(e *entry, link *kind.LinkKind, targets *yamlnode.Node) (out []Reference) {
	c := l.checker(e.prefix(targets))
	for _, n := range targets.Items {
		v, ok := c.value(n, targetsShape(link).Items)
		if !ok || v == nil {
			continue
		}
		r := referenceOf(link, v, n, l.options.Environment)
		r.Owner = e.name
		out = append(out, r)
	}
	return out
}

// textOf is the scalar of a field of a mapping, as written; "" when there is none.
func textOf(n *yamlnode.Node, key string) string {
	if field := n.Get(key); field != nil && field.Form == yamlnode.Scalar && !(field.Plain && yamlnode.IsNull(field.Value)) {
		return field.Value
	}
	return ""
}
