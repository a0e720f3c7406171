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

// odd is what a value holds of the kind.
func (d *Def[S, W]) odd(s *S) Odd {
	if d.Odd == nil {
		return nil
	}
	return *d.Odd(s)
}

// oddities are those of an object that was just read.
func (d *Def[S, W]) oddities(strange, more wire.Strange, silent []string) Odd {
	if len(strange)+len(more)+len(silent) == 0 {
		return nil
	}
	out := Odd{}
	maps.Copy(out, more)
	for pointer, raw := range strange {
		if d.Shape.Field(pointer[1:]) != nil {
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

// guess is have with what the gateway does not say as it is wanted.
func (k *Kind) guess(want, have any) any {
	silent := k.Odd(have).Untold()
	if len(silent) == 0 {
		return have
	}
	v, err := k.Overlay(have, want, silent)
	if err != nil {
		return have
	}
	return v
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

// body is what is sent for a value: odd numbers that are to stay go back as they came.
func (d *Def[S, W]) body(s S, w any) (any, error) {
	strange := d.odd(&s).Strange()
	if len(strange) == 0 {
		return w, nil
	}
	m, err := recode[map[string]any](w)
	for _, p := range strange {
		m[p[1:]] = d.odd(&s)[p]
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
