package reference_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// operationName matches what looks like the vendor's name of an operation.
var operationName = regexp.MustCompile(`^(List|Show|Create|Update|Delete|Batch|Associate|Disassociate|Attach|Detach|Cancel|Reset|Debug|Import|Export|Publish|Switch|Add|Remove|Keystone|Canceling|Resetting)[A-Z][A-Za-z0-9]+$`)

// TestOperationsAreAllThere checks that api.Operations lists exactly the operations that the program's sources name.
func TestOperationsAreAllThere(t *testing.T) {
	listed := map[string]bool{}
	for _, o := range api.Operations {
		if listed[o.Name] {
			t.Errorf("%s is listed twice", o.Name)
		}
		listed[o.Name] = true
	}
	named := map[string]bool{}
	for name, at := range namedOperations(t) {
		named[name] = true
		if !listed[name] {
			t.Errorf("%s: %s is called and not listed in internal/api/operations.go", at, name)
		}
	}
	for name := range listed {
		if !named[name] {
			t.Errorf("%s is listed, and nothing calls it", name)
		}
	}
}

// namedOperations returns the names of operations in the sources, with their positions. It skips the emulator, which
// plays the gateway, and folders that only support tests and documentation.
func namedOperations(t *testing.T) map[string]token.Position {
	t.Helper()
	out := map[string]token.Position{}
	files := token.NewFileSet()
	others := []string{"emulator", "bench", "estate", "testworld", "reference", "sample", "webtest", "judges", "testdata"}
	for _, root := range []string{"../../../internal", "../../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && slices.Contains(others, d.Name()):
				return filepath.SkipDir
			case d.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, filepath.Join("api", "operations.go")):
				return nil
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil && operationName.MatchString(text) {
						out[text] = files.Position(literal.Pos())
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 40 {
		t.Fatalf("only %d operations were found: the search is broken", len(out))
	}
	return out
}
