package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker in releases.
var (
	version = ""
	commit  = ""
	date    = ""
)

// buildInfo describes what this program was built from.
type buildInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit"` // "" when it is not known
	Date    string `json:"date"`   // of the commit, RFC 3339; "" when it is not known
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// readBuildInfo returns what the linker set, or else what the Go tool recorded.
func readBuildInfo() buildInfo {
	b := buildInfo{Version: version, Commit: commit, Date: date, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		b.Version = cmp.Or(b.Version, "dev")
		return b
	}
	if v := info.Main.Version; v != "(devel)" {
		b.Version = cmp.Or(b.Version, v)
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = cmp.Or(b.Commit, s.Value)
		case "vcs.time":
			b.Date = cmp.Or(b.Date, s.Value)
		}
	}
	b.Version = cmp.Or(b.Version, "dev")
	return b
}

func newVersionCommand(p *program) *cobra.Command {
	var o outputOptions
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Show the version of this program",
		Long:    "Version shows the version of this program and what it was built from.\n" + exitHelp(exitDone, exitError),
		Example: "  apigw-sync version -o json",
		Args:    noArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			return runVersion(p, o.format)
		},
	}
	cmd.Flags().StringVarP(&o.format, "output", "o", "text", "`FORM` of the result: text, json")
	allowValues(cmd.Flags(), "output", "text", "json")
	return cmd
}

func runVersion(p *program, format string) error {
	b := readBuildInfo()
	if format == "text" {
		line := "apigw-sync " + b.Version
		if b.Commit != "" {
			line += " (commit " + b.Commit + " of " + b.Date + ")"
		}
		_, err := fmt.Fprintln(p.Stdout, line+" "+b.Go)
		return err
	}
	e := json.NewEncoder(p.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(b)
}
