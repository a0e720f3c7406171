package content

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Carry returns want with those members of have that this version does not know and that want does not
// mention: what an update has to send so that nothing is lost with it. A member that is null is mentioned, and
// goes. Objects that are optional go with all that is in them. Whole says that only secrets are carried. Masked
// are the places of what a gateway shows masked, which cannot be sent back.
func (t Type) Carry(want, have map[string]any, whole bool) (carried map[string]any, masked []string) {
	if !strange(t.Shape, have) {
		return want, nil
	}
	p := parting{Type: t, whole: whole}
	carried, _ = p.members(t.Shape, "", want, have)
	slices.Sort(p.masked)
	return carried, p.masked
}

// Without returns have without those members: what a file that says want can compare itself with. It is have where
// there can be none.
func (t Type) Without(have, want map[string]any, whole bool) (rest map[string]any, some bool) {
	if !strange(t.Shape, have) {
		return have, false
	}
	p := parting{Type: t, whole: whole}
	_, rest = p.members(t.Shape, "", want, have)
	return rest, true
}

// parting finds what a gateway holds and a file does not mention.
type parting struct {
	Type
	whole  bool
	masked []string
}

// anything is the shape of what no other one describes.
var anything = shape.OfFree("")

// members returns want with, and have without, the members of have that s does not know and want does not mention.
func (t *parting) members(s *shape.Shape, at string, want, have map[string]any) (carried, rest map[string]any) {
	carried, rest = maps.Clone(want), maps.Clone(have)
	if carried == nil {
		carried = map[string]any{}
	}
	for name, held := range have {
		said, mentioned := want[name]
		field := fieldOf(s, name)
		switch {
		case field != nil && blank(said):
			m, ok := held.(map[string]any)
			if !ok || field.Type != shape.Map || field.Others == shape.Passed {
				continue
			}
			before := len(t.masked)
			more, known := t.members(field, at+"/"+name, nil, m)
			switch {
			case t.taken(shape.May(name, field), at+"/"+name, known):
				t.masked = t.masked[:before]
			case len(more) > 0:
				carried[name], rest[name] = more, known
			}
		case field == nil && !mentioned && t.whole && !shape.SecretName(name):
		case field == nil && !mentioned:
			carried[name] = held
			delete(rest, name)
			if masked(held) {
				t.masked = append(t.masked, at+"/"+name)
			}
		case field == nil:
			carried[name], rest[name] = t.inside(anything, "", said, held)
		default:
			carried[name], rest[name] = t.inside(field, at+"/"+name, said, held)
		}
	}
	return carried, rest
}

// taken reports whether leaving out an object, of which known is what s knows, takes it away.
func (t *parting) taken(f shape.Field, at string, known map[string]any) bool {
	return f.Shape.Nullable && t.member(f, at, known) != nil
}

func fieldOf(s *shape.Shape, name string) *shape.Shape {
	if s.Type != shape.Map {
		return nil
	}
	return s.Field(name)
}

// masked reports whether a value holds a text that stands for a secret.
func masked(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "***")
	case []any:
		return slices.ContainsFunc(v, masked)
	case map[string]any:
		for _, member := range v {
			if masked(member) {
				return true
			}
		}
	}
	return false
}

// inside is members for values of any sort.
func (t *parting) inside(s *shape.Shape, at string, want, have any) (carried, rest any) {
	if s.Type == shape.Either {
		s = s.Choose(have)
	}
	switch have := have.(type) {
	case map[string]any:
		if want, ok := want.(map[string]any); ok {
			return t.members(s, at, want, have)
		}
	case []any:
		if want, ok := want.([]any); ok {
			return t.entries(s, at, want, have)
		}
	}
	return want, have
}

func (t *parting) entries(s *shape.Shape, at string, want, have []any) (carried, rest []any) {
	carried, rest = append([]any(nil), want...), append([]any(nil), have...)
	items := anything
	if s.Type == shape.List {
		items, at = s.Items, at+"/*"
	}
	canonical := func(list []any) []any {
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = t.value(items, at, item)
		}
		return out
	}
	for i, j := range match(s, canonical(want), canonical(have)) {
		carried[i], rest[j] = t.inside(items, at, want[i], have[j])
	}
	return carried, rest
}

// match pairs entries of want with those of have that they are about, by index: those with the same key, or,
// where entries have none, those that hold all that is wanted, then those at the same place of lists that are
// equally long.
func match(s *shape.Shape, want, have []any) map[int]int {
	pairs, taken := map[int]int{}, make([]bool, len(have))
	try := func(fits func(i, j int) bool) {
		for i := range want {
			if _, paired := pairs[i]; paired {
				continue
			}
			for j := range have {
				if !taken[j] && fits(i, j) {
					pairs[i], taken[j] = j, true
					break
				}
			}
		}
	}
	if s.Key != nil {
		try(func(i, j int) bool { return s.KeyOf(want[i]) == s.KeyOf(have[j]) })
		return pairs
	}
	try(func(i, j int) bool { return holds(have[j], want[i]) })
	try(func(i, j int) bool { return i == j && len(want) == len(have) })
	return pairs
}

// holds reports whether have is want, or has all of its members.
func holds(have, want any) bool {
	w, ok := want.(map[string]any)
	h, both := have.(map[string]any)
	if !ok || !both {
		return reflect.DeepEqual(have, want)
	}
	for name, v := range w {
		if !holds(h[name], v) {
			return false
		}
	}
	return true
}

// strange reports whether v holds a member that s does not know.
func strange(s *shape.Shape, v any) bool {
	if s.Type == shape.Either {
		s = s.Choose(v)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if field := fieldOf(s, name); field == nil || strange(field, member) {
				return true
			}
		}
	case []any:
		return s.Type == shape.List && slices.ContainsFunc(v, func(item any) bool { return strange(s.Items, item) })
	}
	return false
}

// SecretsIn lists the JSON pointers of the secrets of a content: those that the type has, and texts that no shape
// describes and of which the names tell that they are secret.
func (t Type) SecretsIn(c map[string]any) []string {
	if !strange(t.Shape, c) {
		return t.Secrets
	}
	found := slices.Clone(t.Secrets)
	var walk func(s *shape.Shape, at string, private bool, v any)
	walk = func(s *shape.Shape, at string, private bool, v any) {
		if s.Type == shape.Either {
			s = s.Choose(v)
		}
		switch v := v.(type) {
		case string:
			if private && v != "" {
				found = append(found, at)
			}
		case []any:
			items := anything
			if s.Type == shape.List {
				items = s.Items
			}
			for i, item := range v {
				walk(items, at+"/"+strconv.Itoa(i), private, item)
			}
		case map[string]any:
			for name, member := range v {
				field := fieldOf(s, name)
				inner := at + "/" + jsonptr.Escape(name)
				if field == nil {
					walk(anything, inner, private || shape.SecretName(name), member)
				} else {
					walk(field, inner, false, member)
				}
			}
		}
	}
	walk(t.Shape, "", false, c)
	slices.Sort(found)
	return slices.Compact(found)
}
