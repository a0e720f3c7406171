package reconcile_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
)

// TestMinimalPlugins: a plugin with only the required members in the file has no difference after one apply, whatever the gateway
// fills in.
func TestMinimalPlugins(t *testing.T) {
	for _, typ := range content.Types {
		t.Run(typ.Name, func(t *testing.T) {
			raw, err := os.ReadFile("../kind/content/testdata/minimal/" + typ.Name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var minimal map[string]any
			if err := json.Unmarshal(raw, &minimal); err != nil {
				t.Fatal(err)
			}
			for _, name := range typ.Unsure {
				delete(minimal, name)
			}
			if raw, err = json.Marshal(map[string]any{
				"version": "apigw-sync/v1",
				"plugins": []any{map[string]any{"name": "minimal", "type": typ.Name, "content": minimal}},
			}); err != nil {
				t.Fatal(err)
			}
			want := load(t, raw)
			run := inProcess(t, gateway(t, []byte(gatewayOfAll), emulator.Behaviour{}))
			if out := run.Apply(t.Context(), compare(t.Context(), t, run, want)); !out.Converged {
				t.Errorf("after the apply remain:\n%s", describe(out.Remaining))
			}
			if left := compare(t.Context(), t, run, want).Plan; !left.Empty() {
				t.Errorf("the next comparison finds:\n%s", describe(left.Changes))
			}
		})
	}
}
