package content

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// The functions below return the zero value for a member that is absent or has a wrong type: the shape has already
// reported the mistake.

func get[T any](v any, name string) T {
	m, _ := v.(map[string]any)
	member, _ := m[name].(T)
	return member
}

func objectOf(v any, name string) map[string]any { return get[map[string]any](v, name) }
func listOf(v any, name string) []any            { return get[[]any](v, name) }
func textOf(v any, name string) string           { return get[string](v, name) }

// missing reports that a member is needed because of another one.
func missing(path, because, hint string) shape.Problem {
	return shape.Problem{Path: path, Text: "is needed " + because, Hint: hint}
}

// useless warns that a member has no effect because of another one.
func useless(path, because string) shape.Problem {
	return shape.Problem{Path: path, Text: "has no effect " + because, Warning: true}
}

// notIn returns the names that are not in known, in order and without repeats.
func notIn(known, names []string) []string {
	var others []string
	for _, n := range names {
		if !slices.Contains(known, n) && !slices.Contains(others, n) {
			others = append(others, n)
		}
	}
	return others
}
