package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// TestWorstFirst checks that targets of the same state are sorted by exposures, then by number of differences, then as in the
// config file.
func TestWorstFirst(t *testing.T) {
	plan := func(name string, changes, exposures int) document.Member {
		d := &document.Plan{Changes: make([]document.Change, changes), ImpactTable: document.ImpactTable{Counts: impact.Counts{Exposure: exposures}}}
		return document.Member{Target: name, ExitCode: new(int), Document: d}
	}
	refused := plan("refused", 1, 0)
	refused.ExitCode = new(4)
	d := &document.Fleet{Targets: []document.Member{plan("well", 0, 0), plan("two", 2, 0), plan("also two", 2, 0), plan("open", 1, 1), plan("nine", 9, 0), refused}}
	var got []string
	for _, m := range worstFirst(d) {
		got = append(got, m.Target)
	}
	if d := cmp.Diff([]string{"refused", "open", "nine", "two", "also two", "well"}, got); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

// TestFleetPageVerdict checks that a target has the verdict of its page, and the fleet the verdict of its worst target, whatever
// the order.
func TestFleetPageVerdict(t *testing.T) {
	open := &document.Plan{Changes: []document.Change{{Address: "throttle/a", Kind: "throttle", Action: diff.Update}}, ImpactTable: document.ImpactTable{Counts: impact.Counts{Exposure: 1}}}
	d := &document.Fleet{Command: "diff", Targets: []document.Member{{Target: "skipped", Skipped: "wave 2 did not start"}, {Target: "open", ExitCode: new(2), Document: open}}}
	var b strings.Builder
	if err := writeFleetPage(&b, d, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<h1><span class="icon bad"`, `<h2 id="t1" tabindex="-1"><span class="icon bad"`, `<h2 id="t0" tabindex="-1"><span class="icon look"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
