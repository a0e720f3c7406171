package manpage

import "strings"

// roff builds a page.
type roff struct{ strings.Builder }

var quoter = strings.NewReplacer(`\`, `\e`, `"`, `\(dq`)

// macro writes a macro with arguments, which may contain spaces.
func (b *roff) macro(name string, arguments ...string) {
	b.WriteString("." + name)
	for _, a := range arguments {
		b.WriteString(` "` + quoter.Replace(a) + `"`)
	}
	b.WriteString("\n")
}

func (b *roff) section(title string) { b.macro("SH", title) }

// line writes a line that is already escaped.
func (b *roff) line(s string) { b.WriteString(s + "\n") }

// text writes paragraphs. Indented lines are written as they are.
func (b *roff) text(s string) {
	var plain, kept []string
	flush := func() {
		if len(plain) > 0 {
			b.line(strings.Join(plain, "\n"))
		}
		b.verbatim(kept)
		plain, kept = nil, nil
	}
	first := true
	for paragraph := range strings.SplitSeq(strings.Trim(s, "\n"), "\n\n") {
		if !first {
			b.macro("PP")
		}
		first = false
		for line := range strings.SplitSeq(paragraph, "\n") {
			if indented := strings.HasPrefix(line, "  "); indented {
				kept = append(kept, line)
				continue
			}
			if len(kept) > 0 {
				flush()
				b.macro("PP")
			}
			plain = append(plain, escape(line))
		}
		flush()
	}
}

// verbatim writes lines as they are, indented.
func (b *roff) verbatim(lines []string) {
	if len(lines) == 0 {
		return
	}
	b.macro("RS", "4")
	b.macro("nf")
	for _, line := range lines {
		b.line(escape(strings.TrimPrefix(line, "  ")))
	}
	b.macro("fi")
	b.macro("RE")
}

// escaper prevents that roff interprets characters of a text. Hyphens stay ASCII hyphens, so that flags can be copied.
var escaper = strings.NewReplacer(`\`, `\e`, `-`, `\-`, "`", "\\(ga", "^", `\(ha`, "~", `\(ti`)

// escape returns the roff source that is shown as s.
func escape(s string) string {
	lines := strings.Split(escaper.Replace(s), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

func bold(s string) string   { return `\fB` + escape(s) + `\fR` }
func italic(s string) string { return `\fI` + escape(s) + `\fR` }
