package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/docs/reference"
)

// TestReferenceIsCurrent compares the reference pages with what the program generates; `make docs` writes them.
func TestReferenceIsCurrent(t *testing.T) {
	root := (&program{}).newRootCommand()
	documents, err := reference.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"reference/cli.md":        reference.CLI(root, envVariable),
		"reference/files.md":      reference.Files(),
		"reference/config.md":     reference.Config(),
		"reference/json.md":       documents,
		"reference/operations.md": reference.Operations(),
	} {
		hold(t, name, func(string) string { return want })
	}
	hold(t, "troubleshooting.md", func(page string) string { return between(t, page, "codes", reference.Codes()) })
}

// hold compares a page with its generated content, or writes it with -update.
func hold(t *testing.T, name string, current func(page string) string) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", filepath.FromSlash(name))
	page, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := current(string(page))
	if want == string(page) {
		return
	}
	if !*update {
		t.Errorf("docs/%s is not current; run make docs (-want +got):\n%s", name, cmp.Diff(want, string(page)))
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

// between replaces the text of a page between two marker comments.
func between(t *testing.T, page, part, text string) string {
	t.Helper()
	begin, end := "<!-- "+part+": made by make docs -->\n", "<!-- end of "+part+" -->\n"
	before, rest, ok := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("the page has no part %s", part)
	}
	return before + begin + "\n" + text + "\n" + end + after
}

// TestExamples parses the examples of the help texts, which finds flags that do not exist.
func TestExamples(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			for _, typed := range typedCommands(line) {
				root := (&program{}).newRootCommand()
				found, rest, err := root.Find(typed)
				if err == nil {
					err = found.ParseFlags(rest)
				}
				if err != nil {
					t.Errorf("%s: example %q: %v", c.CommandPath(), strings.TrimSpace(line), err)
				}
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&program{}).newRootCommand())
}

// typedCommands returns the arguments of each apigw-sync command in a line, unquoted as a shell does it.
func typedCommands(line string) (out [][]string) {
	var words []string
	var word strings.Builder
	quote := rune(0)
	for _, r := range strings.TrimSpace(line) + " " {
		switch {
		case quote != 0 && r == quote, quote == 0 && (r == '\'' || r == '"'):
			quote ^= r
		case quote == 0 && r == ' ':
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	var open []string
	inside := false
	for _, w := range append(words, "&&") {
		switch w {
		case "&&", ">", "|", "--", "<":
			if inside {
				out = append(out, open)
			}
			open, inside = nil, false
		case "apigw-sync":
			inside = true
		default:
			if inside {
				open = append(open, w)
			}
		}
	}
	return out
}
