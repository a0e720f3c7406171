package kind

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Packing makes a value of a kind a plain tree that JSON can carry, and back. Fields that files do not
// have, such as the number of a code that the gateway shall make, stand under their name behind a dash.
const (
	inner  = "-"
	oddKey = "/" + inner + "Odd" // of kinds that hold what is odd
)

// Pack returns a value as a tree of maps, lists and scalars, secrets included.
func (k *Kind) Pack(value any) (map[string]any, error) { return k.pack(value) }

// Unpack returns the value that Pack made a tree of, normalised.
func (k *Kind) Unpack(tree map[string]any) (any, error) { return k.unpack(tree) }

// At finds what stands under a JSON pointer of a tree; nil when there is nothing.
func At(tree map[string]any, pointer string) any { return jsonptr.At(tree, pointer) }

// Put returns a copy of a tree with v under a JSON pointer; nil takes away what stands there.
func Put(tree map[string]any, pointer string, v any) map[string]any {
	return jsonptr.Put(tree, pointer, v)
}

// Written is a value as a tree that has everything where, and as, its file has it. At finds what stands there under
// a pointer of the form in which values are compared.
type Written struct {
	kind  *Kind
	value any
	tree  map[string]any
}

// Write returns the written form of a value; nothing stands in one that cannot be written.
func (k *Kind) Write(value any) *Written {
	tree, _ := k.Pack(value)
	return &Written{k, value, tree}
}

// At finds what stands under a pointer; nil when there is nothing.
func (w *Written) At(pointer string) any { return jsonptr.At(w.tree, w.place(pointer)) }

func (w *Written) place(pointer string) string {
	if w.kind.Place == nil {
		return pointer
	}
	return w.kind.Place(w.value, pointer)
}

// Overlay returns a value with what stands under the pointers taken from another one; its own secrets stay where
// the other one does not show them.
func (k *Kind) Overlay(value, from any, pointers []string) (any, error) {
	to, source := k.Write(value), k.Write(from)
	tree := to.tree
	for _, p := range pointers {
		tree = jsonptr.Put(tree, to.place(p), source.At(p))
	}
	tree = jsonptr.Put(tree, oddKey, nil)
	if odd := k.Odd(value).with(k.Odd(from), pointers); len(odd) > 0 {
		tree = jsonptr.Put(tree, oddKey, odd)
	}
	for _, p := range k.Secrets(value) {
		if shown, _ := jsonptr.At(tree, p).(string); !InClear(shown) {
			tree = jsonptr.Put(tree, p, jsonptr.At(to.tree, p))
		}
	}
	return k.Unpack(tree)
}

// SecretsIn lists the JSON pointers of the secrets that a value holds.
func (k *Kind) SecretsIn(value any) (pointers []string, err error) {
	tree, err := k.Pack(value)
	if err != nil {
		return nil, err
	}
	for _, p := range k.Secrets(value) {
		if s, ok := jsonptr.At(tree, p).(string); ok && s != "" {
			pointers = append(pointers, p)
		}
	}
	return pointers, nil
}

// WithSecrets returns a copy of a value with texts in place of its secrets; an empty text takes the secret away.
func (k *Kind) WithSecrets(value any, text func(pointer, secret string) string) (any, error) {
	tree, err := k.Pack(value)
	if err != nil {
		return nil, err
	}
	for _, p := range k.Secrets(value) {
		s, ok := jsonptr.At(tree, p).(string)
		if !ok || s == "" {
			continue
		}
		if now := text(p, s); now != "" {
			tree = jsonptr.Put(tree, p, now)
		} else {
			tree = jsonptr.Put(tree, p, nil)
		}
	}
	return k.Unpack(tree)
}

// Requires reports whether a value cannot do without what stands under a pointer: files must have it, or what
// is left breaks a rule.
func (k *Kind) Requires(value any, pointer string) bool {
	tree, err := k.Pack(value)
	if err != nil {
		return true
	}
	s := k.Shape
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, key := range keys {
		field := slices.IndexFunc(s.Fields, func(f shape.Field) bool { return f.Name == key })
		switch {
		case s.Cases != nil && s.Cases.Field == key:
			by, _ := tree[s.Cases.By].(string)
			s = s.Cases.Shapes[by]
		case field < 0:
			return false
		case i == len(keys)-1 && s.Fields[field].Required:
			return true
		default:
			s = s.Fields[field].Shape
		}
		if s == nil {
			return false
		}
	}
	without, err := k.Unpack(jsonptr.Put(tree, pointer, nil))
	return err != nil || slices.ContainsFunc(k.Check(without), func(p shape.Problem) bool { return !p.Soft })
}

// packed is the tree of a value.
func packed[S any](s S) (map[string]any, error) {
	tree, err := recode[map[string]any](s)
	if err != nil {
		return nil, err
	}
	tree, _ = numbers(tree).(map[string]any)
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Tag.Get("json") == "-" && !v.Field(i).IsZero() {
			tree[inner+f.Name] = v.Field(i).Interface()
		}
	}
	return tree, nil
}

// unpacked is the value of a tree, not normalised. Keys that it does not know are errors.
func unpacked[S any](tree map[string]any) (s S, err error) {
	known := map[string]bool{}
	v := reflect.ValueOf(&s).Elem()
	rest := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("json") != "-" {
			continue
		}
		known[inner+f.Name] = true
		if x, ok := tree[inner+f.Name]; ok {
			raw, err := json.Marshal(x)
			if err == nil {
				err = json.Unmarshal(raw, v.Field(i).Addr().Interface())
			}
			if err != nil {
				return s, fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	for key, x := range tree {
		if !known[key] {
			rest[key] = x
		}
	}
	raw, err := json.Marshal(rest)
	if err != nil {
		return s, err
	}
	err = strict(raw, &s)
	return s, err
}
