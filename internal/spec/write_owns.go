package spec

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ownsFile is the name of the file with the owns section of a split export.
const ownsFile = "owns"

// aboutOwns explains the consequences of owns to those who keep an export.
const aboutOwns = `# For these names the files are the whole truth:
#   drift and diff report other objects on the gateway as extra,
#   apply --prune deletes those,
#   and a bind may displace such a policy without --take-over.
# If others manage a part of the gateway, narrow the globs to what is yours, such as ["orders_*"],
# or remove the lines of a kind; export --no-owns leaves out this section.`

// owns adds the owns section after the version and the environment.
func (w *writer) owns(doc *yaml.Node) {
	all := newMap()
	for _, k := range sections {
		if globs := w.export.Owns[k.Name]; len(globs) > 0 {
			put(all, k.Section, textList(globs))
		}
	}
	if len(all.Content) == 0 {
		return
	}
	key := leafNode("!!str", "owns")
	key.HeadComment = aboutOwns
	at := 0
	for i := 0; i+1 < len(doc.Content); i += 2 {
		if name := doc.Content[i].Value; name == "version" || name == "environment" {
			at = i + 2
		}
	}
	doc.Content = slices.Insert(doc.Content, at, key, all)
}

// CannotExpress begins the reason why an object or field is left out.
const CannotExpress = "files cannot express what the gateway has: "

// ignoring writes the ignore rules for what the files cannot express: fields of items, and whole objects whose names the
// files own; nil when there are none.
func (w *writer) ignoring(items []item, missing []dropped) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	add := func(o *kind.Object, field, why string) {
		rule := newMap()
		rule.Style = yaml.FlowStyle
		put(rule, "kind", text(o.Kind))
		put(rule, "name", text(kind.Literal(o.Key)))
		if field != "" {
			put(rule, "fields", textList([]string{field}))
		}
		put(rule, "reason", text(CannotExpress+why))
		list.Content = append(list.Content, rule)
	}
	for _, it := range items {
		for _, i := range it.ignored {
			add(it.object, i.field, i.why)
		}
	}
	for _, l := range missing {
		if len(w.export.Owns[l.object.Kind]) > 0 {
			add(l.object, "", l.why)
		}
	}
	if len(list.Content) == 0 {
		return nil
	}
	return list
}
