package kind

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// Odd holds, by JSON pointer, what the kind's own type cannot hold of an answer about an object: the raw JSON of a
// value that has an unexpected type, such as a text instead of a number, and null for a field that every object has but
// that the answer leaves out. Raw values are shown as they are and never interpreted; fields that were left out are not
// compared.
type Odd map[string]json.RawMessage

// untold is the raw value that marks a field which the gateway does not report.
const untold = "null"

// Untold returns the pointers of the fields that the gateway does not report.
func (o Odd) Untold() []string { return o.where(func(raw string) bool { return raw == untold }) }

// Strange returns the pointers of the values that the gateway reports and that cannot be read.
func (o Odd) Strange() []string { return o.where(func(raw string) bool { return raw != untold }) }

func (o Odd) where(holds func(raw string) bool) (out []string) {
	for _, p := range slices.Sorted(maps.Keys(o)) {
		if holds(string(o[p])) {
			out = append(out, p)
		}
	}
	return out
}

// Shown returns the raw value at a pointer as plain data; nil if there is none.
func (o Odd) Shown(pointer string) any {
	tree, _ := wire.Tree(o[pointer])
	return tree
}

func (o Odd) odd() Odd { return o }

func (o *Odd) keep(odd Odd) { *o = odd }

// Odd returns the Odd of a value; nil for kinds whose values have none.
func (k *Kind) Odd(value any) Odd {
	if keeper, ok := value.(interface{ odd() Odd }); ok {
		return keeper.odd()
	}
	return nil
}

// oddities makes the Odd of an object that was just read: of values with an unexpected type, and of fields that the
// answer left out.
func (k *Kind) oddities(strange, more wire.Strange, silent []string) Odd {
	if len(strange)+len(more)+len(silent) == 0 {
		return nil
	}
	out := Odd{}
	maps.Copy(out, more)
	for pointer, raw := range strange {
		if k.Shape.Field(pointer[1:]) != nil {
			out[pointer] = raw
		}
	}
	for _, pointer := range silent {
		if out[pointer] == nil {
			out[pointer] = json.RawMessage(untold)
		}
	}
	return out
}

// with returns o after the values at some pointers were replaced by those of another value, whose oddities are from.
func (o Odd) with(from Odd, pointers []string) Odd {
	out := maps.Clone(o)
	for _, p := range pointers {
		delete(out, p)
		if raw, ok := from[p]; ok {
			if out == nil {
				out = Odd{}
			}
			out[p] = raw
		}
	}
	return out
}

// in returns a request body in which the values that could not be read are sent back unchanged.
func (o Odd) in(body any) (any, error) {
	strange := o.Strange()
	if len(strange) == 0 {
		return body, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	err = json.Unmarshal(raw, &m)
	for _, p := range strange {
		m[p[1:]] = o[p]
	}
	return m, err
}

// silent returns the pointers that map to false, which are the fields that an answer does not report.
func silent(told map[string]bool) (out []string) {
	for pointer, yes := range told {
		if !yes {
			out = append(out, pointer)
		}
	}
	return out
}
