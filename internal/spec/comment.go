package spec

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Comment is a comment of an input that begins with a marker.
type Comment struct {
	Source kind.Source // of its #
	Text   string      // after the marker, without surrounding blanks
	Alone  bool        // its line holds nothing else
	Line   int         // the line that it is about: its own or, when it is alone, the next line with a value; 0 when there is none
}

// commentReader finds comments in the text of an input. The parser drops comments, or keeps them without a position,
// so it serves only to find the scalars inside which a # does not begin a comment.
type commentReader struct {
	marker string
	texts  []textNode
	data   []byte
	starts []int // offsets in data at which lines begin
}

// textNode is a scalar that may contain a #: one in quotes, or a block scalar.
type textNode struct {
	begins, ends position // ends is the start of the next value, or the zero mark at the end of the input
	block        bool
	quote        byte
}

// position is a position in an input; columns count characters.
type position struct{ line, column int }

func (m position) before(other position) bool {
	return m.line < other.line || m.line == other.line && m.column < other.column
}

// addScalars records the quoted and block scalars of a document.
func (r *commentReader) addScalars(y *yaml.Node) {
	at := position{y.Line, y.Column}
	if last := len(r.texts) - 1; last >= 0 && r.texts[last].ends == (position{}) && y.Kind != yaml.DocumentNode {
		r.texts[last].ends = at
	}
	switch {
	case y.Kind != yaml.ScalarNode:
	case y.Style&yaml.DoubleQuotedStyle != 0:
		r.texts = append(r.texts, textNode{begins: at, quote: '"'})
	case y.Style&yaml.SingleQuotedStyle != 0:
		r.texts = append(r.texts, textNode{begins: at, quote: '\''})
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		r.texts = append(r.texts, textNode{begins: at, block: true})
	}
	for _, inner := range y.Content {
		r.addScalars(inner)
	}
}

// list returns the comments of an input. All its documents must have been passed to see.
func (r *commentReader) list(in Input) (out []Comment) {
	r.data = bytes.TrimPrefix(in.Data, yamlnode.ByteOrderMark)
	lines := bytes.SplitAfter(r.data, []byte("\n"))
	start := 0
	for i, line := range lines {
		r.starts = append(r.starts, start)
		for _, begins := range candidates(line, r.marker) {
			at := position{i + 1, 1 + utf8.RuneCount(line[:begins])}
			if r.insideText(start+begins, at) {
				continue
			}
			_, text, _ := bytes.Cut(line[begins:], []byte(r.marker))
			c := Comment{Source: kind.Source{File: in.Name, Line: at.line, Column: at.column}, Text: string(bytes.TrimSpace(text)), Line: at.line}
			if c.Alone = len(bytes.TrimSpace(line[:begins])) == 0; c.Alone {
				c.Line = nextValue(lines, at.line)
			}
			out = append(out, c)
			break // the rest of the line belongs to this comment
		}
		start += len(line)
	}
	return out
}

// candidates are the offsets in a line where a comment with the marker may begin.
func candidates(line []byte, marker string) (out []int) {
	for i := range line {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') &&
			bytes.HasPrefix(bytes.TrimLeft(line[i+1:], " \t"), []byte(marker)) {
			out = append(out, i)
		}
	}
	return out
}

// nextValue is the number of the first line, searched from index i on, that holds more than comments and the dash of
// an item.
func nextValue(lines [][]byte, i int) int {
	for ; i < len(lines); i++ {
		if line := bytes.TrimSpace(lines[i]); len(line) > 0 && string(line) != "-" && line[0] != '#' {
			return i + 1
		}
	}
	return 0
}

// insideText reports whether the # at an offset, which is the position at, belongs to a scalar.
func (r *commentReader) insideText(offset int, at position) bool {
	i := sort.Search(len(r.texts), func(i int) bool { return at.before(r.texts[i].begins) }) - 1
	if i < 0 || r.texts[i].ends != (position{}) && !at.before(r.texts[i].ends) {
		return false
	}
	t := &r.texts[i]
	begins := r.starts[t.begins.line-1]
	if t.block {
		return insideBlock(r.data[begins:], offset-begins)
	}
	for range t.begins.column - 1 {
		_, width := utf8.DecodeRune(r.data[begins:])
		begins += width
	}
	open := begins + bytes.IndexByte(r.data[begins:], t.quote) // an anchor may come first
	end := yamlnode.Closing(r.data[open+1:], t.quote)
	return end < 0 || offset < open+1+end
}

// insideBlock reports whether an offset belongs to the block scalar whose | or > is on the first line of data:
// no line up to the offset is indented less than the first line of its text.
func insideBlock(data []byte, offset int) bool {
	first := 0
	for i, line := range bytes.Split(data[:offset+1], []byte("\n")) {
		indent := len(line) - len(bytes.TrimLeft(line, " "))
		switch {
		case i == 0 || len(bytes.TrimSpace(line)) == 0:
		case first == 0:
			first = indent
		case indent < first:
			return false
		}
	}
	return first > 0
}
