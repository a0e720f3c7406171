package report

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const (
	foldLine  = 400 // characters of a line in a folded block, at most
	foldWide  = 110 // columns after which a line of a block is wrapped
	foldValue = 160 // characters of a value in formats that give it one line
)

// markdownFolded adds the changes in folded blocks, one for each kind, and returns how many did not fit.
// A change shows its leaves only if the lines of all others still fit.
func (v *view) markdownFolded(b *sizedBuilder, items []*item, most int) (left int) {
	var blocks [][]foldedLine
	for part := range runs(items, func(a, b **item) bool { return (*a).Kind == (*b).Kind }) {
		blocks = append(blocks, foldLines(part))
	}
	frames, short := 0, 0 // sizes of the frames of the remaining blocks, and of their changes in one line each
	for _, block := range blocks {
		frames += units(folded(block[0].kind, countChanges(block), "")) + 16 // 16: longer fences
		for _, t := range block {
			short += units(t.line)
		}
	}
	for _, block := range blocks {
		var lines sizedBuilder
		n, all := 0, countChanges(block)
		for _, t := range block {
			text := t.line
			short -= units(text)
			if b.used+frames+lines.used+units(text+t.below)+short <= most {
				text += t.below
			} else if note := "#     the rest of it does not fit\n"; b.used+frames+lines.used+units(text+note)+short <= most {
				text += note
			}
			if b.used+frames+lines.used+units(text) > most {
				break
			}
			lines.add(text)
			n += t.changes
		}
		if n > 0 {
			b.add(foldedPart(block[0].kind, n, all, lines.String()))
		}
		frames -= units(folded(block[0].kind, all, "")) + 16
		left += all - n
	}
	return left
}

// foldedLine holds the lines about a change, or about many similar ones.
type foldedLine struct {
	kind    string
	changes int
	line    string
	below   string // the lines under it
}

// foldLines describes changes of one kind; many similar ones share a line.
func foldLines(items []*item) (out []foldedLine) {
	for _, part := range document.RollUp(items, func(i **item) (*document.Change, string) { return (*i).alike() }) {
		c := *part[0]
		if len(part) == 1 {
			out = append(out, foldedLine{c.Kind, 1, c.markdownLine() + "\n", c.markdownLeaves()})
			continue
		}
		changes := make([]*document.Change, len(part))
		for i := range part {
			changes[i] = (*part[i]).Change
		}
		head, names := document.Summarize(changes)
		line := strings.TrimSpace(c.mark() + " " + head + "  " + document.PlaceOfAll(changes))
		one := *c
		one.Explanation = strings.Join(append(c.DisplacesText(), c.Reasons()...), "; ")
		var below strings.Builder
		below.WriteString(one.markdownLeaves())
		for _, name := range names {
			for _, text := range breakText(name, foldWide) {
				below.WriteString("      " + text + "\n")
			}
		}
		out = append(out, foldedLine{c.Kind, len(part), document.Clip(line, foldLine) + "\n", below.String()})
	}
	return out
}

// alike returns the change, and what else must be equal for changes to share a line: their outcome.
func (c *item) alike() (change *document.Change, also string) {
	if c.Status == "" {
		return c.Change, ""
	}
	return c.Change, "\n" + string(c.Status) + c.Explanation
}

func countChanges(block []foldedLine) (n int) {
	for _, t := range block {
		n += t.changes
	}
	return n
}

func foldedPart(kind string, shown, all int, lines string) string {
	if shown < all {
		lines += fmt.Sprintf("# and %d more, which do not fit\n", all-shown)
	}
	return folded(kind, all, lines)
}

func folded(kind string, n int, lines string) string {
	return detailsOf(kind, document.Count(n, "change", "changes"), fence("diff", lines))
}

// markdownLine returns a change in one line, without the line break.
func (c *item) markdownLine() string {
	parts := []string{c.mark() + " " + document.Clean(c.Address)}
	if b := c.Binding; b != nil && b.Call() != "" {
		parts = append(parts, document.Clean(b.Call()))
	}
	if at := c.Place(); at != "" {
		parts = append(parts, at)
	}
	if c.Status != "" {
		parts = append(parts, "("+c.Explanation+")")
	}
	return document.Clip(strings.Join(parts, "  "), foldLine)
}

// markdownLeaves returns the reasons for a change and its changed leaves, in lines.
func (c *item) markdownLeaves() string {
	var b strings.Builder
	line := func(mark, text string) {
		margin := "     "
		for _, part := range breakText(text, foldWide) {
			b.WriteString(mark + margin + part + "\n")
			margin = "         "
		}
	}
	if c.Status == "" && c.Explanation != "" {
		line(" ", "("+c.Explanation+")")
	}
	for _, f := range c.Details() {
		path := document.Clean(f.Path)
		if lines := linesOf(&f); lines != nil && c.asPlanned() {
			line(" ", path+":")
			for _, l := range lines {
				mark := strings.Replace(string(l.mark), "…", " …", 1)
				line(mark, "  "+document.Clean(l.text))
			}
			continue
		}
		if f.IsSet() && c.asPlanned() {
			line(" ", path+":")
			for _, m := range document.Members("", f.Added) {
				line("+", "  "+m)
			}
			for _, m := range document.Members("", f.Removed) {
				line("-", "  "+m)
			}
			continue
		}
		if f.IsSet() {
			line(" ", path+": "+strings.Join(f.Differences(diff.Update), ", "))
			continue
		}
		before, after := f.Before, f.ShownAfter()
		if !c.asPlanned() {
			before, after = document.Shorten(before, after, foldValue) // a change that did not happen has neither + nor -
			line(" ", path+": "+document.Show(before, f.Sensitive)+" → "+document.Show(after, f.Sensitive))
			continue
		}
		if c.Action != diff.Create {
			line("-", path+": "+document.Show(before, f.Sensitive))
		}
		if c.Action != diff.Delete {
			line("+", path+": "+document.Show(after, f.Sensitive))
		}
	}
	return b.String()
}

// linesOf compares the two sides of a field line by line if one of them has several lines; else it is nil.
func linesOf(f *document.Field) []line {
	if f.Sensitive || !document.SeveralLines(f.Before) && !document.SeveralLines(f.After) {
		return nil
	}
	before, _ := f.Before.(string)
	after, _ := f.After.(string)
	return compareLines(before, after)
}

// markdownDeclared folds the differences between targets that are on purpose, as many as fit.
func (v *view) markdownDeclared(most int) string {
	const frame = 70
	if len(v.Declared) == 0 {
		return ""
	}
	var lines []string
	for _, x := range v.Declared {
		lines = append(lines, document.Clip(x, foldLine))
	}
	return details(fmt.Sprintf("Declared on purpose: %d", len(lines)), fence("diff", fitLines(lines, most-frame-markdownTail, "# ")))
}
