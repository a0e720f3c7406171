package report

import (
	"regexp"
	"strings"

	"github.com/fatih/color"
	"github.com/rivo/uniseg"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// breakText cuts a text into lines of at most width columns: after a blank or a comma if one is near, else anywhere.
// Nothing is left out. A width of 0 means unlimited.
func breakText(text string, width int) (lines []string) {
	const near = 2 // a break counts as near in the last 1/near of the width
	for width > 0 {
		end, blank, columns := 0, 0, 0
		for g := uniseg.NewGraphemes(text); g.Next() && (columns+g.Width() <= width || end == 0); {
			_, end = g.Positions()
			columns += g.Width()
			if c := g.Str(); (c == " " || c == ",") && columns > width-width/near {
				blank = end
			}
		}
		if end == len(text) {
			break
		}
		if blank > 0 {
			end = blank
		}
		lines = append(lines, strings.TrimRight(text[:end], " "))
		text = text[end:]
	}
	return append(lines, text)
}

var paints = regexp.MustCompile("\x1b\\[[0-9;]*m")

// wrapLine wraps a line that is wider than width and may contain colours; continuation lines are indented further.
// Words stay in one piece, so that they can be copied. A width of 0 means unlimited.
func wrapLine(line string, width int) (out []string) {
	shown := func(s string) int { return wide(paints.ReplaceAllString(s, "")) }
	if width == 0 || shown(line) <= width {
		return []string{line}
	}
	const most = 24 // columns of a margin; a wider one would leave too little room
	text := strings.TrimLeft(line, " ")
	margin := len(line) - len(text)
	hang := strings.Repeat(" ", min(margin+2, most, width/2))
	line = line[:margin]
	for i, word := range words(text) {
		if below := hang + strings.TrimLeft(word, " "); i > 0 && shown(line+word) > width && shown(below) <= width {
			out = append(out, strings.TrimRight(line, " "))
			line, word = "", below
		}
		line += word
	}
	return append(out, line)
}

// room returns how many columns of a line are left after a margin; 0 if lines are unlimited.
func (p *page) room(margin int) int {
	const least = 20
	if p.style.Width == 0 {
		return 0
	}
	return max(p.style.Width-margin, least)
}

// lines writes the lines of a comparison; what does not fit on the screen is wrapped and indented.
func (p *page) lines(lines []line) {
	const lead = indent + "  "
	for _, l := range lines {
		var paint []color.Attribute
		switch l.mark {
		case '+':
			paint = []color.Attribute{color.FgGreen}
		case '-':
			paint = []color.Attribute{color.FgRed}
		case '…':
			paint = []color.Attribute{color.Faint}
		}
		mark := string(l.mark) + " "
		for _, text := range breakText(document.Clean(l.text), p.room(len(lead)+4)) {
			p.linef("%s", p.paint(lead+mark+text, paint...))
			mark = "    "
		}
	}
}

// members writes the added and removed members of a set, as many on a line as fit.
func (p *page) members(path string, members []string, a diff.Action) {
	line, columns := indent+path+":", wide(indent+path)+1
	for i, m := range members {
		hue := color.FgGreen
		if a == diff.Delete || strings.HasPrefix(m, document.RemovedSign) {
			hue = color.FgRed
		}
		if i < len(members)-1 {
			m += ","
		}
		if p.style.Width > 0 && columns+1+wide(m) > p.style.Width && columns > len(indent)+1 {
			p.linef("%s", line)
			line, columns = indent+" ", len(indent)+1
		}
		line, columns = line+" "+p.paint(m, hue), columns+1+wide(m)
	}
	p.linef("%s", line)
}
