package main

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// listed finds the values in a help text such as "auto, always or never".
var listed = regexp.MustCompile(`(?:^|[ ` + "`" + `])([a-z_]+(?:, [a-z_]+)*(?:,| or) [a-z_]+)(?:;|$)`)

// TestValuesComplete compares the shell completion of each flag that takes one of several words with the values in
// its help text. Every other flag must at least declare whether it takes files.
func TestValuesComplete(t *testing.T) {
	p := &program{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
	t.Chdir(t.TempDir())
	checked := 0
	everyFlag(p.newRootCommand(), func(cmd *cobra.Command, f *pflag.Flag) {
		find, ok := cmd.GetFlagCompletionFunc(f.Name)
		if !ok {
			t.Errorf("%s --%s has no completion", cmd.CommandPath(), f.Name)
			return
		}
		m := listed.FindStringSubmatch(f.Usage)
		if m == nil || f.Value.Type() == "bool" {
			return
		}
		checked++
		want := strings.Split(strings.ReplaceAll(m[1], " or ", ", "), ", ")
		slices.Sort(want)
		got, directive := find(cmd, nil, "")
		if d := cmp.Diff(want, got); d != "" || directive != cobra.ShellCompDirectiveNoFileComp {
			t.Errorf("%s --%s: directive %d, and\n%s", cmd.CommandPath(), f.Name, directive, d)
		}
	})
	const atLeast = 15 // --output of seven commands, --kind of four, …
	if checked < atLeast {
		t.Errorf("only %d flags list their values", checked)
	}
}

// TestArgumentsComplete checks that a command without arguments completes nothing, not even files.
func TestArgumentsComplete(t *testing.T) {
	p := &program{}
	everyCommand(p.newRootCommand(), func(cmd *cobra.Command) {
		takes := strings.Contains(cmd.Use, " ")
		if cmd.HasSubCommands() || takes && strings.Contains(cmd.Use, "COMMAND") {
			return
		}
		if cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil {
			t.Errorf("%s: its arguments have no completion", cmd.CommandPath())
		}
	})
}

func everyCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		everyCommand(c, visit)
	}
}

func everyFlag(root *cobra.Command, visit func(*cobra.Command, *pflag.Flag)) {
	everyCommand(root, func(cmd *cobra.Command) {
		all := pflag.NewFlagSet("", pflag.ContinueOnError)
		all.AddFlagSet(cmd.Flags())
		all.AddFlagSet(cmd.PersistentFlags())
		all.VisitAll(func(f *pflag.Flag) { visit(cmd, f) })
	})
}
