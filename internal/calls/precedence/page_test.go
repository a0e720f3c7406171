package precedence

import (
	"os"
	"strings"
	"testing"
)

// TestDocumented checks that the page about tests of intent lists the rules in the same words.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/howto/test-intent.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| Rule | Says | Page of the vendor |\n|---|---|---|\n")
	seen := map[string]bool{}
	for _, r := range All {
		if r.ID == "" || r.Text == "" || r.Source == "" || seen[r.ID] {
			t.Errorf("%+v is incomplete, or another rule has the same id", r)
		}
		seen[r.ID] = true
		row := "| `" + r.ID + "` | " + r.Text + " | " + r.Source + " |\n"
		want.WriteString(row)
		if n := strings.Count(string(page), row); n != 1 {
			t.Errorf("the rule %s is on the page %d times, not once", r.ID, n)
		}
	}
	want.WriteString("\n")
	if !strings.Contains(string(page), want.String()) {
		t.Errorf("the page must have these lines:\n%s", want.String())
	}
}
