package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// markdown fits a comment on a pull request. Rules of its output:
//
//   - it is never longer than markdownMost;
//   - what a plan means to callers comes before everything else, the worst first, as a table;
//   - numbers, errors, refusals, warnings and removed objects come next and are always included; if there are too many,
//     each is shortened before any is left out, and those that are left out are counted;
//   - all changes that have leaves, or remove no object, are folded, kind by kind, with their leaves as long as they fit;
//   - text from outside is in code spans and code blocks, where nothing is markup;
//   - the first line is a mark by which a script finds the comment again.
var markdown = &Format{
	Name: "markdown", Failures: true, Commands: []string{"diff", "apply", "undo", "validate", "drift", "test", "promote"},
	Many: true, Write: byView(writeMarkdown, writeFleetMarkdown),
}

const (
	markdownMost = 60_000 // GitHub refuses comments above 65,536 characters
	markdownKept = 48_000 // for what is always included
	markdownTail = 400    // for the last lines
)

func writeMarkdown(w io.Writer, v *view, s Style) error {
	text := v.markdown()
	if s.Summary {
		text = v.markdownBegin() + v.markdownHead()
	}
	_, err := io.WriteString(w, text)
	return err
}

func (v *view) markdown() string {
	var b sizedBuilder
	b.add(v.markdownBegin())
	if v.Cover != "" {
		b.add("\n" + v.Cover + "\n")
	}
	b.add(v.markdownImpact(markdownKept / 3))
	b.add(v.markdownHead())
	removed, rest := v.split()
	traffic := ""
	for _, most := range []int{2_000, 500, 200, 100} {
		kept := v.markdownFirst(removed, math.MaxInt, most)
		if traffic = v.markdownTraffic(most); units(kept+traffic) <= markdownKept {
			b.add(kept)
			break
		}
		if most == 100 {
			b.add(v.markdownFirst(removed, markdownKept/4/(2*most+40), most))
			traffic = ""
		}
	}
	if v.Health != nil {
		v.markdownDrift(&b, traffic, markdownMost-markdownTail)
		return b.String()
	}
	b.add(traffic)
	b.add(v.markdownDeclared(markdownMost - markdownTail - b.used))
	if left := v.markdownFolded(&b, rest, markdownMost-markdownTail); left > 0 {
		b.add(fmt.Sprintf("\nNot shown: %s. Reports in other formats list all of them.\n", document.Count(left, "change", "changes")))
	}
	return b.String()
}

// markdownBegin returns the mark, the title, the verdict and the gateway.
func (v *view) markdownBegin() string {
	mark, verdict := "apigw-sync:"+v.Command, ""
	if t := v.target(); t != "" {
		mark += ":" + t
	}
	if len(v.ImpactTable.Rows) > 0 {
		verdict = "**" + levelSigns[v.ImpactTable.Rows[0].Level] + v.ImpactTable.Headline() + "**\n"
	}
	return fmt.Sprintf("<!-- %s -->\n### apigw-sync %s\n\n%s**%s**\n", mark, v.Command, verdict, v.Sum) + v.markdownAbout()
}

// target returns the name of the target in a form for HTML comments and names of files; "" if there is none.
func (v *view) target() string {
	if v.Gateway == nil {
		return ""
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, v.Gateway.Target)
	for strings.Contains(name, "--") { // which ends a comment
		name = strings.ReplaceAll(name, "--", "-")
	}
	return strings.Trim(name, "-")
}

// split finds the changes that remove an object, and those that have more to show than that.
func (v *view) split() (removed, rest []*item) {
	for i := range v.Items {
		c := &v.Items[i]
		if c.removes() {
			removed = append(removed, c)
		}
		if !c.removes() || len(c.Details()) > 0 {
			rest = append(rest, c)
		}
	}
	return removed, rest
}

