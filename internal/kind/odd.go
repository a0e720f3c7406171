package kind

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// Odd is what a gateway says of an object and the kind's own type cannot hold, by JSON pointer: a number that is none,
// as it was written; null where a field that every object has is not told at all. What is odd is shown as it is and
// never read as another value; what is not told is not compared.
type Odd map[string]json.RawMessage

// untold stands for what the gateway does not say.
const untold = "null"

// Untold lists the pointers of what the gateway does not say.
func (o Odd) Untold() []string { return o.where(func(raw string) bool { return raw == untold }) }

// Strange lists the pointers of what the gateway says and nothing can be made of.
func (o Odd) Strange() []string { return o.where(func(raw string) bool { return raw != untold }) }

func (o Odd) where(holds func(raw string) bool) (out []string) {
	for _, p := range slices.Sorted(maps.Keys(o)) {
		if holds(string(o[p])) {
			out = append(out, p)
		}
	}
	return out
}

// Shown is what stands under a pointer, as plain data; nil when that is not odd.
func (o Odd) Shown(pointer string) any {
	tree, _ := wire.Tree(o[pointer])
	return tree
}

func (o Odd) odd() Odd { return o }

func (o *Odd) keep(odd Odd) { *o = odd }

// Odd is what is odd about a value; nil for kinds about which nothing can be.
func (k *Kind) Odd(value any) Odd {
	if keeper, ok := value.(interface{ odd() Odd }); ok {
		return keeper.odd()
	}
	return nil
}

// oddities are those of an object that was just read.
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

// with is what is odd where what stands under some pointers is taken from another value.
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

// in is a body with odd numbers that are to stay, which go back as they came.
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

// silent lists the pointers of those fields that are not told.
func silent(told map[string]bool) (out []string) {
	for pointer, yes := range told {
		if !yes {
			out = append(out, pointer)
		}
	}
	return out
}
