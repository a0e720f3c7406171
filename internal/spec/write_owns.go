package spec

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// owning is the file that says what the files of a split export own.
const owning = "owns"

// aboutOwns is what everybody should know who keeps an export with owns.
const aboutOwns = `# For these names the files are the whole truth:
#   drift and diff report what the gateway has besides as extra,
#   apply --prune deletes it,
#   and a bind may take the place of a policy among them that no file declares, without --take-over.
# Where others manage a part of the gateway, narrow the globs to what is yours, such as ["orders_*"],
# or remove the lines of a kind; export --no-owns leaves all of this out.`

// owns adds what the files own, behind the version and the environment.
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

// ignoring are the rules for what the files cannot say: fields of items, and whole objects that they own all the same;
// nil when there are none.
func (w *writer) ignoring(items []item, missing []lost) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	add := func(o *kind.Object, field, why string) {
		rule := newMap()
		rule.Style = yaml.FlowStyle
		put(rule, "kind", text(o.Kind))
		put(rule, "name", text(kind.Literal(o.Key)))
		if field != "" {
			put(rule, "fields", textList([]string{field}))
		}
		put(rule, "reason", text(fmt.Sprintf("the gateway has what files cannot say: %s", why)))
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
