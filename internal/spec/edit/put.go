package edit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// put replaces n by a value. A block goes on lines of its own, below its key.
func (s *splicer) put(n *Value, v *yaml.Node) {
	wasBlock := n.block()
	block := v.Kind != yaml.ScalarNode && v.Style&yaml.FlowStyle == 0 && len(v.Content) > 0
	p := n.parent
	switch {
	case n.flow:
		s.replace(n.Inner, n.End, s.lead(n)+s.inline(v))
	case p == nil || p.Keys == nil:
		s.putItem(n, v)
	case !block && !wasBlock:
		s.putScalar(n, v)
	default:
		s.putBelow(n, v, block, wasBlock)
	}
}

// block reports whether a value is a list or mapping in block style.
func (n *Value) block() bool {
	return (n.Node.Kind == yaml.MappingNode || n.Node.Kind == yaml.SequenceNode) && n.Node.Style&yaml.FlowStyle == 0
}

// putItem replaces the value of a whole document, or of an item after its dash.
func (s *splicer) putItem(n *Value, v *yaml.Node) {
	text, err := s.f.layout.encode(s.withoutBlock(n, v))
	s.fail(err)
	lead := s.lead(n)
	s.replace(n.Inner, n.End, lead+s.f.layout.indent(text, s.f.column(n)+len(lead)))
}

// putScalar replaces a value on the line of its key.
func (s *splicer) putScalar(n *Value, v *yaml.Node) {
	_, text, _ := strings.Cut(s.entry(n.parent, addition{key: "k", value: s.withoutBlock(n, v)}), ": ")
	first, rest, several := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r") + s.headerComment(n)
	if several {
		first += s.f.layout.newline
	}
	s.replace(n.Inner, n.End, s.lead(n)+first+rest)
}

// headerComment is the comment after the | or > of a block scalar, with the blanks before it.
func (s *splicer) headerComment(n *Value) string {
	if n.Node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return ""
	}
	header := string(s.f.data[n.Inner:s.f.lineEnd(n.Inner)])
	if i := strings.IndexAny(header, " \t"); i >= 0 && strings.Contains(header[i:], "#") {
		return header[i:]
	}
	return ""
}

// withoutBlock is v, but not as a block scalar if something follows n on its line, such as a comment.
func (s *splicer) withoutBlock(n *Value, v *yaml.Node) *yaml.Node {
	if v.Kind != yaml.ScalarNode || v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || s.f.skipBlanks(n.End) == s.f.lineEnd(n.End) {
		return v
	}
	c := *v
	c.Style = yaml.DoubleQuotedStyle
	return &c
}

// lead is a blank if n is an empty value directly after its key or dash.
func (s *splicer) lead(n *Value) string {
	if n.Inner == n.End && n.Inner > 0 && (s.f.data[n.Inner-1] == ':' || s.f.data[n.Inner-1] == '-') {
		return " "
	}
	return ""
}

// putBelow replaces a value if the old or the new one is a block. A comment after the key stays on the line of the key.
func (s *splicer) putBelow(n *Value, v *yaml.Node, block, wasBlock bool) {
	text := strings.TrimPrefix(s.entry(n.parent, addition{key: "k", value: v}), "k:")
	after := n.parent.afterHead[slices.Index(n.parent.Items, n)]
	if n.Inner > n.Start { // an anchor or tag stays
		after = n.Start + len(strings.TrimRight(string(s.f.data[n.Start:s.f.endOfProperties(n)]), " \t"))
	}
	line := s.f.lineEnd(after)
	switch {
	case wasBlock && !block:
		s.replace(after, after, text)
		s.replace(line, s.f.lineEnd(n.End), "")
	case wasBlock:
		s.replace(line, s.f.lineEnd(n.End), text)
	default:
		s.replace(after, n.End, "")
		s.replace(s.f.lineEnd(n.End), s.f.lineEnd(n.End), text)
	}
}

// endOfProperties is the end of the anchor and tag of a value on the line where they begin, before any comment there.
func (f *File) endOfProperties(n *Value) int {
	end := min(n.Inner, f.lineEnd(n.Start))
	if at := strings.Index(string(f.data[n.Start:end]), " #"); at >= 0 {
		end = n.Start + at
	}
	return end
}
