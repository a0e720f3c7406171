package edit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// flow takes entries out of a list or mapping in brackets, and puts others in.
func (s *splicer) flow(n *node) {
	sep := s.separator(n)
	if len(n.items) == 0 {
		if parts := s.parts(n, -1, -1); len(parts) > 0 {
			s.replace(n.inner+1, n.end-1, strings.Join(parts, sep))
		}
		return
	}
	if parts := s.parts(n, -1, -1); len(parts) > 0 && !n.items[0].gone {
		s.replace(n.begins[0], n.begins[0], each(parts, "", sep))
	}
	for i := 0; i < len(n.items); i++ {
		if !n.items[i].gone {
			if parts := s.parts(n, i, i); len(parts) > 0 {
				s.replace(n.endOf(i), n.endOf(i), each(parts, sep, ""))
			}
			continue
		}
		last := i
		for last+1 < len(n.items) && n.items[last+1].gone {
			last++
		}
		s.takeParts(n, i, last, sep)
		i = last
	}
}

// takeParts takes the entries from first to last out, and puts others in their place.
func (s *splicer) takeParts(n *node, first, last int, sep string) {
	parts := s.parts(n, n.from(first), last)
	switch {
	case last+1 < len(n.items):
		s.replace(n.begins[first], n.begins[last+1], each(parts, "", sep))
	case first > 0:
		s.replace(n.endOf(first-1), n.endOf(last), each(parts, sep, ""))
	default:
		s.replace(n.begins[0], n.endOf(last), strings.Join(parts, sep))
	}
}

func (n *node) endOf(i int) int { return max(n.items[i].end, n.least[i]) }

// separator is what stands between entries: a comma, and where they have lines of their own, that.
func (s *splicer) separator(n *node) string {
	before := n.inner
	if last := len(n.items) - 1; last > 0 {
		before = n.begins[last-1]
	}
	if last := len(n.items) - 1; last >= 0 && s.f.lineStart(before) != s.f.lineStart(n.begins[last]) {
		at := s.f.lineStart(n.begins[last])
		return "," + s.f.layout.newline + string(s.f.data[at:s.f.skipBlanks(at)])
	}
	return ", "
}

// parts renders what comes behind some entries.
func (s *splicer) parts(n *node, first, last int) (out []string) {
	for _, a := range n.added {
		if a.after < first || a.after > last {
			continue
		}
		if n.y.Kind == yaml.SequenceNode {
			out = append(out, s.inline(a.value))
			continue
		}
		pair := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: a.key}, a.value}}
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(s.inline(pair), "{"), "}"))
	}
	return out
}
