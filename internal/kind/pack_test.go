package kind_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestPack checks for every kind that a value survives encoding as JSON.
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

// TestPackRefusesStrangers checks that Unpack refuses fields that a kind does not have.
func TestPackRefusesStrangers(t *testing.T) {
	for _, k := range kind.All {
		if _, err := k.Unpack(map[string]any{"nobody": 1}); err == nil {
			t.Errorf("%s takes a field that it does not have", k.Name)
		}
	}
}

// TestWithSecrets checks that secrets are replaced wherever a value has them, and that an empty text removes them.
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
