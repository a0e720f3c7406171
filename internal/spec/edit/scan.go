package edit

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// skipBlanks skips spaces and tabs.
func (f *File) skipBlanks(at int) int {
	for at < len(f.data) && (f.data[at] == ' ' || f.data[at] == '\t') {
		at++
	}
	return at
}

// skipLayout skips blanks, line breaks and comments.
func (f *File) skipLayout(at int) int {
	for at < len(f.data) {
		switch n := breakAt(f.data, at); {
		case n > 0:
			at += n
		case f.data[at] == ' ' || f.data[at] == '\t':
			at++
		case f.data[at] == '#':
			at = f.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// lineEnd is the offset of the line break at the end of a line, or the end of the file.
func (f *File) lineEnd(at int) int {
	for at < len(f.data) && breakAt(f.data, at) == 0 {
		at++
	}
	return at
}

// nextLine is where the next line starts.
func (f *File) nextLine(at int) int {
	at = f.lineEnd(at)
	if at < len(f.data) {
		at += breakAt(f.data, at)
	}
	return at
}

// lineStart is where the line of an offset starts.
func (f *File) lineStart(at int) int {
	i, _ := slices.BinarySearch(f.lines, at+1)
	return f.lines[max(i-1, 0)]
}

// afterProperties skips the anchor and tag of a value.
func (f *File) afterProperties(at int, y *yaml.Node) int {
	for at < len(f.data) && y.Kind != yaml.AliasNode && (f.data[at] == '&' && y.Anchor != "" || f.data[at] == '!' && y.Style&yaml.TaggedStyle != 0) {
		for at < len(f.data) && breakAt(f.data, at) == 0 && !strings.ContainsRune(" \t,[]{}", rune(f.data[at])) {
			at++
		}
		end := at
		at = f.skipLayout(at)
		if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			return end // an empty value: whatever follows does not belong to it
		}
	}
	return at
}

// endOfScalar is the end of a scalar that begins at an offset, in a list or mapping at the column outer.
func (f *File) endOfScalar(at, outer int, y *yaml.Node) (int, error) {
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return f.endOfQuoted(at, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		return f.endOfQuoted(at, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.endOfBlock(at, outer)
	}
	return f.endOfPlain(at, y.Value)
}

func (f *File) endOfQuoted(at int, quote byte) (int, error) {
	if err := f.expect(at, quote); err != nil {
		return 0, err
	}
	length := yamlnode.Closing(f.data[at+1:], quote)
	if length < 0 {
		return 0, errNotation
	}
	return at + 1 + length + 1, nil
}

// endOfPlain is the end of an unquoted scalar. It compares the value with the text, where line breaks are not yet folded.
func (f *File) endOfPlain(at int, value string) (int, error) {
	for value != "" {
		if end, breaks := f.fold(at); breaks > 0 {
			folded := strings.Repeat("\n", breaks-1)
			if breaks == 1 {
				folded = " "
			}
			rest, ok := strings.CutPrefix(value, folded)
			if !ok {
				return 0, errNotation
			}
			at, value = end, rest
			continue
		}
		r, width := utf8.DecodeRuneInString(value)
		if other, _ := utf8.DecodeRune(f.data[at:]); at >= len(f.data) || other != r {
			return 0, errNotation
		}
		at, value = at+width, value[width:]
	}
	return at, nil
}

// fold skips blanks and line breaks, and counts the line breaks.
func (f *File) fold(at int) (end, breaks int) {
	for end = at; end < len(f.data); {
		n := breakAt(f.data, end)
		switch {
		case n > 0:
			breaks++
			end += n
		case f.data[end] == ' ' || f.data[end] == '\t':
			end++
		default:
			return end, breaks
		}
	}
	return end, breaks
}

// endOfBlock is the end of the last line of a block scalar, whose text is indented further than outer. A digit in its
// header or else the first line that is not blank sets the indentation. Blank lines at the end belong to the text only if
// the header has a +.
func (f *File) endOfBlock(at, outer int) (int, error) {
	if at >= len(f.data) || f.data[at] != '|' && f.data[at] != '>' {
		return 0, errNotation
	}
	header := f.data[at:f.lineEnd(at)]
	if blank := bytes.IndexAny(header, " \t"); blank >= 0 {
		header = header[:blank]
	}
	indent := -1
	if digit := bytes.IndexAny(header, "123456789"); digit >= 0 {
		indent = max(outer, 0) + int(header[digit]-'0')
	}
	end := f.lineEnd(at)
	last := end
	for at = f.nextLine(at); at < len(f.data); at = f.nextLine(at) {
		stop := f.lineEnd(at)
		text := bytes.TrimLeft(f.data[at:stop], " ")
		width := stop - at - len(text)
		if indent < 0 && len(text) > 0 && width > outer {
			indent = width
		}
		switch {
		case len(text) == 0:
		case indent < 0 || width < indent:
			return blockEnd(header, end, last), nil
		default:
			end = stop
		}
		last = stop
	}
	return blockEnd(header, end, last), nil
}

func blockEnd(header []byte, end, last int) int {
	if bytes.ContainsRune(header, '+') {
		return last
	}
	return end
}

// findClosing finds the closing bracket of a list or mapping, and sets its end.
func (f *File) findClosing(n *Value) error {
	end := map[yaml.Kind]byte{yaml.SequenceNode: ']', yaml.MappingNode: '}'}[n.Node.Kind]
	at := f.skipLayout(n.End)
	if at < len(f.data) && f.data[at] == ',' && len(n.Items) > 0 {
		at = f.skipLayout(at + 1)
	}
	n.End = at + 1
	return f.expect(at, end)
}
