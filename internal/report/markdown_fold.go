package report

import (
	"fmt"
	"html"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

const (
	foldLine  = 400 // characters of a line in a folded block, at most
	foldWide  = 110 // columns after which a line of a block goes on below
	foldValue = 160 // characters of a value in formats where it has one line
)

// markdownFolded adds the changes in folded blocks, a block a kind, and returns how many found no room.
// A change shows its leaves only if the lines of all others still fit.
func (v *view) markdownFolded(b *sized, items []*item, most int) (left int) {
	var blocks [][]*item
	for i, c := range items {
		if i == 0 || c.Kind != items[i-1].Kind {
			blocks = append(blocks, nil)
		}
		last := len(blocks) - 1
		blocks[last] = append(blocks[last], c)
	}
	short := make([]int, len(items)+1) // of the changes from there on, one line each
	for i := len(items) - 1; i >= 0; i-- {
		short[i] = short[i+1] + units(items[i].markdownLine()) + 1
	}
	frames := 0
	for _, block := range blocks {
		frames += units(folded(block[0].Kind, len(block), "")) + 16 // 16: longer fences
	}
	at := 0
	for _, block := range blocks {
		var lines sized
		n := 0
		for _, c := range block {
			text := c.markdownLine() + "\n"
			if leaves := c.markdownLeaves(); b.used+frames+lines.used+units(text+leaves)+short[at+n+1] <= most {
				text += leaves
			} else if note := "#     what it changes does not fit\n"; b.used+frames+lines.used+units(text+note)+short[at+n+1] <= most {
				text += note
			}
			if b.used+frames+lines.used+units(text) > most {
				break
			}
			lines.add(text)
			n++
		}
		if n > 0 {
			b.add(foldedPart(block[0].Kind, n, len(block), lines.String()))
		}
		frames -= units(folded(block[0].Kind, len(block), "")) + 16
		at += len(block)
		left += len(block) - n
	}
	return left
}

func foldedPart(kind string, shown, all int, lines string) string {
	if shown < all {
		lines += fmt.Sprintf("# and %d more, which do not fit\n", all-shown)
	}
	return folded(kind, all, lines)
}

func folded(kind string, n int, lines string) string {
	return fmt.Sprintf("\n<details><summary><code>%s</code>: %s</summary>\n\n%s\n</details>\n",
		html.EscapeString(document.Clean(kind)), document.Count(n, "change", "changes"), fence("diff", lines))
}

// markdownLine is a change in one line without its end.
func (c *item) markdownLine() string {
	parts := []string{c.mark() + " " + document.Clean(c.Address)}
	if b := c.Binding; b != nil {
		parts = append(parts, strings.TrimSpace(document.Clean(b.Method+" "+b.Path)))
	}
	if at := c.Place(); at != "" {
		parts = append(parts, at)
	}
	if c.Status != "" {
		parts = append(parts, "("+c.Story+")")
	}
	return clip(strings.Join(parts, "  "), foldLine)
}

// markdownLeaves are what stands behind a change and its changed leaves, in lines.
func (c *item) markdownLeaves() string {
	var b strings.Builder
	line := func(mark, text string) {
		margin := "     "
		for _, part := range broken(text, foldWide) {
			b.WriteString(mark + margin + part + "\n")
			margin = "         "
		}
	}
	if c.Status == "" && c.Story != "" {
		line(" ", "("+c.Story+")")
	}
	for _, f := range c.Details() {
		path := document.Clean(f.Path)
		if lines := linesOf(&f); lines != nil && c.stands() {
			line(" ", path+":")
			for _, l := range lines {
				mark := strings.Replace(string(l.mark), "…", " …", 1)
				line(mark, "  "+document.Clean(l.text))
			}
			continue
		}
		if f.IsSet() && c.stands() {
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
		before, after := f.Before, f.Now()
		if !c.stands() {
			before, after = document.Shorten(before, after, foldValue) // what did not happen is neither there nor gone
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

// linesOf compares the two sides of a field line by line, where one has several lines; else it is nil.
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
	if len(v.Declared) == 0 {
		return ""
	}
	frame := "\n<details><summary>Declared on purpose: %d</summary>\n\n%s\n</details>\n"
	var lines sized
	for i, x := range v.Declared {
		x = clip(x, foldLine) + "\n"
		if lines.used+units(x)+len(frame)+markdownTail > most {
			lines.add(fmt.Sprintf("# and %d more, which do not fit\n", len(v.Declared)-i))
			break
		}
		lines.add(x)
	}
	return fmt.Sprintf(frame, len(v.Declared), fence("diff", lines.String()))
}
