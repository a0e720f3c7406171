package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/docs/manpage"
)

// TestManPages compares the manual pages with the commands, and runs man's own linter on them where it is installed.
func TestManPages(t *testing.T) {
	folder := t.TempDir()
	p := &program{Stdout: io.Discard, Stderr: io.Discard, Environ: []string{"SOURCE_DATE_EPOCH=1795000000"}}
	if code := p.Main([]string{"man", folder}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	root, pages := p.newRootCommand(), 0
	everyCommand(root, func(cmd *cobra.Command) {
		if cmd.Hidden || cmd.Name() == "help" {
			return
		}
		pages++
		raw, err := os.ReadFile(filepath.Join(folder, manpage.Name(cmd)+".1"))
		if err != nil {
			t.Fatal(err)
		}
		page := strings.ReplaceAll(string(raw), `\-`, "-")
		wants := []string{`"2026-11-18"`, "\\fB0\\fR\ndone\n", cmd.Short[1:], strings.TrimSpace(cmd.Example)[:10]}
		wants = append(wants, cmd.Aliases...)
		all := pflag.NewFlagSet("", pflag.ContinueOnError)
		all.AddFlagSet(cmd.LocalFlags())
		all.AddFlagSet(cmd.InheritedFlags())
		all.VisitAll(func(f *pflag.Flag) {
			wants = append(wants, `\fB--`+f.Name+`\fR`)
			if f.Name != "help" {
				wants = append(wants, "["+envVariable(f.Name)+"]")
			}
		})
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("the page of %s lacks %s", cmd.CommandPath(), want)
			}
		}
	})
	written, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(written) != pages {
		t.Fatalf("%d pages of %d commands, error %v", len(written), pages, err)
	}
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("mandoc is not here to judge the pages")
	}
	if out, err := exec.Command("mandoc", append([]string{"-Tlint", "-W", "warning"}, written...)...).CombinedOutput(); err != nil {
		t.Errorf("mandoc: %v\n%s", err, out)
	}
}
