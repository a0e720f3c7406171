package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// webpage is one HTML file that needs no other files. Rules of its output:
//
//   - what needs attention comes first, changes follow by environment and kind;
//   - everything is readable without its script, which only searches, filters and unfolds;
//   - what comes from outside goes through Clean and then through html/template: it is text, and never
//     markup; nothing is ever put into style or script;
//   - its content security policy forbids the network, and all styles and scripts but its own, which it names by hash.
var webpage = &Format{
	Name: "html", Failures: true, Commands: []string{"diff", "apply", "undo", "drift"},
	Many: true, Write: byView(writePage, writeFleetPage),
}

//go:embed html/*.tmpl
var assets embed.FS

var (
	//go:embed html/report.css
	pageStyle string
	//go:embed html/report.js
	pageScript string
)

var pageTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").ParseFS(assets, "html/*.tmpl"))
})

// htmlFrame holds what all pages have in common.
type htmlFrame struct {
	Title   string
	Verdict string // well, look or bad
}

// Clean makes text from outside harmless to display.
func (htmlFrame) Clean(s string) string { return document.Clean(s) }

// Policy returns the elements of the head for the content security policy, which allows only our own style and script,
// and for the style.
func (htmlFrame) Policy() template.HTML {
	policy := "default-src 'none'; style-src " + hashed(pageStyle) + "; script-src " + hashed(pageScript) + "; base-uri 'none'; form-action 'none'"
	//nolint:gosec // nothing here comes from outside
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + "\">\n<style>" + pageStyle + "</style>")
}

// Script makes the page interactive.
func (htmlFrame) Script() template.HTML {
	return template.HTML("<script>" + pageScript + "</script>") //nolint:gosec // nothing here comes from outside
}

// hashed returns the hash by which a content security policy allows a style or script.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// show writes a page with the template of that name.
func show(w io.Writer, name string, page any) error {
	out := bufio.NewWriter(w)
	if err := pageTemplates().ExecuteTemplate(out, name, page); err != nil {
		return err
	}
	return out.Flush()
}

// htmlPage is the data for the template of a report.
type htmlPage struct {
	*view
	htmlFrame
	Urgent        []htmlCard // what needs attention, one card for each rule
	Removed       []htmlLink
	Filters       []htmlFilter
	Groups        []htmlGroup
	Expiries      *htmlTimeline
	TrafficCharts []htmlTraffic
	Past          *htmlHistory
	Sections      []htmlLink // for the navigation
}

// htmlLink is a link to a part of the page.
type htmlLink struct {
	Anchor, Text, Note string
}

// htmlCard holds the findings of a rule. More holds those that are folded away.
type htmlCard struct {
	Rule        *rule
	First, More []htmlFinding
}

// N returns how many findings of the rule there are.
func (c htmlCard) N() int { return len(c.First) + len(c.More) }

// htmlFinding is a finding, and the change that it is about.
type htmlFinding struct {
	*finding
	Anchor string      // "" if it is about no change
	Row    *impact.Row // of an impact; nil for other findings
}

// Calls returns how many calls an impact affects, in words; "" if that is not known.
func (f htmlFinding) Calls() string {
	if f.Row.Calls == nil {
		return ""
	}
	return document.Calls(*f.Row.Calls)
}

// Names returns the APIs that share a row of an impact.
func (f htmlFinding) Names() string { return f.Text(strings.Join(f.Row.Names, ", ")) }

// Text returns the message, harmless to display and cut if it is very long.
func (htmlFinding) Text(s string) string { return document.Clip(document.Clean(s), htmlMessageMost) }

// htmlPiece is a part of a sentence. Flags and dates must not be broken at their hyphens.
type htmlPiece struct {
	Whole bool
	Text  string
}

var wholeInText = regexp.MustCompile(`--[a-z][a-z-]*|\b\d{4}-\d\d-\d\d\b`)

// Pieces returns Text in pieces, in which flags and dates are separate.
func (f htmlFinding) Pieces(s string) []htmlPiece { return pieces(f.Text(s)) }

// Pieces returns a text of the tool itself in pieces, in which flags and dates are separate.
func (htmlPage) Pieces(s string) []htmlPiece { return pieces(s) }

func pieces(s string) (out []htmlPiece) {
	at := 0
	for _, span := range wholeInText.FindAllStringIndex(s, -1) {
		out = append(out, htmlPiece{Text: s[at:span[0]]}, htmlPiece{Whole: true, Text: s[span[0]:span[1]]})
		at = span[1]
	}
	return append(out, htmlPiece{Text: s[at:]})
}

// ItemNoun returns what the page lists, in lower case: changes, or differences where nothing is about to happen.
func (p *htmlPage) ItemNoun() string { return p.htmlWords("changes", "differences") }

// Changes returns the title of what the page lists.
func (p *htmlPage) Changes() string { return p.htmlWords("Changes", "Differences") }

// Many reports whether a browser would take long to lay out all changes.
func (p *htmlPage) Many() bool { return len(p.Items) >= htmlMany }

const (
	htmlFirst       = 8     // findings of a rule that are not folded
	htmlMessageMost = 1_000 // characters of the message of a finding
	htmlFew         = 25    // up to this many changes, leaves are not folded
	htmlMany        = 200   // from this many changes on, those out of sight are not laid out
)

func writePage(w io.Writer, v *view, s Style) error {
	return show(w, "report.tmpl", newHTMLPage(v, s.History))
}

// newHTMLPage fills the page for a document. The past is earlier reports of the same gateway.
func newHTMLPage(v *view, past []document.PastReport) *htmlPage {
	p := &htmlPage{view: v, htmlFrame: htmlFrame{Title: htmlTitles[v.Command], Verdict: v.htmlVerdict()}}
	if where := v.Where(); where != "" {
		p.Title += " · " + where
	} else if v.InstanceID != "" {
		p.Title += " · " + document.Clean(v.InstanceID)
	}
	p.attention()
	v.setImpactLevels()
	p.Filters, p.Groups = v.htmlFilters(), v.htmlGroups()
	if v.Health != nil {
		p.Expiries = newTimeline(v.Health.Certificates, v.At)
		past := slices.Clone(past)
		if !v.Failed {
			past = append(past, v.Health.AsPast())
		}
		p.Past = newHistory(past)
	}
	p.TrafficCharts = newTrafficCharts(v.Traffic)
	p.sections()
	return p
}

var htmlTitles = map[string]string{"diff": "Plan", "apply": "Apply", "drift": "Drift report"}

func (v *view) htmlVerdict() string {
	switch {
	case v.count(failure)+v.ImpactTable.Exposure > 0:
		return "bad"
	case v.count(warning)+v.ImpactTable.Outage > 0 || v.Command == "drift" && len(v.Items) > 0:
		return "look"
	}
	return "well"
}

// attention gathers what needs attention.
func (p *htmlPage) attention() {
	anchors := make(map[string]string, len(p.Items))
	for i := range p.Items {
		c := &p.Items[i]
		anchors[c.Address] = fmt.Sprintf("%sc%d", p.ID, i)
		if c.removes() {
			p.Removed = append(p.Removed, htmlLink{anchors[c.Address], document.Clean(c.Address), string(c.Action)})
		}
	}
	cards := map[*rule]int{}
	all := slices.Concat(p.Impact, p.Findings)
	for i := range all {
		f := htmlFinding{&all[i], anchors[all[i].Address], nil}
		if i < len(p.Impact) {
			f.Row = &p.view.ImpactTable.Rows[i]
		}
		at, there := cards[f.Rule]
		if !there {
			at = len(p.Urgent)
			cards[f.Rule] = at
			p.Urgent = append(p.Urgent, htmlCard{Rule: f.Rule})
		}
		if c := &p.Urgent[at]; len(c.First) < htmlFirst {
			c.First = append(c.First, f)
		} else {
			c.More = append(c.More, f)
		}
	}
}

func (p *htmlPage) sections() {
	add := func(there bool, anchor, text string) {
		if there {
			p.Sections = append(p.Sections, htmlLink{Anchor: p.ID + anchor, Text: text})
		}
	}
	add(len(p.Impact)+len(p.Findings)+len(p.Removed) > 0, "attention", "Needs attention")
	add(p.Expiries != nil, "certificates", "Certificates")
	add(len(p.TrafficCharts) > 0, "traffic", "Traffic")
	add(p.Past != nil, "history", "Over time")
	add(len(p.Items) > 0, "changes", p.Changes())
	add(p.Health != nil && len(p.Health.Undeclared) > 0, "undeclared", "Not declared")
}
