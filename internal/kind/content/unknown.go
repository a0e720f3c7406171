package content

import (
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// KeepUnknown returns want with the members of have that this version does not know and that want does not mention. An update
// must send them, or they would be lost. A member that is null in want counts as mentioned, so it is removed; an
// optional mapping that want leaves out is removed with all its members. If whole is true, only secrets are carried.
// masked are the JSON pointers of carried members that the gateway shows masked, so they cannot be sent back.
func (t Type) KeepUnknown(want, have map[string]any, whole bool) (carried map[string]any, masked []string) {
	if !t.Shape.HasUnknown(have) {
		return want, nil
	}
	c := t.preserver(whole)
	carried, _ = c.Members(t.Shape, "", want, have)
	slices.Sort(c.Masked)
	return carried, c.Masked
}

// Without returns have without the members that KeepUnknown adds, so that it can be compared with want. some is false if
// have has no unknown members.
func (t Type) Without(have, want map[string]any, whole bool) (rest map[string]any, some bool) {
	if !t.Shape.HasUnknown(have) {
		return have, false
	}
	_, rest = t.preserver(whole).Members(t.Shape, "", want, have)
	return rest, true
}

// preserver returns the rules by which KeepUnknown and Without find the members.
func (t Type) preserver(whole bool) *shape.Preserver {
	return &shape.Preserver{
		OnlySecrets: whole,
		Canonical:   t.value,
		SameKey:     func(s *shape.Shape, want, have any) bool { return s.KeyOf(want) == s.KeyOf(have) },
		Removes: func(f shape.Field, at string, known map[string]any) bool {
			return f.Shape.Nullable && t.member(f, at, known) != nil
		},
	}
}

// SecretsIn returns the JSON pointers of the secrets in a content: those of the type, and texts without a shape whose
// names suggest that they are secret.
func (t Type) SecretsIn(c map[string]any) []string {
	if !t.Shape.HasUnknown(c) {
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
