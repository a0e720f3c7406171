package kind

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// The value of an object is a struct, but code that follows JSON pointers works on trees of maps, lists and scalars.
// The functions below convert between the two without encoding to JSON text.

// inner is the prefix that a tree puts before the name of a struct field that files do not have (json:"-"): the tree
// holds AppCode.Generated as "-Generated". So no field is lost when a value is converted to a tree and back. Keys in
// files begin with a letter, so they cannot be mistaken for such a field.
const inner = "-"

// keyOf returns the key that a struct field has in a tree, and whether the tree leaves the field out if it is zero.
func keyOf(f reflect.StructField) (key string, omitZero bool) {
	key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if key == "-" {
		return inner + f.Name, true
	}
	return key, options == "omitempty"
}

// toTree converts a struct to a tree. Maps with values of any type are shared with the struct, not copied.
func toTree(v reflect.Value) map[string]any {
	tree := make(map[string]any, v.NumField())
	for f, x := range v.Fields() {
		if key, omitZero := keyOf(f); !omitZero || !x.IsZero() {
			tree[key] = plain(x)
		}
	}
	return tree
}

// plain converts the value of a struct field to its form in a tree.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() {
			return nil
		}
	default:
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.Struct:
		return toTree(v)
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		if inside := v.Type().Elem().Kind(); inside != reflect.Struct && inside != reflect.String {
			return v.Interface()
		}
		m := make(map[string]any, v.Len())
		for key, x := range v.Seq2() {
			m[key.String()] = plain(x)
		}
		return m
	default:
		return v.Interface()
	}
}

var (
	errUnknownKey = errors.New("there is a key that nobody knows")
	errType       = errors.New("has a value of the wrong type")
)

// Fill fills the struct that a pointer points to from a value in a file that was already checked. Keys that the struct
// does not have are ignored.
func Fill(tree, to any) error { return fromTree(tree, reflect.ValueOf(to).Elem(), false) }

// fromTree fills a struct from a tree. If strict is true, keys that the struct does not have are an error.
func fromTree(tree any, v reflect.Value, strict bool) error {
	m, ok := tree.(map[string]any)
	if !ok {
		return errType
	}
	known := 0
	for f, field := range v.Fields() {
		key, _ := keyOf(f)
		x, ok := m[key]
		if !ok {
			continue
		}
		known++
		if err := fill(field, x, strict); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if strict && known < len(m) {
		return errUnknownKey
	}
	return nil
}

// fill sets a field of a struct from a value in a tree; null leaves the field unchanged.
func fill(v reflect.Value, tree any, strict bool) error {
	if tree == nil {
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		v.Set(reflect.ValueOf(numbers(tree)))
	case reflect.Int, reflect.Int64:
		n, ok := numbers(tree).(int64)
		if !ok {
			return errType
		}
		v.SetInt(n)
	case reflect.Struct:
		return fromTree(tree, v, strict)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), tree, strict)
	case reflect.Map:
		return fillMap(v, tree, strict)
	case reflect.Slice:
		return fillSlice(v, tree, strict)
	default:
		x := reflect.ValueOf(tree)
		if x.Type() != v.Type() {
			return errType
		}
		v.Set(x)
	}
	return nil
}

func fillMap(v reflect.Value, tree any, strict bool) error {
	if unclear, ok := tree.(Unclear); ok {
		v.Set(reflect.ValueOf(unclear))
		return nil
	}
	m, ok := tree.(map[string]any)
	if !ok {
		return errType
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(m)))
	for key, x := range m {
		member := reflect.New(v.Type().Elem()).Elem()
		if err := fill(member, x, strict); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		v.SetMapIndex(reflect.ValueOf(key), member)
	}
	return nil
}

func fillSlice(v reflect.Value, tree any, strict bool) error {
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		raw, err := json.Marshal(tree)
		v.SetBytes(raw)
		return err
	}
	list, ok := tree.([]any)
	if !ok {
		return errType
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, x := range list {
		if err := fill(v.Index(i), x, strict); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

// numbers converts the numbers in a tree to int64, or to float64 if they are not whole numbers. A number that fits into
// neither keeps its JSON spelling.
func numbers(v any) any {
	return shape.CopyWith(v, func(leaf any) any {
		switch n := leaf.(type) {
		case int:
			return int64(n)
		case json.Number:
			return content.Number(n)
		}
		return leaf
	})
}
