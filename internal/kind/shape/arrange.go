package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// The arranged form of a value is independent of any order that has no meaning, so values that mean the same are equal:
//
//	in the value                    | in the arranged form
//	a list or comma text AsSet      | Set
//	a list KeyedBy, not InOrder     | Elements, by their keys
//	any other list                  | a list: its order counts
//
// A JSON pointer into the arranged form has the key of an element as a step, and a pointer into the value itself its
// index.

// Set holds the entries of a list or comma text that is a set, sorted and without repeats.
type Set []any

// Equal reports whether two sets have the same entries.
func (s Set) Equal(other Set) bool {
	return slices.EqualFunc(s, other, func(a, b any) bool { return a == b })
}

// Without returns the entries of s that other does not have; never nil.
func (s Set) Without(other Set) []any {
	return slices.DeleteFunc(append([]any{}, s...), func(v any) bool { return slices.Contains(other, v) })
}

// Elements holds the entries of a list by their keys.
type Elements map[string]any

// Arranged returns the arranged form of a value.
func (s *Shape) Arranged(v any) any {
	s = s.chosen(v)
	switch v := v.(type) {
	case string:
		if s != nil && s.Type == Text && s.Set {
			return setOf(CommaItems(v))
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = s.member(v, name).Arranged(member)
		}
		return out
	case []any:
		return s.arrangedList(v)
	}
	return v
}

func (s *Shape) arrangedList(list []any) any {
	switch {
	case s != nil && s.Type == List && s.Set && scalars(list):
		return setOf(list)
	case s.unordered():
		out := make(Elements, len(list))
		for i, key := range s.keys(list) {
			out[key] = s.Items.Arranged(list[i])
		}
		return out
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = s.item().Arranged(item)
	}
	return out
}

// Locate translates a pointer into the arranged form of v to a pointer into v itself; ok is false if there is no value
// at it.
func (s *Shape) Locate(v any, pointer string) (place string, ok bool) {
	return s.follow(v, pointer, func(list *Shape, entries []any, key string) (int, string) {
		if list.unordered() {
			i := slices.Index(list.keys(entries), key)
			return i, strconv.Itoa(i)
		}
		i, _ := jsonptr.Index(key, len(entries))
		return i, key
	})
}

// ArrangedPointer translates a pointer into v to a pointer into the arranged form of v.
func (s *Shape) ArrangedPointer(v any, pointer string) string {
	name, _ := s.follow(v, pointer, func(list *Shape, entries []any, step string) (int, string) {
		i, ok := jsonptr.Index(step, len(entries))
		if ok && list.unordered() {
			return i, list.keys(entries)[i]
		}
		return i, step
	})
	return name
}

// follow follows a pointer through v and builds the translated pointer. For a step into a list, at returns the index of
// the entry and the step of the translated pointer. Steps that lead out of v are not translated.
func (s *Shape) follow(v any, pointer string, at func(list *Shape, entries []any, step string) (int, string)) (string, bool) {
	translated, there := "", true
	for step := range jsonptr.Keys(pointer) {
		s = s.chosen(v)
		switch in := v.(type) {
		case map[string]any:
			next, has := in[step]
			s, v, there = s.member(in, step), next, there && has
		case []any:
			i, name := at(s, in, step)
			if i < 0 || i >= len(in) {
				v, there = nil, false
				break
			}
			s, v, step = s.item(), in[i], name
		default:
			v, there = nil, false
		}
		translated += "/" + jsonptr.Escape(step)
	}
	return translated, there
}

// Put returns a copy of m in which the value at a pointer into its arranged form is v; nil removes it. An element that
// its list does not have is appended.
func (s *Shape) Put(m map[string]any, pointer string, v any) map[string]any {
	place, there := s.Locate(m, pointer)
	up := strings.LastIndexByte(pointer, '/')
	if up < 0 {
		return m
	}
	outer, _ := s.Locate(m, pointer[:up])
	list, isList := jsonptr.At(m, outer).([]any)
	if !isList {
		return jsonptr.Put(m, place, v)
	}
	i, _ := jsonptr.Index(place[strings.LastIndexByte(place, '/')+1:], len(list))
	switch {
	case there && v == nil:
		return jsonptr.Put(m, outer, slices.Delete(slices.Clone(list), i, i+1))
	case there:
		return jsonptr.Put(m, place, v)
	case v == nil:
		return m
	}
	return jsonptr.Put(m, outer, append(slices.Clone(list), v))
}

// unordered reports whether the entries of a list are identified by keys, and their order does not count.
func (s *Shape) unordered() bool { return s != nil && s.Type == List && s.Key != nil && !s.Ordered }

// keys returns the keys of the entries of a list. Entries without a key, or with the key of an earlier entry, get a
// number.
func (s *Shape) keys(list []any) []string {
	out, seen := make([]string, len(list)), map[string]bool{}
	for i, item := range list {
		own := s.KeyOf(item)
		key := own
		for n := 1; key == "" || seen[key]; n++ {
			key = fmt.Sprintf("%s#%d", own, n)
		}
		out[i], seen[key] = key, true
	}
	return out
}

// KeyOf returns the key of an entry of a list; "" if it has none.
func (s *Shape) KeyOf(item any) string {
	m, _ := item.(map[string]any)
	var parts []string
	for _, name := range s.Key {
		if m[name] != nil && m[name] != "" {
			parts = append(parts, fmt.Sprint(m[name]))
		}
	}
	return strings.Join(parts, ":")
}

// chosen returns the choice that fits a value if s is an Either, and s itself otherwise.
func (s *Shape) chosen(v any) *Shape {
	if s == nil || s.Type != Either {
		return s
	}
	return s.Choose(v)
}

// Choose returns the choice of an Either whose type fits v; the first choice if none does.
func (s *Shape) Choose(v any) *Shape {
	for _, c := range s.Choices {
		switch v.(type) {
		case map[string]any:
			if c.Type == Map {
				return c
			}
		case []any:
			if c.Type == List {
				return c
			}
		default:
			if c.Type != Map && c.Type != List {
				return c
			}
		}
	}
	return s.Choices[0]
}

func (s *Shape) member(m map[string]any, name string) *Shape {
	switch {
	case s == nil || s.Type != Map:
		return nil
	case s.FieldIn(m, name) != nil:
		return s.FieldIn(m, name)
	}
	return s.Each
}

func (s *Shape) item() *Shape {
	if s == nil || s.Type != List {
		return nil
	}
	return s.Items
}

func scalars(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool {
		switch v.(type) {
		case []any, map[string]any:
			return true
		}
		return false
	})
}

func setOf[T any](list []T) Set {
	out := make(Set, 0, len(list))
	for _, v := range list {
		if !slices.Contains(out, any(v)) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b any) int {
		m, one := a.(int64)
		n, other := b.(int64)
		if one && other {
			return int(m - n)
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return out
}

// CommaItems splits a comma list. It trims the items and leaves out empty ones.
func CommaItems(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
