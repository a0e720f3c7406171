package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// aboutKinds are the folders that may name kinds: the kinds themselves, the emulator, and packages about certain
// kinds.
var aboutKinds = []string{"internal/kind", "internal/emulator", "internal/calls", "internal/checks/lint", "internal/checks/drift", "internal/checks/rotate"}

// namesKinds lists the other files that may name kinds, with the reason. What can be derived from a kind does not
// belong here.
var namesKinds = map[string]string{
	"cmd/apigw-sync/flags_complete.go":    "rotate completes the names of apps",
	"internal/api/operations.go":          "each call of the API with the action that allows it: a line of its own for each",
	"internal/report/sample/many.go":      "made-up changes",
	"internal/report/sample/promotion.go": "made-up changes",
	"internal/report/sample/sample.go":    "made-up changes; kinds that they do not name are shown by the examples of their shapes",
	"internal/world/chaos/check.go":       "codes are the only objects of which the files set a number, and the gateway generates the values",
	"internal/world/estate.go":            "E, which docs/performance.md is about, is made of these kinds, and stays so with one more",
}

// everydayWords are names of kinds that are also ordinary words: flags, keys of documents, and environments of
// bindings.
var everydayWords = []string{"", "certificates", "domain", "domains", "environment", "environments", "features", "group", "groups", "variable", "variables"}

// TestNoKindIsNamedElsewhere checks that only aboutKinds and namesKinds tell kinds apart by name, so that a new kind
// needs no change anywhere else.
func TestNoKindIsNamedElsewhere(t *testing.T) {
	named := map[string]bool{}
	for _, k := range kind.All {
		named[k.Name], named[k.Section], named[k.Field] = true, true, true
	}
	for _, l := range kind.Links {
		named[l.Name] = true
	}
	for _, word := range everydayWords {
		delete(named, word)
	}
	root, used := filepath.Join("..", ".."), map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "node_modules" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		for _, folder := range aboutKinds {
			if strings.HasPrefix(name, folder+"/") {
				return nil
			}
		}
		for _, at := range literals(t, path, named) {
			used[name] = true
			if namesKinds[name] == "" {
				t.Errorf("%s:%s: let it follow from kind.All, kind.Links or the kind's own file; or give the reason in namesKinds of this test", name, at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range namesKinds {
		if !used[name] {
			t.Errorf("%s names no kind any more: take it out of namesKinds", name)
		}
	}
}

// literals returns the lines of a file with a string that names a kind.
func literals(t *testing.T, path string, named map[string]bool) (at []string) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && named[s] {
				at = append(at, strconv.Itoa(files.Position(lit.Pos()).Line)+": "+s)
			}
		}
		return true
	})
	return at
}
