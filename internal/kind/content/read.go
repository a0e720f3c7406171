package content

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Reading without fuss: what is absent or of another type reads as nothing, since the shape has
// already told about it.

func get[T any](v any, name string) T {
	m, _ := v.(map[string]any)
	member, _ := m[name].(T)
	return member
}

func objectOf(v any, name string) map[string]any { return get[map[string]any](v, name) }
func listOf(v any, name string) []any            { return get[[]any](v, name) }
func textOf(v any, name string) string           { return get[string](v, name) }

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
