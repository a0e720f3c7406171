package report

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const (
	maxOpenTables = 25  // up to this many differences, their tables are not folded
	maxCell       = 300 // characters of a cell
)

// markdownDrift adds the differences, then the other findings.
func (v *view) markdownDrift(b *sizedBuilder, traffic string, most int) {
	undeclared := v.markdownUndeclared(min(most/4, most-b.used-units(traffic)))
	if left := v.markdownTables(b, most-units(traffic)-units(undeclared)); left > 0 {
		b.add(fmt.Sprintf("\nNot shown: %s. Reports in other formats list all of them.\n", document.Count(left, "difference", "differences")))
	}
	b.add(undeclared + traffic)
}

// markdownTables adds the differences as a table with a column for each side, or as a table for each kind if there are
// many, and returns how many did not fit. A difference shows its fields only if the lines of all others still fit.
func (v *view) markdownTables(b *sizedBuilder, most int) (left int) {
	short := make([]int, len(v.Items)+1) // size of all items from this index on, one line each
	for i := len(v.Items) - 1; i >= 0; i-- {
		short[i] = short[i+1] + units(v.Items[i].tableRow())
		if v.tableBegins(i) {
			short[i] += units(v.tableFrame(v.Items[i].Kind, len(v.Items), ""))
		}
	}
	for at := 0; at < len(v.Items); {
		kind, end := v.Items[at].Kind, at+1
		for end < len(v.Items) && !v.tableBegins(end) {
			end++
		}
		room := most - b.used - units(v.tableFrame(kind, end-at, ""))
		var rows sizedBuilder
		for i := at; i < end; i++ {
			c := &v.Items[i]
			row := c.tableRow()
			if whole := row + c.tableFields(); rows.used+units(whole)+short[i+1] <= room {
				row = whole
			}
			if rows.used+units(row) > room {
				left += end - i
				break
			}
			rows.add(row)
		}
		if rows.used > 0 {
			b.add(v.tableFrame(kind, end-at, rows.String()))
		}
		at = end
	}
	return left
}

// tableBegins reports whether a table begins with an item.
func (v *view) tableBegins(i int) bool {
	return i == 0 || len(v.Items) > maxOpenTables && v.Items[i].Kind != v.Items[i-1].Kind
}

// tableFrame makes a table of its rows.
func (v *view) tableFrame(kind string, n int, rows string) string {
	table := "| | | " + document.OnGateway + " | " + document.InFiles + " |\n|---|---|---|---|\n" + rows
	if len(v.Items) <= maxOpenTables {
		return fmt.Sprintf("\n#### Differences (%d)\n\n%s", n, table)
	}
	return detailsOf(kind, document.Count(n, "difference", "differences"), table)
}

// tableRow returns the line of a difference: what it is about, and which side has it.
func (c *item) tableRow() string {
	there, missing := "is there", "–"
	about := ""
	if b := c.Binding; b != nil {
		about = b.Call()
		there = "is bound"
	}
	if about != "" {
		about = cellCode(document.Clip(about, maxCell))
	}
	what := cellCode(document.Clip(c.Address, maxCell))
	if at := c.Place(); at != "" {
		what += " " + cellCode(document.Clip(at, maxCell))
	}
	if c.Explanation != "" {
		what += "; " + cellCode(document.Clip(c.Explanation, maxCell))
	}
	onGateway, inFiles := there, there
	switch c.Divergence {
	case document.OnlyGateway:
		inFiles = missing
	case document.OnlyFiles:
		onGateway = missing
	default:
		about, onGateway, inFiles = strings.TrimSpace("differs "+about), "", ""
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", what, about, onGateway, inFiles)
}

// tableFields returns the lines of the fields that differ.
func (c *item) tableFields() string {
	var b strings.Builder
	for i := range c.Fields {
		f := &c.Fields[i]
		onGateway, inFiles := f.Both(c.Divergence, foldValue)
		onGateway, inFiles = cellCode(onGateway), cellCode(inFiles)
		switch c.Divergence {
		case document.OnlyGateway:
			inFiles = ""
		case document.OnlyFiles:
			onGateway = ""
		default:
		}
		fmt.Fprintf(&b, "| | %s | %s | %s |\n", cellCode(document.Clip(f.Path, maxCell)), onGateway, inFiles)
	}
	return b.String()
}

// markdownUndeclared folds the objects that no file declares, as many as fit.
func (v *view) markdownUndeclared(most int) string {
	const frame = 200
	if len(v.Health.Undeclared) == 0 || most < frame {
		return ""
	}
	var lines []string
	for _, u := range v.Health.Undeclared {
		lines = append(lines, document.Clip(document.Clean(u.Address), maxCell))
	}
	return details(fmt.Sprintf("On the gateway and not declared: %d", len(lines)), fence("", fitLines(lines, most-frame, "")))
}
