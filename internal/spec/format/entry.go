package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// entry is one item of a list, or one key of a mapping with its value, as lines without their common indentation.
type entry struct {
	key   string
	blank bool     // there is a blank line above it
	lead  []string // comments above it
	lines []string
}

// entries writes the entries of a list or mapping, and the comments below the last one. outer is the column of the list or
// mapping that contains it, and limit is the offset where the next entry of that begins.
func (p *printer) entries(v *edit.Value, s *shape.Shape, outer, limit int) (out []entry, foot []string) {
	column := p.column(v)
	last := v.Inner
	for i, item := range v.Items {
		begins := v.Begins[i]
		lead := p.takeBefore(begins)
		e := entry{lead: texts(lead)}
		first := begins
		if len(lead) > 0 {
			first = lead[0].start
			if blankAbove(p.data, begins, lead[len(lead)-1].end) {
				e.lead = append(e.lead, "")
			}
		}
		e.blank = i > 0 && blankAbove(p.data, first, last)
		next := limit
		if i+1 < len(v.Items) {
			next = v.Begins[i+1]
		}
		if len(v.Keys) > 0 {
			e.key = v.Keys[i].Node.Value
			e.lines = p.member(v.Keys[i], item, entryShape(s, v, i), column, next)
		} else {
			var above []string
			above, e.lines = p.item(item, min(begins+1, item.Start), entryShape(s, v, i), column, next)
			e.lead = append(e.lead, above...)
		}
		out = append(out, e)
		last = max(item.End, begins)
	}
	return out, p.foot(v, column, outer, limit)
}

// foot takes the comments below the last entry that are indented like the entries.
func (p *printer) foot(v *edit.Value, column, outer, limit int) []string {
	var below []comment
	if v.Node.Style&yaml.FlowStyle != 0 {
		below = p.takeBefore(v.End)
		if t := p.trailingComment(v.End); t != "" {
			below = append(below, comment{text: strings.TrimSpace(t)})
		}
	} else {
		for column > outer && outer >= 0 && len(p.left) > 0 && p.left[0].start < limit && p.left[0].alone && p.left[0].column >= column {
			below = append(below, p.left[0])
			p.left = p.left[1:]
		}
	}
	out := texts(below)
	if len(below) > 0 && below[0].blank {
		out = append([]string{""}, out...)
	}
	return out
}

// column is the column at which the entries of a list or mapping begin.
func (p *printer) column(v *edit.Value) int { return v.Inner - lineStart(p.data, v.Inner) }

// member writes a key and its value.
func (p *printer) member(key, v *edit.Value, s *shape.Shape, column, limit int) []string {
	name := p.scalar(key, false, column)
	if key.Node.Kind == yaml.AliasNode {
		name[len(name)-1] += " "
	}
	return p.value(strings.Join(name, "\n")+":", v, key.End, s, column, limit)
}

// item writes an item of a list, whose dash ends at an offset. A mapping or list in it begins on the line of the dash, so
// the comments above its first entry are moved above the dash.
func (p *printer) item(v *edit.Value, end int, s *shape.Shape, column, limit int) (above, lines []string) {
	if properties := p.properties(v); properties != "" || len(v.Items) == 0 || p.inLine(v) || p.commented(v) {
		return nil, p.value("-", v, end, s, column, limit)
	}
	inner, foot := p.entries(v, s, column, limit)
	inside := append(p.sorted(v, s, inner), foot...)
	for inside[0] == "" || strings.HasPrefix(inside[0], "#") {
		above, inside = append(above, inside[0]), inside[1:]
	}
	for _, line := range inside {
		lines = append(lines, indented(line))
	}
	lines[0] = "-" + lines[0][1:]
	return above, lines
}

// commented reports whether there is a comment between a dash and what follows it.
func (p *printer) commented(v *edit.Value) bool {
	return len(p.left) > 0 && p.left[0].start < v.Inner || len(v.Items) > 0 && v.Node.Style&yaml.FlowStyle != 0 && len(p.left) > 0 && p.left[0].start < v.Items[0].Start
}

