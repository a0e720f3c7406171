package spec

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// entry is one item of a section, overlays merged over it.
type entry struct {
	kind   *kind.Kind
	name   string // variables replaced; "" when it has none
	node   *node
	alone  bool    // from an overlay, with nothing below it
	places []where // the documents that its values come from
	laid   []*node // what overlays laid over it, in their order
}

// where is a document and the JSON pointer of an entry in it.
type where struct {
	doc          *document
	prefix       string
	line, column int32 // at which the entry begins
}

// prefix is where the entry stands in the document of a node.
func (e *entry) prefix(n *node) string {
	for _, w := range e.places {
		if w.doc == n.doc {
			return w.prefix
		}
	}
	return e.places[0].prefix
}

// nameNode is the node that tells the name, else the whole item.
func (e *entry) nameNode() *node {
	if n := e.node.get("name"); n != nil {
		return n
	}
	return e.node
}

// trim lets go of all values but those that are still looked at once the entry is declared: large files
// would else be held twice, as values and as objects.
func (e *entry) trim() {
	n := *e.node
	n.keys, n.items = nil, nil
	for i, key := range e.node.keys {
		if key.value == "name" || key.value == "moved_from" {
			n.keys, n.items = append(n.keys, key), append(n.items, e.node.items[i])
		}
	}
	e.node = &n
}

// open takes one document apart.
func (l *loader) open(root *node, overlay bool, own map[string]*entry) {
	c := l.checker("")
	if root.form == broken {
		return
	}
	if root.form != mapping {
		c.fail(root, "the document is "+describe(root)+"; expected a mapping", "begin with version: "+Version)
		return
	}
	rest := *root
	rest.keys, rest.items = nil, nil
	var found []int
	for i, key := range root.keys {
		switch section := sectionOf(key.value); {
		case section != nil:
			found = append(found, i)
		case strings.HasPrefix(key.value, anchorPrefix): // a place for anchors
		case head.Field(key.value) == nil:
			c.push(key.value)
			c.fail(key, "the key "+shown(key.value)+" is not known", keyHint(key.value, whole.Names()))
			c.pop()
		default:
			rest.keys, rest.items = append(rest.keys, key), append(rest.items, root.items[i])
		}
	}
	l.head(&rest, overlay)
	for _, i := range found {
		l.section(sectionOf(root.keys[i].value), root.items[i], overlay, own)
	}
}

// anchorPrefix begins keys of a document that say nothing by themselves.
const anchorPrefix = "x-"

func sectionOf(key string) *kind.Kind {
	for _, k := range sections {
		if k.Section == key {
			return k
		}
	}
	return nil
}

// head reads the keys beside the sections. Those that are right count even when others are not.
func (l *loader) head(n *node, overlay bool) {
	c := l.checker("")
	values, _ := c.fields(n, head).(map[string]any)
	n.doc.environment, _ = values["environment"].(string)
	owns, _ := values["owns"].(map[string]any)
	for _, k := range sections {
		if globs, ok := owns[k.Section]; ok {
			if overlay {
				l.state.Owns[k.Name] = nil
			}
			l.state.Owns[k.Name] = append(l.state.Owns[k.Name], texts(globs)...)
			l.places.owned(k, n.get("owns").get(k.Section), overlay)
		}
	}
	l.state.TakesOver = append(l.state.TakesOver, texts(values["takes_over"])...)
	rules, _ := values["ignore"].([]any)
	for i, rule := range rules {
		m, _ := rule.(map[string]any)
		item := n.get("ignore").items[i]
		l.state.Ignore = append(l.state.Ignore, ignoreOf(m, item))
		l.places.ignoring(item, "/ignore/"+strconv.Itoa(i))
	}
}

func ignoreOf(m map[string]any, n *node) kind.Ignore {
	r := kind.Ignore{Fields: texts(m["fields"]), Source: n.source()}
	r.Kind, _ = m["kind"].(string)
	r.Name, _ = m["name"].(string)
	r.Reason, _ = m["reason"].(string)
	r.Until, _ = m["until"].(string)
	return r
}

// section collects the items of one section of one document.
func (l *loader) section(k *kind.Kind, n *node, overlay bool, own map[string]*entry) {
	c := l.checker("/" + k.Section)
	if n.form != list {
		c.value(n, shape.OfList("", items[k.Section])) // tells what is wrong
		return
	}
	for i, item := range n.items {
		e := &entry{kind: k, node: item, places: []where{{item.doc, "/" + k.Section + "/" + strconv.Itoa(i), item.line, item.column}}}
		if item.form == mapping {
			e.name = l.name(item)
		}
		switch {
		case item.form == broken:
		case overlay:
			l.overlay(e, own)
		default:
			l.add(e, l.names)
		}
	}
}

// name is the name of an item, "" when it has none that can be read.
func (l *loader) name(item *node) string {
	n := item.get("name")
	if n == nil || n.form != scalar {
		return ""
	}
	e := expand(n.value, l.options.Lookup)
	if len(e.faults) > 0 {
		return ""
	}
	return e.text
}

// add puts a new entry behind the others. One whose name is taken is still looked at for other mistakes.
func (l *loader) add(e *entry, taken map[string]*entry) {
	l.unique(e, taken)
	l.entries = append(l.entries, e)
}

// unique claims the name of an entry.
func (l *loader) unique(e *entry, taken map[string]*entry) bool {
	if e.name == "" {
		return true
	}
	id := e.kind.Section + "/" + e.name
	if first := taken[id]; first != nil {
		n := e.nameNode()
		l.report(finding(n, e.prefix(n)+"/name",
			fmt.Sprintf("the %s %s is declared twice, first at %s", e.kind.Name, e.name, place(first.nameNode().source())),
			"remove or rename one of them"))
		return false
	}
	taken[id] = e
	return true
}

// overlay lays an entry over the one of the same section and name, or adds it.
func (l *loader) overlay(e *entry, own map[string]*entry) {
	if !l.unique(e, own) {
		return
	}
	base := l.names[e.kind.Section+"/"+e.name]
	if base == nil || e.name == "" {
		e.alone = e.name != ""
		l.add(e, l.names)
		return
	}
	base.node = merge(base.node, e.node)
	base.places = append(base.places, e.places...)
	base.laid = append(base.laid, e.node)
}
