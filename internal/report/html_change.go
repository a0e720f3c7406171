package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// htmlGroup are the changes of one environment.
type htmlGroup struct {
	Title string
	Count int
	Kinds []htmlKind
}

// htmlKind are the changes of one kind.
type htmlKind struct {
	Kind  string
	Count int
	Parts [][]htmlChange // of htmlPart changes each, except the last
}

// htmlPart is how many changes a browser lays out together when they are about to scroll into view: few enough to be
// quick, and enough that there are few parts to observe.
const htmlPart = 50

func (k *htmlKind) add(c htmlChange) {
	if k.Count%htmlPart == 0 {
		k.Parts = append(k.Parts, nil)
	}
	last := &k.Parts[len(k.Parts)-1]
	*last = append(*last, c)
	k.Count++
}

// htmlChange is a change. All of its texts are harmless to display.
type htmlChange struct {
	*item
	Anchor  string
	Symbol  string
	Where   string // method and path of a binding
	Leaves  []htmlLeaf
	Few     bool // leaves are not folded
	OneSide bool // nothing was there before, or nothing will be after
}

// Text returns the address, made harmless.
func (c htmlChange) Text() string { return document.Clean(c.Address) }

// Word returns the action, its outcome, or how both sides differ.
func (c htmlChange) Word() string {
	switch {
	case c.Status != "":
		return string(c.Status)
	case c.Divergence != "":
		return string(c.Divergence)
	}
	return string(c.Action)
}

// Look returns the CSS class of the word.
func (c htmlChange) Look() string {
	if c.Divergence != "" {
		return c.Rule.ID
	}
	return c.Word()
}

// htmlLeaf is a changed leaf: two values, or texts side by side.
type htmlLeaf struct {
	Path          string
	Before, After htmlValue
	Lines         []htmlLine
}

// htmlValue is a value, divided where it differs from the other side.
type htmlValue struct {
	None              bool
	Start, Mid, After string
}

// htmlCell is a value and the side that has it, old or new.
type htmlCell struct {
	Side string
	htmlValue
}

// OnGateway returns the value on the gateway.
func (l htmlLeaf) OnGateway() htmlCell { return htmlCell{"old", l.Before} }

// InFiles returns the value in the files.
func (l htmlLeaf) InFiles() htmlCell { return htmlCell{"new", l.After} }

// htmlLine is a pair of lines, one of each side. Mark is '-', '+', '~', ' ' or '…'.
type htmlLine struct {
	Mark        string
	Left, Right string
}

// htmlFilter lets a reader narrow the changes by one property.
type htmlFilter struct {
	Name    string
	Title   string
	Choices []htmlChoice
}

type htmlChoice struct {
	Value string
	N     int
}

const htmlValueMost = 2_000 // characters of a value

// htmlGroups groups the changes by environment, those of objects first, and otherwise keeps their order.
func (v *view) htmlGroups() []htmlGroup {
	groups := map[string]*htmlGroup{}
	var names []string
	for i := range v.Items {
		c := &v.Items[i]
		env := ""
		if c.Binding != nil {
			env = c.Binding.Environment
		}
		g := groups[env]
		if g == nil {
			g = &htmlGroup{Title: "Objects, in every environment"}
			if env != "" {
				g.Title = "Bindings in " + document.Clean(env)
			}
			groups[env] = g
			names = append(names, env)
		}
		g.Count++
		if n := len(g.Kinds); n == 0 || g.Kinds[n-1].Kind != c.Kind {
			g.Kinds = append(g.Kinds, htmlKind{Kind: c.Kind})
		}
		k := &g.Kinds[len(g.Kinds)-1]
		h := newHTMLChange(c, v.ID, i)
		h.Few = len(v.Items) <= htmlFew
		k.add(h)
	}
	slices.Sort(names)
	out := make([]htmlGroup, len(names))
	for i, name := range names {
		out[i] = *groups[name]
	}
	return out
}

func newHTMLChange(c *item, id string, i int) htmlChange {
	h := htmlChange{
		item: c, Anchor: fmt.Sprintf("%sc%d", id, i), Symbol: strings.TrimSpace(symbols[c.Action].text),
		OneSide: c.Action == diff.Create || c.Action == diff.Delete,
	}
	if c.Divergence != "" {
		h.Symbol = strings.TrimSpace(sides[c.Divergence].text)
	}
	if b := c.Binding; b != nil {
		h.Where = document.Clean(b.Call())
	}
	details := c.Details()
	if c.Divergence != "" {
		details = c.Fields // what a delete would also remove is not a difference
	}
	for _, f := range details {
		h.Leaves = append(h.Leaves, newHTMLLeaf(&f, c.Divergence, h.OneSide))
	}
	return h
}

