package edit

import (
	"bytes"
	"strings"
)

// entry renders a new item or key of a list or mapping in lines of a block.
func (s *splicer) entry(n *Value, a addition) string {
	text, err := s.f.layout.entry(s.f.column(n), n.Keys != nil, a.key, a.value)
	s.fail(err)
	return text
}

// block takes entries out of a list or mapping whose entries have lines of their own, and puts others in. A
// piece that goes, or comes, is always a line break with the line behind it.
func (s *splicer) block(n *Value) {
	if !n.Items[0].gone {
		s.lines(n, -1, s.additions(n, -1, -1))
	}
	for i := 0; i < len(n.Items); i++ {
		if !n.Items[i].gone {
			s.lines(n, i, s.additions(n, i, i))
			continue
		}
		last := i
		for last+1 < len(n.Items) && n.Items[last+1].gone {
			last++
		}
		s.takeLines(n, i, last, s.additions(n, n.from(i), last))
		i = last
	}
}

// from is the index from which on additions take the place of an entry that goes. Additions at the beginning, which have
// the index -1, take that of the first entry.
func (n *Value) from(i int) int {
	if i == 0 {
		return -1
	}
	return i
}

// additions renders what comes behind some entries.
func (s *splicer) additions(n *Value, first, last int) (out []string) {
	for _, a := range n.added {
		if a.after >= first && a.after <= last {
			out = append(out, s.entry(n, a))
		}
	}
	return out
}

// lines puts entries in behind one that stays, or at the beginning.
func (s *splicer) lines(n *Value, after int, entries []string) {
	if len(entries) == 0 {
		return
	}
	pad := strings.Repeat(" ", s.f.column(n))
	if after >= 0 {
		at := s.f.tail(n, after)
		s.replace(at, at, each(entries, s.gap(n)+pad, ""))
		return
	}
	at := s.f.headOf(n, 0)
	if s.f.midLine(n.Begins[0]) || at == s.f.lines[0] {
		s.replace(at, at, each(entries, "", s.f.layout.newline+pad))
		return
	}
	at = s.f.breakBefore(at)
	s.replace(at, at, s.below(pad, entries))
}

// gap is what comes before a new entry: a line break, and a blank line where blank lines stand between all items of a
// list.
func (s *splicer) gap(n *Value) string {
	if n.Keys != nil || len(n.Items) < 2 {
		return s.f.layout.newline
	}
	for i := 1; i < len(n.Items); i++ {
		if !s.f.blankLine(s.f.lineStart(s.f.breakBefore(s.f.headOf(n, i)))) {
			return s.f.layout.newline
		}
	}
	return s.f.layout.newline + s.f.layout.newline
}

func (s *splicer) below(pad string, entries []string) string {
	return each(entries, s.f.layout.newline+pad, "")
}

// each joins texts with something before and behind each.
func each(texts []string, before, behind string) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString(before + t + behind)
	}
	return b.String()
}

// takeLines takes the entries from first to last out, and puts others in their place.
func (s *splicer) takeLines(n *Value, first, last int, entries []string) {
	pad := strings.Repeat(" ", s.f.column(n))
	from, to := s.f.headOf(n, first), s.f.tail(n, last)
	switch {
	case s.f.midLine(n.Begins[first]) && last+1 < len(n.Items):
		s.replace(n.Begins[first], n.Begins[last+1], each(entries, "", s.f.layout.newline+pad)) // the next one moves up
	case s.f.midLine(n.Begins[first]):
		s.replace(n.Begins[first], to, strings.Join(entries, s.f.layout.newline+pad))
	case from == s.f.lines[0]:
		s.replace(from, s.f.nextLine(to), each(entries, pad, s.f.layout.newline))
	case len(entries) > 0:
		s.replace(s.f.breakBefore(from), to, s.below(pad, entries))
	default:
		s.replace(s.f.withBlanks(s.f.breakBefore(from), to), to, "")
	}
}

// withBlanks moves the beginning of what goes over the blank lines before it, where blank lines follow, or
// nothing at all.
func (f *File) withBlanks(from, to int) int {
	next := f.nextLine(to)
	if next < len(f.data) && !f.blankLine(next) {
		return from
	}
	for from > f.lines[0] && f.blankLine(f.lineStart(from)) && f.lineStart(from) > f.lines[0] {
		from = f.breakBefore(f.lineStart(from))
	}
	return from
}

func (f *File) blankLine(at int) bool { return f.skipBlanks(at) == f.lineEnd(at) }

// midLine reports whether something stands before an offset on its line.
func (f *File) midLine(at int) bool {
	return len(bytes.Trim(f.data[f.lineStart(at):at], " ")) > 0
}

// breakBefore is the offset of the line break before a line.
func (f *File) breakBefore(start int) int {
	if start <= f.lines[0] {
		return start
	}
	at := f.lineStart(start - 1)
	return f.lineEnd(at)
}

// headOf is the start of the first line of an entry, that of the comments about it: lines right above, indented as far.
func (f *File) headOf(n *Value, i int) int {
	start, column := f.lineStart(n.Begins[i]), f.column(n)
	if f.midLine(n.Begins[i]) {
		return n.Begins[i]
	}
	for start > f.lines[0] {
		above := f.lineStart(start - 1)
		at := f.skipBlanks(above)
		if at >= len(f.data) || f.data[at] != '#' || at-above != column {
			break
		}
		start = above
	}
	return start
}

// tail is the end of the last line of an entry, that of the comments right below that are indented further
// than where entries begin.
func (f *File) tail(n *Value, i int) int {
	end := f.lineEnd(max(n.Items[i].End, n.least[i]))
	for {
		next := f.nextLine(end)
		at := f.skipBlanks(next)
		if next >= len(f.data) || at >= len(f.data) || f.data[at] != '#' || at-next <= f.column(n) {
			return end
		}
		end = f.lineEnd(at)
	}
}
