package diff

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Leaves lists the leaves in which have and want differ, both values of one kind, as they are written there. A set is one
// leaf, and so is an element that comes to a list with keys, or goes. No two have the same path.
func Leaves(k *kind.Kind, have, want any) []Field { return leaves(k, have, want, false) }

// leaves is Leaves; of what a gateway lacks altogether each leaf counts that it is sent.
func leaves(k *kind.Kind, have, want any, sent bool) []Field {
	odd := len(k.Odd(have))+len(k.Odd(want)) > 0
	if same(have, want) && !odd {
		return nil
	}
	if same(k.Compared(have), k.Compared(want)) && !odd {
		return nil
	}
	r := reporter{sides: [2]*kind.Side{sideOf(k, have), sideOf(k, want)}, sent: sent}
	cmp.Equal(r.sides[0].Compared, r.sides[1].Compared, cmp.Reporter(&r))
	if len(r.fields) == 0 {
		r.fields = plainly(r.compared) // they differ in what follows from something else alone
	}
	if odd {
		r.fields = strange(r.fields, k, have, want)
	}
	return finished(k, r.fields, r.sides)
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
	if some := slices.DeleteFunc(slices.Clone(out), Field.same); len(some) > 0 {
		return some
	}
	return out // never nothing where something differs
}

// same reports whether both sides of a leaf are equal, as in lists something moves; secrets look so always.
func (f Field) same() bool { return !f.Sensitive && reflect.DeepEqual(f.Before, f.After) }

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
func created(k *kind.Kind, want any) (fields []Field) {
	zero, side := sideOf(k, reflect.Zero(reflect.TypeOf(want)).Interface()), sideOf(k, want)
	unsaid := map[string]any{}
	for _, f := range flatten("", zero.Arranged()) {
		unsaid[f.Path] = f.After
	}
	for _, f := range flatten("", side.Arranged()) {
		if was, ok := unsaid[f.Path]; ok && reflect.DeepEqual(was, f.After) {
			continue
		}
		f.asSet(nil, f.After)
		f.After, f.Sensitive = side.At(f.Path), within(side.Secrets, f.Path)
		fields = append(fields, f)
	}
	return finished(k, fields, [2]*kind.Side{zero, side})
}

// finished are fields as everybody else may see them.
func finished(k *kind.Kind, fields []Field, sides [2]*kind.Side) []Field {
	fields = joined(fields)
	hide(fields, slices.Concat(sides[0].Secrets, sides[1].Secrets))
	unset(fields, k.Clings)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path < fields[j].Path })
	return fields
}

// lost lists the leaves of an object that goes that are not zero, without those that it would have anyway.
func lost(k *kind.Kind, have any) []Field {
	said, whole := k.Tree(have), k.Side(have).Written // entries of lists have the same place in both, and keys in whole alone
	fields := slices.DeleteFunc(Leaves(k, have, reflect.Zero(reflect.TypeOf(have)).Interface()), func(f Field) bool {
		place, _ := k.Shape.Locate(whole, f.Path)
		return jsonptr.At(said, place) == nil
	})
	for _, f := range pointers(fields) {
		if f.After = nil; f.IsSet() {
			f.Added = []any{}
		}
	}
	return fields
}

