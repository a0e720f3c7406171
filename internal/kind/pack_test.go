package kind_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestPack: a value that went through JSON is the same value, and makes the same key, for every kind.
func TestPack(t *testing.T) {
	for _, k := range kind.All {
		for _, o := range objects(t, k) {
			raw, err := json.Marshal(k.Pack(o.Value))
			if err != nil {
				t.Fatal(err)
			}
			var back map[string]any
			d := json.NewDecoder(strings.NewReader(string(raw)))
			d.UseNumber()
			if err := d.Decode(&back); err != nil {
				t.Fatal(err)
			}
			got, err := k.Unpack(back)
			if err != nil {
				t.Fatalf("%s: %v", o.Address(), err)
			}
			if d := cmp.Diff(o.Value, got); d != "" {
				t.Errorf("%s (-packed +unpacked):\n%s", o.Address(), d)
			}
		}
	}
}

// TestPackRefusesStrangers: a field that a kind does not have is no part of it.
func TestPackRefusesStrangers(t *testing.T) {
	for _, k := range kind.All {
		if _, err := k.Unpack(map[string]any{"nobody": 1}); err == nil {
			t.Errorf("%s takes a field that it does not have", k.Name)
		}
	}
}

// TestWithSecrets: secrets are replaced wherever a value holds them, and taken away by an empty text.
func TestWithSecrets(t *testing.T) {
	app := kind.Of("app")
	v := any(kind.App{Name: "orders", Secret: "the-secret"})
	pointers := app.SecretsIn(v)
	if cmp.Diff([]string{"/app_secret"}, pointers) != "" {
		t.Fatalf("secrets at %v", pointers)
	}
	for _, now := range []string{"another", ""} {
		got := app.WithSecrets(v, func(string, string) string { return now })
		if d := cmp.Diff(any(kind.App{Name: "orders", Secret: now}), got); d != "" {
			t.Error(d)
		}
	}
	plugin := kind.Of("plugin")
	o, err := plugin.Declare(map[string]any{"name": "login", "type": "oidc_auth", "content": map[string]any{"client_secret": "the-secret"}})
	if err != nil {
		t.Fatal(err)
	}
	got := plugin.WithSecrets(o.Value, func(pointer, _ string) string { return pointer })
	raw, _ := json.Marshal(got)
	if strings.Contains(string(raw), "the-secret") || !strings.Contains(string(raw), "/content/client_secret") {
		t.Errorf("a plugin without its secret is %s", raw)
	}
}
