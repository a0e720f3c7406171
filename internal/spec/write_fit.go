package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// removeRefused removes from items what the rules for files refuse, as gateways may hold values that are older than
// these rules or passed others: a field, an entry of a list, a collection, or the whole item when it cannot do without
// them. Everything that is removed is named, and a removed field gets an ignore rule, so that applying the file leaves
// it as it is.
func (w *writer) removeRefused(items []item) (kept []item, out []dropped, err error) {
	kept = slices.Clone(items)
	for {
		data, err := encode(w.document(kept, nil, nil, nil))
		if err != nil {
			return nil, nil, fmt.Errorf("write the file: %w", err)
		}
		refused, err := refusedBy(data, kept)
		if err != nil || len(refused) == 0 {
			return kept, out, err
		}
		var rest []item
		for i := range kept {
			it := kept[i]
			if list := refused[i]; len(list) > 0 && !it.drop(list) {
				out = append(out, dropped{it.object, it.reason(list[0])})
				continue
			}
			rest = append(rest, it)
		}
		kept = rest
	}
}

// dropped is an object that the files cannot express.
type dropped struct {
	object *kind.Object
	why    string
}

// refusal is the reason why the rules refuse the value at a pointer of an item.
type refusal struct{ pointer, why string }

func (r refusal) String() string { return strings.TrimPrefix(r.pointer+": "+r.why, ": ") }

// refusedBy reads a written file back and returns what is refused, by the index of the item.
func refusedBy(data []byte, items []item) (map[int][]refusal, error) {
	_, findings := Load([]Input{{Name: "export", Data: data}}, Options{})
	refused := map[int][]refusal{}
	for _, f := range findings {
		i, rest, ok := itemAt(f.Path, items)
		if ok && f.Newer {
			items[i].addComment(rest)
		}
		if f.Warning {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("the export cannot be read back: %s", f)
		}
		refused[i] = append(refused[i], refusal{rest, f.Problem})
	}
	return refused, nil
}

// itemAt finds the item that a JSON pointer of the document leads into, and the rest of the pointer.
func itemAt(pointer string, items []item) (at int, rest string, ok bool) {
	steps := strings.SplitN(strings.TrimPrefix(pointer, "/"), "/", 3)
	if len(steps) < 2 {
		return 0, "", false
	}
	n, err := strconv.Atoi(steps[1])
	if err != nil {
		at = slices.IndexFunc(items, func(it item) bool { return it.kind.Section == steps[0] && jsonptr.Escape(it.object.Key) == steps[1] })
		return at, "/" + valueField + strings.TrimPrefix(pointer, "/"+steps[0]+"/"+steps[1]), at >= 0
	}
	for i, it := range items {
		if it.kind.Section != steps[0] {
			continue
		}
		if n == 0 {
			return i, strings.TrimPrefix(pointer, "/"+steps[0]+"/"+steps[1]), true
		}
		n--
	}
	return 0, "", false
}

// drop removes what is refused from the item. It removes the last first, so that the pointers of the others stay valid. A
// value that is refused because something in it is missing is removed as a whole, if nothing else can be. drop returns
// false when nothing can be removed.
func (it *item) drop(refused []refusal) bool {
	done := false
	for _, missing := range []bool{false, true} {
		for _, r := range slices.Backward(refused) {
			if done && missing {
				return true
			}
			if r.pointer == "/name" {
				return false
			}
			if pointer := existingPath(it.node, r.pointer); pointer != "" && (pointer == r.pointer) != missing {
				it.remove(pointer, r)
				done = true
			}
		}
	}
	return done
}

// reason is why an item cannot be written: the first field that was removed, if there is one, since the item may need it;
// otherwise the present refusal.
func (it *item) reason(now refusal) string {
	if len(it.ignored) > 0 {
		return refusal{it.ignored[0].field, it.ignored[0].why}.String()
	}
	return now.String()
}

// remove removes a part of the item. A collection is removed as a whole, because a collection without some of its
// entries would ask the gateway to delete them.
func (it *item) remove(pointer string, r refusal) {
	field, _, _ := strings.Cut(pointer[1:], "/")
	address := it.object.Address()
	if linkIn(it.kind, field) != nil || partIn(it.kind, field) != nil {
		removeAt(it.node, []string{field})
		it.unmanaged = append(it.unmanaged, ignored{"/" + field, r.why})
		it.leftOut = append(it.leftOut, LeftOut{address + " /" + field, refusal{strings.TrimPrefix(r.pointer, "/"+field), r.why}.String()})
	} else {
		removeAt(it.node, slices.Collect(jsonptr.Keys(pointer)))
		list, _ := jsonptr.ListOf(pointer)
		it.ignored = append(it.ignored, ignored{list, r.why})
		it.leftOut = append(it.leftOut, LeftOut{address + " " + pointer, r.why})
	}
	it.variables = slices.DeleteFunc(slices.Clone(it.variables), func(v Variable) bool { return !mentions(it.node, "${"+v.Name+":") })
}

// addComment adds a comment to a value that this version does not know, if the value has a line of its own.
func (it *item) addComment(pointer string) {
	n, keys := it.node, slices.Collect(jsonptr.Keys(pointer))
	for i, key := range keys {
		at := childAt(n, key)
		if at < 0 || n.Style&yaml.FlowStyle != 0 {
			return
		}
		last := i == len(keys)-1
		if last && n.Kind == yaml.MappingNode && n.Content[at].Kind != yaml.ScalarNode && n.Content[at].Style&yaml.FlowStyle == 0 {
			at-- // a block's comment belongs on the line of its key
		}
		if last && n.Content[at].Style&yaml.LiteralStyle == 0 {
			n.Content[at].LineComment = "# not known to this version"
		}
		n = n.Content[at]
	}
}

// ignored is a field that a file cannot express, and why.
type ignored struct{ field, why string }

// childAt is the index in Content of the value at a key or list index; -1 when there is none.
func childAt(n *yaml.Node, key string) int {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return i + 1
			}
		}
		return -1
	}
	if i, ok := jsonptr.Index(key, len(n.Content)); ok && n.Kind == yaml.SequenceNode {
		return i
	}
	return -1
}

// existingPath is the part of a pointer that leads to an existing value.
func existingPath(n *yaml.Node, pointer string) string {
	reached := ""
	for key := range jsonptr.Keys(pointer) {
		at := childAt(n, key)
		if at < 0 {
			break
		}
		n, reached = n.Content[at], reached+"/"+jsonptr.Escape(key)
	}
	return reached
}

// removeAt removes the value at an existing path.
func removeAt(n *yaml.Node, steps []string) {
	if len(steps) == 0 {
		return
	}
	at := childAt(n, steps[0])
	switch {
	case len(steps) > 1:
		removeAt(n.Content[at], steps[1:])
	case n.Kind == yaml.MappingNode:
		n.Content = slices.Delete(n.Content, at-1, at+1)
	default:
		n.Content = slices.Delete(n.Content, at, at+1)
	}
}

func mentions(n *yaml.Node, text string) bool {
	return strings.Contains(n.Value, text) || slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return mentions(c, text) })
}
