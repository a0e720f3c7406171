package content

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Normalize returns the canonical form of c. It is for comparing contents and for writing files, and not for requests,
// which send the content as it is in the file. c may come from a file or from the answer of a gateway, with numbers as
// float64 or json.Number, and is not changed.
//
//	in c                                    | in the result
//	absent, null, "", []                    | the default, or absent if there is none
//	an absent flag without a default        | false, which is what gateways fill in
//	0 of an optional number without default | absent, for the same reason
//	{} and a mapping of only such values    | absent; filled with its defaults if it cannot be null
//	a list item                             | always kept; sets are sorted, without repeats
//	a comma list                            | sorted and trimmed
//	JSON in a text                          | compact
//	a member that the shape does not know   | unchanged, but without blank members of mappings
//	a member of the vendor's console        | absent
//	a value of a wrong type                 | unchanged
//
// Whole numbers come out as int64, numbers that may have decimals as float64.
func (t Type) Normalize(c map[string]any) map[string]any {
	out := t.mapping(t.Shape, "", c)
	if t.finish != nil {
		t.finish(out)
	}
	return out
}

func (t Type) mapping(s *shape.Shape, at string, m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for _, f := range s.Fields {
		if v := t.member(f, at+"/"+f.Name, m[f.Name]); v != nil {
			out[f.Name] = v
		}
	}
	for name, v := range m {
		if s.Field(name) != nil || s.UnknownKeys != shape.AllowUnknown && slices.Contains(console, name) {
			continue
		}
		if v = plain(v); !shape.Blank(v) {
			out[name] = v
		}
	}
	return out
}

// console lists members that only the vendor's console writes. They have no meaning to a gateway.
var console = []string{"disabled", "focused", "id"}

// member returns the canonical value of a key; nil if it is to be left out.
func (t Type) member(f shape.Field, at string, v any) any {
	s := f.Shape
	switch {
	case s.Type == shape.Map && !s.Nullable && allBlank(v):
		v = map[string]any{} // it gets its defaults below
	case allBlank(v), s.Type == shape.Map && s.Nullable && s.UnknownKeys != shape.AllowUnknown && allZero(v):
		v = nil
	}
	if v != nil {
		v = t.value(s, at, v)
	}
	def := t.defaultOf(s, at)
	switch {
	case shape.Blank(v) && def != nil:
		return t.value(s, at, def)
	case shape.Blank(v), def == nil && !f.Required && (s.Type == shape.Integer || s.Type == shape.Number) && zero(v):
		return nil
	}
	return v
}

// defaultOf returns the value that leaving a key out means; nil if there is none.
func (t Type) defaultOf(s *shape.Shape, at string) any {
	switch {
	case s.Default != nil:
		return s.Default
	case t.fill[at] != nil:
		return t.fill[at]
	case s.Type == shape.Bool:
		return false
	}
	return nil
}

// value returns the canonical form of a value that is not absent.
func (t Type) value(s *shape.Shape, at string, v any) any {
	if s.Type == shape.Either {
		s = s.Choose(v)
	}
	switch v := v.(type) {
	case map[string]any:
		if s.Type == shape.Map {
			return t.formed(at, t.mapping(s, at, v))
		}
	case []any:
		if s.Type == shape.List {
			items := make([]any, len(v))
			for i, item := range v {
				items[i] = t.value(s.Items, at+"/*", item)
			}
			return inOrder(s, t.formed(at, items))
		}
	}
	v = plain(v)
	if n, ok := v.(int64); ok && s.Type == shape.Number {
		v = float64(n)
	}
	return inOrder(s, t.formed(at, v))
}

func (t Type) formed(at string, v any) any {
	if f := t.forms[at]; f != nil {
		return f(v)
	}
	return v
}
