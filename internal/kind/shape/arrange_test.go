package shape_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

type m = map[string]any

var (
	param = shape.OfMap("", shape.Required("location", shape.OfText("")), shape.Required("name", shape.OfText("")), shape.Optional("tags", shape.OfList("", shape.OfText("")).AsSet()))
	thing = shape.OfMap("",
		shape.Optional("hosts", shape.OfText("").AsSet()),
		shape.Optional("ports", shape.OfList("", shape.OfInteger("")).AsSet()),
		shape.Optional("params", shape.OfList("", param).KeyedBy("location", "name")),
		shape.Optional("rules", shape.OfList("", param).KeyedBy("name").InOrder()),
	)
)

// TestArranged checks how lists become sets and keyed elements, according to the shape.
func TestArranged(t *testing.T) {
	for _, tc := range []struct {
		name     string
		in, want any
	}{
		{"a comma text", m{"hosts": " b, a,b,,"}, m{"hosts": shape.Set{"a", "b"}}},
		{"numbers go by their size", m{"ports": []any{int64(10), int64(9), int64(10)}}, m{"ports": shape.Set{int64(9), int64(10)}}},
		{"a list where the shape has a text", m{"hosts": []any{"b", "a"}}, m{"hosts": []any{"b", "a"}}},
		{"what cannot be a set", m{"ports": []any{m{"a": "b"}}}, m{"ports": []any{m{"a": "b"}}}},
		{
			"keys of several members, and elements without one",
			m{"params": []any{
				m{"location": "PATH", "name": "id", "tags": []any{"y", "x"}}, m{"x": "1"}, m{"location": "PATH", "name": "id"},
			}},
			m{"params": shape.Elements{
				"PATH:id": m{"location": "PATH", "name": "id", "tags": shape.Set{"x", "y"}}, "#1": m{"x": "1"}, "PATH:id#1": m{"location": "PATH", "name": "id"},
			}},
		},
		{"order counts", m{"rules": []any{m{"name": "b"}, m{"name": "a"}}}, m{"rules": []any{m{"name": "b"}, m{"name": "a"}}}},
		{"what nobody knows", m{"new": []any{"b", "a"}}, m{"new": []any{"b", "a"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, thing.Arranged(tc.in)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestLocate checks that pointers into the arranged form and into the original value are converted both ways.
func TestLocate(t *testing.T) {
	v := m{"params": []any{m{"location": "PATH", "name": "b"}, m{"location": "QUERY", "name": "a/b", "tags": []any{"x"}}}, "rules": []any{m{"name": "z"}}}
	for arranged, own := range map[string]string{
		"": "", "/params": "/params", "/params/QUERY:a~1b/name": "/params/1/name", "/params/PATH:b": "/params/0", "/rules/0/name": "/rules/0/name",
	} {
		if got, ok := thing.Locate(v, arranged); got != own || !ok {
			t.Errorf("Locate(%q) = %q, %t, want %q", arranged, got, ok, own)
		}
		if got := thing.ArrangedPointer(v, own); got != arranged {
			t.Errorf("Name(%q) = %q, want %q", own, got, arranged)
		}
	}
	for _, nowhere := range []string{"/params/PATH:c", "/params/PATH:c/name", "/rules/1", "/other", "/params/0"} {
		if got, ok := thing.Locate(v, nowhere); ok {
			t.Errorf("Locate(%q) = %q", nowhere, got)
		}
	}
}

// TestPut checks writing and removing values at pointers into the arranged form.
func TestPut(t *testing.T) {
	one, two, three := m{"location": "PATH", "name": "1"}, m{"location": "PATH", "name": "2"}, m{"location": "PATH", "name": "3"}
	v := m{"params": []any{one, two}}
	for _, tc := range []struct {
		pointer string
		value   any
		want    m
	}{
		{"/params/PATH:2/x", "y", m{"params": []any{one, m{"location": "PATH", "name": "2", "x": "y"}}}},
		{"/params/PATH:1", nil, m{"params": []any{two}}},
		{"/params/PATH:3", three, m{"params": []any{one, two, three}}},
		{"/params/PATH:3", nil, v},
		{"/params", nil, m{}},
		{"/hosts", "a", m{"params": []any{one, two}, "hosts": "a"}},
	} {
		if d := cmp.Diff(tc.want, thing.Put(v, tc.pointer, tc.value)); d != "" {
			t.Errorf("%v under %s (-want +got):\n%s", tc.value, tc.pointer, d)
		}
	}
}
