package document

import (
	"encoding/json"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// IsSet reports whether the leaf is a set, which is shown by its added and removed members.
func (f *Field) IsSet() bool { return f.Added != nil }

// MarshalJSON writes the added and removed members of a set, and both sides of any other leaf.
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

// The signs before added and removed members of a set.
const (
	AddedSign   = "+ "
	RemovedSign = "− "
)

// Members returns values of a set as text output shows them, each with a sign.
func Members(sign string, list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = sign + member(v)
	}
	return out
}

// member returns a value of a set as text, quoted if it could otherwise be confused with separators or other values.
func member(v any) string {
	if s, ok := v.(string); ok && s != "" && !strings.ContainsAny(s, ", \"") && Clean(s) == s {
		return s
	}
	return Show(v, false)
}

// Differences returns the added and removed members of a set. They have signs unless the action allows only one of the
// two.
func (f *Field) Differences(a diff.Action) []string {
	switch a {
	case diff.Create:
		return Members("", f.Added)
	case diff.Delete:
		return Members("", f.Removed)
	default:
		return append(Members(AddedSign, f.Added), Members(RemovedSign, f.Removed)...)
	}
}
