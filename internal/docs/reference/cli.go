package reference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// CLI writes the page of all commands below root. Twin names the variable that sets a flag.
func CLI(root *cobra.Command, variable func(flag string) string) string {
	p := newPage("Commands")
	intro, exits := splitExitCodes(root.Long)
	p.help(intro)
	p.exits(exits)
	commands := subcommands(root)
	common := commonFlags(commands)
	rows := make([][]string, 0, len(commands))
	for _, c := range commands {
		rows = append(rows, []string{fmt.Sprintf("[%s](#%s)", name(c), anchor(name(c))), prose(c.Short)})
	}
	p.printf("\n## All commands\n")
	p.table([]string{"Command", "Does"}, rows)
	p.printf("\n## Flags of all commands\n")
	p.flags(allFlags(root.PersistentFlags()), variable)
	p.printf("\n## Flags of several commands\n")
	p.text("Each command lists which of these it accepts.")
	p.flags(common, variable)
	for _, c := range commands {
		p.command(c, common, variable)
	}
	return p.String()
}

// name is a command as it is typed, without the program.
func name(c *cobra.Command) string {
	_, words, _ := strings.Cut(c.CommandPath(), " ")
	return words
}

// subcommands lists the commands that do something, in the order of their names.
func subcommands(c *cobra.Command) (out []*cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.Hidden || sub.Name() == "help" {
			continue
		}
		if len(sub.Commands()) == 0 {
			out = append(out, sub)
		}
		out = append(out, subcommands(sub)...)
	}
	slices.SortFunc(out, func(a, b *cobra.Command) int { return cmp.Compare(name(a), name(b)) })
	return out
}

func allFlags(flags *pflag.FlagSet) (out []*pflag.Flag) {
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			out = append(out, f)
		}
	})
	return out
}

// minCommands is the number of commands from which on a shared flag is described once for all of them.
const minCommands = 3

// commonFlags lists the flags that mean the same in several commands, by name.
func commonFlags(commands []*cobra.Command) (out []*pflag.Flag) {
	count := map[string]int{}
	taken := map[string]bool{}
	for _, c := range commands {
		for _, f := range allFlags(c.LocalNonPersistentFlags()) {
			key := f.Name + "\n" + f.Usage + "\n" + f.DefValue
			if count[key]++; count[key] == minCommands && !taken[f.Name] {
				taken[f.Name] = true
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(a, b *pflag.Flag) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (p *page) command(c *cobra.Command, common []*pflag.Flag, variable func(string) string) {
	p.printf("\n## %s\n", name(c))
	p.printf("\n```text\n%s\n```\n", c.UseLine())
	intro, exits := splitExitCodes(c.Long)
	p.help(intro)
	if len(c.Aliases) > 0 {
		p.text("Also called " + code(strings.Join(c.Aliases, "`, `")) + ".")
	}
	var own []*pflag.Flag
	var shared []string
	for _, f := range allFlags(c.LocalNonPersistentFlags()) {
		if slices.ContainsFunc(common, func(o *pflag.Flag) bool { return o.Name == f.Name && o.Usage == f.Usage && o.DefValue == f.DefValue }) {
			shared = append(shared, "`--"+f.Name+"`")
		} else {
			own = append(own, f)
		}
	}
	p.flags(own, variable)
	if len(shared) > 0 {
		p.text("Also [of several commands](#flags-of-several-commands): " + strings.Join(shared, ", ") + ".")
	}
	p.exits(exits)
	if c.Example != "" {
		p.printf("\n```sh not-run=\"tests parse it\"\n%s\n```\n", strings.TrimSpace(strings.ReplaceAll("\n"+c.Example, "\n  ", "\n")))
	}
}

func (p *page) flags(flags []*pflag.Flag, variable func(string) string) {
	if len(flags) == 0 {
		return
	}
	rows := make([][]string, 0, len(flags))
	for _, f := range flags {
		value, usage := pflag.UnquoteUsage(f)
		typed := "--" + f.Name
		if f.Value.Type() != "bool" {
			typed += " " + value
		}
		if f.Shorthand != "" {
			typed = "-" + f.Shorthand + ", " + typed
		}
		rows = append(rows, []string{code(typed), code(variable(f.Name)), prose(usage) + defaults(f)})
	}
	p.table([]string{"Flag", "In the environment", "Meaning"}, rows)
}

// defaults shows a default, unless it is an empty one.
func defaults(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "[]", "0", "0s":
		return ""
	}
	return " (default " + code(f.DefValue) + ")"
}

// splitExitCodes splits the list of exit codes off the end of a help text.
func splitExitCodes(long string) (intro, exits string) {
	intro, exits, _ = strings.Cut(long, "Exit codes:\n")
	return strings.TrimSpace(intro), exits
}

// help adds a help text: paragraphs of prose, and lists, whose lines are indented, as they are.
func (p *page) help(text string) {
	var lines []string
	listed := false
	flush := func() {
		switch joined := strings.Join(lines, "\n"); {
		case strings.TrimSpace(joined) == "":
		case listed:
			p.printf("\n```text\n%s\n```\n", strings.Trim(joined, "\n"))
		default:
			p.text(prose(joined))
		}
		lines = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if indented := strings.HasPrefix(line, "  "); indented != listed && line != "" {
			flush()
			listed = indented
		}
		if line == "" && !listed {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
}

func (p *page) exits(list string) {
	var rows [][]string
	for line := range strings.Lines(list) {
		if c, meaning, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			rows = append(rows, []string{c, prose(meaning)})
		}
	}
	if len(rows) > 0 {
		p.table([]string{"Exit code", "Meaning"}, rows)
	}
}
