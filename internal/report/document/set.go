package document

import (
	"encoding/json"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// IsSet reports whether the leaf is a set, of which it tells what comes and what goes.
func (f *Field) IsSet() bool { return f.Added != nil }

// MarshalJSON writes what comes to a set and what goes, and both sides of any other leaf.
func (f Field) MarshalJSON() ([]byte, error) {
	if !f.IsSet() {
		type leaf Field
		return json.Marshal(leaf(f))
	}
	return json.Marshal(struct {
		Path      string `json:"path"`
		Added     []any  `json:"added"`
		Removed   []any  `json:"removed"`
		Sensitive bool   `json:"sensitive"`
	}{f.Path, f.Added, f.Removed, f.Sensitive})
}

// The signs before what comes to a set and what goes.
const (
	Comes = "+ "
	Goes  = "− "
)

// Members are values of a set as text shows them, a sign before each.
func Members(sign string, list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = sign + member(v)
	}
	return out
}

// member is a value of a set, in quotes where it would run into the others without.
func member(v any) string {
	if s, ok := v.(string); ok && s != "" && !strings.ContainsAny(s, ", \"") && Clean(s) == s {
		return s
	}
	return Show(v, false)
}

// Differences are what comes to a set and what goes, as an action has it: signs stand where both are possible.
func (f *Field) Differences(a diff.Action) []string {
	switch a {
	case diff.Create:
		return Members("", f.Added)
	case diff.Delete:
		return Members("", f.Removed)
	default:
		return append(Members(Comes, f.Added), Members(Goes, f.Removed)...)
	}
}
