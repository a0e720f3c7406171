package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// blocks renders what a site can show better than plain Markdown: blocks of code with the name of their file and a
// button to copy them, and tables that scroll on small screens.
type blocks struct{}

// RegisterFuncs implements the interface NodeRenderer of goldmark.
func (blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, code)
	r.Register(ast.KindCodeBlock, code)
	r.Register(ast.KindHTMLBlock, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, nil // comments are only for people who edit the pages
	})
	r.Register(extensionast.KindTable, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n")
		} else {
			_, _ = w.WriteString("</table></div>\n")
		}
		return ast.WalkContinue, nil
	})
}

var fileName = regexp.MustCompile(`\bfile=("[^"]*"|\S+)`)

// code renders a block of code, fenced or indented.
func code(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	language, info := "", ""
	if n, ok := node.(*ast.FencedCodeBlock); ok && n.Info != nil {
		info = string(n.Info.Segment.Value(source))
		language, _, _ = strings.Cut(info, " ")
	}
	_, _ = fmt.Fprintf(w, "<figure class=\"code\" data-language=\"%s\">", html.EscapeString(language))
	label := "Code"
	if m := fileName.FindStringSubmatch(info); m != nil {
		name := strings.Trim(m[1], `"`)
		label = "File " + name
		_, _ = fmt.Fprintf(w, "<figcaption>%s</figcaption>", html.EscapeString(name))
	}
	if language == "console" {
		label = "Commands and what they print"
	}
	_, _ = fmt.Fprintf(w, "<pre tabindex=\"0\" role=\"group\" aria-label=\"%s\"><code>", html.EscapeString(label))
	for i := range node.Lines().Len() {
		segment := node.Lines().At(i)
		line := string(segment.Value(source))
		if command, ok := strings.CutPrefix(line, "$ "); ok && language == "console" {
			_, _ = fmt.Fprintf(w, "<span class=\"prompt\">$ </span><span class=\"command\">%s</span>", html.EscapeString(command))
		} else {
			_, _ = w.WriteString(html.EscapeString(line))
		}
	}
	_, _ = w.WriteString("</code></pre></figure>\n")
	return ast.WalkSkipChildren, nil
}
