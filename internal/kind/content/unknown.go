package content

import (
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Carry returns want with those members of have that this version does not know and that want does not
// mention: what an update has to send so that nothing is lost with it. A member that is null is mentioned, and
// goes. Objects that are optional go with all that is in them. Whole says that only secrets are carried. Masked
// are the places of what a gateway shows masked, which cannot be sent back.
func (t Type) Carry(want, have map[string]any, whole bool) (carried map[string]any, masked []string) {
	if !t.Shape.Strange(have) {
		return want, nil
	}
	c := t.carrying(whole)
	carried, _ = c.Members(t.Shape, "", want, have)
	slices.Sort(c.Masked)
	return carried, c.Masked
}

// Without returns have without those members: what a file that says want can compare itself with. It is have where
// there can be none.
func (t Type) Without(have, want map[string]any, whole bool) (rest map[string]any, some bool) {
	if !t.Shape.Strange(have) {
		return have, false
	}
	_, rest = t.carrying(whole).Members(t.Shape, "", want, have)
	return rest, true
}

// carrying finds what a gateway holds and a file does not mention.
func (t Type) carrying(whole bool) *shape.Carrying {
	return &shape.Carrying{
		SecretsAlone: whole,
		Form:         t.value,
		Same:         func(s *shape.Shape, want, have any) bool { return s.KeyOf(want) == s.KeyOf(have) },
		Taken: func(f shape.Field, at string, known map[string]any) bool {
			return f.Shape.Nullable && t.member(f, at, known) != nil
		},
	}
}

// SecretsIn lists the JSON pointers of the secrets of a content: those that the type has, and texts that no shape
// describes and of which the names tell that they are secret.
func (t Type) SecretsIn(c map[string]any) []string {
	if !t.Shape.Strange(c) {
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
			items := shape.Anything
			if s.Type == shape.List {
				items = s.Items
			}
			for i, item := range v {
				walk(items, at+"/"+strconv.Itoa(i), private, item)
			}
		case map[string]any:
			for name, member := range v {
				field := s.MemberOf(name)
				inner := at + "/" + jsonptr.Escape(name)
				if field == nil {
					walk(shape.Anything, inner, private || shape.SecretName(name), member)
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
