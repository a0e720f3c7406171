package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// TestWorstFirst: targets of one state go by whom they let in, then by how many differences they have, then as the file has them.
func TestWorstFirst(t *testing.T) {
	plan := func(name string, changes, exposures int) document.Member {
		d := &document.Plan{Changes: make([]document.Change, changes), Felt: document.Felt{Counts: impact.Counts{Exposure: exposures}}}
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
