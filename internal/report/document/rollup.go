package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// mostAlike is how many changes that are alike stand on lines of their own. More are told together, with their names.
const mostAlike = 9

// RollUp parts changes of one kind, in their order, into those that are told together: the bindings of one owner that
// come, or go, in one environment, and the updates that change the same. Each part stands where its first change does.
// What also tells of them must be equal.
func RollUp[T any](list []T, change func(*T) (c *Change, also string)) (out [][]*T) {
	parts := map[string][]*T{}
	keys := make([]string, len(list))
	for i := range list {
		c, also := change(&list[i])
		if keys[i] = c.alike(); keys[i] != "" {
			keys[i] += also
			parts[keys[i]] = append(parts[keys[i]], &list[i])
		}
	}
	for i := range list {
		switch part := parts[keys[i]]; {
		case len(part) <= mostAlike:
			out = append(out, []*T{&list[i]})
		case part[0] == &list[i]:
			out = append(out, part)
		}
	}
	return out
}

// alike is equal for changes that can be told together; "" for one that stands by itself.
func (c *Change) alike() string {
	var what []string
	switch {
	case c.Binding != nil && c.Binding.API != "":
		what = []string{c.Name, c.Binding.Environment}
	case c.Binding == nil && c.Action == diff.Update && len(c.Fields) > 0:
		for i := range c.Fields {
			what = append(what, c.Fields[i].Line(c.Action, 1<<20))
		}
	default:
		return ""
	}
	return strings.Join(slices.Concat([]string{c.Kind, string(c.Action)}, what, c.Reasons(), c.DisplacesInWords()), "\n")
}

// Together tells of changes that are alike in one line, made harmless, and lists what they are about.
func Together(list []*Change) (head string, names []string) {
	c := list[0]
	if c.Binding == nil {
		for _, other := range list {
			names = append(names, Clean(strings.TrimPrefix(other.Address, other.Kind+"/")))
		}
		many := cmp.Or(kind.Of(c.Kind).Section, strings.ReplaceAll(c.Kind, "_", " ")+"s")
		return fmt.Sprintf("%d %s, all alike", len(list), many), []string{strings.Join(names, ", ")}
	}
	verb, of := "come", ""
	if c.Action == diff.Unbind {
		verb = "go"
		if c.Had >= len(list) {
			of = fmt.Sprintf("of %d ", c.Had)
		}
	}
	head = fmt.Sprintf("%s %s: %d %sAPIs %s in %s", kind.LinkOf(c.Kind).Owner, c.Name, len(list), of, verb, c.Binding.Environment)
	for _, group := range groupsOf(list) {
		var apis []string
		for _, other := range list {
			if other.Binding.Group == group {
				apis = append(apis, other.Binding.API)
			}
		}
		names = append(names, Clean(group+": "+strings.Join(apis, ", ")))
	}
	return Clean(head), names
}

func groupsOf(list []*Change) (groups []string) {
	for _, c := range list {
		groups = append(groups, c.Binding.Group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// PlaceOfAll is file:line of changes that have one place, else file:first-last of one file, made harmless; else "".
func PlaceOfAll(list []*Change) string {
	first, last := list[0].Source, list[0].Source
	for _, c := range list {
		switch {
		case c.Source == nil || first == nil || c.Source.File != first.File:
			return ""
		case c.Source.Line < first.Line:
			first = c.Source
		case c.Source.Line > last.Line:
			last = c.Source
		}
	}
	if first.Line == last.Line {
		return list[0].Place()
	}
	return Clean(fmt.Sprintf("%s:%d-%d", first.File, first.Line, last.Line))
}
