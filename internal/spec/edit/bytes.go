package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// splice is the replacement of a piece of the text.
type splice struct {
	from, to int
	text     string
}

// Bytes carries out the edits. It returns an error rather than a text that does not match them.
func (f *File) Bytes() ([]byte, error) {
	s := splicer{f: f}
	want := make([]*yaml.Node, len(f.docs))
	for i, doc := range f.docs {
		if doc != nil {
			s.node(doc)
			want[i] = doc.result()
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	out, err := s.apply()
	if err != nil {
		return nil, err
	}
	return out, verify(out, want)
}

// splicer turns edits into splices.
type splicer struct {
	f       *File
	splices []splice
	err     error
}

func (s *splicer) replace(from, to int, text string) {
	s.splices = append(s.splices, splice{from, to, text})
}

// apply makes the edited text. At the same offset, insertions come before a replacement, in the order in which they were
// added.
func (s *splicer) apply() ([]byte, error) {
	slices.SortStableFunc(s.splices, func(a, b splice) int {
		return cmp.Or(a.from-b.from, min(a.to-a.from, 1)-min(b.to-b.from, 1))
	})
	var out []byte
	at := 0
	for _, p := range s.splices {
		if p.from < at || p.to < p.from {
			return nil, fmt.Errorf("two edits overlap at line %d", 1+strings.Count(string(s.f.data[:p.from]), "\n"))
		}
		out = append(append(out, s.f.data[at:p.from]...), p.text...)
		at = p.to
	}
	return append(out, s.f.data[at:]...), nil
}

func (s *splicer) inline(v *yaml.Node) string {
	text, err := s.f.layout.inline(v)
	s.fail(err)
	return text
}

func (s *splicer) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// node carries out the edits of a value: first those inside it, then its own.
func (s *splicer) node(n *Value) {
	if n.set != nil {
		s.set(n)
		return
	}
	if n.isEmptied() {
		s.put(n, &yaml.Node{Kind: n.Node.Kind, Style: yaml.FlowStyle})
		return
	}
	for _, item := range n.Items {
		if !item.removed {
			s.node(item)
		}
	}
	switch {
	case n.Node.Kind != yaml.MappingNode && n.Node.Kind != yaml.SequenceNode:
	case n.Node.Style&yaml.FlowStyle != 0:
		s.flow(n)
	default:
		s.block(n)
	}
}

// isEmptied reports whether all entries of a list or mapping are removed and none are added.
func (n *Value) isEmptied() bool {
	return len(n.Items) > 0 && len(n.added) == 0 && !slices.ContainsFunc(n.Items, func(item *Value) bool { return !item.removed })
}

func (s *splicer) set(n *Value) {
	v := withQuotesOf(n.Node, n.set)
	if n.flow || n.Node.Style&yaml.FlowStyle != 0 {
		v = s.f.layout.flat(v)
	}
	s.put(n, v)
}
