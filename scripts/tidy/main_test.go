package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDepartures checks which requirements of a go.mod are reported as missing, unneeded or wrongly marked.
func TestDepartures(t *testing.T) {
	ours, a, b := &module{Path: "example.com/ours", Main: true}, &module{Path: "example.com/a"}, &module{Path: "example.com/b"}
	packages := []pkg{
		{ImportPath: "example.com/ours", Module: ours, Imports: []string{"fmt", "example.com/a/x"}},
		{ImportPath: "example.com/a/x", Module: a, Imports: []string{"example.com/b"}},
		{ImportPath: "example.com/b", Module: b},
		{ImportPath: "fmt"},
	}
	for name, tt := range map[string]struct {
		require []module
		want    []string
	}{
		"tidy":              {[]module{{Path: "example.com/a"}, {Path: "example.com/b", Indirect: true}}, nil},
		"nobody uses it":    {[]module{{Path: "example.com/a"}, {Path: "example.com/b", Indirect: true}, {Path: "example.com/c"}}, []string{"example.com/c is required and nothing uses it; go mod edit -droprequire=example.com/c"}},
		"marked wrongly":    {[]module{{Path: "example.com/a", Indirect: true}, {Path: "example.com/b", Indirect: true}}, []string{"example.com/a is imported here; remove its // indirect"}},
		"not marked at all": {[]module{{Path: "example.com/a"}, {Path: "example.com/b"}}, []string{"example.com/b is not imported here; mark it // indirect"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			if err := departures(goMod{Require: tt.require}, packages); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
