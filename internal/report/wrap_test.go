package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// TestBreakText checks where text is cut: after blanks and commas if there are any nearby.
func TestBreakText(t *testing.T) {
	for _, tc := range []struct {
		text  string
		width int
		want  []string
	}{
		{"a b c", 0, []string{"a b c"}},
		{"a b c", 5, []string{"a b c"}},
		{"aaaa bbbb cccc", 10, []string{"aaaa bbbb", "cccc"}},
		{"10.0.0.1,10.0.0.2", 12, []string{"10.0.0.1,", "10.0.0.2"}},
		{"aaaaaaaaaaaa", 5, []string{"aaaaa", "aaaaa", "aa"}},
		{"支付支付", 5, []string{"支付", "支付"}},
		{"支付", 1, []string{"支", "付"}},
	} {
		if d := cmp.Diff(tc.want, breakText(tc.text, tc.width)); d != "" {
			t.Errorf("%q at %d (-want +got):\n%s", tc.text, tc.width, d)
		}
	}
}

// TestWrapLine checks that lines are wrapped between words, and that further lines are indented.
func TestWrapLine(t *testing.T) {
	for _, tc := range []struct {
		line  string
		width int
		want  []string
	}{
		{"Plan: 1 to create.", 0, []string{"Plan: 1 to create."}},
		{"Plan: 1 to create.", 18, []string{"Plan: 1 to create."}},
		{"Plan: 1 to create.", 17, []string{"Plan: 1 to", "  create."}},
		{"    支付/付款 is bound", 16, []string{"    支付/付款 is", "      bound"}},
		{"  + a/very/long/address  is bound", 12, []string{"  + a/very/long/address", "    is bound"}},
		{"\x1b[1mPlan: 1 to create.\x1b[0m", 18, []string{"\x1b[1mPlan: 1 to create.\x1b[0m"}},
		{"\x1b[1mPlan: 1 to create.\x1b[0m", 12, []string{"\x1b[1mPlan: 1 to", "  create.\x1b[0m"}},
		{"    a bb", 4, []string{"    a", "  bb"}},
	} {
		if d := cmp.Diff(tc.want, wrapLine(tc.line, tc.width)); d != "" {
			t.Errorf("%q at %d (-want +got):\n%s", tc.line, tc.width, d)
		}
	}
}

// What a person must approve is shown completely, however long it is, and fits on the screen.
func TestNothingIsCutOff(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 300)
	script := strings.Repeat("a line of a script\n", 200)
	var many []any
	for i := range 100 {
		many = append(many, strings.Repeat("9", i%30+1)+".example.com")
	}
	for _, action := range []diff.Action{diff.Create, diff.Update, diff.Delete} {
		d := document.EmptyPlan(document.Head{})
		d.Changes = []document.Change{{Address: "acl/a", Kind: "acl", Name: "a", Action: action, Fields: []document.Field{
			{Path: "/before", Before: long},
			{Path: "/after", After: long},
			{Path: "/script", Before: script, After: script + "end"},
			{Path: "/members", Added: many, Removed: many},
		}}}
		for _, width := range []int{0, 60, 100} {
			var out bytes.Buffer
			if err := writeText(&out, d, Style{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if width > 0 && strings.HasPrefix(line, indent) && wide(strings.TrimSuffix(line, "\n")) > width {
					t.Errorf("%s: %d columns hold %q", action, width, line)
				}
			}
			if strings.Contains(strings.ReplaceAll(out.String(), " … ", ""), "…") {
				t.Errorf("%s: something is cut off at %d columns:\n%s", action, width, out.String())
			}
			want := strings.Count(long, "abcdefghi")
			if action == diff.Update {
				want *= 2
			}
			if n := strings.Count(squeezed(out.String()), "abcdefghi"); n != want {
				t.Errorf("%s: %d of %d words are there at %d columns", action, n, want, width)
			}
		}
	}
}

// squeezed is a text without blanks and line breaks.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
