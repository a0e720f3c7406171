package report

import (
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const contextLines = 3 // unchanged lines that are shown before and after a changed one

// line is one line of a comparison of texts. Mark is '+', '-', ' ', or '…' for lines left out.
type line struct {
	mark rune
	text string
}

// compareLines compares two texts line by line; nil if they differ only in the end of the last line.
func compareLines(before, after string) []line {
	before, after = ended(before), ended(after)
	if before == after {
		return nil
	}
	return fold(allLines(before, after))
}

// allLines returns the whole comparison, with every line of both texts.
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
func fold(all []line) (out []line) {
	for at := 0; at < len(all); {
		start, end := hunk(all, at)
		if start > at {
			out = append(out, line{'…', document.Count(start-at, "line", "lines")})
		}
		out, at = append(out, all[start:end]...), max(start, end)
	}
	return out
}
