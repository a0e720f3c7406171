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

// webpage is one HTML file that needs no other. Rules of its output:
//
//   - what needs attention stands first, changes follow by environment and kind;
//   - all is there without its script, which only searches, filters and opens;
//   - what comes from outside goes through Clean and then through html/template: it is text, and never
//     markup; nothing is ever put into style or script;
//   - its policy lets in no network, no style and no script but its own, known by their hashes.
var webpage = &Format{
	Name: "html", Failures: true, Commands: []string{"diff", "apply", "undo", "drift"},
	Many: true, Write: func(w io.Writer, d document.Document, s Style) error {
		if f, ok := d.(*document.Fleet); ok {
			return writeFleetPage(w, f)
		}
		return writePage(w, viewOf(d), s)
	},
}

//go:embed html
var assets embed.FS

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("report.tmpl").ParseFS(assets, "html/*.tmpl")
})

// htmlPage is what the template shows.
type htmlPage struct {
	*view
	Policy   template.HTML // and style
	Script   template.HTML
	Title    string
	Verdict  string     // well, look or bad
	Urgent   []htmlCard // what needs attention, a card a rule
	Removed  []htmlLink
	Filters  []htmlFilter
	Groups   []htmlGroup
	Ends     *htmlTimeline
	Streams  []htmlTraffic
	Past     *htmlHistory
	Sections []htmlLink // for the navigation
}

// htmlLink leads to a part of the page.
type htmlLink struct {
	Anchor, Text, Note string
}

// htmlCard are the findings of a rule. Those that found no room at once stand in More.
type htmlCard struct {
	Rule        *rule
	First, More []htmlFinding
}

// N is how many there are.
func (c htmlCard) N() int { return len(c.First) + len(c.More) }

// htmlFinding is a finding, and the change that it is about.
type htmlFinding struct {
	*finding
	Anchor string      // "" when it is about no change
	Felt   *impact.Row // what it means to callers; nil when it is about something else
}

// Calls is how many calls an impact meets, in words; "" where that is not known.
func (f htmlFinding) Calls() string {
	if f.Felt.Calls == nil {
		return ""
	}
	return document.Calls(*f.Felt.Calls)
}

// Names are the APIs of an impact that are alike.
func (f htmlFinding) Names() string { return f.Text(strings.Join(f.Felt.Names, ", ")) }

// Text makes text from outside harmless to look at, and cuts what is very long.
func (htmlFinding) Text(s string) string { return clip(document.Clean(s), htmlSaid) }

// htmlPiece is a part of a sentence. Flags and days are not to be broken at their hyphens.
type htmlPiece struct {
	Whole bool
	Text  string
}

var wholeInText = regexp.MustCompile(`--[a-z][a-z-]*|\b\d{4}-\d\d-\d\d\b`)

// Pieces are Text, its flags and days apart.
func (f htmlFinding) Pieces(s string) []htmlPiece { return pieces(f.Text(s)) }

// Pieces are a text of ours, its flags and days apart.
func (htmlPage) Pieces(s string) []htmlPiece { return pieces(s) }

func pieces(s string) (out []htmlPiece) {
	at := 0
	for _, span := range wholeInText.FindAllStringIndex(s, -1) {
		out = append(out, htmlPiece{Text: s[at:span[0]]}, htmlPiece{Whole: true, Text: s[span[0]:span[1]]})
		at = span[1]
	}
	return append(out, htmlPiece{Text: s[at:]})
}

// Ones are what the page lists, in small letters: changes, or differences where nothing is about to happen.
func (p *htmlPage) Ones() string { return p.htmlWords("changes", "differences") }

// Changes is the title of what the page lists.
func (p *htmlPage) Changes() string { return p.htmlWords("Changes", "Differences") }

// Many reports whether there are so many changes that laying all of them out would take long.
func (p *htmlPage) Many() bool { return len(p.Items) >= htmlMany }

// Clean makes text from outside harmless to look at.
func (htmlPage) Clean(s string) string { return document.Clean(s) }

const (
	htmlFirst = 8     // findings of a rule that show at once
	htmlSaid  = 1_000 // characters of what a finding says
	htmlFew   = 25    // changes up to which leaves show at once
	htmlMany  = 200   // changes from which those out of sight are not laid out
)

func writePage(w io.Writer, v *view, s Style) error {
	t, err := pageTemplate()
	if err != nil {
		return err
	}
	p := newHTMLPage(v, s.History)
	if p.Policy, p.Script, err = htmlAssets(); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if err := t.Execute(out, p); err != nil {
		return err
	}
	return out.Flush()
}

// newHTMLPage lays a document out. The past is that of its gateway.
func newHTMLPage(v *view, past []document.Past) *htmlPage {
	p := &htmlPage{view: v, Title: htmlTitles[v.Command], Verdict: v.htmlVerdict()}
	if where := v.Where(); where != "" {
		p.Title += " · " + where
	} else if v.InstanceID != "" {
		p.Title += " · " + document.Clean(v.InstanceID)
	}
	p.attention()
	v.mean()
	p.Filters, p.Groups = v.htmlFilters(), v.htmlGroups()
	if v.Health != nil {
		p.Ends = newTimeline(v.Health.Certificates, v.At)
		past := slices.Clone(past)
		if !v.Failed {
			past = append(past, v.Health.AsPast())
		}
		p.Past = newHistory(past)
	}
	p.Streams = newStreams(v.Traffic)
	p.sections()
	return p
}

var htmlTitles = map[string]string{"diff": "Plan", "apply": "Apply", "drift": "Drift report"}

func (v *view) htmlVerdict() string {
	switch {
	case v.worst(failure)+v.Felt.Exposure > 0:
		return "bad"
	case v.worst(warning)+v.Felt.Outage > 0 || v.Command == "drift" && len(v.Items) > 0:
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
			f.Felt = &p.view.Felt.Rows[i]
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
	add(p.Ends != nil, "certificates", "Certificates")
	add(len(p.Streams) > 0, "traffic", "Traffic")
	add(p.Past != nil, "history", "Over time")
	add(len(p.Items) > 0, "changes", p.Changes())
	add(p.Health != nil && len(p.Health.Undeclared) > 0, "undeclared", "Not declared")
}

// htmlAssets are policy and style, and the script. The policy knows both by their hashes.
func htmlAssets() (head, script template.HTML, err error) {
	css, err := assets.ReadFile("html/report.css")
	if err != nil {
		return "", "", err
	}
	js, err := assets.ReadFile("html/report.js")
	if err != nil {
		return "", "", err
	}
	policy := fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hashed(css), hashed(js))
	var b strings.Builder
	fmt.Fprintf(&b, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n<style>%s</style>", policy, css)
	//nolint:gosec // nothing here comes from outside
	return template.HTML(b.String()), template.HTML("<script>" + string(js) + "</script>"), nil
}

// hashed names a style or script in a content security policy.
func hashed(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
