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
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// Leaves lists the leaves in which have and want differ, both values of one kind, as they are written there.
func Leaves(k *kind.Kind, have, want any) []Field { return leaves(k, have, want, false) }

// leaves is Leaves; of what a gateway lacks altogether each leaf counts that it is sent.
func leaves(k *kind.Kind, have, want any, sent bool) []Field {
	odd := len(k.Odd(have))+len(k.Odd(want)) > 0
	if same(have, want) && !odd {
		return nil
	}
	before, after := k.Compared(have), k.Compared(want)
	if same(before, after) && !odd {
		return nil
	}
	r := reporter{sent: sent}
	if k.Place != nil {
		r.written = [2]written{{k.Write(have)}, {k.Write(want)}}
	}
	cmp.Equal(before, after, cmp.Reporter(&r), cmp.FilterPath(unwritten, cmp.Ignore()))
	if len(r.fields) == 0 {
		r.fields = r.compared // they differ in what follows from something else alone
	}
	if odd {
		r.fields = strange(r.fields, k, have, want)
	}
	return finished(k, r.fields, slices.Concat(k.Secrets(have), k.Secrets(want), k.Secrets(before), k.Secrets(after)))
}

// joined makes one field of the two that tell what goes and what comes at one place of a list.
func joined(fields []Field) (out []Field) {
	at := map[string]int{}
	for _, f := range fields {
		i, twice := at[f.Path]
		switch {
		case !twice:
			at[f.Path] = len(out)
			out = append(out, f)
		case out[i].After == nil:
			out[i].After, out[i].Default = f.After, f.Default
		default:
			out[i].Before = f.Before
		}
	}
	moved := func(f Field) bool { return reflect.DeepEqual(f.Before, f.After) }
	if some := slices.DeleteFunc(slices.Clone(out), moved); len(some) > 0 {
		return some
	}
	return out // never nothing where something differs
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

// strange tells what is odd on either side as it is written there, in place of what the kind's own type holds.
func strange(fields []Field, k *kind.Kind, have, want any) []Field {
	before, after := k.Odd(have), k.Odd(want)
	for _, path := range slices.Compact(slices.Sorted(slices.Values(append(before.Strange(), after.Strange()...)))) {
		f := Field{Path: path, Before: jsonptr.At(k.Tree(have), path), After: jsonptr.At(k.Tree(want), path)}
		if slices.Contains(before.Strange(), path) {
			f.Before = before.Shown(path)
		}
		if slices.Contains(after.Strange(), path) {
			f.After = after.Shown(path)
		}
		fields = slices.DeleteFunc(fields, func(other Field) bool { return other.Path == path })
		if !reflect.DeepEqual(f.Before, f.After) {
			fields = append(fields, f)
		}
	}
	return fields
}

// created lists what a new object is sent with, but for what is zero.
func created(k *kind.Kind, want any) []Field {
	var r reporter
	cmp.Equal(reflect.Zero(reflect.TypeOf(want)).Interface(), want, cmp.Reporter(&r), cmp.FilterPath(unwritten, cmp.Ignore()))
	for i := range r.fields {
		r.fields[i].Before = nil
	}
	return finished(k, r.fields, k.Secrets(want))
}

// finished are fields as everybody else may see them.
func finished(k *kind.Kind, fields []Field, secrets []string) []Field {
	fields = joined(fields)
	hide(fields, secrets)
	unset(fields, k.Unset)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path < fields[j].Path })
	return fields
}

// lost lists the leaves of an object that goes that are not zero, without those that it would have anyway.
func lost(k *kind.Kind, have any) []Field {
	said := k.Tree(have)
	fields := slices.DeleteFunc(Leaves(k, have, reflect.Zero(reflect.TypeOf(have)).Interface()), func(f Field) bool {
		return jsonptr.At(said, f.Path) == nil
	})
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
		f.Before, f.After, f.Default = hidden(f.Before), hidden(f.After), hidden(f.Default)
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
	path     cmp.Path
	fields   []Field
	written  [2]written // of both sides; nil where what is compared is what is written
	compared []Field    // the fields in the form that is compared, where that is another one
	sent     bool       // as of leaves
}

// written is one side as it is written; what was filled in there says nothing.
type written struct{ *kind.Written }

// leaves lists the leaves of v, a value in the form that is compared, which stands under a pointer.
func (w written) leaves(path, pointer string, v reflect.Value) []Field {
	out := flatten(path, v)
	for i := range out {
		out[i].After = w.At(pointer + strings.TrimPrefix(out[i].Path, path))
	}
	return out
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	path := r.pointer(func(x, y int) int { return max(x, y) })
	before, after := r.path.Last().Values()
	compared := merge(flatten(path, before), flatten(path, after))
	if r.written[0].Written == nil {
		r.fields = append(r.fields, compared...)
		return
	}
	r.compared = append(r.compared, compared...)
	was := r.written[0].leaves(path, r.pointer(func(x, _ int) int { return x }), before)
	to := r.pointer(func(_, y int) int { return y })
	now := r.written[1].leaves(path, to, after)
	if r.sent {
		now = flatten(path, reflect.ValueOf(r.written[1].At(to)))
	}
	for _, f := range merge(was, now) {
		if reflect.DeepEqual(f.Before, f.After) {
			continue
		}
		if i := slices.IndexFunc(compared, func(c Field) bool { return c.Path == f.Path }); i >= 0 && f.After == nil {
			f.Default = compared[i].After
		}
		r.fields = append(r.fields, f)
	}
}

// merge pairs the leaves of two sides by path.
func merge(before, after []Field) (fields []Field) {
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

// pointer is where the walk stands; index chooses between the places that an entry has in the lists of both sides,
// -1 where one of them has none.
func (r *reporter) pointer(index func(x, y int) int) string {
	var b strings.Builder
	for i, step := range r.path {
		switch s := step.(type) {
		case cmp.StructField:
			sf, _ := r.path.Index(i - 1).Type().FieldByName(s.Name())
			b.WriteString("/" + jsonptr.Escape(jsonName(sf)))
		case cmp.MapIndex:
			b.WriteString("/" + jsonptr.Escape(fmt.Sprint(s.Key())))
		case cmp.SliceIndex:
			b.WriteString("/" + strconv.Itoa(index(s.SplitKeys())))
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
			out = append(out, flatten(path+"/"+jsonptr.Escape(fmt.Sprint(key)), v.MapIndex(key))...)
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
