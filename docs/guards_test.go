package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var guard = regexp.MustCompile(`(?:\bguard\w*\s*=|\bGuard:|\brefuseAll\()\s*"([a-z-]+)"`)

// TestGuards checks that the page about troubleshooting says what to do about each guard.
func TestGuards(t *testing.T) {
	page, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| Guard |")
	table, _, _ = strings.Cut(table, "\n\n")
	found := 0
	for _, root := range []string{"../cmd", "../internal"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			code, err := os.ReadFile(path)
			for _, m := range guard.FindAllStringSubmatch(string(code), -1) {
				found++
				if !strings.Contains(table, "`"+m[1]+"`") {
					t.Errorf("%s refuses plans by the guard %s, which troubleshooting.md does not explain", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 {
		t.Error("no guards found in the code")
	}
}
