package yamlnode

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
)

var (
	wholeForm = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)$`)
	jsonForm  = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$`)
)

// IsNull reports whether an unquoted scalar means that there is no value.
func IsNull(s string) bool {
	return s == "" || s == "~" || s == "null" || s == "Null" || s == "NULL"
}

// IsWholeNumber reports whether a text is a whole number of any size in its only valid spelling.
func IsWholeNumber(s string) bool { return wholeForm.MatchString(s) }

// WholeNumber reads a whole number in its only valid spelling.
func WholeNumber(s string) (int64, bool) {
	if !wholeForm.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// Number reads a number as JSON spells it; int64 when it is whole, else float64.
func Number(s string) (any, bool) {
	if n, ok := WholeNumber(s); ok {
		return n, true
	}
	if !jsonForm.MatchString(s) {
		return nil, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, false
	}
	return f, true
}

// Data is the value as maps, lists and scalars, for callers that have no shape. Unquoted scalars that JSON would read as a
// number, true, false or null become that. All other scalars and keys are text, which the function text converts.
func (n *Node) Data(text func(string) string) any {
	switch {
	case n.Form == Mapping:
		out := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			out[text(key.Value)] = n.Items[i].Data(text)
		}
		return out
	case n.Form == List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = item.Data(text)
		}
		return out
	case n.Form == Broken, n.Plain && IsNull(n.Value):
		return nil
	case n.Plain && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true"
	case n.Plain && jsonForm.MatchString(n.Value):
		return json.Number(n.Value)
	}
	return text(n.Value)
}
