package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/rivo/uniseg"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// text is the format for people. The rules of its output:
//
//   - one line per change: a symbol, the address, what else helps, the position in the files;
//   - below it one line per changed leaf, indented, as path: old → new; a drift report has a column for each side;
//   - the symbol of a change is in the first three columns, so that grep and the eye find it;
//   - everything that comes from outside goes through Clean;
//   - colour repeats what words and symbols say, and never says anything alone;
//   - on a terminal, only a single word may be wider than the screen;
//   - errors are on stderr and are left out here; warnings are part of the result;
//   - the last line sums up.
var text = &Format{Name: "text", Many: true, Write: writeText}

func writeText(w io.Writer, d document.Document, s Style) error {
	p := newPage(w, s)
	p.where(d.Header())
	switch d := d.(type) {
	case *document.Plan:
		p.textPlan(d)
	case *document.Results:
		p.textResults(d)
	case *document.Check:
		p.textCheck(d)
	case *document.Drift:
		p.textDrift(d)
	case *document.Explanation:
		p.textExplain(d)
	case *document.Diagnosis:
		p.textDoctor(d)
	case *document.Tests:
		p.textTests(d)
	case *document.Promotion:
		p.textPromote(d)
	case *document.Manual:
		p.textManual(d)
	case *document.Fleet:
		p.textFleet(d)
	case *document.List:
		p.textList(d)
	case *document.Targets:
		p.textTargets(d)
	}
	return p.Flush()
}

// where writes which gateway a document is about, unless that was written before.
func (p *page) where(h *document.Head) {
	if where := h.Where(); where != "" && !h.Shown {
		p.linef("%s", p.paint(where, color.Faint))
	}
}

// page is the output of text. After the first error of the writer, nothing more is written.
type page struct {
	*bufio.Writer
	style Style
}

func newPage(w io.Writer, s Style) *page { return &page{bufio.NewWriter(w), s} }

// paint colours s if the style allows colours.
func (p *page) paint(s string, attributes ...color.Attribute) string {
	if !p.style.Color || s == "" || len(attributes) == 0 {
		return s
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(s)
}

// linef writes lines; those that are too wide for the screen are wrapped.
func (p *page) linef(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		for _, part := range wrapLine(line, p.style.Width) {
			_, _ = p.WriteString(part + "\n") // Flush tells
		}
	}
}

// wide returns the width of a text in columns.
func wide(s string) int { return uniseg.StringWidth(s) }

// pad returns s with blanks up to width columns.
func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-wide(s))) }

// look is a word or symbol with its colour.
type look struct {
	text  string // of a symbol, 3 columns
	paint []color.Attribute
}

func painted(text string, paint ...color.Attribute) look { return look{text, paint} }

// row is a line of a block whose columns are aligned.
type row struct {
	look
	cells []string
	below func() // writes the lines under it; may be nil
}

const (
	maxPadded   = 72 // columns; longer cells are not padded and stick out
	minSentence = 30 // columns that a sentence needs to be wrapped under itself
	gap         = "  "
)

// rows writes a block of lines with aligned cells. On a terminal that is too narrow, the cells after the first are on a
// line of their own, unless the last cell is a sentence and there is room to wrap it under itself.
func (p *page) rows(block []row) {
	lines := make([][]string, len(block))
	for i, r := range block {
		lines[i] = r.cells
	}
	widths := p.columns(lines, 4)
	for _, r := range block {
		symbol := p.paint(r.text, r.paint...) + " "
		last := len(r.cells) - 1
		switch line := padded(r.cells, widths); {
		case p.style.Width == 0 || 4+wide(line) <= p.style.Width || last < 1:
			p.linef("%s%s", symbol, line)
		case strings.Contains(r.cells[last], " ") && 4+wide(line)-wide(r.cells[last])+minSentence <= p.style.Width:
			head := strings.TrimSuffix(line, r.cells[last])
			for _, part := range breakText(r.cells[last], p.room(4+wide(head))) {
				p.linef("%s%s%s", symbol, head, part)
				symbol, head = "    ", pad("", wide(head))
			}
		default:
			p.linef("%s%s", symbol, r.cells[0])
			p.linef("%s%s", indent, strings.Join(r.cells[1:], gap))
		}
		if r.below != nil {
			r.below()
		}
	}
}

// padded pads cells to their columns and drops empty ones at the end.
func padded(cells []string, widths []int) string {
	line, end := "", ""
	for i, cell := range cells {
		if cell != "" {
			line, end = line+end+cell, ""
		}
		end += strings.Repeat(" ", max(0, widths[i]-wide(cell))) + gap
	}
	return line
}

// columns returns the widths of the columns of a block after a margin. If the block does not fit on the screen, long
// cells stick out.
func (p *page) columns(lines [][]string, margin int) []int {
	const least = 12
	most := maxPadded
	for {
		widths := columnsTo(lines, most)
		all := margin - len(gap)
		for _, w := range widths {
			all += w + len(gap)
		}
		if p.style.Width == 0 || all <= p.style.Width || most <= least {
			return widths
		}
		most = min(most, slices.Max(widths)) - 1
	}
}

// columnsTo returns the widths of the columns, in which cells wider than most do not count.
func columnsTo(lines [][]string, most int) []int {
	var widths []int
	for _, cells := range lines {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if w := wide(cell); w <= most {
				widths[i] = max(widths[i], w)
			}
		}
	}
	return widths
}

func (p *page) warnings(list []document.Problem) {
	for _, x := range list {
		p.linef("%s %s", p.paint("warning:", color.FgYellow), x)
	}
}
