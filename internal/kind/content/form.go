package content

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// form converts a value to its canonical form; a value that it does not understand stays as it is. Forms are idempotent
// and never change their argument.
type form func(v any) any

// allBlank reports whether a value is blank, or is a mapping whose members are all blank, at any depth.
func allBlank(v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return shape.Blank(v)
	}
	for _, member := range m {
		if !allBlank(member) {
			return false
		}
	}
	return true
}

// zero reports whether v is the number 0.
func zero(v any) bool {
	return v == int64(0) || v == float64(0) || v == json.Number("0")
}

// allZero reports whether v is a mapping of only blank values, zeros and false. Gateways return such a mapping for one
// that was not set.
func allZero(v any) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	for _, member := range m {
		if !allBlank(member) && !allZero(member) && !zero(member) && member != false {
			return false
		}
	}
	return true
}

// plain copies a value that has no shape. Whole numbers become int64, other numbers float64, and blank members of
// mappings are left out.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			if member = plain(member); !shape.Blank(member) {
				out[name] = member
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case int:
		return int64(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
			return int64(v)
		}
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return plain(f) // gateways do the same with a number that is too large for them
		}
	}
	return v
}

// Number converts a whole number to int64 and another number to float64. A number that fits into neither keeps its
// spelling.
func Number(n json.Number) any {
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	if f, err := n.Float64(); err == nil && strings.ContainsAny(string(n), ".eE") {
		return f
	}
	return n
}

// onText turns a function on texts into a form.
func onText(f func(string) string) form {
	return func(v any) any {
		if s, ok := v.(string); ok {
			return f(s)
		}
		return v
	}
}

// pem removes carriage returns, and the blank space around a text.
var pem = onText(func(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r", ""))
})

// jsonText writes the JSON inside a text compactly, with sorted keys.
var jsonText = onText(func(s string) string {
	v, err := decodeJSON(s)
	if err != nil {
		return strings.TrimSpace(s)
	}
	return encodeJSON(v)
})

// zeroIsAbsent is the form of a number whose range does not contain 0.
func zeroIsAbsent(v any) any {
	if v == int64(0) {
		return nil
	}
	return v
}

// inOrder sorts a value whose order does not count, and removes repeats from a set.
func inOrder(s *shape.Shape, v any) any {
	if !s.Set && s.Key == nil {
		return v
	}
	switch arranged := s.Arranged(v).(type) {
	case shape.Set:
		if _, text := v.(string); text {
			return strings.Join(texts(arranged), ",")
		}
		return []any(arranged)
	case shape.Elements:
		out := slices.Clone(v.([]any))
		slices.SortStableFunc(out, func(a, b any) int {
			return cmp.Or(cmp.Compare(s.KeyOf(a), s.KeyOf(b)), cmp.Compare(encodeJSON(a), encodeJSON(b)))
		})
		return out
	}
	return v
}

func texts(set shape.Set) []string {
	out := make([]string, len(set))
	for i, v := range set {
		out[i], _ = v.(string)
	}
	return out
}

var errAfterJSON = errors.New("there is more text after the JSON value")

// decodeJSON reads a text that is one JSON value. Numbers keep their spelling.
func decodeJSON(s string) (any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errAfterJSON
	}
	return v, nil
}

func encodeJSON(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
