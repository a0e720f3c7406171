package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks checks that every link in the documentation leads to a file, and to a heading that exists there.
func TestLinks(t *testing.T) {
	const root = ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != root || d.Name() == "testdata" || d.Name() == "bin" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := path
			if target != "" {
				to = filepath.Join(filepath.Dir(path), target)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			} else if fragment != "" && filepath.Ext(to) == ".md" && !anchors(t, to)[fragment] {
				t.Errorf("%s links to %s: there is no such heading", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStartLeadsEverywhere checks that the start page links to every page, so that readers can find it.
func TestStartLeadsEverywhere(t *testing.T) {
	start, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages(t) {
		path = filepath.ToSlash(path)
		if strings.HasPrefix(path, "../") || strings.HasPrefix(path, "adr/") || path == "README.md" {
			continue
		}
		if !strings.Contains(string(start), "]("+path) {
			t.Errorf("docs/README.md does not lead to %s", path)
		}
	}
}

var (
	headline = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	linked   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	fences   = regexp.MustCompile("(?s)\n *```.*?\n *```")
)

// anchors returns the anchors of the headings of a page.
func anchors(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, count := map[string]bool{}, map[string]int{}
	for _, m := range headline.FindAllStringSubmatch(fences.ReplaceAllString(string(text), ""), -1) {
		id := slug(linked.ReplaceAllString(m[1], "$1"))
		if n := count[id]; n > 0 {
			out[fmt.Sprintf("%s-%d", id, n)] = true
		}
		count[id]++
		out[id] = true
	}
	return out
}

// slug turns a heading into an anchor as code hosts do: it keeps letters, digits, - and _.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
