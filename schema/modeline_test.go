package schema_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestExamplesNameTheirSchema checks that every example names its schema, so that editors complete and check it.
func TestExamplesNameTheirSchema(t *testing.T) {
	want, err := filepath.Abs("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, folder := range []string{"../examples", "../scripts", "../docs"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(text, []byte(spec.Version)) {
				return err
			}
			if filepath.Base(filepath.Dir(path)) == "overlays" {
				return nil // an editor would complain about what an overlay leaves to its base
			}
			found++
			first, _, _ := strings.Cut(string(text), "\n")
			named, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
			if !ok {
				t.Errorf("%s does not begin with a modeline that names the schema", path)
				return nil
			}
			if got, _ := filepath.Abs(filepath.Join(filepath.Dir(path), named)); named != spec.SchemaURL && got != want {
				t.Errorf("%s names the schema %s", path, named)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 3 {
		t.Errorf("found %d examples", found)
	}
}

// TestSchemaURL checks that the address in exports ends with the path of the schema in the repository.
func TestSchemaURL(t *testing.T) {
	if !strings.HasSuffix(spec.SchemaURL, "/schema/config.schema.json") {
		t.Error(spec.SchemaURL)
	}
}
