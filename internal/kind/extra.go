package kind

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Extra holds members of an answer about an object that the kind's wire type does not have and that the API reference
// does not call read-only (Facts.ReadOnly), such as settings of a newer gateway. An update replaces the whole object, so
// members that it leaves out are lost. Therefore the updates of every kind send them back, at the same pointers in the
// body. Members without a value, such as empty texts, do not count.
type Extra struct {
	Hidden []string // JSON pointers of members that are shown masked, so they cannot be sent back

	reported map[string]any // the object as the gateway reported it, without masked members and without members that have no value
	secrets  []string       // texts that are secret by the names of their members
}

// wireForm returns the members that answers about objects of a kind are known to have, from its wire type W. Two struct
// tags add to that: told lists members that answers have, by the API reference, and that no write accepts; key lists
// the members that identify the entries of a list, where a|b means whichever of the two the update sends.
func wireForm[W any](f *Facts) *shape.Shape {
	s := formOf(reflect.TypeFor[W](), "")
	return s.And(anyFields("create_time,update_time")...).And(anyFields(strings.Join(f.ReadOnly, ","))...)
}

// anyFields returns fields of any shape for member names that are separated by commas.
func anyFields(names string) (out []shape.Field) {
	for name := range strings.SplitSeq(names, ",") {
		if name != "" {
			out = append(out, shape.Optional(name, shape.Anything))
		}
	}
	return out
}

// formOf returns the shape of JSON that a type can hold. tag is that of the struct field with this type.
func formOf(t reflect.Type, tag reflect.StructTag) *shape.Shape {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return shape.Anything
	}
	switch t.Kind() {
	case reflect.Pointer:
		return formOf(t.Elem(), tag)
	case reflect.Map:
		return shape.OfEach("", formOf(t.Elem(), tag))
	case reflect.Slice:
		list := shape.OfList("", formOf(t.Elem(), tag))
		if key := tag.Get("key"); key != "" {
			list = list.KeyedBy(strings.Split(key, ",")...)
		}
		return list
	case reflect.Struct:
		var fields []shape.Field
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				fields = append(fields, shape.Optional(name, formOf(f.Type, f.Tag)))
			}
		}
		return shape.OfMap("", append(fields, anyFields(tag.Get("readonly"))...)...)
	}
	return shape.Anything
}

// extra returns the members of an answer about one object that its form does not know; nil if there are none. That is
// the usual case, so it is detected without decoding the answer.
func extra(form *shape.Shape, raw []byte) *Extra {
	if !hasUnknown(form, raw) {
		return nil
	}
	tree, _ := wire.Tree(raw)
	b := &Extra{}
	b.reported, _ = b.prune(form, "", "", tree).(map[string]any)
	if len(b.Hidden) == 0 && !form.HasUnknown(b.reported) {
		return nil
	}
	slices.Sort(b.Hidden)
	return b
}

// hasUnknown reports whether JSON has a member that s does not know and that has a value.
func hasUnknown(s *shape.Shape, raw []byte) (found bool) {
	if len(raw) == 0 {
		return false
	}
	switch raw[0] {
	case '{':
		_ = eachMember(raw, func(key []byte, value []byte) bool {
			field := s.MemberOf(string(key))
			found = field == nil && hasValue(value) || field != nil && field != shape.Anything && hasUnknown(field, value)
			return !found
		})
	case '[':
		if s.Type == shape.List {
			eachEntry(raw, func(entry []byte) bool {
				found = hasUnknown(s.Items, entry)
				return !found
			})
		}
	}
	return found
}

// hasValue reports whether a JSON value is not empty.
func hasValue(raw []byte) bool {
	switch string(raw) {
	case "null", `""`, "[]", "{}":
		return false
	}
	return true
}

// prune returns a tree without the members that have no value. Masked members are left out, too, and noted in
// b.Hidden.
func (b *Extra) prune(s *shape.Shape, at, name string, v any) any {
	switch v := v.(type) {
	case string:
		if s == nil && shape.Masked(v) {
			b.Hidden = append(b.Hidden, at)
			return nil
		}
		if s == nil && shape.SecretName(name) {
			b.secrets = append(b.secrets, v)
		}
	case map[string]any:
		for key, member := range v {
			var known *shape.Shape
			if s != nil {
				known = s.MemberOf(key)
			}
			if member = b.prune(known, at+"/"+key, key, member); shape.Blank(member) {
				delete(v, key)
			} else {
				v[key] = member
			}
		}
	case []any:
		items := s
		if s != nil && s.Type == shape.List {
			items = s.Items
		}
		for i := range v {
			v[i] = b.prune(items, fmt.Sprint(at, "/", i), name, v[i])
		}
	}
	return v
}

// addTo returns the body of an update with the members of b added.
func (b *Extra) addTo(form *shape.Shape, body any) (any, error) {
	if b == nil || b.reported == nil {
		return body, nil
	}
	want, err := plainMembers(body)
	if err != nil {
		return nil, err
	}
	c := shape.Preserver{
		Canonical: func(_ *shape.Shape, _ string, v any) any { return v },
		SameKey:   sameEntry,
		Removes:   func(shape.Field, string, map[string]any) bool { return true }, // if the body leaves out a mapping, the update keeps or removes all of it
	}
	carried, _ := c.Members(form, "", want, b.reported)
	return carried, nil
}

// plainMembers returns the members of a request body as plain data. The body must be encoded as a JSON object.
func plainMembers(body any) (map[string]any, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	tree, err := wire.Tree(raw)
	members, _ := tree.(map[string]any)
	return members, err
}

// sameEntry reports whether an entry of a body and an entry of an answer are the same, which means that they agree in
// each part of the key. Of a part a|b, the body has one member, or none if the answer has none.
func sameEntry(s *shape.Shape, want, have any) bool {
	w, _ := want.(map[string]any)
	h, _ := have.(map[string]any)
	for _, part := range s.Key {
		names := strings.Split(part, "|")
		at := max(0, slices.IndexFunc(names, func(name string) bool { return !shape.Blank(w[name]) }))
		if wire.Text(w[names[at]]) != wire.Text(h[names[at]]) {
			return false
		}
	}
	return true
}
