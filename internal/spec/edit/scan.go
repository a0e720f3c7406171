package edit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// skipBlanks passes over spaces and tabs.
func (f *File) skipBlanks(at int) int {
	for at < len(f.data) && (f.data[at] == ' ' || f.data[at] == '\t') {
		at++
	}
	return at
}

// skipLayout passes over blanks, line breaks and comments.
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

// lineEnd is the offset of the break that ends the line of an offset, or the end of the file.
func (f *File) lineEnd(at int) int {
	for at < len(f.data) && breakAt(f.data, at) == 0 {
		at++
	}
	return at
}

// nextLine is where the line behind that of an offset starts.
func (f *File) nextLine(at int) int {
	at = f.lineEnd(at)
	if at < len(f.data) {
		at += breakAt(f.data, at)
	}
	return at
}

// lineStart is where the line of an offset starts.
func (f *File) lineStart(at int) int {
	low, high := 0, len(f.lines)
	for high-low > 1 {
		if middle := (low + high) / 2; f.lines[middle] <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return f.lines[low]
}

// behindProperties passes over the anchor and tag of a value.
func (f *File) behindProperties(at int, y *yaml.Node) int {
	for at < len(f.data) && y.Kind != yaml.AliasNode && (f.data[at] == '&' && y.Anchor != "" || f.data[at] == '!' && y.Style&yaml.TaggedStyle != 0) {
		for at < len(f.data) && breakAt(f.data, at) == 0 && !strings.ContainsRune(" \t,[]{}", rune(f.data[at])) {
			at++
		}
		end := at
		at = f.skipLayout(at)
		if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			return end // nothing follows that belongs to it
		}
	}
	return at
}

// endOfScalar is where a scalar ends that begins at an offset, inside a list or mapping at the column outer.
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
	for at++; at < len(f.data); at++ {
		switch {
		case quote == '"' && f.data[at] == '\\', quote == '\'' && bytes.HasPrefix(f.data[at:], []byte("''")):
			at++
		case f.data[at] == quote:
			return at + 1, nil
		}
	}
	return 0, errPlace
}

// endOfPlain follows the text of a scalar without quotes, in which line breaks are folded.
func (f *File) endOfPlain(at int, value string) (int, error) {
	for value != "" {
		if end, breaks := f.fold(at); breaks > 0 {
			folded := strings.Repeat("\n", breaks-1)
			if breaks == 1 {
				folded = " "
			}
			rest, ok := strings.CutPrefix(value, folded)
			if !ok {
				return 0, errPlace
			}
			at, value = end, rest
			continue
		}
		r, width := utf8.DecodeRuneInString(value)
		if other, _ := utf8.DecodeRune(f.data[at:]); at >= len(f.data) || other != r {
			return 0, errPlace
		}
		at, value = at+width, value[width:]
	}
	return at, nil
}

// fold passes over blanks that hold line breaks, and counts these.
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

// endOfBlock is the end of the last line of a text behind | or >, which is indented further than outer. The first
// line that is not blank tells how far, unless a digit does. Blank lines at the end count where a + keeps them.
func (f *File) endOfBlock(at, outer int) (int, error) {
	if at >= len(f.data) || f.data[at] != '|' && f.data[at] != '>' {
		return 0, errPlace
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
			return keep(header, end, last), nil
		default:
			end = stop
		}
		last = stop
	}
	return keep(header, end, last), nil
}

func keep(header []byte, end, last int) int {
	if bytes.ContainsRune(header, '+') {
		return last
	}
	return end
}

// closed finds the bracket that ends a flow list or mapping.
func (f *File) closed(n *Value) error {
	end := map[yaml.Kind]byte{yaml.SequenceNode: ']', yaml.MappingNode: '}'}[n.Node.Kind]
	at := f.skipLayout(n.End)
	if at < len(f.data) && f.data[at] == ',' && len(n.Items) > 0 {
		at = f.skipLayout(at + 1)
	}
	n.End = at + 1
	return f.expect(at, end)
}
