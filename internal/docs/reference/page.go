// Package reference writes the reference pages of the documentation from what the program itself knows:
// commands and flags, keys of files, schemas of outputs, error codes. Only tests import it.
package reference

import (
	"fmt"
	"regexp"
	"strings"
)

// generatedNote begins every page, so that nobody edits it by hand.
const generatedNote = "<!-- Made by make docs from the program's own descriptions. -->\n\n"

// page collects Markdown.
type page struct{ strings.Builder }

func newPage(title string) *page {
	p := &page{}
	p.printf("%s# %s\n", generatedNote, title)
	return p
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// text adds a paragraph.
func (p *page) text(words string) { p.printf("\n%s\n", words) }

// table adds a table; cells may hold Markdown.
func (p *page) table(head []string, rows [][]string) {
	p.printf("\n| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(strings.ReplaceAll(cell, "\n", " "), "|", `\|`)
		}
		p.printf("| %s |\n", strings.Join(cells, " | "))
	}
}

// code shows text as it is.
func code(text string) string {
	if text == "" {
		return ""
	}
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// literal finds what help texts quote literally: flags, variables, files, placeholders.
var literal = regexp.MustCompile(`\$\{[^}]*\}|--[a-z][a-z-]*(=[A-Z]+)?|\bAPIGW_SYNC_[A-Z_]*|\B\.apigw-sync\.yaml|\b[\w-]+\.ya?ml\b|\{generate: N\}|"METHOD /path"`)

// special are the characters that Markdown would take for markup.
var special = strings.NewReplacer("*", `\*`, "<", "&lt;")

// prose makes Markdown of a help text in which nothing is marked up.
func prose(text string) string {
	var b strings.Builder
	for at := 0; ; {
		found := literal.FindStringIndex(text[at:])
		if found == nil {
			b.WriteString(special.Replace(text[at:]))
			return b.String()
		}
		b.WriteString(special.Replace(text[at : at+found[0]]))
		b.WriteString(code(text[at+found[0] : at+found[1]]))
		at += found[1]
	}
}

// anchor is the link target of a heading.
func anchor(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return -1
	}, heading)
	return kept
}
