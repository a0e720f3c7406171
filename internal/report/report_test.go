package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares output with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

var (
	create = &kind.API{Group: "orders", Name: "create_order", Method: "POST", Path: "/v1/orders"}
	pay    = &kind.API{Group: "支付", Name: "付款", Method: "GET", Path: "/v1/pay/{id}"}
)

func source(line int) *kind.Source {
	return &kind.Source{File: "gateway/orders.yaml", Line: line, Column: 5}
}

func link(kindName, owner string, a *kind.API) *kind.Link {
	return &kind.Link{Kind: kindName, Owner: owner, To: a.Publication("RELEASE", "", "")}
}

// script is a text of several lines, with one of them different.
func script(at int, text string) string {
	lines := make([]string, 30)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", i+1)
	}
	lines[at] = text
	return strings.Join(lines, "\n") + "\n"
}

// everything is a plan that shows one of everything that a plan can show.
func everything() *diff.Plan {
	long := strings.Repeat("https://shop.example.com,", 20)
	return &diff.Plan{
		Changes: []diff.Change{
			{
				Address: "acl/office", Kind: "acl", Name: "office", Action: diff.Replace, Source: source(80),
				Fields: []diff.Field{{Path: "/entity_type", Before: "IP", After: "DOMAIN"}},
			},
			{
				Address: "app/mobile", Kind: "app", Name: "mobile", Action: diff.Update, Source: source(40), Note: "renamed from handy",
				Fields: []diff.Field{{Path: "/app_secret", Before: diff.Hidden, After: diff.Hidden, Sensitive: true}},
			},
			{
				Address: "app_code/mobile/#1a2b3c4d", Kind: "app_code", Name: "mobile", Action: diff.Create, Source: source(44),
				Fields: []diff.Field{{Path: "/app_code", Before: nil, After: diff.Hidden, Sensitive: true}},
			},
			{Address: "plugin/cors", Kind: "plugin", Name: "cors", Action: diff.Update, Source: source(60), Fields: []diff.Field{
				{Path: "/content/allow_origin", Before: long + "a", After: long + "b"},
				{Path: "/content/script", Before: script(15, "old"), After: script(15, "new \x1b[31mred")},
				{Path: "/remark", Before: "", After: "evil \u202e name"},
			}},
			{Address: "throttle/new", Kind: "throttle", Name: "new", Action: diff.Create, Source: source(12), Fields: []diff.Field{
				{Path: "/api_call_limits", Before: int64(0), After: int64(800)},
				{Path: "/name", Before: "", After: "new"},
				{Path: "/values", Before: []string(nil)},
			}},
			{Address: "throttle/old", Kind: "throttle", Name: "old", Action: diff.Delete},
			{Address: "throttle_binding/new/orders/create_order@RELEASE", Kind: "throttle_binding", Name: "new", Action: diff.Bind, Source: source(20), Link: link("throttle_binding", "new", create)},
			{Address: "throttle_binding/old/支付/付款@RELEASE", Kind: "throttle_binding", Name: "old", Action: diff.Unbind, Link: link("throttle_binding", "old", pay)},
		},
		Steps:     make([]diff.Step, 7),
		Extra:     []diff.Extra{{Address: "acl/forgotten"}},
		Ignored:   2,
		Unchanged: 4,
		Refusals:  []diff.Refusal{{Guard: "max-deletes", Reason: "2 deletes", Would: "gone would be all", Flag: "--max-deletes 2"}},
		Warnings:  []diff.Note{{Address: "acl/office", Source: source(81), Message: "has no hosts"}},
	}
}

var testHead = document.Head{FormatVersion: document.FormatVersion, ToolVersion: "v1.2.3", InstanceID: "a001"}

