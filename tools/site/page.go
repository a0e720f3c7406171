package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// repository is the address of the source code, for links to files outside of the documentation.
const repository = "https://github.com/apigw-sync/apigw-sync/blob/main/"

// page is a page of the documentation.
type page struct {
	Source   string // below docs, such as howto/drift.md
	Path     string // of the site, such as howto/drift.html
	Title    string
	Headings []heading

	text []byte
	tree ast.Node
}

// heading is a heading of the second or third level.
type heading struct {
	Level    int
	Text, ID string
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.GFM),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(blocks{}, 100))),
)

// read reads all pages below a folder, in the order of their paths.
func read(docs string) ([]*page, error) {
	var pages []*page
	err := filepath.WalkDir(docs, func(file string, _ fs.DirEntry, err error) error { //nolint:gosec // the folder was named
		if err != nil || filepath.Ext(file) != ".md" {
			return err
		}
		source, err := filepath.Rel(docs, file)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(file) //nolint:gosec // it is below the folder that was named
		if err != nil {
			return err
		}
		pages = append(pages, parse(filepath.ToSlash(source), raw))
		return nil
	})
	return pages, err
}

func parse(source string, raw []byte) *page {
	p := &page{Source: source, Path: sitePath(source), text: raw}
	context := parser.NewContext(parser.WithIDs(&anchors{taken: map[string]int{}}))
	p.tree = markdown.Parser().Parse(text.NewReader(raw), parser.WithContext(context))
	_ = ast.Walk(p.tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			words := plain(n, raw)
			if n.Level == 1 {
				p.Title = words
			} else if id, ok := n.AttributeString("id"); ok && n.Level <= 3 {
				p.Headings = append(p.Headings, heading{n.Level, words, string(id.([]byte))})
			}
		case *ast.Link:
			n.Destination = []byte(p.link(string(n.Destination)))
		}
		return ast.WalkContinue, nil
	})
	return p
}

// sitePath returns the path of a page on the site: the start page becomes the index.
func sitePath(source string) string {
	folder, name := path.Split(source)
	if name == "README.md" {
		return folder + "index.html"
	}
	return strings.TrimSuffix(source, ".md") + ".html"
}

// link turns the target of a link on a page into a target on the site. Links to files outside of docs lead to the
// repository.
func (p *page) link(target string) string {
	file, fragment, found := strings.Cut(target, "#")
	if found {
		fragment = "#" + fragment
	}
	if file == "" || strings.Contains(file, "://") {
		return target
	}
	full := path.Join(path.Dir(p.Source), file)
	if outside, ok := strings.CutPrefix(full, "../"); ok {
		return repository + outside + fragment
	}
	if strings.HasSuffix(file, ".md") {
		return strings.TrimSuffix(file, path.Base(file)) + path.Base(sitePath(full)) + fragment
	}
	return target
}

// body returns the page as HTML, without the layout.
func (p *page) body() (string, error) {
	var b bytes.Buffer
	err := markdown.Renderer().Render(&b, p.text, p.tree)
	return b.String(), err
}

// root leads from a page to the top of the site: "" or some ../
func (p *page) root() string { return strings.Repeat("../", strings.Count(p.Path, "/")) }

// plain returns the text of a node without markup, with that of code and of the cells of tables. Words are separated by
// one space.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch t := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(t.Segment.Value(source))
			}
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			if entering {
				b.Write(n.Lines().Value(source))
			}
		}
		if !entering && n.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// anchors makes the ids of headings in the same way as the site of the repository, so that links work in both places.
type anchors struct{ taken map[string]int }

func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	id := slug(string(value))
	a.taken[id]++
	if n := a.taken[id]; n > 1 {
		id = fmt.Sprintf("%s-%d", id, n-1)
	}
	return []byte(id)
}

func (a *anchors) Put(value []byte) { a.taken[string(value)]++ }

// slug keeps letters, digits, - and _.
func slug(words string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, words)
}
