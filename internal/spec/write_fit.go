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

// fit takes out of items what the rules of files refuse, since the gateway took it before them, or by others: a field,
// an entry of a list, a collection; a whole item only when it cannot do without. What goes is named, and a field that
// goes gets an ignore rule, so that applying the file leaves it as it is.
func (w *writer) fit(items []item) (kept []item, out []lost, err error) {
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
				out = append(out, lost{it.object, it.reason(list[0])})
				continue
			}
			rest = append(rest, it)
		}
		kept = rest
	}
}

// lost is an object that the files cannot say.
type lost struct {
	object *kind.Object
	why    string
}

// refusal is what the rules say about something in an item.
type refusal struct{ pointer, why string }

func (r refusal) String() string { return strings.TrimPrefix(r.pointer+": "+r.why, ": ") }

// refusedBy reads a written file and tells what of its items is refused.
func refusedBy(data []byte, items []item) (map[int][]refusal, error) {
	_, findings := Load([]Input{{Name: "export", Data: data}}, Options{})
	refused := map[int][]refusal{}
	for _, f := range findings {
		i, rest, ok := itemAt(f.Path, items)
		if ok && f.Newer {
			items[i].mark(rest)
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

// itemAt finds the item that a JSON pointer of the document leads into, and what of the pointer is left.
func itemAt(pointer string, items []item) (at int, rest string, ok bool) {
	steps := strings.SplitN(strings.TrimPrefix(pointer, "/"), "/", 3)
	if len(steps) < 2 {
		return 0, "", false
	}
	n, err := strconv.Atoi(steps[1])
	if err != nil {
		at = slices.IndexFunc(items, func(it item) bool { return it.kind.Section == steps[0] && jsonptr.Escape(it.object.Key) == steps[1] })
		return at, "/" + setting + strings.TrimPrefix(pointer, "/"+steps[0]+"/"+steps[1]), at >= 0
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

// drop takes what is refused out of the item, the last first, so that places before it stay. What is refused because
// something is missing goes as a whole, when nothing else can.
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
			if pointer := reach(it.node, r.pointer); pointer != "" && (pointer == r.pointer) != missing {
				it.remove(pointer, r)
				done = true
			}
		}
	}
	return done
}

// reason is why an item cannot be said: what went before, if that is what left it without something that it needs.
func (it *item) reason(now refusal) string {
	if len(it.ignored) > 0 {
		return refusal{it.ignored[0].field, it.ignored[0].why}.String()
	}
	return now.String()
}

// remove takes a part of the item out. A collection goes as a whole: without some of its entries it would ask for them
// to go.
func (it *item) remove(pointer string, r refusal) {
	field, _, _ := strings.Cut(pointer[1:], "/")
	address := it.object.Address()
	if linkIn(it.kind, field) != nil || partIn(it.kind, field) != nil {
		cut(it.node, []string{field})
		it.unmanaged = append(it.unmanaged, ignored{"/" + field, r.why})
		it.leftOut = append(it.leftOut, LeftOut{address + " /" + field, refusal{strings.TrimPrefix(r.pointer, "/"+field), r.why}.String()})
	} else {
		cut(it.node, slices.Collect(jsonptr.Keys(pointer)))
		list, _ := jsonptr.ListOf(pointer)
		it.ignored = append(it.ignored, ignored{list, r.why})
		it.leftOut = append(it.leftOut, LeftOut{address + " " + pointer, r.why})
	}
	it.variables = slices.DeleteFunc(slices.Clone(it.variables), func(v Variable) bool { return !mentions(it.node, "${"+v.Name+":") })
}

// mark comments on what this version does not know, where it stands on a line of its own.
func (it *item) mark(pointer string) {
	n, keys := it.node, slices.Collect(jsonptr.Keys(pointer))
	for i, key := range keys {
		at := childAt(n, key)
		if at < 0 || n.Style&yaml.FlowStyle != 0 {
			return
		}
		last := i == len(keys)-1
		if last && n.Kind == yaml.MappingNode && n.Content[at].Kind != yaml.ScalarNode && n.Content[at].Style&yaml.FlowStyle == 0 {
			at-- // the line of a longer value is that of its key
		}
		if last && n.Content[at].Style&yaml.LiteralStyle == 0 {
			n.Content[at].LineComment = "# not known to this version"
		}
		n = n.Content[at]
	}
}

// ignored is a field that the file cannot say.
type ignored struct{ field, why string }

// childAt finds a child of a node: its place among the contents, or -1.
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

// reach is as much of a pointer as exists.
func reach(n *yaml.Node, pointer string) string {
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

// cut removes what is at a path that exists.
func cut(n *yaml.Node, steps []string) {
	if len(steps) == 0 {
		return
	}
	at := childAt(n, steps[0])
	switch {
	case len(steps) > 1:
		cut(n.Content[at], steps[1:])
	case n.Kind == yaml.MappingNode:
		n.Content = slices.Delete(n.Content, at-1, at+1)
	default:
		n.Content = slices.Delete(n.Content, at, at+1)
	}
}

func mentions(n *yaml.Node, text string) bool {
	return strings.Contains(n.Value, text) || slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return mentions(c, text) })
}
