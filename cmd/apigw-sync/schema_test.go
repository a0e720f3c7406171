package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/schema"
)

// TestSchemasKnowAll checks that wherever a schema lists kinds of changes or aspects of calls, the list is complete.
func TestSchemasKnowAll(t *testing.T) {
	var kinds []string
	for _, k := range kind.All {
		kinds = append(kinds, k.Name)
	}
	for _, l := range kind.Links {
		kinds = append(kinds, l.Name)
	}
	slices.Sort(kinds)
	aspects := []string{"access", "authentication", "authorization", "backend", "cors", "limit", "plugins", "publication", impact.Response, "route"}
	found := 0
	var look func(format string, v any)
	look = func(format string, v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				look(format, x)
			}
		case map[string]any:
			for _, x := range v {
				look(format, x)
			}
			list, _ := v["enum"].([]any)
			var got []string
			for _, x := range list {
				if text, ok := x.(string); ok {
					got = append(got, text)
				}
			}
			slices.Sort(got)
			for marker, want := range map[string][]string{"throttle_binding": kinds, "cors": aspects} {
				if slices.Contains(got, marker) {
					found++
					if d := cmp.Diff(want, got); d != "" {
						t.Errorf("%s (-there are +listed):\n%s", format, d)
					}
				}
			}
		}
	}
	for _, format := range schema.Outputs() {
		raw, ok := schema.Output(format)
		if !ok {
			t.Fatalf("there is no schema %s", format)
		}
		var tree any
		if err := json.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		look(format, tree)
	}
	if found < 6 {
		t.Errorf("only %d lists were found", found)
	}
}
