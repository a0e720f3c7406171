package kind

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ListOf cuts a pointer to something in a list down to the list.
func ListOf(pointer string) (list string, inside bool) {
	steps := strings.Split(pointer, "/")
	for i, step := range steps {
		if i > 0 && step != "" && strings.Trim(step, "0123456789") == "" {
			return strings.Join(steps[:i], "/"), true
		}
	}
	return pointer, false
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// at finds the value under a JSON pointer; nil when there is none.
func at(tree any, pointer string) any {
	key, rest, deeper := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	var v any
	switch t := tree.(type) {
	case map[string]any:
		v = t[unescape.Replace(key)]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(t) {
			v = t[i]
		}
	}
	if !deeper || v == nil {
		return v
	}
	return at(v, rest)
}

// put returns a copy of m with the value under a JSON pointer set; nil removes it. Lists on the way are
// replaced in place of their entry; an entry that does not exist changes nothing.
func put(m map[string]any, pointer string, v any) map[string]any {
	out, _ := set(m, strings.Split(strings.TrimPrefix(pointer, "/"), "/"), v).(map[string]any)
	return out
}

func set(tree any, keys []string, v any) any {
	if len(keys) == 0 {
		return v
	}
	switch t := tree.(type) {
	case []any:
		i, err := strconv.Atoi(keys[0])
		if err != nil || i < 0 || i >= len(t) {
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
		return setKey(map[string]any{}, keys, v)
	}
	return tree
}

func setKey(m map[string]any, keys []string, v any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	key := unescape.Replace(keys[0])
	inner := set(m[key], keys[1:], v)
	if inner == nil {
		delete(m, key)
	} else {
		m[key] = inner
	}
	return m
}
