package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

// promotion writes a comparison of targets in a format.
func promotion(t *testing.T, format string, d *document.Promotion) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Find(format).Write(&b, d, report.Style{Append: new(job).add}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPromotionTellsAll checks that every format for people contains everything that a comparison of targets finds.
func TestPromotionTellsAll(t *testing.T) {
	for _, format := range []string{"text", "markdown"} {
		out := promotion(t, format, sample.Promotion(1))
		for _, want := range []string{
			"Promote: 2 undeclared differences, 1 only in staging, 1 only in prod, 1 declared on purpose.", "staging (STAGING) → prod (RELEASE)",
			"/api_call_limits: 100 → 900", "prod differs from its files, which say 800 (base/orders.yaml:12)", "/content/password: (sensitive) → (sensitive)",
			"the files of staging do not declare it", "with 2 acl bindings", "POST /v1/orders", "staging has no API orders/create",
			"${ORIGIN} at overlays/staging.yaml:7", "orders/refund", "1 binding cannot follow", "throttle/basic; see apigw-sync diff --target prod", "prod hides secrets",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is missing in\n%s", format, want, out)
			}
		}
	}
}

// TestPromotionFitsAComment checks that a comparison fits into a comment, however much the targets differ.
func TestPromotionFitsAComment(t *testing.T) {
	for _, n := range []int{0, 1, 100, 3_000} {
		out := promotion(t, "markdown", sample.Promotion(n))
		if size := len(utf16.Encode([]rune(out))); size > 60_000 {
			t.Errorf("%d of each: %d characters", n, size)
		}
		if n == 3_000 && (!strings.Contains(out, "- and more, which do not fit") || !strings.Contains(out, "Declared on purpose: 3000")) {
			t.Errorf("the report does not say what is left out:\n%s", out[:2_000])
		}
	}
}

// TestHostilePromotion checks that texts from files and gateways and names of targets are escaped.
func TestHostilePromotion(t *testing.T) {
	for i := range sample.Hostile {
		d := sample.Poison(sample.Promotion(2), i)
		d.APIs[0].Lacks, d.Unapplied[0].Target = d.To.Name, d.To.Name
		for _, format := range []string{"text", "markdown", "github"} {
			out := promotion(t, format, d)
			if strings.ContainsAny(out, "\x00\x01\x1b\x7f\u0085\u202e\u2066\u200b") {
				t.Errorf("%s %d contains invisible characters", format, i)
			}
			for line := range strings.Lines(out) {
				if format == "github" && strings.HasPrefix(line, "::error::") {
					t.Errorf("%d: a forged command: %s", i, line)
				}
			}
		}
		if sum, _, _ := strings.Cut(promotion(t, "markdown", d), "\n\n`"); strings.ContainsAny(strings.TrimPrefix(sum, "<!-- apigw-sync:promote -->"), "<[@") {
			t.Errorf("%d: a name of a target is markup:\n%s", i, sum)
		}
	}
}

// TestFailedPromotion checks that after a failure nothing says that targets are equal.
func TestFailedPromotion(t *testing.T) {
	d := document.NewPromotion(sample.Head, document.Target{Name: "staging"}, document.Target{Name: "prod"}, nil)
	d.Errors = sample.Failed().Errors
	out := promotion(t, "markdown", d)
	want := fmt.Sprintf("The comparison failed: %d error", len(d.Errors))
	if !strings.Contains(out, want) || strings.Contains(out, "undeclared") {
		t.Errorf("%s", out)
	}
}
