package edit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// flow removes entries from a list or mapping in brackets, and inserts others.
func (s *splicer) flow(n *Value) {
	sep := s.separator(n)
	if len(n.Items) == 0 {
		if parts := s.parts(n, -1, -1); len(parts) > 0 {
			s.replace(n.Inner+1, n.End-1, strings.Join(parts, sep))
		}
		return
	}
	if parts := s.parts(n, -1, -1); len(parts) > 0 && !n.Items[0].removed {
		s.replace(n.Begins[0], n.Begins[0], wrapEach(parts, "", sep))
	}
	for i := 0; i < len(n.Items); i++ {
		if !n.Items[i].removed {
			if parts := s.parts(n, i, i); len(parts) > 0 {
				s.replace(n.endOf(i), n.endOf(i), wrapEach(parts, sep, ""))
			}
			continue
		}
		last := i
		for last+1 < len(n.Items) && n.Items[last+1].removed {
			last++
		}
		s.removeParts(n, i, last, sep)
		i = last
	}
}

// removeParts replaces the entries from first to last by others.
func (s *splicer) removeParts(n *Value, first, last int, sep string) {
	parts := s.parts(n, n.firstReplaced(first), last)
	switch {
	case last+1 < len(n.Items):
		s.replace(n.Begins[first], n.Begins[last+1], wrapEach(parts, "", sep))
	case first > 0:
		s.replace(n.endOf(first-1), n.endOf(last), wrapEach(parts, sep, ""))
	default:
		s.replace(n.Begins[0], n.endOf(last), strings.Join(parts, sep))
	}
}

func (n *Value) endOf(i int) int { return max(n.Items[i].End, n.afterHead[i]) }

// separator is what separates entries: a comma and a blank or, if entries have lines of their own, a line break.
func (s *splicer) separator(n *Value) string {
	before := n.Inner
	if last := len(n.Items) - 1; last > 0 {
		before = n.Begins[last-1]
	}
	if last := len(n.Items) - 1; last >= 0 && s.f.lineStart(before) != s.f.lineStart(n.Begins[last]) {
		at := s.f.lineStart(n.Begins[last])
		return "," + s.f.layout.newline + string(s.f.data[at:s.f.skipBlanks(at)])
	}
	return ", "
}

// parts renders the additions that come after the entries from first to last.
func (s *splicer) parts(n *Value, first, last int) (out []string) {
	for _, a := range n.added {
		if a.after < first || a.after > last {
			continue
		}
		if n.Node.Kind == yaml.SequenceNode {
			out = append(out, s.inline(a.value))
			continue
		}
		pair := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: a.key}, a.value}}
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(s.inline(pair), "{"), "}"))
	}
	return out
}
