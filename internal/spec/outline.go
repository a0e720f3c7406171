package spec

import (
	"cmp"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Outline is what files name, right or wrong: enough to offer names to somebody who types one.
type Outline struct {
	Items        []Item
	References   []Reference // those that can be read; the fields about places are set as by Load
	Environments []string    // sorted
}

// Item is an object by its name. Files that declare it twice have it twice.
type Item struct {
	Kind   *kind.Kind
	Name   string
	Remark string // as it is written, variables not replaced; "" when there is none
}

// Sketch reads the inputs as Load does, but passes over what is wrong with them, so that files with errors, or
// with variables that are not set, still tell the rest.
func Sketch(inputs []Input, o Options) Outline {
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
				out.References = append(out.References, l.sketched(e, link, n)...)
			}
		}
		environments[e.places[0].doc.Environment] = true
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

// sketched are the references in a list of targets that can be read.
func (l *loader) sketched(e *entry, link *kind.LinkKind, targets *yamlnode.Node) (out []Reference) {
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

// textOf is the text of a field of a mapping as it is written; "" when there is none.
func textOf(n *yamlnode.Node, key string) string {
	if field := n.Get(key); field != nil && field.Form == yamlnode.Scalar && !(field.Plain && yamlnode.IsNull(field.Value)) {
		return field.Value
	}
	return ""
}
