package report

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

const contextLines = 3 // unchanged lines that stay visible beside a changed one

// line is one line of a comparison of texts. Mark is '+', '-', ' ', or '…' for lines left out.
type line struct {
	mark rune
	text string
}

// compareLines tells two texts apart line by line; nil when only the end of the last line differs.
func compareLines(before, after string) []line {
	before, after = ended(before), ended(after)
	if before == after {
		return nil
	}
	return fold(allLines(before, after))
}

// allLines is the whole comparison, a line of either text each.
func allLines(before, after string) (all []line) {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	a, b, texts := d.DiffLinesToRunes(before, after)
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), texts) {
		mark := map[diffmatchpatch.Operation]rune{
			diffmatchpatch.DiffInsert: '+', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffEqual: ' ',
		}[part.Type]
		for text := range strings.Lines(part.Text) {
			all = append(all, line{mark, strings.TrimSuffix(text, "\n")})
		}
	}
	return all
}

func ended(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

// fold leaves out unchanged lines that are far from any change.
func fold(all []line) []line {
	near := make([]bool, len(all))
	for i, l := range all {
		if l.mark == ' ' {
			continue
		}
		for j := max(0, i-contextLines); j <= min(len(all)-1, i+contextLines); j++ {
			near[j] = near[j] || j == i || all[j].mark == ' '
		}
	}
	var out []line
	for i := 0; i < len(all); {
		if near[i] {
			out = append(out, all[i])
			i++
			continue
		}
		start := i
		for i < len(all) && !near[i] {
			i++
		}
		lines := "lines"
		if i-start == 1 {
			lines = "line"
		}
		out = append(out, line{'…', fmt.Sprintf("%d %s", i-start, lines)})
	}
	return out
}
