package report

import (
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/docs/manual"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textManual writes what a key is, what it may be, an example, and the keys in it.
func (p *page) textManual(d *document.Manual) {
	e := d.Key
	if e == nil {
		return
	}
	title := e.Path
	if title == "" {
		title = "a document"
	}
	kind := e.Type
	if e.Required {
		kind += ", required"
	}
	p.linef("%s%s%s", p.paint(title, color.Bold), gap, kind)
	p.linef("")
	p.paragraph(e.Description, "")
	p.facts(e)
	p.entries("It has one of these forms", e.Forms)
	p.entries("By type", e.Types)
	p.entries("Keys in it (* required)", e.Keys)
	if e.Example != "" {
		p.linef("\n%s", p.paint("Example", color.Bold))
		p.indented(indent, e.Example)
	}
}

// facts writes what is known besides the description, one fact on each line.
func (p *page) facts(e *manual.Entry) {
	facts := [][2]string{
		{"one of", strings.Join(e.Values, ", ")},
		{"unit", e.Unit},
		{"default", shownDefault(e.Default)},
		{"absent", e.Absent},
		{"rules", strings.Join(e.Rules, "; ")},
	}
	if e.Nullable {
		facts = append(facts, [2]string{"null", "the same as absent"})
	}
	if e.Replaces {
		facts = append(facts, [2]string{"note", shape.ImmutableNote})
	}
	if e.Secret {
		facts = append(facts, [2]string{"note", shape.SecretNote})
	}
	first := true
	for _, f := range facts {
		if f[1] == "" {
			continue
		}
		if first {
			p.linef("")
		}
		first = false
		const label = 9
		p.paragraph(pad(f[0], label)+f[1], strings.Repeat(" ", label), indent)
	}
}

func shownDefault(v any) string {
	if v == nil {
		return ""
	}
	return document.Show(v, false)
}

// entries writes a line for each key, with a sentence about it; nested keys follow, indented.
func (p *page) entries(title string, list []*manual.Entry) {
	if len(list) == 0 {
		return
	}
	p.linef("\n%s", p.paint(title, color.Bold))
	p.tree(list, indent, nameWidth(list, 0))
}

func nameWidth(list []*manual.Entry, depth int) (width int) {
	for _, e := range list {
		width = max(width, 2*depth+wide(label(e)), nameWidth(e.Keys, depth+1), nameWidth(e.Types, depth+1))
	}
	return width
}

func label(e *manual.Entry) string {
	switch {
	case e.Name == "":
		return e.Type
	case e.Required:
		return e.Name + "*"
	}
	return e.Name
}

func (p *page) tree(list []*manual.Entry, margin string, width int) {
	for _, e := range list {
		text := e.Description
		if e.Name != "" {
			text = e.Type + ". " + text
		}
		p.paragraph(pad(label(e), width)+gap+text, strings.Repeat(" ", width)+gap, margin)
		p.tree(e.Types, margin+"  ", width-2)
		p.tree(e.Keys, margin+"  ", width-2)
	}
}

// plainWidth is the width of paragraphs if the output does not go to a terminal, and their maximum width if it does.
const (
	plainWidth = 80
	maxWidth   = 110
)

// paragraph writes text after a margin, broken at blanks to fit the terminal. Lines after the first are indented
// further by hang.
func (p *page) paragraph(text, hang string, margin ...string) {
	left := strings.Join(margin, "")
	for _, line := range p.wrap(text, hang, left, plainWidth) {
		p.linef("%s%s", left, line)
	}
}

// wrap breaks text at blanks into the lines of a paragraph; plain is its width, including the margin, without a
// terminal.
func (p *page) wrap(text, hang, left string, plain int) (lines []string) {
	width := plain
	if p.style.Width > 0 {
		width = min(p.style.Width, maxWidth)
	}
	width = max(width-wide(left), wide(hang)+20)
	line := text[:len(text)-len(strings.TrimLeft(text, " "))]
	for i, word := range words(strings.TrimLeft(text, " ")) {
		if i > 0 && wide(line)+wide(word) > width && strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " "))
			line, word = hang, strings.TrimLeft(word, " ")
		}
		line += word
	}
	return append(lines, strings.TrimRight(line, " "))
}

// words cuts a text into words, each with the blanks before it.
func words(text string) (out []string) {
	start := 0
	for i := 1; i < len(text); i++ {
		if text[i] == ' ' && text[i-1] != ' ' {
			out = append(out, text[start:i])
			start = i
		}
	}
	return append(out, text[start:])
}
