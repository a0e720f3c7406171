package format

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// FuzzFormat: formatting any file keeps its meaning for the loader or is an error, and formatting the result again changes
// nothing.
func FuzzFormat(f *testing.F) {
	files, _ := filepath.Glob("../testdata/check/*.yaml")
	more, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range append(files, more...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Format(data, spec.Document()); err == nil {
			holdsLaws(t, "the input", data)
		}
	})
}
