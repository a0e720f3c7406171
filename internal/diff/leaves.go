package diff

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Leaves lists the leaves in which have and want differ, both values of one kind.
func Leaves(k *kind.Kind, have, want any) []Field {
	if same(have, want) {
		return nil
	}
	var r reporter
	cmp.Equal(have, want, cmp.Reporter(&r), cmp.FilterPath(unwritten, cmp.Ignore()))
	hide(r.fields, slices.Concat(k.Secrets(have), k.Secrets(want)))
	unset(r.fields, k.Unset)
	sort.SliceStable(r.fields, func(i, j int) bool { return r.fields[i].Path < r.fields[j].Path })
	return r.fields
}

// same reports that surely no leaf differs. It holds for most objects of a gateway that matches its
// files, and go-cmp would make a tree for each.
func same(have, want any) bool {
	a, b := reflect.ValueOf(have), reflect.ValueOf(want)
	if a.Kind() != reflect.Struct || a.Type() != b.Type() {
		return reflect.DeepEqual(have, want)
	}
	for i := range a.NumField() {
		if jsonName(a.Type().Field(i)) != "-" && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			return false
		}
	}
	return true
}

// created lists the leaves of a new object that are not zero.
func created(k *kind.Kind, want any) []Field {
	fields := Leaves(k, reflect.Zero(reflect.TypeOf(want)).Interface(), want)
	for i := range fields {
		fields[i].Before = nil
	}
	return fields
}

// lost lists the leaves of an object that goes that are not zero.
func lost(k *kind.Kind, have any) []Field {
	fields := Leaves(k, have, reflect.Zero(reflect.TypeOf(have)).Interface())
	for i := range fields {
		fields[i].After = nil
	}
	return fields
}

// unset tells numbers that mean nothing by no value: a limit of 0 is none, not one that lets nobody in.
func unset(fields []Field, pointers []string) {
	for i := range fields {
		f := &fields[i]
		if !slices.Contains(pointers, f.Path) {
			continue
		}
		if f.Before == int64(0) {
			f.Before = nil
		}
		if f.After == int64(0) {
			f.After = nil
		}
	}
}

// hide takes secret values out before anything else sees them.
func hide(fields []Field, secrets []string) {
	for i := range fields {
		f := &fields[i]
		if !slices.ContainsFunc(secrets, func(s string) bool { return f.Path == s || strings.HasPrefix(f.Path, s+"/") }) {
			continue
		}
		f.Sensitive = true
		f.Before, f.After = hidden(f.Before), hidden(f.After)
	}
}

func hidden(v any) any {
	if v == nil || v == "" {
		return nil
	}
	return Hidden
}

// unwritten holds for fields that are no part of the declared value.
func unwritten(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	if !ok {
		return false
	}
	sf, _ := p.Index(-2).Type().FieldByName(f.Name())
	return jsonName(sf) == "-"
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// reporter collects unequal leaves as JSON pointers.
type reporter struct {
	path   cmp.Path
	fields []Field
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	before, after := r.path.Last().Values()
	r.fields = merge(r.fields, flatten(r.pointer(), before), flatten(r.pointer(), after))
}

// merge pairs the leaves of two sides by path.
func merge(fields, before, after []Field) []Field {
	at := map[string]int{}
	for _, f := range before {
		at[f.Path] = len(fields)
		fields = append(fields, Field{Path: f.Path, Before: f.After})
	}
	for _, f := range after {
		if i, ok := at[f.Path]; ok {
			fields[i].After = f.After
			continue
		}
		fields = append(fields, Field{Path: f.Path, After: f.After})
	}
	return fields
}

func (r *reporter) pointer() string {
	var b strings.Builder
	for i, step := range r.path {
		switch s := step.(type) {
		case cmp.StructField:
			sf, _ := r.path.Index(i - 1).Type().FieldByName(s.Name())
			b.WriteString("/" + escape(jsonName(sf)))
		case cmp.MapIndex:
			b.WriteString("/" + escape(fmt.Sprint(s.Key())))
		case cmp.SliceIndex:
			x, y := s.SplitKeys()
			b.WriteString("/" + strconv.Itoa(max(x, y)))
		}
	}
	return b.String()
}

// flatten lists the leaves below a value.
func flatten(path string, v reflect.Value) (out []Field) {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Map:
		for _, key := range v.MapKeys() {
			out = append(out, flatten(path+"/"+escape(fmt.Sprint(key)), v.MapIndex(key))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, flatten(path+"/"+strconv.Itoa(i), v.Index(i))...)
		}
	default:
		return []Field{{Path: path, After: v.Interface()}}
	}
	if len(out) == 0 {
		return []Field{{Path: path, After: v.Interface()}}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escape(s string) string { return pointerEscapes.Replace(s) }
