// Package content describes the content of plugins. For each plugin type there is a [Type] with the shape of the
// content in files, the rules that concern several members, and the canonical form in which a content in a file can be
// compared with the one that a gateway returns.
//
// Each type has a source file of its own. The facts come from the vendor's reference, which has a page for the content
// of each type, and from what gateways were seen to return. If these contradict each other, or do not mention
// something, a rule only gives a warning.
package content

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Type describes the content of one plugin type.
type Type struct {
	Name  string                                 // as the API spells it, such as "cors"
	Shape *shape.Shape                           // the content as written in files
	Check func(c map[string]any) []shape.Problem // finds mistakes that no rule of a single field can find; nil if there are none

	// Features are instance features, of which the type needs one. The reference names them only for older types; for
	// newer types they are nil.
	Features []string

	// Unsure are members for which it is not documented what leaving them out means. If a file leaves one out, any
	// value of the gateway is accepted. Exports always write it.
	Unsure []string

	Secrets []string // JSON pointers of the secrets in the shape, which gateways hide or mask; see SecretsIn

	forms  map[string]form        // canonical forms by pointer, with * for list items, as in "/rules/*/match_regex"
	fill   map[string]any         // by pointer: defaults that the shape cannot or must not have
	finish func(c map[string]any) // last changes of the canonical copy, for those that depend on several members
}

// Types lists all plugin types that this version knows, sorted by name. None of them rejects unknown members, since
// gateways may be newer than this version.
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
		types[i].Shape, types[i].Secrets = types[i].Shape.Lenient(), types[i].Shape.Secrets()
	}
	return types
}

// Of returns the type with that name. The content of an unknown type may be any mapping.
func Of(name string) Type {
	for _, t := range Types {
		if t.Name == name {
			return t
		}
	}
	return Type{Name: name, Shape: Any}
}

// Problems returns the mistakes in a content that no rule of a single field can find.
func (t Type) Problems(c map[string]any) []shape.Problem {
	if t.Check == nil {
		return nil
	}
	return t.Check(c)
}

// Needs reports whether the member at a path, which c lacks, is required.
func (t Type) Needs(c map[string]any, path string) bool {
	name := strings.TrimPrefix(path, "/")
	return slices.ContainsFunc(t.Shape.Fields, func(f shape.Field) bool { return f.Name == name && f.Required }) ||
		slices.ContainsFunc(t.Problems(c), func(p shape.Problem) bool { return p.Path == path && !p.Warning })
}

// Any is the shape of a content of any type.
var Any = shape.OfMap("Settings of the plugin, by its type; at most 65535 characters as JSON. Keys that this version does not know are sent as they are, with a warning.").AllowingUnknown()
