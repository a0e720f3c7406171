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

// Leaves returns the leaves in which two values of a kind differ, as each side writes them. A set is one leaf, and so
// is an element that is added to, or removed from, a list whose elements have keys. No two leaves have the same path.
func Leaves(k *kind.Kind, have, want any) []Field { return leaves(k, have, want, false) }

// leaves is Leaves. If sent is true, a value that the gateway lacks is reported with all leaves that the files write,
// and not only with those that the comparison considers.
func leaves(k *kind.Kind, have, want any, sent bool) []Field {
	unclear := len(k.Unclear(have))+len(k.Unclear(want)) > 0
	if same(have, want) && !unclear {
		return nil
	}
	if same(k.Compared(have), k.Compared(want)) && !unclear {
		return nil
	}
	r := reporter{sides: [2]*kind.Side{sideOf(k, have), sideOf(k, want)}, sent: sent}
	cmp.Equal(r.sides[0].Compared, r.sides[1].Compared, cmp.Reporter(&r))
	if len(r.fields) == 0 {
		r.fields = plainFields(r.compared) // the values differ only in fields that files do not write, since they follow from other fields
	}
	if unclear {
		r.fields = withUnrecognized(r.fields, k, have, want)
	}
	return finish(k, r.fields, r.sides)
}

// mergeSamePath merges two fields of the same path, one with what is removed there from a list and one with what is added.
func mergeSamePath(fields []Field) (out []Field) {
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
	if some := slices.DeleteFunc(slices.Clone(out), Field.equal); len(some) > 0 {
		return some
	}
	return out // the values do differ, so the result must not be empty
}

// equal reports whether both sides of a leaf are equal, as for elements that only move in a list. Secrets are never the
// same, since both of their sides are hidden.
func (f Field) equal() bool { return !f.Sensitive && reflect.DeepEqual(f.Before, f.After) }

// same reports whether no leaf can differ. This is the case for most objects of a gateway that matches its files, and
// saves the trees that go-cmp would need for each of them.
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

// withUnrecognized replaces the fields of values that cannot be read (kind.Unclear) by the raw values of both sides, since the
// kind's own type cannot hold them.
func withUnrecognized(fields []Field, k *kind.Kind, have, want any) []Field {
	before, after := k.Unclear(have), k.Unclear(want)
	for _, path := range slices.Compact(slices.Sorted(slices.Values(append(before.Unrecognized(), after.Unrecognized()...)))) {
		f := Field{Path: path, Before: jsonptr.At(k.Tree(have), path), After: jsonptr.At(k.Tree(want), path)}
		if slices.Contains(before.Unrecognized(), path) {
			f.Before = before.Value(path)
		}
		if slices.Contains(after.Unrecognized(), path) {
			f.After = after.Value(path)
		}
		fields = slices.DeleteFunc(fields, func(other Field) bool { return other.Path == path })
		if !reflect.DeepEqual(f.Before, f.After) {
			fields = append(fields, f)
		}
	}
	return fields
}

// createdFields returns the leaves that the create of an object sends, without those that are zero.
func createdFields(k *kind.Kind, want any) (fields []Field) {
	zero, side := sideOf(k, reflect.Zero(reflect.TypeOf(want)).Interface()), sideOf(k, want)
	zeros := map[string]any{}
	for _, f := range flatten("", zero.Arranged()) {
		zeros[f.Path] = f.After
	}
	for _, f := range flatten("", side.Arranged()) {
		if was, ok := zeros[f.Path]; ok && reflect.DeepEqual(was, f.After) {
			continue
		}
		f.asSet(nil, f.After)
		f.After, f.Sensitive = side.At(f.Path), within(side.Secrets, f.Path)
		fields = append(fields, f)
	}
	return finish(k, fields, [2]*kind.Side{zero, side})
}

// finish returns fields in the form in which other packages may see them: without secrets, one for each path, sorted.
func finish(k *kind.Kind, fields []Field, sides [2]*kind.Side) []Field {
	fields = mergeSamePath(fields)
	hide(fields, slices.Concat(sides[0].Secrets, sides[1].Secrets))
	zerosToNil(fields, k.KeptWhenEmpty)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path < fields[j].Path })
	return fields
}

