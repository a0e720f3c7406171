// Package wire decodes JSON of a gateway, whatever version the gateway has. It is the one place that decides what a value in an
// unexpected form means. The columns are the types to decode into, "its entry" is that of a list of one:
//
//	JSON                    text           number, flag           list         mapping
//	absent or null          ""             0, false; pointer nil  nil          empty; pointer nil
//	as expected             itself         itself                 itself       itself
//	number or flag          as written     its value              list of one  error
//	text                    itself         the value in the text  list of one  error
//	list of one             its entry      its entry              itself       its entry
//	other list, mapping     its JSON       unrecognized           list of one  error
//
// A number or flag that cannot be decoded, such as one beyond int64, is unrecognized. That is an error if the type cannot say that the
// value is unknown. A pointer can: it is nil, and the caller gets the JSON of the value. An unrecognized value is never read as
// another one.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Unrecognized are values that could not be decoded, as JSON, by the path of names that leads to them: "/a/b".
type Unrecognized map[string]json.RawMessage

// Decode decodes JSON into the value that to points to. Unrecognized is nil if everything has the expected form. Errors never quote
// values, which may be secret.
func Decode(raw []byte, to any) (Unrecognized, error) {
	if json.Unmarshal(raw, to) == nil { // as nearly always
		return nil, nil
	}
	tree, err := Tree(raw)
	if err != nil {
		return nil, err
	}
	f := decoder{unrecognized: Unrecognized{}}
	v := reflect.ValueOf(to).Elem()
	v.SetZero()
	if err := f.decode("", tree, v); err != nil {
		return nil, err
	}
	return f.unrecognized, nil
}

// Tree decodes JSON as maps, lists and scalars. Numbers stay as they are written.
func Tree(raw []byte) (tree any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&tree) != nil || d.More() {
		return nil, errNoJSON
	}
	return tree, nil
}

var errNoJSON = errors.New("it is not JSON")

type decoder struct{ unrecognized Unrecognized }

// decode decodes the value at a path into v, as far as possible.
func (f *decoder) decode(path string, tree any, v reflect.Value) error {
	if tree == nil {
		return nil
	}
	if own, ok := reflect.TypeAssert[json.Unmarshaler](v.Addr()); ok {
		return f.own(path, tree, v, own)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return f.pointer(path, tree, v)
	case reflect.String:
		v.SetString(Text(tree))
		return nil
	case reflect.Slice:
		return f.slice(path, tree, v)
	case reflect.Struct:
		return f.mapping(path, tree, v)
	case reflect.Map:
		return f.freeMapping(path, tree, v)
	case reflect.Int, reflect.Int64:
		n, ok := Integer(tree)
		v.SetInt(n)
		return f.accept(path, tree, ok)
	case reflect.Float64:
		x, err := strconv.ParseFloat(scalar(tree), 64)
		v.SetFloat(x)
		return f.accept(path, tree, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0))
	case reflect.Bool:
		yes, ok := Bool(tree)
		v.SetBool(yes)
		return f.accept(path, tree, ok)
	}
	return f.own(path, tree, v, nil)
}

// unrecognizedError means that a value is unrecognized, so that a pointer to it stays nil.
type unrecognizedError struct{ text string }

func (e *unrecognizedError) Error() string { return e.text }

func (f *decoder) accept(path string, tree any, ok bool) error {
	if ok {
		return nil
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("%s: %w", named(path), err)
	}
	f.unrecognized[path] = raw
	return &unrecognizedError{fmt.Sprintf("%s is %s that means nothing there", named(path), typeName(tree))}
}

func (f *decoder) pointer(path string, tree any, v reflect.Value) error {
	inner := reflect.New(v.Type().Elem())
	err := f.decode(path, tree, inner.Elem())
	if _, unrecognized := errors.AsType[*unrecognizedError](err); unrecognized && f.unrecognized[path] != nil {
		return nil
	}
	if err == nil {
		v.Set(inner)
	}
	return err
}

