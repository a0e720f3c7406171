package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// section is a part of the navigation.
type section struct {
	Title string
	Pages []*page
}

// decisions is the folder of the decision records. The start page does not list them one by one.
const decisions = "adr/"

// navigation takes the sections and the order of the pages from the start page: from its headings of the second level
// and the links below these. A page without such a link is an error.
func navigation(pages []*page) ([]section, error) {
	byPath := map[string]*page{}
	for _, p := range pages {
		byPath[p.Path] = p
	}
	start := byPath["index.html"]
	if start == nil {
		return nil, errors.New("there is no README.md")
	}
	seen := map[*page]bool{start: true}
	nav := []section{{Pages: []*page{start}}}
	for n := start.tree.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 2 {
			nav = append(nav, section{Title: plain(h, start.text)})
			continue
		}
		last := &nav[len(nav)-1]
		_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if l, ok := n.(*ast.Link); ok && entering {
				target, _, _ := strings.Cut(string(l.Destination), "#")
				if p := byPath[path.Clean(target)]; p != nil && !seen[p] && !strings.HasPrefix(p.Source, decisions) {
					seen[p], last.Pages = true, append(last.Pages, p)
				}
			}
			return ast.WalkContinue, nil
		})
	}
	adr := section{Title: "Decisions"}
	var lost []string
	for _, p := range pages {
		switch {
		case strings.HasPrefix(p.Source, decisions):
			adr.Pages = append(adr.Pages, p)
		case !seen[p]:
			lost = append(lost, p.Source)
		}
	}
	if len(lost) > 0 {
		return nil, fmt.Errorf("README.md does not lead to %s", strings.Join(lost, ", "))
	}
	nav = append(nav, adr)
	return slices.DeleteFunc(nav, func(s section) bool { return len(s.Pages) == 0 }), nil
}

//go:embed site.tmpl
var layoutText string

var layout = template.Must(template.New("site").Parse(layoutText))

// html returns the whole page.
func (p *page) html(nav []section) ([]byte, error) {
	body, err := p.body()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = layout.Execute(&b, map[string]any{
		"Page": p, "Root": p.root(), "Nav": nav, "Source": repository + "docs/" + p.Source,
		"Body": template.HTML(body), //nolint:gosec // made of our own pages, raw HTML is left out
	})
	return b.Bytes(), err
}
