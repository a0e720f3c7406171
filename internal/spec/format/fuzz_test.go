package format

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// FuzzFormat: whatever is written, formatting keeps what the loader reads, and changes nothing twice. What it
// cannot keep is an error, never another file.
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
