package report

import (
	"fmt"
	"html"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// sizedBuilder builds Markdown and counts its size in UTF-16 code units. Whatever a site counts as characters, a text
// never has more of them than of these units.
type sizedBuilder struct {
	strings.Builder
	used int
}

func (b *sizedBuilder) add(s string) {
	b.WriteString(s)
	b.used += units(s)
}

// fitLines returns as many lines as fit into the room, followed by the mark and the number of those that do not.
func fitLines(lines []string, room int, mark string) string {
	var out sizedBuilder
	for i, line := range lines {
		if out.used+units(line)+1 > room {
			out.add(fmt.Sprintf("%sand %d more, which do not fit\n", mark, len(lines)-i))
			break
		}
		out.add(line + "\n")
	}
	return out.String()
}

// details returns a folded part with a summary.
func details(summary, body string) string {
	return fmt.Sprintf("\n<details><summary>%s</summary>\n\n%s\n</details>\n", summary, body)
}

// detailsOf returns a folded part about objects or bindings of a kind.
func detailsOf(kind, count, body string) string {
	return details("<code>"+html.EscapeString(document.Clean(kind))+"</code>: "+count, body)
}

// units counts the UTF-16 code units of a text.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// code makes a code span of text from outside: nothing in it is markup, a mention, a link or an emoji,
// and invisible characters are shown as escapes.
func code(s string) string {
	s = document.Clean(s)
	if s == "" {
		return "(empty)"
	}
	ticks := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.Trim(s, " ") == "" || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// fence makes a code block of lines, in which nothing is markup. The lines must be harmless already.
func fence(language, lines string) string {
	ticks := strings.Repeat("`", max(2, longestRun(lines))+1)
	return ticks + language + "\n" + lines + ticks + "\n"
}

// longestRun returns the length of the longest run of back-ticks.
func longestRun(s string) (longest int) {
	run := 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
