package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// entry is one item of a section, overlays merged over it.
type entry struct {
	kind        *kind.Kind
	name        string // variables replaced; "" when it has none
	node        *yamlnode.Node
	overlayOnly bool             // from an overlay that found nothing to merge over
	layers      []layer          // the item in the file, then those in overlays
	overlays    []*yamlnode.Node // the overlays' items, in the order in which they merged
}

// layer is an item in one document.
type layer struct {
	doc          *yamlnode.Document
	prefix       string // JSON pointer of the item
	line, column int32  // where the item begins
}

func (w *layer) source() kind.Source {
	return kind.Source{File: w.doc.File, Line: int(w.line), Column: int(w.column)}
}

// prefix is the JSON pointer of the entry in the document of a node.
func (e *entry) prefix(n *yamlnode.Node) string {
	for _, w := range e.layers {
		if w.doc == n.Doc {
			return w.prefix
		}
	}
	return e.layers[0].prefix
}

// nameNode is the node of the name, or the whole item when it has no name.
func (e *entry) nameNode() *yamlnode.Node {
	if n := e.node.Get("name"); n != nil {
		return n
	}
	return e.node
}

// trim drops all values except those that are still needed after the entry is declared. Otherwise large files
// would be held in memory twice, as values and as objects.
func (e *entry) trim() {
	e.node = e.node.Filter(func(key string) bool { return key == "name" || key == "moved_from" })
}

// splitDocument splits one document into its sections and its other keys.
func (l *loader) splitDocument(root *yamlnode.Node, overlay bool, own map[string]*entry) {
	c := l.checker("")
	if root.Form == yamlnode.Broken {
		return
	}
	if root.Form != yamlnode.Mapping {
		c.fail(root, "the document is "+describe(root)+"; expected a mapping", "begin with version: "+Version)
		return
	}
	var found []int
	for i, key := range root.Keys {
		switch section := sectionOf(key.Value); {
		case section != nil:
			found = append(found, i)
		case strings.HasPrefix(key.Value, anchorPrefix):
		case head.Field(key.Value) == nil:
			c.push(key.Value)
			c.fail(key, "the key "+yamlnode.DisplayKey(key.Value)+" is not known", keyHint(key.Value, wholeDocument.Names()))
			c.pop()
		}
	}
	l.head(root.Filter(func(key string) bool { return head.Field(key) != nil }), overlay)
	for _, i := range found {
		l.section(sectionOf(root.Keys[i].Value), root.Items[i], overlay, own)
	}
}

// anchorPrefix begins the keys of a document that are ignored, as a place for anchors.
const anchorPrefix = "x-"

func sectionOf(key string) *kind.Kind {
	for _, k := range sections {
		if k.Section == key {
			return k
		}
	}
	return nil
}

// head reads the keys that are not sections. Correct keys take effect even when others have errors.
func (l *loader) head(n *yamlnode.Node, overlay bool) {
	c := l.checker("")
	values, _ := c.fields(n, head).(map[string]any)
	n.Doc.Environment, _ = values["environment"].(string)
	owns, _ := values["owns"].(map[string]any)
	for _, k := range sections {
		if globs, ok := owns[k.Section]; ok {
			if overlay {
				l.state.Owns[k.Name] = nil
			}
			l.state.Owns[k.Name] = append(l.state.Owns[k.Name], texts(globs)...)
			l.places.addOwned(k, n.Get("owns").Get(k.Section), overlay)
		}
	}
	l.state.TakesOver = append(l.state.TakesOver, texts(values["takes_over"])...)
	rules, _ := values["ignore"].([]any)
	for i, rule := range rules {
		m, _ := rule.(map[string]any)
		item := n.Get("ignore").Items[i]
		r := ignoreOf(m, item)
		l.state.Ignore = append(l.state.Ignore, r)
		c.ignoreFields(r, i, item)
		l.places.addIgnore(item, "/ignore/"+strconv.Itoa(i))
	}
}

func ignoreOf(m map[string]any, n *yamlnode.Node) kind.Ignore {
	r := kind.Ignore{Fields: texts(m["fields"]), Source: sourceOf(n)}
	r.Kind, _ = m["kind"].(string)
	r.Name, _ = m["name"].(string)
	r.Reason, _ = m["reason"].(string)
	r.Until, _ = m["until"].(string)
	return r
}

