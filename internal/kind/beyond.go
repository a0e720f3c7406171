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

// Beyond is what a gateway tells of an object that neither its wire form has nor the reference calls read-only (Facts.Tells):
// members that a newer gateway keeps. An update replaces the object, so that what it leaves out is lost: for each kind alike,
// they go back with it, at their place in the parts that the update sends. What says nothing, such as the members of a stub,
// does not count.
type Beyond struct {
	Hidden []string // JSON pointers of what is shown masked, so that it cannot go back

	told    map[string]any // the object as told, without what says nothing and without what is masked
	secrets []string       // texts of which the names tell that they are secret
}

// wireForm says which members answers about objects of a kind are known to have. The tags of a field that holds others tell
// more: told names what answers have besides, by the reference, and no write takes; key names what tells entries of a list
// apart, where a|b is whichever an update sends.
func wireForm[W any](f *Facts) *shape.Shape {
	s := formOf(reflect.TypeFor[W](), "")
	return s.And(toldAs("create_time,update_time")...).And(toldAs(strings.Join(f.Tells, ","))...)
}

func toldAs(names string) (out []shape.Field) {
	for name := range strings.SplitSeq(names, ",") {
		if name != "" {
			out = append(out, shape.May(name, shape.Anything))
		}
	}
	return out
}

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
				fields = append(fields, shape.May(name, formOf(f.Type, f.Tag)))
			}
		}
		return shape.OfMap("", append(fields, toldAs(tag.Get("told"))...)...)
	}
	return shape.Anything
}

// beyond is what an answer about one object tells that its form does not know; nil where there is nothing, as mostly, which
// is found out without taking the answer apart.
func beyond(form *shape.Shape, raw []byte) *Beyond {
	if !strangeIn(form, raw) {
		return nil
	}
	tree, _ := wire.Tree(raw)
	b := &Beyond{}
	b.told, _ = b.sayings(form, "", "", tree).(map[string]any)
	if len(b.Hidden) == 0 && !form.Strange(b.told) {
		return nil
	}
	slices.Sort(b.Hidden)
	return b
}

// strangeIn reports whether JSON holds a member that s does not know and that says something.
func strangeIn(s *shape.Shape, raw []byte) (found bool) {
	if len(raw) == 0 {
		return false
	}
	switch raw[0] {
	case '{':
		_ = eachMember(raw, func(key []byte, value []byte) bool {
			field := s.MemberOf(string(key))
			found = field == nil && says(value) || field != nil && field != shape.Anything && strangeIn(field, value)
			return !found
		})
	case '[':
		if s.Type == shape.List {
			eachEntry(raw, func(entry []byte) bool {
				found = strangeIn(s.Items, entry)
				return !found
			})
		}
	}
	return found
}

func says(raw []byte) bool {
	switch string(raw) {
	case "null", `""`, "[]", "{}":
		return false
	}
	return true
}

// sayings is what of a tree says something; what is masked is noted instead.
func (b *Beyond) sayings(s *shape.Shape, at, name string, v any) any {
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
			if member = b.sayings(known, at+"/"+key, key, member); shape.Blank(member) {
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
			v[i] = b.sayings(items, fmt.Sprint(at, "/", i), name, v[i])
		}
	}
	return v
}

// in is the body of an update that carries what the gateway tells beyond it.
func (b *Beyond) in(form *shape.Shape, body any) (any, error) {
	if b == nil || b.told == nil {
		return body, nil
	}
	want, err := plainMembers(body)
	if err != nil {
		return nil, err
	}
	c := shape.Carrying{
		Form:  func(_ *shape.Shape, _ string, v any) any { return v },
		Same:  sameEntry,
		Taken: func(shape.Field, string, map[string]any) bool { return true }, // what a body leaves out is left alone or goes as a whole
	}
	carried, _ := c.Members(form, "", want, b.told)
	return carried, nil
}

// plainMembers are the members of a body, which is a mapping, as plain data.
func plainMembers(body any) (map[string]any, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	tree, err := wire.Tree(raw)
	members, _ := tree.(map[string]any)
	return members, err
}

// sameEntry reports whether a body and an answer speak of the same entry of a list: they agree in each part of the key, of
// which the body says one of several members, or none where the answer says none.
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
