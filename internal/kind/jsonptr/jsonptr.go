// Package jsonptr reads and writes values at JSON pointers (RFC 6901) in trees of maps, lists and scalars.
package jsonptr

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// Escape returns a key in the form that it has in a pointer.
func Escape(key string) string { return escaper.Replace(key) }

// Unescape returns the key that a step of a pointer names.
func Unescape(step string) string {
	if !strings.Contains(step, "~") { // fast path: most keys contain no ~
		return step
	}
	return unescaper.Replace(step)
}

// Join returns the pointer with these keys as its steps.
func Join(keys ...string) string {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("/" + Escape(key))
	}
	return b.String()
}

// Keys returns the keys that the steps of a pointer name.
func Keys(pointer string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := pointer; rest != ""; {
			step, after, deeper := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
			if !yield(Unescape(step)) || !deeper {
				return
			}
			rest = "/" + after
		}
	}
}

// At returns the value at a pointer; nil if there is none.
func At(tree any, pointer string) any {
	for key := range Keys(pointer) {
		switch t := tree.(type) {
		case map[string]any:
			tree = t[key]
		case []any:
			i, ok := Index(key, len(t))
			if !ok {
				return nil
			}
			tree = t[i]
		default:
			return nil
		}
	}
	return tree
}

// HasRoom reports whether a tree has the map that the last step of a pointer is in. If so, Put adds only the value
// itself, and no maps that lead to it.
func HasRoom(tree any, pointer string) bool {
	_, ok := At(tree, pointer[:max(0, strings.LastIndexByte(pointer, '/'))]).(map[string]any)
	return ok
}

// Index returns the index that a key names in a list of the given length.
func Index(key string, length int) (i int, ok bool) {
	i, err := strconv.Atoi(key)
	return i, err == nil && i >= 0 && i < length
}

// Put returns a copy of m in which the value at a pointer is v; nil removes it. Missing maps are created. If the
// pointer names a list entry that does not exist, nothing is changed.
func Put(m map[string]any, pointer string, v any) map[string]any {
	out, _ := set(m, slices.Collect(Keys(pointer)), v).(map[string]any)
	return out
}

func set(tree any, keys []string, v any) any {
	if len(keys) == 0 {
		return v
	}
	switch t := tree.(type) {
	case []any:
		i, ok := Index(keys[0], len(t))
		if !ok {
			return tree
		}
		out := slices.Clone(t)
		out[i] = set(out[i], keys[1:], v)
		return out
	case map[string]any:
		return setKey(maps.Clone(t), keys, v)
	case nil:
		if v == nil {
			return nil
		}
		return setKey(nil, keys, v)
	}
	return tree
}

func setKey(m map[string]any, keys []string, v any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	if inner := set(m[keys[0]], keys[1:], v); inner == nil {
		delete(m, keys[0])
	} else {
		m[keys[0]] = inner
	}
	return m
}

// ListOf shortens a pointer to something inside a list to the list's own pointer.
func ListOf(pointer string) (list string, inside bool) {
	steps := strings.Split(pointer, "/")
	for i, step := range steps {
		if i > 0 && step != "" && strings.Trim(step, "0123456789") == "" {
			return strings.Join(steps[:i], "/"), true
		}
	}
	return pointer, false
}