// markdownAbout returns what the report is about.
func (v *view) markdownAbout() string {
	var about []string
	if v.About != "" {
		about = append(about, code(document.Clip(v.About, 200)))
	}
	if where := v.Where(); where != "" {
		about = append(about, code(document.Clip(where, 300)))
	} else if v.InstanceID != "" {
		about = append(about, "Gateway "+code(document.Clip(v.InstanceID, 100)))
	}
	if !v.At.IsZero() {
		about = append(about, v.At.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if len(about) == 0 {
		return ""
	}
	return fmt.Sprintf("\n%s\n", strings.Join(about, ", "))
}

// markdownHead says how to undo the run, and the numbers. These are a line and not a table, since a line wraps on a
// narrow screen.
func (v *view) markdownHead() string {
	var b strings.Builder
	if u := v.Undo; u != nil {
		fmt.Fprintf(&b, "\nUndo: %s takes this back with %s.\n", code(document.Clip("apigw-sync undo "+u.File, 500)), document.Count(u.Changes, "change", "changes"))
	}
	var numbers []string
	for _, t := range v.Tallies {
		if t.N > 0 {
			numbers = append(numbers, fmt.Sprintf("**%d** %s", t.N, strings.ReplaceAll(t.Name, "_", " ")))
		}
	}
	if len(numbers) > 0 {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(numbers, " · "))
	}
	return b.String()
}

// markdownFirst returns the findings that come first: this many of each sort, with each line cut to most characters.
func (v *view) markdownFirst(removed []*item, shown, most int) string {
	return v.markdownFindings(failure, shown, most) + v.markdownRemoved(removed, shown, most) +
		v.markdownFindings(warning, shown, most) + v.markdownFindings(notice, shown, most)
}

var markdownTitles = map[severity]string{failure: "Errors", warning: "Warnings", notice: "Notes"}

func (v *view) markdownFindings(level severity, shown, most int) string {
	n := v.count(level)
	if n == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n#### %s (%d)\n\n", markdownTitles[level], n)
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Rule.Level != level {
			continue
		}
		if shown--; shown < 0 {
			break
		}
		fmt.Fprintf(&b, "- **%s** %s\n", f.Rule.ID, code(document.Clip(f.String(), most)))
	}
	if shown < 0 {
		fmt.Fprintf(&b, "- and more, which do not fit\n")
	}
	return b.String()
}

// markdownRemoved lists the objects that are removed, one on each line.
func (v *view) markdownRemoved(removed []*item, shown, most int) string {
	if len(removed) == 0 {
		return ""
	}
	var lines strings.Builder
	for _, c := range removed[:min(shown, len(removed))] {
		line := diffMarks[c.Action] + " " + document.Clean(c.Address)
		if c.Action == diff.Replace {
			line += " (" + c.Summary() + ")"
		}
		if c.Explanation != "" {
			line += ": " + c.Explanation
		}
		lines.WriteString(document.Clip(line, most) + "\n")
	}
	if more := len(removed) - shown; more > 0 {
		fmt.Fprintf(&lines, "# and %d more, which do not fit\n", more)
	}
	title := "Deletions and replacements"
	if v.Command == "apply" {
		title = "Deleted and replaced"
	}
	return fmt.Sprintf("\n#### %s (%d)\n\n", title, len(removed)) + fence("diff", lines.String())
}

// markdownTraffic shows the busiest groups.
func (v *view) markdownTraffic(most int) string {
	const shown = 10
	if len(v.Traffic) == 0 {
		return ""
	}
	groups := slices.Clone(v.Traffic)
	slices.SortStableFunc(groups, func(a, b document.Traffic) int { return cmp.Compare(b.Calls, a.Calls) })
	var b strings.Builder
	b.WriteString("\n#### Traffic of the last hour\n\n")
	for i := range groups[:min(shown, len(groups))] {
		b.WriteString("- " + code(document.Clip(document.TrafficText(&groups[i]), most)) + "\n")
	}
	if more := len(groups) - shown; more > 0 {
		fmt.Fprintf(&b, "- and %s\n", document.Count(more, "more group", "more groups"))
	}
	return b.String()
}

// diffMarks are the first characters of lines in blocks of the language diff, which sites colour.
var diffMarks = map[diff.Action]string{
	diff.Create: "+", diff.Bind: "+", diff.Update: "!", diff.Replace: "!", diff.Delete: "-", diff.Unbind: "-",
}

// asPlanned reports whether the change happened as planned, or is only planned. The lines of other changes have no + or
// -.
func (c *item) asPlanned() bool { return c.Status == "" || c.Status == apply.Succeeded }

// mark returns the first character of the line of a change. One that did not happen is a comment, which sites show in
// grey.
func (c *item) mark() string {
	switch {
	case c.asPlanned():
		return diffMarks[c.Action]
	case c.Status == apply.Unknown:
		return "!"
	}
	return "#"
}
