package format

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// comment is a comment of a file.
type comment struct {
	start, end int
	text       string
	column     int
	gap        int  // blanks before it, if something precedes it on its line
	alone      bool // nothing precedes it on its line
	blank      bool // there is a blank line above it
}

// commentsIn finds all comments. Outside of values, every # begins one.
func commentsIn(data []byte, documents []*edit.Value) (out []comment) {
	at := 0
	between := func(to int) {
		for at < to {
			i := bytes.IndexByte(data[at:to], '#')
			if i < 0 {
				break
			}
			start := at + i
			end := start + len(lineFrom(data, start))
			before := data[lineStart(data, start):start]
			visible := bytes.TrimRight(before, " \t")
			c := comment{start: start, end: end, text: strings.TrimRight(string(data[start:end]), " \t"), column: len(before), gap: max(1, len(before)-len(visible)), alone: len(visible) == 0}
			c.blank = c.alone && blankAbove(data, start, at)
			out = append(out, c)
			at = end
		}
		at = max(at, to)
	}
	var walk func(v *edit.Value)
	walk = func(v *edit.Value) {
		if v.Node.Kind == yaml.ScalarNode || v.Node.Kind == yaml.AliasNode {
			between(v.Start)
			at = max(at, v.End)
			return
		}
		for i, item := range v.Items {
			if len(v.Keys) > 0 {
				walk(v.Keys[i])
			}
			walk(item)
		}
	}
	for _, root := range documents {
		if root != nil {
			walk(root)
		}
	}
	between(len(data))
	return out
}

func lineStart(data []byte, at int) int { return bytes.LastIndexByte(data[:at], '\n') + 1 }

// lineFrom is the rest of a line.
func lineFrom(data []byte, at int) []byte {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return data[at : at+i]
	}
	return data[at:]
}

// blankAbove reports whether the line above an offset is blank and does not belong to a value that ends at last.
func blankAbove(data []byte, at, last int) bool {
	start := lineStart(data, at)
	if start == 0 {
		return false
	}
	above := lineStart(data, start-1)
	return above > last && len(bytes.TrimSpace(data[above:start])) == 0
}

// takeBefore removes the comments before an offset from p.left, and returns them.
func (p *printer) takeBefore(before int) []comment {
	i := slices.IndexFunc(p.left, func(c comment) bool { return c.start >= before })
	if i < 0 {
		i = len(p.left)
	}
	taken := p.left[:i]
	p.left = p.left[i:]
	return slices.Clone(taken)
}

// trailingComment takes the comment after something that ends at an offset, with the blanks before it; "" when there is
// none.
func (p *printer) trailingComment(end int) string {
	if len(p.left) == 0 || p.left[0].alone || lineStart(p.data, p.left[0].start) > end || p.left[0].start < end {
		return ""
	}
	c := p.left[0]
	p.left = p.left[1:]
	return strings.Repeat(" ", c.gap) + c.text
}

// continuation takes the comments directly below a trailing comment, at the same column: they are its further lines.
func (p *printer) continuation(first comment) (out []string) {
	line := lineStart(p.data, first.start)
	for len(p.left) > 0 && p.left[0].alone && p.left[0].column == first.column && first.column > 0 {
		next := line + len(lineFrom(p.data, line)) + 1
		if lineStart(p.data, p.left[0].start) != next {
			break
		}
		out = append(out, p.left[0].text)
		p.left, line = p.left[1:], next
	}
	return out
}

// texts are the lines of comments that are alone on their line, with the blank lines between them.
func texts(comments []comment) (out []string) {
	for i, c := range comments {
		if c.blank && i > 0 {
			out = append(out, "")
		}
		out = append(out, c.text)
	}
	return out
}