// unset tells numbers that mean nothing by no value: a limit of 0 is none, not one that lets nobody in.
func unset(fields []Field, at []string) {
	for _, f := range pointers(fields) {
		if !slices.Contains(at, f.Path) {
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
	for _, f := range pointers(fields) {
		if within(secrets, f.Path) {
			f.Sensitive, f.Added, f.Removed = true, nil, nil
			f.Before, f.After, f.Default = hidden(f.Before), hidden(f.After), hidden(f.Default)
		}
	}
}

// within reports whether a pointer is one of some others, or leads further than one of them.
func within(pointers []string, pointer string) bool {
	return slices.ContainsFunc(pointers, func(p string) bool { return pointer == p || strings.HasPrefix(pointer, p+"/") })
}

func hidden(v any) any {
	if v == nil || v == "" {
		return nil
	}
	return Hidden
}

// jsonName is the key of a field of a struct in a tree; "-" for one that is no part of the declared value.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// sideOf is a value as a side of a comparison, as everybody may see it.
func sideOf(k *kind.Kind, value any) *kind.Side {
	s := k.Side(value)
	for _, p := range k.Secrets(value) {
		if hidden(jsonptr.At(s.Written, p)) != nil {
			s.Written = jsonptr.Put(s.Written, p, Hidden)
		}
	}
	return s
}

// reporter collects unequal leaves as JSON pointers.
type reporter struct {
	path     cmp.Path
	fields   []Field       // as both sides are written
	compared []Field       // in the form that is compared
	sides    [2]*kind.Side // gateway and files
	sent     bool          // as of leaves
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	path := r.pointer(func(x, y int) int { return max(x, y) })
	before, after := r.path.Last().Values()
	x, y := r.leaves(path, before), r.leaves(path, after)
	compared := merge(x, y)
	r.compared = append(r.compared, compared...)
	to := r.pointer(func(_, y int) int { return y })
	if r.sent {
		y = r.leaves(path, reflect.ValueOf(arrangedAt(r.sides[1].Arranged(), to)))
	}
	was := written(r.sides[0], x, path, r.pointer(func(x, _ int) int { return x }))
	for _, f := range merge(was, written(r.sides[1], y, path, to)) {
		f.Sensitive = within(r.sides[1].Secrets, f.Path)
		if f.same() {
			continue
		}
		if i := slices.IndexFunc(compared, func(c Field) bool { return c.Path == f.Path }); i >= 0 {
			if f.After == nil {
				f.Default = plain(compared[i].After)
			}
			f.asSet(compared[i].Before, compared[i].After)
		}
		r.fields = append(r.fields, f)
	}
}

// leaves are those of a value at the place where the walk stands. An element of a list with keys is one.
func (r *reporter) leaves(path string, v reflect.Value) []Field {
	if !v.IsValid() {
		return nil
	}
	if _, inMap := r.path.Last().(cmp.MapIndex); inMap && r.path.Index(-2).Type() == elementsType {
		return []Field{{Path: path, After: v.Interface()}}
	}
	return flatten(path, v.Interface())
}

var elementsType = reflect.TypeFor[shape.Elements]()

// written are leaves in the form that is compared as a side has them written, under a pointer of its own.
func written(s *kind.Side, compared []Field, path, pointer string) []Field {
	out := slices.Clone(compared)
	for i := range out {
		out[i].After = s.At(pointer + strings.TrimPrefix(out[i].Path, path))
	}
	return out
}

// arrangedAt is jsonptr.At for an arranged value.
func arrangedAt(v any, pointer string) any {
	for key := range jsonptr.Keys(pointer) {
		if in, ok := v.(shape.Elements); ok {
			v = in[key]
		} else {
			v = jsonptr.At(v, jsonptr.Join(key))
		}
	}
	return v
}

// asSet tells what comes and what goes where either side is a set.
func (f *Field) asSet(before, after any) {
	x, was := before.(shape.Set)
	y, is := after.(shape.Set)
	if (was || before == nil) && (is || after == nil) && len(x)+len(y) > 0 {
		f.Added, f.Removed = y.Without(x), x.Without(y)
	}
}

// plainly are fields in the form that is compared, without arrangement.
func plainly(fields []Field) []Field {
	for _, f := range pointers(fields) {
		f.asSet(f.Before, f.After)
		f.Before, f.After = plain(f.Before), plain(f.After)
	}
	return fields
}

// plain is a leaf without arrangement.
func plain(v any) any {
	switch v := v.(type) {
	case shape.Set:
		return []any(v)
	case shape.Elements:
		list := make([]any, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list = append(list, plain(v[key]))
		}
		return list
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, member := range v {
			out[key] = plain(member)
		}
		return out
	}
	return v
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
	for _, step := range r.path {
		switch s := step.(type) {
		case cmp.MapIndex:
			b.WriteString("/" + jsonptr.Escape(fmt.Sprint(s.Key())))
		case cmp.SliceIndex:
			b.WriteString("/" + strconv.Itoa(index(s.SplitKeys())))
		}
	}
	return b.String()
}

// flatten lists the leaves below a value, in the order of their paths.
func flatten(path string, v any) (out []Field) {
	switch v := v.(type) {
	case nil:
		return nil
	case shape.Elements:
		for key, in := range v {
			out = append(out, Field{Path: path + "/" + jsonptr.Escape(key), After: in})
		}
	case map[string]any:
		for key, in := range v {
			out = append(out, flatten(path+"/"+jsonptr.Escape(key), in)...)
		}
	case []any:
		for i, in := range v {
			out = append(out, flatten(path+"/"+strconv.Itoa(i), in)...)
		}
	}
	if len(out) == 0 {
		return []Field{{Path: path, After: v}}
	}
	slices.SortStableFunc(out, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return out
}
