package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

// TestDangerFirst checks that each format shows the two exposures among 337 changes in its first lines.
func TestDangerFirst(t *testing.T) {
	d := sample.Many(337, 30)
	var entries []impact.Entry
	for i, api := range []string{"orders/open_one", "orders/open_two"} {
		entries = append(entries, impact.Entry{API: api, Environment: "RELEASE", Because: []string{d.Changes[i].Address}, Aspects: []impact.Aspect{
			{Name: impact.Access, Level: impact.Exposure, Before: fmt.Sprintf("%d networks", i+2), After: "anyone", Sure: true},
		}})
	}
	for i := range 40 {
		entries = append(entries, impact.Entry{
			API: fmt.Sprintf("orders/api_%d", i), Environment: "RELEASE", Because: []string{d.Changes[200+i].Address},
			Aspects: []impact.Aspect{{Name: impact.Limit, Level: impact.Change, Before: "none", After: fmt.Sprintf("%d per SECOND", i+1), Sure: true}},
		})
	}
	d.SetImpact(entries)
	for i := range 30 {
		d.Warnings = append(d.Warnings, document.Problem{Message: fmt.Sprintf("warning %d", i)})
	}
	for _, f := range All {
		if !f.Has("diff") {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			var out bytes.Buffer
			if err := f.Write(&out, d, Style{}); err != nil {
				t.Fatal(err)
			}
			text := beginning(f.Name, out.String())
			if f.Name == "prometheus" { // it has numbers
				if !strings.Contains(text, `level="exposure"} 2`) {
					t.Errorf("there are no exposures in the beginning:\n%s", text)
				}
				return
			}
			for _, api := range []string{"orders/open_one", "orders/open_two"} {
				if !strings.Contains(text, api) {
					t.Errorf("%s is not in the beginning:\n%s", api, text)
				}
			}
		})
	}
}

// beginning is the part of the output that a person, or the program that reads the format, sees first.
func beginning(format, out string) string {
	const lines = 15
	switch format {
	case "html": // the first part of the page
		_, out, _ = strings.Cut(out, "<main")
	case "sarif": // the first results
		_, out, _ = strings.Cut(out, `"results":`)
		return out[:min(len(out), 3_000)]
	case "json": // the first entries
		_, out, _ = strings.Cut(out, `"impact": [`)
		return out[:min(len(out), 1_000)]
	case "junit":
		_, out, _ = strings.Cut(out, "<testsuite ")
	}
	parts := strings.SplitAfterN(out, "\n", lines+1)
	return strings.Join(parts[:min(len(parts), lines)], "")
}

// GitHub shows ten annotations of each severity; the rest must be counted.
func TestAnnotationsAreFew(t *testing.T) {
	d := sample.Many(337, 30)
	for i := range 30 {
		d.Warnings = append(d.Warnings, document.Problem{Message: fmt.Sprintf("warning %d", i)})
		d.Errors = append(d.Errors, document.Problem{Message: fmt.Sprintf("error %d", i)})
	}
	var out bytes.Buffer
	if err := writeGitHub(&out, viewOf(d), Style{}); err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"error", "warning", "notice"} {
		if n := strings.Count(out.String(), "::"+level+" title="); n != githubMost {
			t.Errorf("%d annotations of the severity %s", n, level)
		}
		if !strings.Contains(out.String(), "more of this severity") {
			t.Errorf("annotations of the severity %s that are not shown are not counted", level)
		}
	}
}
