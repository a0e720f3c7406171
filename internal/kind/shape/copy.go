package shape

// Copy returns a deep copy of a plain value. Values such as examples are shared, so they must be copied before a
// change.
func Copy(v any) any { return CopyWith(v, func(leaf any) any { return leaf }) }

// CopyWith returns a deep copy in which each value that is neither a mapping nor a list is replaced by the result of
// leaf.
func CopyWith(v any, leaf func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = CopyWith(inner, leaf)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = CopyWith(inner, leaf)
		}
		return out
	}
	return leaf(v)
}
