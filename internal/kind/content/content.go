// Package content describes what the content of a plugin may be: one [Type] per plugin type, with the
// shape people write, the rules that span several members, and the canonical form in which a content
// from a file and the one a gateway echoes can be compared.
//
// A file is one type. Facts come from the vendor's reference, which has a page for the content of each
// type, and from what gateways were seen to echo; where these contradict each other, or say nothing, a
// rule is a warning only.
package content

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Type is what one plugin type says about its content.
type Type struct {
	Name  string                                 // as the API spells it, such as "cors"
	Shape *shape.Shape                           // the content as written in files
	Check func(c map[string]any) []shape.Problem // what no single rule sees; nil when there is nothing

	// Features are instance features one of which the type needs. The reference names those of older
	// types; what a newer type needs is not said, and its Features are nil.
	Features []string

	// Unsure are members of which no document says what their absence means. Where a file leaves one out,
	// what the gateway has is right; exports always write it.
	Unsure []string

	Secrets []string // JSON pointers of those in the shape, which a gateway hides or masks; see SecretsIn

	forms  map[string]form        // canonical forms by place; list items are "*", as in "/rules/*/match_regex"
	fill   map[string]any         // by place: what absence means where the shape cannot or must not say it
	finish func(c map[string]any) // last touches, on the fresh copy, that need several members
}

// Types lists all plugin types that this version knows, sorted by name. None of them refuses members that
// it does not know: gateways are newer than we are.
var Types = doubting(
	breaker,
	cors,
	jwtAuth,
	kafkaLog,
	oidcAuth,
	proxyCache,
	proxyMirror,
	rateLimit,
	setRespHeaders,
	thirdAuth,
)

func doubting(types ...Type) []Type {
	for i := range types {
		types[i].Shape, types[i].Secrets = types[i].Shape.Doubting(), types[i].Shape.Secrets()
	}
	return types
}

// Of returns the type with that name. A content of one that this version does not know is just JSON.
func Of(name string) Type {
	for _, t := range Types {
		if t.Name == name {
			return t
		}
	}
	return Type{Name: name, Shape: Any}
}

// Problems are what no single rule sees of a content.
func (t Type) Problems(c map[string]any) []shape.Problem {
	if t.Check == nil {
		return nil
	}
	return t.Check(c)
}

// Needs reports whether c cannot do without the member at a path, which it lacks.
func (t Type) Needs(c map[string]any, path string) bool {
	name := strings.TrimPrefix(path, "/")
	return slices.ContainsFunc(t.Shape.Fields, func(f shape.Field) bool { return f.Name == name && f.Required }) ||
		slices.ContainsFunc(t.Problems(c), func(p shape.Problem) bool { return p.Path == path && !p.Soft })
}

// Any is the shape of a content of whatever type.
var Any = shape.OfMap("Settings of the plugin, by its type; at most 65535 characters as JSON. Keys that this version does not know are sent as they are, with a warning.").AndOthers()
