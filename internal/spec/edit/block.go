package edit

import (
	"bytes"
	"strings"
)

// entry renders a new item of a list, or key of a mapping, in block style.
func (s *splicer) entry(n *Value, a addition) string {
	text, err := s.f.layout.entry(s.f.column(n), n.Keys != nil, a.key, a.value)
	s.fail(err)
	return text
}

// block removes entries from a list or mapping in block style, and inserts others. Each removed or inserted piece is a line
// break with the lines that follow it.
func (s *splicer) block(n *Value) {
	if !n.Items[0].removed {
		s.lines(n, -1, s.additions(n, -1, -1))
	}
	for i := 0; i < len(n.Items); i++ {
		if !n.Items[i].removed {
			s.lines(n, i, s.additions(n, i, i))
			continue
		}
		last := i
		for last+1 < len(n.Items) && n.Items[last+1].removed {
			last++
		}
		s.removeLines(n, i, last, s.additions(n, n.firstReplaced(i), last))
		i = last
	}
}

// firstReplaced returns, for a run of removed entries that starts at index i, the smallest index of the additions that
// take its place. Additions at the beginning have the index -1, and so take the place of a run that starts at 0.
func (n *Value) firstReplaced(i int) int {
	if i == 0 {
		return -1
	}
	return i
}

// additions renders the additions that come after the entries from first to last.
func (s *splicer) additions(n *Value, first, last int) (out []string) {
	for _, a := range n.added {
		if a.after >= first && a.after <= last {
			out = append(out, s.entry(n, a))
		}
	}
	return out
}

// lines inserts entries after an entry that stays, or at the beginning if after is -1.
func (s *splicer) lines(n *Value, after int, entries []string) {
	if len(entries) == 0 {
		return
	}
	pad := strings.Repeat(" ", s.f.column(n))
	if after >= 0 {
		at := s.f.entryEnd(n, after)
		s.replace(at, at, wrapEach(entries, s.gap(n)+pad, ""))
		return
	}
	at := s.f.entryStart(n, 0)
	if s.f.midLine(n.Begins[0]) || at == s.f.lines[0] {
		s.replace(at, at, wrapEach(entries, "", s.f.layout.newline+pad))
		return
	}
	at = s.f.breakBefore(at)
	s.replace(at, at, s.below(pad, entries))
}

// gap is what precedes a new entry: a line break and, in a list with a blank line between all items, a blank line.
func (s *splicer) gap(n *Value) string {
	if n.Keys != nil || len(n.Items) < 2 {
		return s.f.layout.newline
	}
	for i := 1; i < len(n.Items); i++ {
		if !s.f.blankLine(s.f.lineStart(s.f.breakBefore(s.f.entryStart(n, i)))) {
			return s.f.layout.newline
		}
	}
	return s.f.layout.newline + s.f.layout.newline
}

func (s *splicer) below(pad string, entries []string) string {
	return wrapEach(entries, s.f.layout.newline+pad, "")
}

// wrapEach joins texts, with before and after around each.
func wrapEach(texts []string, before, after string) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString(before + t + after)
	}
	return b.String()
}

// removeLines replaces the entries from first to last by others.
func (s *splicer) removeLines(n *Value, first, last int, entries []string) {
	pad := strings.Repeat(" ", s.f.column(n))
	from, to := s.f.entryStart(n, first), s.f.entryEnd(n, last)
	switch {
	case s.f.midLine(n.Begins[first]) && last+1 < len(n.Items):
		s.replace(n.Begins[first], n.Begins[last+1], wrapEach(entries, "", s.f.layout.newline+pad)) // the next one moves up
	case s.f.midLine(n.Begins[first]):
		s.replace(n.Begins[first], to, strings.Join(entries, s.f.layout.newline+pad))
	case from == s.f.lines[0]:
		s.replace(from, s.f.nextLine(to), wrapEach(entries, pad, s.f.layout.newline))
	case len(entries) > 0:
		s.replace(s.f.breakBefore(from), to, s.below(pad, entries))
	default:
		s.replace(s.f.withBlanks(s.f.breakBefore(from), to), to, "")
	}
}

// withBlanks extends a removed piece to the blank lines before it if a blank line or the end of the file follows it.
// Otherwise both runs of blank lines, or blank lines at the end, would remain.
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

// midLine reports whether there is something before an offset on its line.
func (f *File) midLine(at int) bool {
	return len(bytes.Trim(f.data[f.lineStart(at):at], " ")) > 0
}

// breakBefore is the offset of the line break before the line that starts at an offset.
func (f *File) breakBefore(start int) int {
	if start <= f.lines[0] {
		return start
	}
	at := f.lineStart(start - 1)
	return f.lineEnd(at)
}

// entryStart is the start of an entry, including the comments about it: the lines directly above that are indented as
// far.
func (f *File) entryStart(n *Value, i int) int {
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

// entryEnd is the end of the last line of an entry, including the comment lines directly below that are indented
// further than the entries.
func (f *File) entryEnd(n *Value, i int) int {
	end := f.lineEnd(max(n.Items[i].End, n.afterHead[i]))
	for {
		next := f.nextLine(end)
		at := f.skipBlanks(next)
		if next >= len(f.data) || at >= len(f.data) || f.data[at] != '#' || at-next <= f.column(n) {
			return end
		}
		end = f.lineEnd(at)
	}
}
