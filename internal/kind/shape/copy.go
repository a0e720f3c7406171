package shape

// Copy is a plain value that can be changed, such as one made of an example, which everybody shares.
func Copy(v any) any { return CopyWith(v, func(leaf any) any { return leaf }) }

// CopyWith is a copy whose values other than mappings and lists are what leaf makes of them.
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
