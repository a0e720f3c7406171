package kind_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// TestEmptyIsAbsent checks that an empty list or mapping means the same as leaving the key out, unless that leaves the
// value to the gateway. No gateway can tell the two apart, so the difference would never go away.
func TestEmptyIsAbsent(t *testing.T) {
	for _, k := range kind.All {
		for _, item := range written(t, k) {
			for _, place := range emptiable(k.Shape, item, "") {
				t.Run(k.Name+place, func(t *testing.T) {
					empty := k.Compared(declared(t, k, jsonptr.Put(item, place, emptyAt(k.Shape, place))).Value)
					absent := k.Compared(declared(t, k, jsonptr.Put(item, place, nil)).Value)
					if d := cmp.Diff(k.Pack(absent), k.Pack(empty)); d != "" {
						t.Errorf("value (-absent +empty):\n%s", d)
					}
				})
			}
		}
	}
}

// written returns the fixtures of a kind as files write them.
func written(t *testing.T, k *kind.Kind) (out []map[string]any) {
	t.Helper()
	if k.Name == "app_code" {
		return nil
	}
	for _, o := range objects(t, k) {
		out = append(out, k.Tree(o.Value))
	}
	return out
}

func declared(t *testing.T, k *kind.Kind, item map[string]any) kind.Object {
	t.Helper()
	if k.Owner != "" {
		return k.Items("owner", item)[0]
	}
	o, err := k.Declare(item)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// emptiable returns the pointers of all optional lists and free mappings that a value has or could have.
func emptiable(s *shape.Shape, v any, at string) (places []string) {
	switch v := v.(type) {
	case map[string]any:
		for _, f := range s.Fields {
			place := at + jsonptr.Join(f.Name)
			if !f.Required && !f.Shape.Unmanaged() && mayBeEmpty(f.Shape) {
				places = append(places, place)
			}
			if inside := v[f.Name]; inside != nil {
				places = append(places, emptiable(f.Shape, inside, place)...)
			}
		}
		if s.Each != nil {
			for _, name := range slices.Sorted(maps.Keys(v)) {
				places = append(places, emptiable(s.Each, v[name], at+jsonptr.Join(name))...)
			}
		}
	case []any:
		for i, x := range v {
			if s.Items != nil {
				places = append(places, emptiable(s.Items, x, at+jsonptr.Join(strconv.Itoa(i)))...)
			}
		}
	}
	return places
}

// mayBeEmpty reports whether files may write a list or free mapping without entries.
func mayBeEmpty(s *shape.Shape) bool {
	if s.Type != shape.List && (s.Type != shape.Map || s.Each == nil) {
		return false
	}
	empty := emptyAt(s, "")
	return !slices.ContainsFunc(s.Rules, func(r shape.Rule) bool { return r.Check(empty) != "" })
}

func emptyAt(s *shape.Shape, place string) any {
	for key := range jsonptr.Keys(place) {
		switch {
		case s.Type == shape.List:
			s = s.Items
		case s.Each != nil:
			s = s.Each
		default:
			s = s.Field(key)
		}
	}
	if s.Type == shape.List {
		return []any{}
	}
	return map[string]any{}
}

// TestNoRemark checks that an answer without a remark means that there is none: in the vendor's examples, answers leave out
// empty remarks.
func TestNoRemark(t *testing.T) {
	for _, k := range kind.All {
		if k.Shape.Field("remark") == nil || k.Owner != "" {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			o := objects(t, k)[0]
			value, err := k.Unpack(jsonptr.Put(k.Pack(o.Value), "/remark", ""))
			if err != nil {
				t.Fatal(err)
			}
			q, err := k.Create(value, nil, known{})
			if err != nil {
				t.Fatal(err)
			}
			answer := echo(t, q, o)
			delete(answer, "remark")
			got, err := k.Objects("", page(t, k, answer))
			if err != nil || len(got) != 1 {
				t.Fatalf("read back %d objects, error %v", len(got), err)
			}
			if unreported := k.Unclear(got[0].Value); len(unreported) > 0 {
				t.Errorf("not compared: %v", unreported)
			}
			if remark := jsonptr.At(k.Pack(got[0].Value), "/remark"); remark != "" {
				t.Errorf("remark %v, want an empty one", remark)
			}
		})
	}
}