func newHTMLLeaf(f *document.Field, apart document.Divergence, oneSide bool) htmlLeaf {
	leaf := htmlLeaf{Path: document.Clean(f.Path)}
	if lines := linesOf(f); lines != nil {
		leaf.Lines = sideBySide(lines)
		return leaf
	}
	if f.IsSet() && apart != "" {
		onGateway, inFiles := f.Both(apart, htmlValueMost)
		leaf.Before, leaf.After = htmlValue{Start: onGateway, None: onGateway == ""}, htmlValue{Start: inFiles, None: inFiles == ""}
		return leaf
	}
	if f.IsSet() {
		goes, comes := document.RemovedSign, document.AddedSign
		if oneSide {
			goes, comes = "", "" // the members are the whole set
		}
		leaf.Before = htmlValue{Start: strings.Join(document.Members(goes, f.Removed), ", "), None: len(f.Removed) == 0}
		leaf.After = htmlValue{Start: strings.Join(document.Members(comes, f.Added), ", "), None: len(f.Added) == 0}
		return leaf
	}
	before, after := document.Shorten(f.Before, f.ShownAfter(), htmlValueMost)
	a, b := document.Show(before, f.Sensitive), document.Show(after, f.Sensitive)
	leaf.Before, leaf.After = htmlValue{Start: a, None: f.Before == nil}, htmlValue{Start: b, None: f.After == nil}
	_, isText := f.Before.(string)
	if _, both := f.After.(string); isText && both && !f.Sensitive {
		leaf.Before, leaf.After = splitDifference(a, b)
	}
	return leaf
}

// splitDifference marks the middle in which two texts differ, if enough before and after it is the same.
func splitDifference(a, b string) (before, after htmlValue) {
	x, y := []rune(a), []rune(b)
	start := 0
	for start < min(len(x), len(y)) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	if 3*(start+end) < max(len(x), len(y)) {
		return htmlValue{Start: a}, htmlValue{Start: b}
	}
	part := func(r []rune) htmlValue {
		return htmlValue{Start: string(r[:start]), Mid: string(r[start : len(r)-end]), After: string(r[len(r)-end:])}
	}
	return part(x), part(y)
}

// sideBySide puts the lines of a comparison next to each other.
func sideBySide(lines []line) []htmlLine {
	var out []htmlLine
	for i := 0; i < len(lines); {
		if m := lines[i].mark; m == ' ' || m == '…' {
			text := document.Clean(lines[i].text)
			out = append(out, htmlLine{string(m), text, text})
			i++
			continue
		}
		var gone, came []string
		for ; i < len(lines) && (lines[i].mark == '-' || lines[i].mark == '+'); i++ {
			if text := document.Clean(lines[i].text); lines[i].mark == '-' {
				gone = append(gone, text)
			} else {
				came = append(came, text)
			}
		}
		for j := range max(len(gone), len(came)) {
			switch {
			case j >= len(gone):
				out = append(out, htmlLine{"+", "", came[j]})
			case j >= len(came):
				out = append(out, htmlLine{"-", gone[j], ""})
			default:
				out = append(out, htmlLine{"~", gone[j], came[j]})
			}
		}
	}
	return out
}

// setImpactLevels sets the worst level of impact of each change.
func (v *view) setImpactLevels() {
	means := map[string]impact.Level{}
	for i := range v.ImpactTable.Rows { // the worst come first
		for _, address := range v.ImpactTable.Rows[i].Because {
			if means[address] == "" {
				means[address] = v.ImpactTable.Rows[i].Level
			}
		}
	}
	for i := range v.Items {
		v.Items[i].Impact = means[v.Items[i].Address]
	}
}

// htmlFilters returns the choices that narrow the changes, each with its number of changes. Their names are those of
// data attributes. None may be the name of an HTML attribute: html/template would treat the values of action as URLs.
func (v *view) htmlFilters() []htmlFilter {
	return []htmlFilter{
		v.htmlFilter("means", "Impact", []string{string(impact.Exposure), string(impact.Outage), string(impact.Change)}, func(c *item) string { return string(c.Impact) }),
		v.htmlFilter("level", "Severity", []string{failure.String(), warning.String(), notice.String()}, func(c *item) string { return c.Level.String() }),
		v.htmlFilter("does", v.htmlWords("Action", "Where"), actionNames(), (*item).Does),
		v.htmlFilter("kind", "Kind", nil, func(c *item) string { return c.Kind }),
	}
}

// htmlFilter returns a choice of the values that a property has, in the given order; nil means alphabetically.
func (v *view) htmlFilter(name, title string, order []string, of func(*item) string) htmlFilter {
	n := map[string]int{}
	for i := range v.Items {
		n[of(&v.Items[i])]++
	}
	if order == nil {
		order = slices.Sorted(maps.Keys(n))
	}
	f := htmlFilter{Name: name, Title: title}
	for _, value := range order {
		if n[value] > 0 {
			f.Choices = append(f.Choices, htmlChoice{document.Clean(value), n[value]})
		}
	}
	return f
}

// htmlWords holds a word for an action or its outcome, and one for a difference.
func (v *view) htmlWords(happens, is string) string {
	if v.Health != nil {
		return is
	}
	return happens
}

// Does returns what the item does, or how both sides differ.
func (c *item) Does() string {
	if c.Divergence != "" {
		return string(c.Divergence)
	}
	return string(c.Action)
}

func actionNames() (names []string) {
	for _, a := range divergences {
		names = append(names, string(a))
	}
	for _, a := range document.Actions {
		names = append(names, string(a))
	}
	return names
}
