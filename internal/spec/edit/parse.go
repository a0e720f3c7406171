package edit

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
	"go.yaml.in/yaml/v3"
)

// errNotation: the text is not at the position that the parser reports, as happens with rare notations such as keys after
// a question mark.
var errNotation = errors.New("this notation cannot be edited")

// Parse reads a file. The data is not copied, and must not change.
func Parse(data []byte) (*File, error) {
	trees, err := yamlnode.Documents(data)
	if err != nil {
		return nil, err
	}
	f := &File{data: data, lines: lineStarts(data), docs: make([]*Value, len(trees))}
	l := locator{f: f, anchors: map[*yaml.Node]*Value{}}
	for i, y := range trees {
		if len(y.Content) == 0 {
			continue
		}
		if f.docs[i], err = l.locate(y.Content[0], nil); err != nil {
			return nil, err
		}
	}
	f.layout = f.detectLayout()
	return f, nil
}

// lineStarts are the offsets of the lines, as the parser counts them.
func lineStarts(data []byte) []int {
	first := 0
	if bytes.HasPrefix(data, yamlnode.ByteOrderMark) {
		first = len(yamlnode.ByteOrderMark)
	}
	starts := []int{first}
	for i := first; i < len(data); {
		n := breakAt(data, i)
		if n > 0 {
			starts = append(starts, i+n)
		}
		i += max(n, 1)
	}
	return starts
}

// breakAt is the length of the line break at an offset; 0 when there is none.
func breakAt(data []byte, i int) int {
	rest := data[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		return 2
	case bytes.HasPrefix(rest, []byte("\n")), bytes.HasPrefix(rest, []byte("\r")):
		return 1
	case bytes.HasPrefix(rest, []byte("\u0085")):
		return 2
	case bytes.HasPrefix(rest, []byte("\u2028")), bytes.HasPrefix(rest, []byte("\u2029")):
		return 3
	}
	return 0
}

// offset is the offset of a line and column of the parser, which counts columns in characters.
func (f *File) offset(line, column int) (int, error) {
	if line < 1 || line > len(f.lines) {
		return 0, errNotation
	}
	at := f.lines[line-1]
	for range column - 1 {
		if at >= len(f.data) {
			return 0, errNotation
		}
		_, width := utf8.DecodeRune(f.data[at:])
		at += width
	}
	return at, nil
}

// locator finds the offsets of each value. The parser reports where values begin; where they end follows from their
// notation.
type locator struct {
	f       *File
	anchors map[*yaml.Node]*Value
}

func (l *locator) locate(y *yaml.Node, parent *Value) (*Value, error) {
	n, err := l.measure(y, parent)
	if err == errNotation { //nolint:errorlint // wrapped once, by the innermost value
		err = fmt.Errorf("line %d: %w", y.Line, err)
	}
	return n, err
}

func (l *locator) measure(y *yaml.Node, parent *Value) (*Value, error) {
	start, err := l.f.offset(y.Line, y.Column)
	if err != nil {
		return nil, err
	}
	n := &Value{Node: y, parent: parent, Start: start, Inner: l.f.afterProperties(start, y)}
	n.flow = y.Style&yaml.FlowStyle != 0 || parent != nil && parent.flow
	if y.Anchor != "" {
		l.anchors[y] = n
	}
	switch y.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		return n, l.collection(n)
	case yaml.AliasNode:
		if target := l.anchors[y.Alias]; target != nil {
			target.shared = true
		}
		n.End = n.Inner + 1 + len(y.Value)
		return n, l.f.expect(n.Inner, '*')
	default:
		outer := -1
		if parent != nil {
			outer = l.f.column(parent)
		}
		n.End, err = l.f.endOfScalar(n.Inner, outer, y)
		return n, err
	}
}

func (l *locator) collection(n *Value) error {
	n.End = n.Inner
	step := 1
	if n.Node.Kind == yaml.MappingNode {
		step = 2
	}
	if n.Node.Style&yaml.FlowStyle != 0 {
		if err := l.f.expect(n.Inner, map[int]byte{1: '[', 2: '{'}[step]); err != nil {
			return err // such as a pair without braces inside a list
		}
		n.End++
	}
	for i := 0; i+step <= len(n.Node.Content); i += step {
		if err := l.member(n, n.Node.Content[i:i+step]); err != nil {
			return err
		}
	}
	if n.Node.Style&yaml.FlowStyle != 0 {
		return l.f.findClosing(n)
	}
	return nil
}

// member locates an item, or a key and its value.
func (l *locator) member(n *Value, content []*yaml.Node) error {
	begins, err := l.head(n, content)
	if err != nil {
		return err
	}
	item, err := l.locate(content[len(content)-1], n)
	if err != nil {
		return err
	}
	if begins < 0 {
		begins = item.Start
	}
	n.Items, n.Begins = append(n.Items, item), append(n.Begins, begins)
	n.End = max(n.End, item.End)
	return nil
}

// head locates what precedes a value: its key or its dash; -1 in a list in brackets, where there is neither.
func (l *locator) head(n *Value, content []*yaml.Node) (begins int, err error) {
	switch {
	case len(content) == 2:
		key, err := l.locate(content[0], n)
		if err != nil {
			return 0, err
		}
		colon := l.f.skipBlanks(key.End)
		n.Keys, n.afterHead = append(n.Keys, key), append(n.afterHead, colon+1)
		n.End = max(n.End, colon+1)
		return key.Start, l.f.expect(colon, ':')
	case n.Node.Style&yaml.FlowStyle != 0:
		n.afterHead = append(n.afterHead, 0)
		return -1, nil
	}
	dash := l.f.skipLayout(n.End)
	n.afterHead = append(n.afterHead, dash+1)
	n.End = dash + 1
	return dash, l.f.expect(dash, '-')
}

// column is the indentation of a list or mapping in bytes: the column of its first dash or key.
func (f *File) column(n *Value) int { return n.Inner - f.lineStart(n.Inner) }

func (f *File) expect(at int, c byte) error {
	if at >= len(f.data) || f.data[at] != c {
		return errNotation
	}
	return nil
}
