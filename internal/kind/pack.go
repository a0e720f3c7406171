package kind

import (
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// unclearKey is the pointer at which a tree keeps the unclear fields of the value.
const unclearKey = "/" + inner + "Unclear"

// Pack returns a value as a tree of maps, lists and scalars, secrets included.
func (k *Kind) Pack(value any) map[string]any { return toTree(reflect.ValueOf(value)) }

// Tree returns a value as files write it, without what need not be written, such as defaults.
func (k *Kind) Tree(value any) map[string]any { return k.declared(k.Concise(value)) }

// declared returns the tree of a value without the fields that files do not have.
func (k *Kind) declared(value any) map[string]any {
	tree := k.Pack(value)
	for key := range tree {
		if strings.HasPrefix(key, inner) {
			delete(tree, key)
		}
	}
	return tree
}

// Named returns a value with another name.
func (k *Kind) Named(value any, name string) any {
	v, err := k.Unpack(jsonptr.Put(k.Pack(value), "/name", name))
	if err != nil {
		return value // of a kind without names
	}
	return v
}

// Renamed returns an object with the new names of the objects that it refers to. newName returns the new name of an
// object, and "" if it is not renamed.
func (k *Kind) Renamed(o Object, newName func(kindName, key string) string) Object {
	tree := map[string]any(nil)
	for _, ref := range k.Refs(o.Value) {
		if now := newName(ref.Kind, ref.Key); now != "" {
			if tree == nil {
				tree = k.Pack(o.Value)
			}
			tree = jsonptr.Put(tree, ref.Path, now)
		}
	}
	if tree == nil {
		return o
	}
	if v, err := k.Unpack(tree); err == nil {
		o.Value = v
		o.Key = k.keyed(o)
	}
	return o
}

// LeavesOpen reports whether a declared value leaves the field at a pointer in Facts.Generated to the gateway.
func (k *Kind) LeavesOpen(value any, pointer string) bool {
	v := jsonptr.At(k.Pack(value), pointer)
	return v == nil || v == ""
}

// ForComparison returns have in a form that can be compared with want: fields that want leaves to the gateway, and fields that
// the gateway hides or does not report, are taken from want, so they do not differ.
func (k *Kind) ForComparison(want, have any) any {
	have = k.unmasked(want, k.Adopt(want, have))
	unreported := k.Unclear(have).Unreported()
	if len(unreported) == 0 {
		return have
	}
	v, err := k.Overlay(have, want, unreported)
	if err != nil {
		return have
	}
	return v
}

// unmasked returns have with each masked secret replaced by the secret of want, if the mask can be that of this secret,
// and without the fields that want leaves to the gateway.
func (k *Kind) unmasked(want, have any) any {
	secrets := k.Secrets(want)
	if len(secrets)+len(k.Generated) == 0 || reflect.DeepEqual(want, have) || !k.sameImmutable(want, have) {
		return have
	}
	wanted, held := k.Pack(want), k.Pack(have)
	tree, changed := held, false
	for _, p := range slices.Concat(k.Generated, secrets) {
		text, _ := jsonptr.At(wanted, p).(string)
		shown, _ := jsonptr.At(held, p).(string)
		switch {
		case text == shown:
		case text == "":
			tree, changed = jsonptr.Put(tree, p, nil), true
		case jsonptr.HasRoom(held, p) && slices.Contains(secrets, p) && shows(shown, text):
			tree, changed = jsonptr.Put(tree, p, text), true
		}
	}
	if !changed {
		return have
	}
	v, err := k.Unpack(tree)
	if err != nil {
		return have
	}
	return v
}

// sameImmutable reports whether two values agree in the fields that cannot change in place.
func (k *Kind) sameImmutable(a, b any) bool {
	if len(k.Immutable) == 0 {
		return true
	}
	one, other := k.Pack(a), k.Pack(b)
	return !slices.ContainsFunc(k.Immutable, func(p string) bool { return jsonptr.At(one, p) != jsonptr.At(other, p) })
}

// HiddenSecrets returns the JSON pointers of wanted secrets that cannot be compared, since the gateway hides them.
func (k *Kind) HiddenSecrets(want, have any) []string {
	if !k.sameImmutable(want, have) {
		return nil
	}
	held := k.Pack(k.Adopt(want, have))
	return slices.DeleteFunc(k.SecretsIn(want), func(p string) bool {
		shown, _ := jsonptr.At(held, p).(string)
		return !concealed(shown)
	})
}

// SecretValues returns the secrets of a value, for redaction.
func (k *Kind) SecretValues(value any) (out []string) {
	tree := k.Pack(value)
	for _, p := range k.SecretsIn(value) {
		out = append(out, jsonptr.At(tree, p).(string))
	}
	return out
}

// Side is one side of a comparison, as trees.
type Side struct {
	Compared any            // the form in which values are compared, arranged
	Written  map[string]any // the form of files and of output for people
	Secrets  []string       // JSON pointers of secrets in the arranged form
	shape    *shape.Shape
}

// Side returns a value as a side of a comparison.
func (k *Kind) Side(value any) *Side {
	s := &Side{Written: k.declared(k.Display(value)), shape: k.Shape}
	canonical := k.Compared(value)
	compared := k.declared(canonical)
	s.Compared = k.Shape.Arranged(compared)
	for _, p := range k.Secrets(value) {
		s.Secrets = append(s.Secrets, k.Shape.ArrangedPointer(s.Written, p))
	}
	for _, p := range k.Secrets(canonical) {
		s.Secrets = append(s.Secrets, k.Shape.ArrangedPointer(compared, p))
	}
	return s
}

// At returns the written value at a pointer into the arranged form; nil if there is none.
func (s *Side) At(pointer string) any {
	place, ok := s.shape.Locate(s.Written, pointer)
	if !ok {
		return nil
	}
	return jsonptr.At(s.Written, place)
}

// Arranged returns the written form, arranged.
func (s *Side) Arranged() any { return s.shape.Arranged(s.Written) }

// Overlay returns a value with the fields at some pointers taken from another value. A secret that the other value has
// only hidden or masked is kept.
func (k *Kind) Overlay(value, from any, pointers []string) (any, error) {
	held, source := k.Pack(value), k.Side(from)
	tree := held
	for _, p := range pointers {
		tree = k.Shape.Put(tree, p, source.At(p))
	}
	tree = jsonptr.Put(tree, unclearKey, nil)
	if unclear := k.Unclear(value).overlaid(k.Unclear(from), pointers); len(unclear) > 0 {
		tree = jsonptr.Put(tree, unclearKey, unclear)
	}
	for _, p := range k.Secrets(value) {
		place, _ := k.Shape.Locate(tree, k.Shape.ArrangedPointer(held, p))
		if shown, _ := jsonptr.At(tree, place).(string); !InClear(shown) {
			tree = jsonptr.Put(tree, place, jsonptr.At(held, p))
		}
	}
	return k.Unpack(tree)
}

// SecretsIn lists the JSON pointers of the secrets that a value holds.
func (k *Kind) SecretsIn(value any) (pointers []string) {
	secrets := k.Secrets(value)
	if len(secrets) == 0 {
		return nil
	}
	tree := k.Pack(value)
	for _, p := range secrets {
		if s, _ := jsonptr.At(tree, p).(string); s != "" {
			pointers = append(pointers, p)
		}
	}
	return pointers
}

// WithSecrets returns a copy of a value in which each secret is replaced by the result of text; "" removes the secret.
func (k *Kind) WithSecrets(value any, text func(pointer, secret string) string) any {
	tree := k.Pack(value)
	for _, p := range k.SecretsIn(value) {
		if now := text(p, jsonptr.At(tree, p).(string)); now != "" {
			tree = jsonptr.Put(tree, p, now)
		} else {
			tree = jsonptr.Put(tree, p, nil)
		}
	}
	v, err := k.Unpack(tree)
	if err != nil {
		panic(err) // cannot happen: a text was replaced by a text
	}
	return v
}

// NotReturned returns the JSON pointers of fields that no gateway returns and that are not secrets.
func (k *Kind) NotReturned() (pointers []string) {
	if k.Shape == nil {
		return nil
	}
	for _, f := range k.Shape.Fields {
		if f.Shape.NotReturned {
			pointers = append(pointers, "/"+f.Name)
		}
	}
	return pointers
}

// Requires reports whether a value needs the field at a pointer: files must have it, or a check fails without it.
func (k *Kind) Requires(value any, pointer string) bool {
	tree, s := k.Pack(value), k.Shape
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
	return err != nil || slices.ContainsFunc(k.Check(without), func(p shape.Problem) bool { return !p.Warning })
}
