package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
)

// Unified writes how two versions of a file differ, in the format of diff -u and patch. Marks of lines are coloured if the
// style says so.
func Unified(w io.Writer, name string, before, after []byte, s Style) error {
	p := newPage(w, s)
	all := allLines(string(before), string(after))
	p.linef("%s", p.paint("--- "+name, color.Bold))
	p.linef("%s", p.paint("+++ "+name, color.Bold))
	if ended(string(before)) == ended(string(after)) { // only the end of the last line differs
		lines := strings.Split(strings.TrimSuffix(string(before), "\n"), "\n")
		at, text := len(lines), lines[len(lines)-1]
		p.linef("@@ -%d +%d @@\n-%s\n\\ No newline at end of file\n+%s", at, at, text, text)
		return p.Flush()
	}
	old, young := 1, 1
	for i := 0; i < len(all); {
		start, end := hunk(all, i)
		if start == end {
			break
		}
		o, y := counts(all[i:start])
		old, young = old+o, young+y
		o, y = counts(all[start:end])
		p.linef("%s", p.paint(fmt.Sprintf("@@ -%s +%s @@", span(old, o), span(young, y)), color.FgCyan))
		for _, l := range all[start:end] {
			p.linef("%s", p.paint(string(l.mark)+l.text, map[rune][]color.Attribute{'+': {color.FgGreen}, '-': {color.FgRed}}[l.mark]...))
		}
		old, young, i = old+o, young+y, end
	}
	return p.Flush()
}

// hunk returns the next run of changed lines from index i on, with the unchanged lines around them; empty if there is
// none.
func hunk(all []line, i int) (start, end int) {
	first := i
	for first < len(all) && all[first].mark == ' ' {
		first++
	}
	if first == len(all) {
		return first, first
	}
	last := first
	for j := first; j < len(all) && j <= last+2*contextLines; j++ {
		if all[j].mark != ' ' {
			last = j
		}
	}
	return max(i, first-contextLines), min(len(all), last+contextLines+1)
}

// counts returns how many lines of the old and of the new text a hunk has.
func counts(lines []line) (old, young int) {
	for _, l := range lines {
		if l.mark != '+' {
			old++
		}
		if l.mark != '-' {
			young++
		}
	}
	return old, young
}

// span returns a range of lines as hunks write it; an empty range is named by the line before it.
func span(from, lines int) string {
	if lines == 0 {
		from--
	}
	return strings.TrimSuffix(fmt.Sprintf("%d,%d", from, lines), ",1")
}
