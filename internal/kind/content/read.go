package content

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Reading without fuss: what is absent or of another type reads as nothing, since the shape has
// already told about it.

func objectOf(v any, name string) map[string]any {
	m, _ := v.(map[string]any)
	o, _ := m[name].(map[string]any)
	return o
}

func listOf(v any, name string) []any {
	m, _ := v.(map[string]any)
	l, _ := m[name].([]any)
	return l
}

func textOf(v any, name string) string {
	m, _ := v.(map[string]any)
	s, _ := m[name].(string)
	return s
}

func wholeOf(v any, name string) int64 {
	m, _ := v.(map[string]any)
	n, _ := m[name].(int64)
	return n
}

func flagOf(v any, name string) bool {
	m, _ := v.(map[string]any)
	b, _ := m[name].(bool)
	return b
}

// missing tells that a member is needed because of another one.
func missing(path, because, hint string) shape.Problem {
	return shape.Problem{Path: path, Text: "is needed " + because, Hint: hint}
}

// useless tells that a member has no effect because of another one.
func useless(path, because string) shape.Problem {
	return shape.Problem{Path: path, Text: "has no effect " + because, Soft: true}
}

// notIn returns the names that are not in known, in order, without repetition.
func notIn(known, names []string) []string {
	var others []string
	for _, n := range names {
		if !slices.Contains(known, n) && !slices.Contains(others, n) {
			others = append(others, n)
		}
	}
	return others
}