// TestPlan compares a plan with every kind of change with golden files, also in colour and on a narrow terminal.
func TestPlan(t *testing.T) {
	d := document.NewPlan(testHead, everything(), 9)
	for name, s := range map[string]Style{"plan.txt": {}, "plan-color.txt": {Color: true}, "plan-narrow.txt": {Width: 60}} {
		var b bytes.Buffer
		if err := text.Write(&b, d, s); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
	var b bytes.Buffer
	if err := machine.Write(&b, d, Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.json", b.Bytes())
}

// TestNoChanges checks the text of a plan without changes.
func TestNoChanges(t *testing.T) {
	var b bytes.Buffer
	if err := text.Write(&b, document.NewPlan(testHead, &diff.Plan{}, 9), Style{}); err != nil {
		t.Fatal(err)
	}
	if want := "No changes. The gateway matches the files.\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// unknown are members that are null if their value is not known, and are not lists.
var unknown = regexp.MustCompile(`"(summary|converged)": null`)

// TestEmptyListsAreNeverNull checks that JSON has [] for lists without entries.
func TestEmptyListsAreNeverNull(t *testing.T) {
	for _, d := range []any{document.EmptyPlan(testHead), document.NewPlan(testHead, &diff.Plan{}, 0), document.EmptyResults(testHead), document.NewResults(testHead, nil, nil), document.NewCheck(testHead, nil)} {
		var b bytes.Buffer
		if err := writeJSON(&b, d); err != nil {
			t.Fatal(err)
		}
		if out := unknown.ReplaceAllString(b.String(), ""); strings.Contains(out, "null") {
			t.Errorf("%T holds null:\n%s", d, b.String())
		}
	}
}

// TestResults compares the results of an apply with golden files.
func TestResults(t *testing.T) {
	plan := everything()
	results := make([]apply.Result, len(plan.Changes))
	for i := range results {
		results[i] = apply.Result{Change: &plan.Changes[i], Status: apply.Succeeded, Attempts: 1}
	}
	results[0].Attempts = 3
	results[1].Note = "was so already"
	results[3].Status = apply.Unknown
	results[4].Status, results[4].Error = apply.Failed, &apply.Failure{HTTPStatus: 400, ErrorCode: "APIG.3204", ErrorMsg: "Duplicate \x1b[31mname", RequestID: "7f3a"}
	results[5].Status = apply.Skipped
	results[6].Status, results[6].WaitedFor = apply.Skipped, "throttle/new"
	results[7].Status, results[7].BindID, results[7].Error = apply.Failed, "d3216b8d", &apply.Failure{ErrorCode: "APIG.3500", ErrorMsg: "Store is busy"}

	d := document.NewResults(testHead, results, plan.Changes[1:5])
	d.Requests, d.Stopped, d.Converged = document.Requests{Read: 12, Write: 8}, true, new(bool)
	var b bytes.Buffer
	if err := text.Write(&b, d, Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "results.txt", b.Bytes())
	b.Reset()
	if err := machine.Write(&b, d, Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "results.json", b.Bytes())
}

// TestClean checks which characters are shown as escapes.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"orders 支付 ✓": "orders 支付 ✓",
		"a\x1b[31mb":  `a\x1b[31mb`,
		"a\nb\tc\r":   `a\nb\tc\r`,
		"a\u202eb":    `a\u202eb`,
		"a\xffb":      `a\xffb`,
		"a\u0085b":    `a\u0085b`,
		"a\ufffdb":    `a` + "\ufffd" + `b`,
		"a\x00b\x7f":  `a\x00b\x7f`,
		"a\u00a0b":    `a\u00a0b`,
	} {
		if got := document.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzClean checks that no control character gets through.
func FuzzClean(f *testing.F) {
	f.Add("a\x1b]0;title\a\xff支")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range document.Clean(s) {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				t.Fatalf("Clean(%q) lets %U through", s, r)
			}
		}
	})
}

// TestProblem checks the form of problems with and without a position, a path and a hint.
func TestProblem(t *testing.T) {
	for _, c := range []struct {
		in   document.Problem
		want string
	}{
		{document.Problem{Message: "no access"}, "no access"},
		{document.Problem{Message: "no access", Hint: "ask"}, "no access; ask"},
		{document.Problem{File: "a.yaml", Line: 3, Column: 7, Path: "/x", Message: "bad", Hint: "fix"}, "a.yaml:3:7: /x: bad; fix"},
		{document.Problem{File: "a.yaml", Message: "bad"}, "a.yaml: bad"},
		{document.Problem{File: "a.yaml", Line: 3, Address: "acl/x", Message: "bad"}, "a.yaml:3: acl/x: bad"},
		{document.Problem{Address: "acl/\x1b", Message: "bad"}, `acl/\x1b: bad`},
	} {
		if got := c.in.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestCompareLines checks which lines of two texts are marked as changed, and which are left out.
func TestCompareLines(t *testing.T) {
	show := func(lines []line) string {
		var b strings.Builder
		for _, l := range lines {
			fmt.Fprintf(&b, "%c%s\n", l.mark, l.text)
		}
		return b.String()
	}
	for _, c := range []struct{ name, before, after, want string }{
		{"middle", script(15, "old"), script(15, "new"), "…12 lines\n line 13\n line 14\n line 15\n-old\n+new\n line 17\n line 18\n line 19\n…11 lines\n"},
		{"end of text", "a\nb", "a\nb\nc\n", " a\n b\n+c\n"},
		{"only the last line end", "a\nb", "a\nb\n", ""},
		{"new", "", "a\nb\n", "+a\n+b\n"},
		{"gone", "a\nb\n", "", "-a\n-b\n"},
	} {
		if d := cmp.Diff(c.want, show(compareLines(c.before, c.after))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	if got := compareLines("", strings.Repeat("a\n", 1000)); len(got) != 1000 {
		t.Errorf("a new text of 1000 lines takes %d", len(got))
	}
}

// BenchmarkPlan measures each format on plans of three sizes.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{10, 1_000, 50_000} {
		p := &diff.Plan{Changes: make([]diff.Change, n)}
		for i := range p.Changes {
			address := fmt.Sprintf("throttle_binding/t%d/orders/create_order@RELEASE", i)
			p.Changes[i] = diff.Change{Address: address, Kind: "throttle_binding", Name: "t", Action: diff.Bind, Source: source(i), Link: link("throttle_binding", "t", create)}
		}
		for _, f := range All {
			b.Run(fmt.Sprintf("%s/%d", f.Name, n), func(b *testing.B) {
				for b.Loop() {
					var out bytes.Buffer
					if err := f.Write(&out, document.NewPlan(testHead, p, 0), Style{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
