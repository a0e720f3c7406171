package main

import (
	"encoding/json"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	target    = regexp.MustCompile(` id="([^"]*)"`)
)

// TestSite builds the site and follows every link in it.
func TestSite(t *testing.T) {
	folder := t.TempDir()
	if err := build("../../docs", folder); err != nil {
		t.Fatal(err)
	}
	texts, ids := map[string]string{}, map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		raw, err := os.ReadFile(path)
		texts[path] = string(raw)
		for _, m := range target.FindAllStringSubmatch(string(raw), -1) {
			if ids[path+"#"+m[1]] {
				t.Errorf("%s has the id %s twice", path, m[1])
			}
			ids[path+"#"+m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 20 {
		t.Errorf("%d pages only", len(texts))
	}
	for path, text := range texts {
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			link := html.UnescapeString(m[1])
			file, fragment, _ := strings.Cut(link, "#")
			switch {
			case strings.HasPrefix(link, repository), strings.HasPrefix(link, "data:"):
				continue
			case strings.Contains(link, "://"):
				if strings.Contains(m[0], "src=") {
					t.Errorf("%s loads %s", path, link)
				}
				continue
			}
			to := path
			if file != "" {
				to = filepath.Join(filepath.Dir(path), filepath.FromSlash(file))
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s leads to %s: %v", path, link, err)
			}
			fragment, err := url.PathUnescape(fragment)
			if err != nil {
				t.Error(err)
			}
			if fragment != "" && !ids[to+"#"+fragment] {
				t.Errorf("%s leads to %s: there is no such heading", path, link)
			}
		}
	}
}

// TestSearchIndex checks the entries of the search index.
func TestSearchIndex(t *testing.T) {
	pages := []*page{parse("howto/drift.md", []byte("# Drift\n\nLook *here*.\n\n## Each night\n\n| a | b |\n|---|---|\n| c | `d` |\n\n```console\n$ apigw-sync drift\n```\n"))}
	raw, err := searchIndex(pages)
	if err != nil {
		t.Fatal(err)
	}
	var got []passage
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(string(raw), "window.passages = "), ";\n")), &got); err != nil {
		t.Fatal(err)
	}
	want := []passage{
		{"Drift", "", "howto/drift.html", "Look here."},
		{"Drift", "Each night", "howto/drift.html#each-night", "a b c d $ apigw-sync drift"},
	}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestLink checks how links between pages are rewritten.
func TestLink(t *testing.T) {
	p := &page{Source: "howto/drift.md"}
	for link, want := range map[string]string{
		"ci.md":                       "ci.html",
		"../README.md#how-to":         "../index.html#how-to",
		"../reports.md":               "../reports.html",
		"#top":                        "#top",
		"../img/a.svg":                "../img/a.svg",
		"../../examples/ci/README.md": repository + "examples/ci/README.md",
		"https://example.com/a.md":    "https://example.com/a.md",
	} {
		if got := p.link(link); got != want {
			t.Errorf("%s becomes %s, want %s", link, got, want)
		}
	}
}

// TestClearSite checks that build refuses a folder that it did not make, and leaves its files alone.
func TestClearSite(t *testing.T) {
	folder := t.TempDir()
	if err := write(filepath.Join(folder, "thesis.txt"), []byte("mine")); err != nil {
		t.Fatal(err)
	}
	if err := build("../../docs", folder); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Join(folder, "thesis.txt")); err != nil {
		t.Error(err)
	}
}
