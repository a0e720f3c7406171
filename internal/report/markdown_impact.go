package report

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// markdownImpact returns a table of what a plan means to callers, up to the given size.
func (v *view) markdownImpact(most int) string {
	const cell, names = 300, 800
	if len(v.ImpactTable.Rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| impact | where | what changes | calls |\n|---|---|---|---:|\n") // the verdict before it is its title
	for i := range v.ImpactTable.Rows {
		r := &v.ImpactTable.Rows[i]
		var aspects []string
		for _, line := range r.Lines() {
			aspects = append(aspects, cellCode(document.Clip(line, cell)))
		}
		where := cellCode(document.Clip(r.Where, cell))
		if len(r.Names) > 0 {
			where += ": " + cellCode(document.Clip(strings.Join(r.Names, ", "), names))
		}
		calls := ""
		if r.Calls != nil {
			calls = fmt.Sprint(*r.Calls)
		}
		line := fmt.Sprintf("| %s | %s | %s | %s |\n", levelWords[r.Level], where, strings.Join(aspects, "<br>"), calls)
		if units(b.String())+units(line) > most {
			fmt.Fprintf(&b, "| | | and %s, which do not fit | |\n", document.Count(len(v.ImpactTable.Rows)-i, "more", "more"))
			break
		}
		b.WriteString(line)
	}
	return b.String()
}

var levelWords = map[impact.Level]string{impact.Exposure: "🔴&nbsp;**exposure**", impact.Outage: "🟠&nbsp;**outage**", impact.Change: "change"}

// levelSigns are put before a verdict.
var levelSigns = map[impact.Level]string{impact.Exposure: "🔴 ", impact.Outage: "🟠 "}

// cellCode returns a code span in a table, where a bar would end the cell even inside a code span.
func cellCode(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }
