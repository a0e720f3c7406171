package precedence

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The page about tests of intent lists the rules as they are.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/howto/test-intent.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	seen := map[string]bool{}
	for _, r := range All {
		if r.ID == "" || r.Text == "" || r.Source == "" || seen[r.ID] {
			t.Errorf("%+v is not whole, or not the only one of its name", r)
		}
		seen[r.ID] = true
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", r.ID, r.Text, r.Source)
	}
	if !strings.Contains(string(page), want.String()) {
		t.Errorf("the page must have these lines:\n%s", want.String())
	}
}