// section collects the items of one section of one document.
func (l *loader) section(k *kind.Kind, n *yamlnode.Node, overlay bool, own map[string]*entry) {
	c := l.checker("/" + k.Section)
	if k.AllExist && n.Form == yamlnode.Mapping {
		l.namedValues(k, n, overlay, own)
		return
	}
	if n.Form != yamlnode.List {
		c.value(n, shape.OfList("", items[k.Section])) // reports what is wrong
		return
	}
	for i, item := range n.Items {
		l.item(k, item, strconv.Itoa(i), overlay, own)
	}
}

// item collects one item of a section.
func (l *loader) item(k *kind.Kind, item *yamlnode.Node, at string, overlay bool, own map[string]*entry) {
	e := &entry{kind: k, node: item, layers: []layer{{item.Doc, "/" + k.Section + "/" + at, item.Line, item.Column}}}
	if item.Form == yamlnode.Mapping {
		e.name = l.name(item)
	}
	switch {
	case item.Form == yamlnode.Broken:
	case overlay:
		l.overlay(e, own)
	default:
		l.add(e, l.names)
	}
}

// valueField is the field that holds the value of an item, in a section that is a mapping of names to values
// (AllExist).
const valueField = "config"

// namedValues collects the items of a section that is a mapping of names to values.
func (l *loader) namedValues(k *kind.Kind, n *yamlnode.Node, overlay bool, own map[string]*entry) {
	for i, name := range n.Keys {
		key := func(text string) *yamlnode.Node { c := *name; c.Value = text; return &c }
		item := &yamlnode.Node{Doc: name.Doc, Line: name.Line, Column: name.Column, Form: yamlnode.Mapping}
		item.Keys, item.Items = []*yamlnode.Node{key("name"), key(valueField)}, []*yamlnode.Node{name, n.Items[i]}
		known := k.Shape.Field("name").Words()
		if near := Nearest(name.Value, known); near != "" && !slices.Contains(known, name.Value) {
			c := l.checker("/" + k.Section + jsonptr.Join(name.Value))
			c.fail(name, "there is no "+k.Name+" "+yamlnode.DisplayKey(name.Value), "did you mean "+near+"?")
			continue
		}
		l.item(k, item, jsonptr.Escape(name.Value), overlay, own)
	}
}

// filePointer converts a pointer into an AllExist section to the form of the file, where an item of the mapping is its
// value alone.
func filePointer(pointer string) string {
	steps := strings.SplitN(pointer, "/", 5)
	if len(steps) < 4 || steps[3] != valueField {
		return pointer
	}
	if _, err := strconv.Atoi(steps[2]); err == nil || sectionOf(steps[1]) == nil || !sectionOf(steps[1]).AllExist {
		return pointer
	}
	return strings.Join(append(steps[:3], steps[4:]...), "/")
}

// name is the name of an item; "" when it has none or it cannot be read.
func (l *loader) name(item *yamlnode.Node) string {
	n := item.Get("name")
	if n == nil || n.Form != yamlnode.Scalar {
		return ""
	}
	e := l.checker("").expand(n)
	if len(e.faults) > 0 {
		return ""
	}
	return e.text
}

// add appends a new entry. One whose name is taken is added as well, so that its other mistakes are reported.
func (l *loader) add(e *entry, taken map[string]*entry) {
	l.unique(e, taken)
	l.entries = append(l.entries, e)
}

// unique reserves the name of an entry; it reports a finding and returns false when the name is taken.
func (l *loader) unique(e *entry, taken map[string]*entry) bool {
	if e.name == "" {
		return true
	}
	id := e.kind.Section + "/" + e.name
	if first := taken[id]; first != nil {
		n := e.nameNode()
		l.report(finding(n, e.prefix(n)+"/name",
			fmt.Sprintf("the %s %s is declared twice, first at %s", e.kind.Name, e.name, location(sourceOf(first.nameNode()))),
			"remove or rename one of them"))
		return false
	}
	taken[id] = e
	return true
}

// overlay merges an entry over the one of the same section and name, or adds it.
func (l *loader) overlay(e *entry, own map[string]*entry) {
	if !l.unique(e, own) {
		return
	}
	base := l.names[e.kind.Section+"/"+e.name]
	if base == nil || e.name == "" {
		e.overlayOnly = e.name != ""
		l.add(e, l.names)
		return
	}
	base.node = yamlnode.Merge(base.node, e.node)
	base.layers = append(base.layers, e.layers...)
	base.overlays = append(base.overlays, e.node)
}
