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

// Values of kinds are structs; what follows JSON pointers works on trees of maps, lists and scalars. The functions below
// turn one into the other, without JSON text in between.

// inner begins the key of a struct field that files do not have (json:"-"), such as AppCode.Generated: a tree holds that
// field as "-Generated". So a value survives the way into a tree and back as a whole, and no key of a file, which begins
// with a letter, can be mistaken for such a field.
const inner = "-"

// keyOf is under which key a field of a struct stands in a tree.
func keyOf(f reflect.StructField) (key string, omitZero bool) {
	key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if key == "-" {
		return inner + f.Name, true
	}
	return key, options == "omitempty"
}

// toTree is the tree of a struct. Maps of anything in it are not copied.
func toTree(v reflect.Value) map[string]any {
	tree := make(map[string]any, v.NumField())
	for f, x := range v.Fields() {
		if key, omitZero := keyOf(f); !omitZero || !x.IsZero() {
			tree[key] = plain(x)
		}
	}
	return tree
}

// plain is a part of a struct as a part of a tree.
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
	errStranger = errors.New("there is a key that nobody knows")
	errType     = errors.New("has a value of the wrong type")
)

// Fill fills the struct behind a pointer from a checked value of a file. Keys that it does not have are left out.
func Fill(tree, to any) error { return fromTree(tree, reflect.ValueOf(to).Elem(), false) }

// fromTree fills a struct from a tree. Keys that the struct does not have are errors when that is strict.
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
		return errStranger
	}
	return nil
}

// fill puts a part of a tree into a part of a struct; null leaves it as it is.
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
	if odd, ok := tree.(Odd); ok {
		v.Set(reflect.ValueOf(odd))
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

// numbers turns the numbers of a tree into int64, or float64 where they are no whole numbers. Those that neither of
// them can hold stay as they are spelled.
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
