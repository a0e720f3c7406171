package shape

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Preserver finds members that the gateway has, that no shape knows, and that the wanted value does not mention. An
// update replaces the whole value, so it must also send these members, or they would be lost. A member that is null in
// the wanted value counts as mentioned, so it is removed. Known members that the wanted value leaves out stay left out,
// except mappings: they may contain unknown members, which must be sent unless leaving out the mapping removes all of
// it.
type Preserver struct {
	OnlySecrets bool // carry only members whose names show that they are secret

	Canonical func(s *Shape, at string, v any) any                // the form in which entries of lists are compared
	SameKey   func(s *Shape, want, have any) bool                 // whether two entries of a list with keys have the same key
	Removes   func(f Field, at string, known map[string]any) bool // whether leaving out a mapping removes it; known are the members that its shape knows

	Masked []string // JSON pointers of carried members that the gateway shows masked, so they cannot be sent back
}

// Anything is the shape of values that no other shape describes.
var Anything = OfAny("")

// Members returns want with, and have without, the members of have that s does not know and want does not mention. at
// is the JSON pointer of both.
func (c *Preserver) Members(s *Shape, at string, want, have map[string]any) (preserved, rest map[string]any) {
	preserved, rest = maps.Clone(want), maps.Clone(have)
	if preserved == nil {
		preserved = map[string]any{}
	}
	for name, had := range have {
		wanted, mentioned := want[name]
		field := s.MemberOf(name)
		switch {
		case field != nil && Blank(wanted):
			m, ok := had.(map[string]any)
			if !ok || field.Type != Map || field.UnknownKeys == AllowUnknown {
				continue
			}
			before := len(c.Masked)
			more, known := c.Members(field, at+"/"+name, nil, m)
			switch {
			case c.Removes(Optional(name, field), at+"/"+name, known):
				c.Masked = c.Masked[:before]
			case len(more) > 0:
				preserved[name], rest[name] = more, known
			}
		case field == nil && !mentioned && c.OnlySecrets && !SecretName(name):
		case field == nil && !mentioned:
			preserved[name] = had
			delete(rest, name)
			if Masked(had) {
				c.Masked = append(c.Masked, at+"/"+name)
			}
		case field == nil:
			preserved[name], rest[name] = c.inside(Anything, "", wanted, had)
		default:
			preserved[name], rest[name] = c.inside(field, at+"/"+name, wanted, had)
		}
	}
	return preserved, rest
}

// MemberOf returns the shape of a member of a mapping, also if its names are free; nil if no shape describes it.
func (s *Shape) MemberOf(name string) *Shape {
	if s.Type != Map {
		return nil
	}
	if field := s.Field(name); field != nil {
		return field
	}
	return s.Each
}

// Masked reports whether a value contains a masked secret.
func Masked(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "***")
	case []any:
		return slices.ContainsFunc(v, Masked)
	case map[string]any:
		for _, member := range v {
			if Masked(member) {
				return true
			}
		}
	}
	return false
}

// inside does for values of any type what Members does for mappings.
func (c *Preserver) inside(s *Shape, at string, want, have any) (preserved, rest any) {
	if s.Type == Either {
		s = s.Choose(have)
	}
	switch have := have.(type) {
	case map[string]any:
		if want, ok := want.(map[string]any); ok {
			return c.Members(s, at, want, have)
		}
	case []any:
		if want, ok := want.([]any); ok {
			return c.entries(s, at, want, have)
		}
	}
	return want, have
}

func (c *Preserver) entries(s *Shape, at string, want, have []any) (preserved, rest []any) {
	preserved, rest = append([]any(nil), want...), append([]any(nil), have...)
	items := Anything
	if s.Type == List {
		items, at = s.Items, at+"/*"
	}
	formed := func(list []any) []any {
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = c.Canonical(items, at, item)
		}
		return out
	}
	for i, j := range c.pairs(s, formed(want), formed(have)) {
		preserved[i], rest[j] = c.inside(items, at, want[i], have[j])
	}
	return preserved, rest
}

// pairs maps the index of an entry of want to the index of the entry of have that it describes: the one with the same
// key. In a list without keys, it is an entry that contains all that is wanted, else the one at the same index if both
// lists have the same length.
func (c *Preserver) pairs(s *Shape, want, have []any) map[int]int {
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
		try(func(i, j int) bool { return c.SameKey(s, want[i], have[j]) })
		return pairs
	}
	try(func(i, j int) bool { return contains(have[j], want[i]) })
	try(func(i, j int) bool { return i == j && len(want) == len(have) })
	return pairs
}

// contains reports whether have equals want or, for mappings, has all of its members.
func contains(have, want any) bool {
	w, ok := want.(map[string]any)
	h, both := have.(map[string]any)
	if !ok || !both {
		return reflect.DeepEqual(have, want)
	}
	for name, v := range w {
		if !contains(h[name], v) {
			return false
		}
	}
	return true
}

// HasUnknown reports whether v contains a member that s does not know.
func (s *Shape) HasUnknown(v any) bool {
	if s.Type == Either {
		s = s.Choose(v)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if field := s.MemberOf(name); field == nil || field.HasUnknown(member) {
				return true
			}
		}
	case []any:
		return s.Type == List && slices.ContainsFunc(v, s.Items.HasUnknown)
	}
	return false
}

// Blank reports whether a value is empty: null, "", [] or {}.
func Blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
