package main

import (
	"encoding/json"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// passage is a unit that the search can find: the text below one heading.
type passage struct {
	Page    string `json:"p"` // title
	Heading string `json:"h"` // "" at the beginning of a page
	Link    string `json:"l"` // from the top of the site
	Text    string `json:"t"`
}

// searchIndex returns the search index as a script, because a page that is opened from a disk cannot read other files.
func searchIndex(pages []*page) ([]byte, error) {
	var all []passage
	for _, p := range pages {
		all = append(all, p.passages()...)
	}
	raw, err := json.Marshal(all)
	return append(append([]byte("window.passages = "), raw...), ";\n"...), err
}

func (p *page) passages() (out []passage) {
	here := passage{Page: p.Title, Link: p.Path}
	var blocks []string
	flush := func() {
		here.Text = strings.Join(blocks, " ")
		if here.Text != "" || here.Heading != "" {
			out = append(out, here)
		}
		blocks = nil
	}
	for n := p.tree.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			if h.Level == 1 {
				continue
			}
			flush()
			here.Heading = plain(h, p.text)
			if id, ok := h.AttributeString("id"); ok {
				here.Link = p.Path + "#" + string(id.([]byte))
			}
			continue
		}
		if words := plain(n, p.text); words != "" {
			blocks = append(blocks, words)
		}
	}
	flush()
	return out
}
