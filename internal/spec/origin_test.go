package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestOnlyVariables checks that only texts which consist of nothing but variables yield their names.
func TestOnlyVariables(t *testing.T) {
	for text, want := range map[string][]string{
		"${A}":             {"A"},
		"${A}${B_2}":       {"A", "B_2"},
		"${A:?set it}":     {"A"},
		"":                 nil,
		"plain":            nil,
		"${A}-":            nil,
		"-${A}":            nil,
		"${A:-default}":    nil,
		"${A:-${B}}":       nil,
		"${A:?say ${B}}":   nil,
		"$$":               nil,
		"${":               nil,
		"${}":              nil,
		"${A":              nil,
		"${A}${B:-secret}": nil,
	} {
		got, ok := onlyVariables(text)
		if ok != (want != nil) || cmp.Diff(want, got) != "" {
			t.Errorf("%q consists of %v, %t; want %v", text, got, ok, want)
		}
	}
}

// TestReadableSecret checks which secrets can be read in the file itself.
func TestReadableSecret(t *testing.T) {
	for text, want := range map[string]bool{
		"":                        false,
		"plain":                   true,
		"${A}":                    false,
		"${A:?say so in clear}":   false,
		"${A:-}":                  false,
		"${A:-x}":                 true,
		"${A:-${B:-}}":            false,
		"${A:-${B:-deep}}":        true,
		"${A}-${B}":               false,
		"sk_${A}":                 false,
		"twelve-chars${A}":        true,
		"$$":                      true,
		"${A}${B:-secret}":        true,
		"${A}${B:?message here}-": false,
	} {
		asks, got := readableSecret(text)
		if got != want || len(asks) != strings.Count(text, "${") {
			t.Errorf("%q is in clear: %t, and asks for %v", text, got, asks)
		}
	}
}

// TestOrigins: each object knows the origins of its secrets, including those from overlays and in lists.
func TestOrigins(t *testing.T) {
	file := `version: apigw-sync/v1
apps:
  - name: orders
    app_key: some-key-1
    app_secret: "${SECRET}"
    app_codes:
      - "${CODE}"
      - ` + strings.Repeat("c", 64) + `
      - {generate: 1}
plugins:
  - name: login
    type: oidc_auth
    content: {client_secret: "${LOGIN}", discovery: "https://id.example.com/login", client_id: me, redirect_api_id: an-api}
`
	overlay := "version: apigw-sync/v1\napps:\n  - name: orders\n    app_secret: other-secret\n"
	state, findings := Load([]Input{{Name: "a.yaml", Data: []byte(file)}, {Name: "b.yaml", Data: []byte(overlay), Overlay: true}},
		Options{Lookup: func(name string) (string, bool) { return strings.Repeat("v", 64) + name, true }})
	for _, f := range findings {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	got := map[string][]kind.Origin{}
	for _, o := range state.Objects {
		got[strings.SplitN(o.Address(), "#", 2)[0]] = append(got[strings.SplitN(o.Address(), "#", 2)[0]], o.Secrets...)
	}
	want := map[string][]kind.Origin{
		"app/orders": {{Path: "/app_secret", PlainText: true, Source: kind.Source{File: "b.yaml", Line: 4, Column: 17}}},
		"app_code/orders/": {
			{Path: "/app_code", Variables: []string{"CODE"}, AllVariables: []string{"CODE"}, Source: kind.Source{File: "a.yaml", Line: 7, Column: 9}},
			{Path: "/app_code", PlainText: true, Source: kind.Source{File: "a.yaml", Line: 8, Column: 9}},
		},
		"plugin/login": {{Path: "/content/client_secret", Variables: []string{"LOGIN"}, AllVariables: []string{"LOGIN"}, Source: kind.Source{File: "a.yaml", Line: 13, Column: 30}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
