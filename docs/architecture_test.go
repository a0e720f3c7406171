package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	goFile   = regexp.MustCompile(`^[\w/*]+\.go$`)
	exported = regexp.MustCompile(`^(?:\w+\.)?[A-Z]\w*$`)
	word     = regexp.MustCompile(`\w+`)
)

// TestArchitecture checks that the files, folders and exported names that the pages for developers mention still exist.
func TestArchitecture(t *testing.T) {
	names := namesInCode(t)
	for _, page := range []string{"architecture.md", "../CONTRIBUTING.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(fences.ReplaceAllString(string(text), ""), "\n") {
			folder := ""
			for _, m := range quoted.FindAllStringSubmatch(line, -1) {
				switch name := m[1]; {
				case strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "cmd/"):
					folder = strings.TrimSuffix(name, filepath.Base(name))
					if !strings.HasSuffix(name, ".go") {
						folder = name + "/"
					}
					checkExists(t, page, name)
				case goFile.MatchString(name) && folder != "":
					checkExists(t, page, folder+name)
				case exported.MatchString(name):
					for part := range strings.SplitSeq(name, ".") {
						if !names[part] {
							t.Errorf("%s mentions %s, and no code has that name", page, name)
						}
					}
				}
			}
		}
	}
}

// checkExists expects a file or folder, or one that matches, below the root of the repository.
func checkExists(t *testing.T, page, name string) {
	t.Helper()
	if found, err := filepath.Glob(filepath.Join("..", name)); err != nil || len(found) == 0 {
		t.Errorf("%s mentions %s, which does not exist", page, name)
	}
}

// namesInCode returns all words in Go files.
func namesInCode(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, root := range []string{"../cmd", "../internal"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			code, err := os.ReadFile(path)
			for _, name := range word.FindAllString(string(code), -1) {
				names[name] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}