// slice decodes a list. A value that is not a list counts as a list of one, and entries that are null are left out.
func (f *decoder) slice(path string, tree any, v reflect.Value) error {
	list, ok := tree.([]any)
	if !ok {
		list = []any{tree}
	}
	list = slices.DeleteFunc(list, func(entry any) bool { return entry == nil })
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, entry := range list {
		if err := f.decode(path+"/"+strconv.Itoa(i), entry, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (f *decoder) mapping(path string, tree any, v reflect.Value) error {
	m, err := members(path, tree)
	if err != nil {
		return err
	}
	for field, x := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		var err error
		switch {
		case field.Anonymous && name == "": // its fields are in the same mapping
			err = f.mapping(path, m, x)
		case name != "" && name != "-" && x.CanSet():
			err = f.decode(path+"/"+name, m[name], x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// freeMapping decodes a mapping of free names, whose values all have the same type. An unrecognized value inside is an error: callers
// know unrecognized values by the names of fields only.
func (f *decoder) freeMapping(path string, tree any, v reflect.Value) error {
	m, err := members(path, tree)
	if err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(m)))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		value, inside := reflect.New(v.Type().Elem()).Elem(), decoder{unrecognized: Unrecognized{}}
		if err := inside.decode(path+"/"+name, m[name], value); err != nil {
			return err
		}
		for at := range inside.unrecognized {
			return fmt.Errorf("%s means nothing there", named(at))
		}
		v.SetMapIndex(reflect.ValueOf(name), value)
	}
	return nil
}

func members(path string, tree any) (map[string]any, error) {
	tree = single(tree)
	m, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is %s; expected a mapping", named(path), typeName(tree))
	}
	return m, nil
}

// own decodes types that decode themselves, and types that fit does not know.
func (f *decoder) own(path string, tree any, v reflect.Value, own json.Unmarshaler) error {
	raw, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("%s: %w", named(path), err)
	}
	if own != nil {
		err = own.UnmarshalJSON(raw)
	} else {
		err = json.Unmarshal(raw, v.Addr().Interface())
	}
	return f.accept(path, tree, err == nil)
}

// Text is a value of a tree as text: a text itself, a number or flag as it is written, else its JSON.
func Text(tree any) string {
	tree = single(tree)
	switch t := tree.(type) {
	case nil:
		return ""
	case string:
		return t
	case json.Number:
		return t.String()
	}
	raw, _ := json.Marshal(tree) // cannot fail, since the tree comes from JSON
	return string(raw)
}

// Integer is the whole number that a value of a tree has, as a number or a text.
func Integer(tree any) (n int64, ok bool) {
	text := strings.TrimSpace(scalar(tree))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // whole numbers up to this one are exact in floating point
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > exact {
		return 0, false
	}
	return int64(x), true
}

// Bool is the flag that a value of a tree has, as a flag, a number or a text.
func Bool(tree any) (yes, ok bool) {
	if b, is := single(tree).(bool); is {
		return b, true
	}
	switch strings.ToLower(scalar(tree)) {
	case "true", "on", "1":
		return true, true
	case "false", "off", "0":
		return false, true
	}
	return false, false
}

// single returns the entry of a list of one, else the value itself.
func single(tree any) any {
	if list, ok := tree.([]any); ok && len(list) == 1 {
		return list[0]
	}
	return tree
}

func scalar(tree any) string {
	tree = single(tree)
	switch tree.(type) {
	case string, json.Number:
		return Text(tree)
	}
	return ""
}

func typeName(tree any) string {
	switch tree.(type) {
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "a flag"
	case []any:
		return "a list"
	}
	return "a mapping"
}

func named(path string) string {
	if path == "" {
		return "the answer"
	}
	return "the field " + strconv.Quote(strings.TrimPrefix(path, "/"))
}
