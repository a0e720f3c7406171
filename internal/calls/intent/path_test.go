package intent

import (
	"strings"
	"testing"
)

// TestTakes: which paths an API takes; what the vendor does not define stays open.
func TestTakes(t *testing.T) {
	for _, x := range []struct {
		route, path string
		prefix      bool
		want        truth
	}{
		{"/", "/", false, yes},
		{"/", "/a", false, no},
		{"/", "/a", true, yes},
		{"/a", "/a", false, yes},
		{"/a", "/A", false, no},
		{"/a", "/a/", false, no},
		{"/a/", "/a/", false, yes},
		{"/a", "/a/b", false, no},
		{"/a", "/a/b", true, yes},
		{"/a/", "/a/b/c", true, yes},
		{"/a", "/ab", true, no},
		{"/a/{id}", "/a/1", false, yes},
		{"/a/{id}", "/a/", false, no},
		{"/a/{id}", "/a", false, no},
		{"/a/{id}", "/a/1/2", false, no},
		{"/a/{id}", "/a/1/2", true, yes},
		{"/{a}/b", "/x/b", false, yes},
		{"/{a}/b", "/x/c", false, no},
		{"/a/{id}.json", "/a/1.json", false, open},
		{"/a/{rest+}", "/a/1/2", false, open},
		{"/b/{rest+}", "/a/1/2", false, no},
		{"/a/*", "/a/1", false, open},
		{"/支付/{号}", "/支付/17", false, yes},
	} {
		if got := takes(x.route, x.path, x.prefix); got != x.want {
			t.Errorf("takes(%q, %q, %t) = %d, want %d", x.route, x.path, x.prefix, got, x.want)
		}
	}
}

// FuzzTakes checks that a path without parameters takes itself and, unless it is a prefix, nothing else; that a prefix takes
// whatever the path itself takes; and that a parameter takes the segment that it replaces.
func FuzzTakes(f *testing.F) {
	f.Add("/a/{id}", "/a/1", 1)
	f.Add("/v1/orders", "/v1/orders/", 0)
	f.Add("/{x+}", "//", 2)
	f.Fuzz(func(t *testing.T, route, path string, i int) {
		route, path = "/"+route, "/"+path
		if !strings.ContainsAny(route, "{*") {
			if got := takes(route, path, false); got != sure(route == path) {
				t.Fatalf("%q takes %q: %d", route, path, got)
			}
		}
		if whole, prefix := takes(route, path, false), takes(route, path, true); prefix < whole && !strings.HasSuffix(route, "/") {
			t.Fatalf("%q takes %q: %d as a whole, %d as a prefix", route, path, whole, prefix)
		}
		parts := strings.Split(path, "/")
		if i = i & 0xff % len(parts); parts[i] == "" || strings.ContainsAny(path, "{*") {
			return
		}
		parts[i] = "{p}"
		if got := takes(strings.Join(parts, "/"), path, false); got != yes {
			t.Fatalf("%q takes %q: %d", strings.Join(parts, "/"), path, got)
		}
	})
}
