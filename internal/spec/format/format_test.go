package format

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// TestGoldens: formatting testdata/NAME.yaml gives NAME.golden, and formatting that changes nothing.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		got, err := Format(data, spec.Document())
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
}

// TestLaws: every valid file can be formatted, keeps its meaning for the loader, and does not change when formatted again.
func TestLaws(t *testing.T) {
	done := 0
	for _, pattern := range []string{"testdata/*.*", "../testdata/check/*.yaml", "../../../examples/*/*.yaml", "../../../scripts/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if holdsLaws(t, file, data) {
				done++
			}
		}
	}
	if done < 30 {
		t.Errorf("only %d files were formatted", done)
	}
}

// holdsLaws checks one file; it returns false when the file cannot be formatted.
func holdsLaws(t *testing.T, name string, data []byte) bool {
	t.Helper()
	in := spec.Input{Name: "f", Data: data}
	if len(spec.Syntax(in)) > 0 {
		return false
	}
	out, err := Format(data, spec.Document())
	if errors.Is(err, ErrJSON) {
		return true
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	again, err := Format(out, spec.Document())
	if err != nil || string(again) != string(out) {
		t.Errorf("%s: formatted twice, it changes again (%v):\n%s", name, err, cmp.Diff(string(out), string(again)))
	}
	if d := cmp.Diff(loaded(data), loaded(out)); d != "" {
		t.Errorf("%s: its meaning changed (-before +after):\n%s", name, d)
	}
	return true
}
