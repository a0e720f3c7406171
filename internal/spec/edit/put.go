package edit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// put writes a value in the place of n. A block stands on lines of its own, below its key.
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

// block reports whether a value is a list or mapping that stands on lines of its own.
func (n *Value) block() bool {
	return (n.Node.Kind == yaml.MappingNode || n.Node.Kind == yaml.SequenceNode) && n.Node.Style&yaml.FlowStyle == 0
}

// putItem writes the value of a whole document, or of an item behind its dash.
func (s *splicer) putItem(n *Value, v *yaml.Node) {
	text, err := s.f.layout.encode(s.bare(n, v))
	s.fail(err)
	lead := s.lead(n)
	s.replace(n.Inner, n.End, lead+s.f.layout.indent(text, s.f.column(n)+len(lead)))
}

// putScalar writes a value on the line of its key.
func (s *splicer) putScalar(n *Value, v *yaml.Node) {
	_, text, _ := strings.Cut(s.entry(n.parent, addition{key: "k", value: s.bare(n, v)}), ": ")
	first, rest, several := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r") + s.behindHeader(n)
	if several {
		first += s.f.layout.newline
	}
	s.replace(n.Inner, n.End, s.lead(n)+first+rest)
}

// behindHeader is the comment behind the | or > of a text of several lines.
func (s *splicer) behindHeader(n *Value) string {
	if n.Node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return ""
	}
	header := string(s.f.data[n.Inner:s.f.lineEnd(n.Inner)])
	if i := strings.IndexAny(header, " \t"); i >= 0 && strings.Contains(header[i:], "#") {
		return header[i:]
	}
	return ""
}

// bare is v as a text of one line where something stands behind n on its line, such as a comment.
func (s *splicer) bare(n *Value, v *yaml.Node) *yaml.Node {
	if v.Kind != yaml.ScalarNode || v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || s.f.skipBlanks(n.End) == s.f.lineEnd(n.End) {
		return v
	}
	c := *v
	c.Style = yaml.DoubleQuotedStyle
	return &c
}

// lead is the space that an empty value lacks between its key or dash and what comes there.
func (s *splicer) lead(n *Value) string {
	if n.Inner == n.End && n.Inner > 0 && (s.f.data[n.Inner-1] == ':' || s.f.data[n.Inner-1] == '-') {
		return " "
	}
	return ""
}

// putBelow writes a value of which the old or the new one is a block. What stands behind the key on its line,
// such as a comment, stays.
func (s *splicer) putBelow(n *Value, v *yaml.Node, block, wasBlock bool) {
	text := strings.TrimPrefix(s.entry(n.parent, addition{key: "k", value: v}), "k:")
	behind := n.parent.least[slices.Index(n.parent.Items, n)]
	if n.Inner > n.Start { // an anchor or tag stays
		behind = n.Start + len(strings.TrimRight(string(s.f.data[n.Start:s.f.endOfProperties(n)]), " \t"))
	}
	line := s.f.lineEnd(behind)
	switch {
	case wasBlock && !block:
		s.replace(behind, behind, text)
		s.replace(line, s.f.lineEnd(n.End), "")
	case wasBlock:
		s.replace(line, s.f.lineEnd(n.End), text)
	default:
		s.replace(behind, n.End, "")
		s.replace(s.f.lineEnd(n.End), s.f.lineEnd(n.End), text)
	}
}

// endOfProperties is where the line ends on which the anchor or tag of a value stands, or the value begins.
func (f *File) endOfProperties(n *Value) int {
	end := min(n.Inner, f.lineEnd(n.Start))
	if at := strings.Index(string(f.data[n.Start:end]), " #"); at >= 0 {
		end = n.Start + at
	}
	return end
}