// deletedFields returns the leaves that the delete of an object loses, without those that are zero or have their defaults.
func deletedFields(k *kind.Kind, have any) []Field {
	tree, whole := k.Tree(have), k.Side(have).Written // list elements have the same positions in both, but keys only in whole
	fields := slices.DeleteFunc(Leaves(k, have, reflect.Zero(reflect.TypeOf(have)).Interface()), func(f Field) bool {
		place, _ := k.Shape.Locate(whole, f.Path)
		return jsonptr.At(tree, place) == nil
	})
	for _, f := range pointers(fields) {
		if f.After = nil; f.IsSet() {
			f.Added = []any{}
		}
	}
	return fields
}

// zerosToNil replaces zeros by nil where 0 means that there is no value: a limit of 0 is no limit, and not one that rejects
// all calls.
func zerosToNil(fields []Field, at []string) {
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

// hide removes secret values before anything else sees them.
func hide(fields []Field, secrets []string) {
	for _, f := range pointers(fields) {
		if within(secrets, f.Path) {
			f.Sensitive, f.Added, f.Removed = true, nil, nil
			f.Before, f.After, f.Default = hideValue(f.Before), hideValue(f.After), hideValue(f.Default)
		}
	}
}

// within reports whether a pointer is one of pointers, or leads to something inside of one of them.
func within(pointers []string, pointer string) bool {
	return slices.ContainsFunc(pointers, func(p string) bool { return pointer == p || strings.HasPrefix(pointer, p+"/") })
}

func hideValue(v any) any {
	if v == nil || v == "" {
		return nil
	}
	return Hidden
}

// jsonName returns the key of a struct's field in a tree; "-" for a field that is not a part of the declared value.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// sideOf returns a value as a side of a comparison, with its secrets hidden in the written form.
func sideOf(k *kind.Kind, value any) *kind.Side {
	s := k.Side(value)
	for _, p := range k.Secrets(value) {
		if hideValue(jsonptr.At(s.Written, p)) != nil {
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
	sent     bool          // as for leaves
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
	was := asWritten(r.sides[0], x, path, r.pointer(func(x, _ int) int { return x }))
	for _, f := range merge(was, asWritten(r.sides[1], y, path, to)) {
		f.Sensitive = within(r.sides[1].Secrets, f.Path)
		if f.equal() {
			continue
		}
		if i := slices.IndexFunc(compared, func(c Field) bool { return c.Path == f.Path }); i >= 0 {
			if f.After == nil {
				f.Default = plainValue(compared[i].After)
			}
			f.asSet(compared[i].Before, compared[i].After)
		}
		r.fields = append(r.fields, f)
	}
}

// leaves returns the leaves of a value at the current path. An element of a list whose elements have keys is one leaf.
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

// asWritten returns compared leaves with the values that a side writes. The side has them under pointer, not under path.
func asWritten(s *kind.Side, compared []Field, path, pointer string) []Field {
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

// asSet sets what is added and what is removed if either side is a set.
func (f *Field) asSet(before, after any) {
	x, was := before.(shape.Set)
	y, is := after.(shape.Set)
	if (was || before == nil) && (is || after == nil) && len(x)+len(y) > 0 {
		f.Added, f.Removed = y.Without(x), x.Without(y)
	}
}

// plainFields returns compared fields with plain values.
func plainFields(fields []Field) []Field {
	for _, f := range pointers(fields) {
		f.asSet(f.Before, f.After)
		f.Before, f.After = plainValue(f.Before), plainValue(f.After)
	}
	return fields
}

// plainValue returns a leaf with lists in place of the sets and keyed elements of shape.
func plainValue(v any) any {
	switch v := v.(type) {
	case shape.Set:
		return []any(v)
	case shape.Elements:
		list := make([]any, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list = append(list, plainValue(v[key]))
		}
		return list
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, member := range v {
			out[key] = plainValue(member)
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

// pointer returns the current path as a JSON pointer. index chooses between the positions that an entry has in the
// lists of the two sides; a position is -1 if the list does not have the entry.
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

// flatten returns the leaves of a value, sorted by path.
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
