package shape

// Copy is a plain value that can be changed, such as one made of an example, which everybody shares.
func Copy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = Copy(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = Copy(inner)
		}
		return out
	}
	return v
}
