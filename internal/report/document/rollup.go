package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// maxSeparate is how many similar changes have a line each. If there are more, they share a line, with a list of names.
const maxSeparate = 9

// RollUp divides the changes of one kind into groups that share a line: the binds, or the unbinds, of one owner in one
// environment, and the updates that change the same. Groups keep the order of their first changes. The texts that also
// returns for the changes of a group are equal.
func RollUp[T any](list []T, change func(*T) (c *Change, also string)) (out [][]*T) {
	parts := map[string][]*T{}
	keys := make([]string, len(list))
	for i := range list {
		c, also := change(&list[i])
		if keys[i] = c.groupKey(); keys[i] != "" {
			keys[i] += also
			parts[keys[i]] = append(parts[keys[i]], &list[i])
		}
	}
	for i := range list {
		switch part := parts[keys[i]]; {
		case len(part) <= maxSeparate:
			out = append(out, []*T{&list[i]})
		case part[0] == &list[i]:
			out = append(out, part)
		}
	}
	return out
}

// groupKey returns a text that is equal for changes that can share a line; "" for a change that cannot.
func (c *Change) groupKey() string {
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
	return strings.Join(slices.Concat([]string{c.Kind, string(c.Action)}, what, c.Reasons(), c.DisplacesText()), "\n")
}

// Summarize describes similar changes in one line, made harmless, and lists what they are about.
func Summarize(list []*Change) (head string, names []string) {
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
		if c.BoundBefore >= len(list) {
			of = fmt.Sprintf("of %d ", c.BoundBefore)
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

// PlaceOfAll returns the file:line of changes with the same position, or file:first-last for one file, made harmless;
// else "".
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
