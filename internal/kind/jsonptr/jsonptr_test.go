package jsonptr_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// TestRFC6901 checks the examples of section 5.
func TestRFC6901(t *testing.T) {
	var tree any
	raw := `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`
	if err := json.Unmarshal([]byte(raw), &tree); err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]any{
		"": tree, "/foo": []any{"bar", "baz"}, "/foo/0": "bar", "/": 0.0, "/a~1b": 1.0, "/c%d": 2.0, "/e^f": 3.0, "/g|h": 4.0,
		`/i\j`: 5.0, `/k"l`: 6.0, "/ ": 7.0, "/m~0n": 8.0, "/foo/2": nil, "/foo/-": nil, "/foo/bar": nil, "/foo/0/0": nil, "/nothing": nil,
	} {
		if d := cmp.Diff(want, jsonptr.At(tree, pointer)); d != "" {
			t.Errorf("%q (-want +got):\n%s", pointer, d)
		}
		if keys := slices.Collect(jsonptr.Keys(pointer)); jsonptr.Join(keys...) != pointer {
			t.Errorf("%q leads through %q, which is %q", pointer, keys, jsonptr.Join(keys...))
		}
	}
}

func TestPut(t *testing.T) {
	m := map[string]any{"a": []any{map[string]any{"b/c": 1}}, "d": map[string]any{}}
	for _, tc := range []struct {
		pointer string
		value   any
		want    map[string]any
	}{
		{"/a/0/b~1c", 2, map[string]any{"a": []any{map[string]any{"b/c": 2}}, "d": map[string]any{}}},
		{"/a/0/b~1c", nil, map[string]any{"a": []any{map[string]any{}}, "d": map[string]any{}}},
		{"/a/1/x", 2, m},
		{"/e/f", 2, map[string]any{"a": m["a"], "d": m["d"], "e": map[string]any{"f": 2}}},
		{"/e/f", nil, m},
		{"/d", nil, map[string]any{"a": m["a"]}},
	} {
		if d := cmp.Diff(tc.want, jsonptr.Put(m, tc.pointer, tc.value)); d != "" {
			t.Errorf("%v under %s (-want +got):\n%s", tc.value, tc.pointer, d)
		}
	}
	if len(m) != 2 || jsonptr.At(m, "/a/0/b~1c") != 1 {
		t.Errorf("the map itself became %v", m)
	}
}

// TestListOf checks that the list which contains a value is found by its pointer.
func TestListOf(t *testing.T) {
	for pointer, want := range map[string]string{"/a": "/a", "/a/0": "/a", "/a/0/b/1": "/a", "/a/b": "/a/b", "/0": ""} {
		if got, inside := jsonptr.ListOf(pointer); got != want || inside != (got != pointer) {
			t.Errorf("%s is in the list %q, %t", pointer, got, inside)
		}
	}
}
