package kind

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// Unclear holds, by JSON pointer, what the kind's own type cannot hold of an answer about an object: the raw JSON of a
// value that has an unexpected type, such as a text instead of a number, and null for a field that every object has but
// that the answer leaves out. Raw values are shown as they are and never interpreted; fields that were left out are not
// compared.
type Unclear map[string]json.RawMessage

// unreported is the raw value that marks a field which the gateway does not report.
const unreported = "null"

// Unreported returns the pointers of the fields that the gateway does not report.
func (u Unclear) Unreported() []string {
	return u.pointers(func(raw string) bool { return raw == unreported })
}

// Unrecognized returns the pointers of the values that the gateway reports and that cannot be read.
func (u Unclear) Unrecognized() []string {
	return u.pointers(func(raw string) bool { return raw != unreported })
}

func (u Unclear) pointers(holds func(raw string) bool) (out []string) {
	for _, p := range slices.Sorted(maps.Keys(u)) {
		if holds(string(u[p])) {
			out = append(out, p)
		}
	}
	return out
}

// Value returns the raw value at a pointer as plain data; nil if there is none.
func (u Unclear) Value(pointer string) any {
	tree, _ := wire.Tree(u[pointer])
	return tree
}

func (u Unclear) unclear() Unclear { return u }

func (u *Unclear) setUnclear(unclear Unclear) { *u = unclear }

// Unclear returns the unclear fields of a value; nil for kinds whose values have none.
func (k *Kind) Unclear(value any) Unclear {
	if holder, ok := value.(interface{ unclear() Unclear }); ok {
		return holder.unclear()
	}
	return nil
}

// unclearOf returns the unclear fields of an object that was just read: values with an unexpected type, and fields
// that the answer left out.
func (k *Kind) unclearOf(unrecognized, more wire.Unrecognized, omitted []string) Unclear {
	if len(unrecognized)+len(more)+len(omitted) == 0 {
		return nil
	}
	out := Unclear{}
	maps.Copy(out, more)
	for pointer, raw := range unrecognized {
		if k.Shape.Field(pointer[1:]) != nil {
			out[pointer] = raw
		}
	}
	for _, pointer := range omitted {
		if out[pointer] == nil {
			out[pointer] = json.RawMessage(unreported)
		}
	}
	return out
}

// overlaid returns u after the values at some pointers were replaced by those of another value, whose unclear fields are from.
func (u Unclear) overlaid(from Unclear, pointers []string) Unclear {
	out := maps.Clone(u)
	for _, p := range pointers {
		delete(out, p)
		if raw, ok := from[p]; ok {
			if out == nil {
				out = Unclear{}
			}
			out[p] = raw
		}
	}
	return out
}

// addTo returns a request body in which the values that could not be read are sent back unchanged.
func (u Unclear) addTo(body any) (any, error) {
	unrecognized := u.Unrecognized()
	if len(unrecognized) == 0 {
		return body, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	err = json.Unmarshal(raw, &m)
	for _, p := range unrecognized {
		m[p[1:]] = u[p]
	}
	return m, err
}

// omitted returns the pointers that map to false, which are the fields that an answer does not report.
func omitted(reported map[string]bool) (out []string) {
	for pointer, yes := range reported {
		if !yes {
			out = append(out, pointer)
		}
	}
	return out
}
