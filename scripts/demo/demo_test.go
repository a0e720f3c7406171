// Package demo_test runs the demo, and checks that the README shows its output.
package demo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeShowsTheDemo checks that the README shows what the demo prints.
func TestReadmeShowsTheDemo(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no POSIX shell here")
	}
	bin := t.TempDir()
	run(t, nil, "go", "build", "-o", bin+string(filepath.Separator), "../../cmd/apigw-sync")
	env := []string{"BIN=" + bin, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")}
	transcript := run(t, env, "sh", "./demo.sh")

	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```console[^\\n]*\\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(shown) == 0 {
		t.Error("README.md shows nothing of the demo")
	}
	for _, block := range shown {
		if !strings.Contains(transcript, strings.TrimRight(block[1], "\n")) {
			t.Errorf("the demo does not print this part of README.md:\n%s\nbut:\n%s", block[1], transcript)
		}
	}
	for _, file := range regexp.MustCompile("(?s)```yaml\n(version:.*?)```").FindAllStringSubmatch(string(readme), -1) {
		path := filepath.Join(t.TempDir(), "gateway.yaml")
		if err := os.WriteFile(path, []byte(file[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, env, filepath.Join(bin, "apigw-sync"), "validate", "-f", path)
	}
}

func run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