// value writes a value after a key or dash that ends at an offset.
func (p *printer) value(head string, v *edit.Value, end int, s *shape.Shape, column, limit int) []string {
	if properties := p.properties(v); properties != "" {
		head += " " + properties
		end = v.Inner
	}
	if len(v.Items) > 0 && !p.inLine(v) {
		lines := p.headed(head, p.headEnd(v, end))
		inner, foot := p.entries(v, s, column, limit)
		for _, line := range append(p.sorted(v, s, inner), foot...) {
			lines = append(lines, indented(line))
		}
		return lines
	}
	between := p.takeBefore(v.Inner)
	return append(p.onHeadLine(head, between, v, end, s, column), texts(between[min(1, len(between)):])...)
}

// onHeadLine writes a value that begins on the line of its key or dash. A comment between the two is moved after it.
func (p *printer) onHeadLine(head string, between []comment, v *edit.Value, end int, s *shape.Shape, column int) []string {
	if len(between) > 0 {
		c := between[0]
		c.start, c.alone, c.gap = v.End, false, 1
		p.left = append([]comment{c}, p.left...)
	}
	if len(v.Items) > 0 || v.Node.Kind == yaml.MappingNode || v.Node.Kind == yaml.SequenceNode {
		return p.headed(head+" "+p.bare(v, s), v.End)
	}
	lines := p.scalar(v, false, column)
	if lines[0] == "" {
		return p.headed(head, max(end, v.End))
	}
	for i := 1; i < len(lines); i++ {
		lines[i] = indented(lines[i])
	}
	first := head + " " + lines[0]
	if len(lines) == 1 {
		return p.headed(first, v.End)
	}
	lines[0] = first
	lines[len(lines)-1] += p.trailingComment(v.End)
	return lines
}

// headEnd is where the text on the line of a key ends if its value follows on lines of its own.
func (p *printer) headEnd(v *edit.Value, end int) int {
	if v.Node.Style&yaml.FlowStyle != 0 {
		return v.Inner
	}
	return end
}

// headed is a line with the comment after it, and the further lines of that comment.
func (p *printer) headed(line string, end int) []string {
	if len(p.left) == 0 {
		return []string{line}
	}
	first := p.left[0]
	trail := p.trailingComment(end)
	if trail == "" {
		return []string{line}
	}
	out := []string{line + trail}
	width := utf8.RuneCountInString(line) + first.gap
	for _, more := range p.continuation(first) {
		out = append(out, strings.Repeat(" ", width)+more)
	}
	return out
}

// inLine reports whether a list or mapping is in brackets, on one line.
func (p *printer) inLine(v *edit.Value) bool {
	return v.Node.Style&yaml.FlowStyle != 0 && !bytes.ContainsRune(p.data[v.Inner:v.End], '\n')
}

// flat writes a value on one line.
func (p *printer) flat(v *edit.Value, s *shape.Shape) string {
	return strings.TrimLeft(p.properties(v)+" ", " ") + p.bare(v, s)
}

// bare is flat without the value's own anchor and tag.
func (p *printer) bare(v *edit.Value, s *shape.Shape) string {
	open, shut := "[", "]"
	switch v.Node.Kind {
	case yaml.MappingNode:
		open, shut = "{", "}"
	case yaml.SequenceNode:
	default:
		return strings.Join(p.scalar(v, true, 0), "\n")
	}
	entries := make([]entry, len(v.Items))
	for i, item := range v.Items {
		text := p.flat(item, entryShape(s, v, i))
		if len(v.Keys) > 0 {
			entries[i].key = v.Keys[i].Node.Value
			text = strings.TrimRight(p.flat(v.Keys[i], nil)+": "+text, " ")
		}
		entries[i].lines = []string{text}
	}
	return open + strings.Join(p.sorted(v, s, entries), ", ") + shut
}

// properties are the anchor and tag of a value.
func (p *printer) properties(v *edit.Value) string {
	return strings.Join(strings.Fields(string(p.data[v.Start:v.Inner])), " ")
}

// indented puts a line one level deeper.
func indented(line string) string {
	if line == "" {
		return ""
	}
	return "  " + line
}
