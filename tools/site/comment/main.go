// Comment renders a comment in Markdown as GitHub shows it, for a picture: from standard input to standard output.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

//go:embed comment.css
var style string

func main() {
	if err := render(os.Stdin, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "comment:", err)
		os.Exit(1)
	}
}

// render trusts the comment: it is one of our own. In comments, other than in files, GitHub keeps line breaks.
func render(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Comment</title><style>%s</style>\n"+
		"<article><header><b>gateway-bot</b> commented now</header><div class=\"body\">\n", style); err != nil {
		return err
	}
	return goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps())).Convert(text, out)
}
