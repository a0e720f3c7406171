// Package manpage turns commands into manual pages. It uses the man macros that every implementation of man
// understands.
//
// Help texts are plain text, not Markdown: paragraphs, indented lines that are kept as they are, and a last part "Exit
// codes:" that becomes a section of its own. docs/adr/0016-manual-pages.md explains why no library is used.
package manpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Page holds the contents of a page that do not come from the command's help.
type Page struct {
	Source      string                   // program and version, for the footer
	Date        string                   // for the footer, as YYYY-MM-DD
	Variable    func(flag string) string // returns the environment variable that sets a flag
	Environment []Entry                  // other environment variables that the command uses
	Files       []Entry
}

// Entry is a variable or a file, and its description.
type Entry struct{ Name, Text string }

// Name returns the name of a command's page, such as apigw-sync-diff. All pages are in section 1.
func Name(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// Write writes the page of a command.
func Write(w io.Writer, cmd *cobra.Command, p Page) error {
	b := &roff{}
	b.macro("TH", strings.ToUpper(Name(cmd)), "1", p.Date, p.Source, "User Commands")
	b.macro("nh") // no hyphenation: a name that is split over two lines cannot be copied
	b.line(".ad l")
	b.section("NAME")
	b.line(escape(Name(cmd)) + " \\- " + escape(lowerFirst(cmd.Short)))
	b.section("SYNOPSIS")
	b.synopsis(cmd)
	b.section("DESCRIPTION")
	about, codes, _ := strings.Cut(cmd.Long, "\nExit codes:\n")
	b.text(about)
	b.options("OPTIONS", cmd.NonInheritedFlags(), p.Variable)
	b.options("GLOBAL OPTIONS", cmd.InheritedFlags(), p.Variable)
	b.exitCodes(codes)
	b.entries("ENVIRONMENT", p.Environment)
	b.entries("FILES", p.Files)
	if cmd.Example != "" {
		b.section("EXAMPLES")
		b.verbatim(strings.Split(cmd.Example, "\n"))
	}
	b.seeAlso(cmd)
	_, err := io.WriteString(w, b.String())
	return err
}

// lowerFirst makes the first letter lower case, as is usual in the section NAME.
func lowerFirst(short string) string { return strings.ToLower(short[:1]) + short[1:] }

func (b *roff) synopsis(cmd *cobra.Command) {
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	if cmd.HasAvailableSubCommands() {
		arguments = "COMMAND"
	}
	path := strings.TrimSuffix(cmd.CommandPath(), cmd.Name())
	for i, name := range append([]string{cmd.Name()}, cmd.Aliases...) {
		if i > 0 {
			b.macro("br")
		}
		line := bold(path+name) + " [" + italic("options") + "]"
		if arguments != "" {
			line += " " + italic(arguments)
		}
		b.line(line)
	}
}

func (b *roff) options(title string, flags *pflag.FlagSet, variable func(string) string) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.section(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		b.macro("TP")
		value, usage := pflag.UnquoteUsage(f)
		head := bold("--" + f.Name)
		if f.Shorthand != "" {
			head = bold("-"+f.Shorthand) + ", " + head
		}
		if f.Value.Type() != "bool" {
			head += " " + italic(value)
		}
		b.line(head)
		b.line(escape(usage + defaultOf(f)))
		if f.Name != "help" {
			b.line("[" + escape(variable(f.Name)) + "]")
		}
	})
}

// defaultOf returns the default of a flag; "" if it is empty or if the flag's text contains it.
func defaultOf(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
		return ""
	}
	if strings.Contains(f.Usage, "(default") || strings.HasPrefix(f.DefValue, "-") {
		return ""
	}
	return " (default " + f.DefValue + ")"
}

// exitCodes writes a list of exit codes. In lines, a code and its meaning are separated by two spaces.
func (b *roff) exitCodes(lines string) {
	var list []Entry
	for line := range strings.Lines(lines) {
		code, meaning, _ := strings.Cut(strings.TrimSpace(line), "  ")
		list = append(list, Entry{code, meaning})
	}
	b.entries("EXIT STATUS", list)
}

func (b *roff) entries(title string, list []Entry) {
	if len(list) == 0 {
		return
	}
	b.section(title)
	for _, e := range list {
		b.macro("TP")
		b.line(bold(e.Name))
		b.line(escape(e.Text))
	}
}

func (b *roff) seeAlso(cmd *cobra.Command) {
	var pages []string
	if cmd.HasParent() {
		pages = append(pages, bold(Name(cmd.Parent()))+"(1)")
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			pages = append(pages, bold(Name(c))+"(1)")
		}
	}
	if len(pages) > 0 {
		b.section("SEE ALSO")
		b.line(strings.Join(pages, ",\n"))
	}
}

// WriteTree writes the pages of a command and of all its subcommands. page returns the additional contents of each
// page. file creates a file with this name and calls write to fill it.
func WriteTree(root *cobra.Command, page func(*cobra.Command) Page, file func(name string, write func(io.Writer) error) error) error {
	if err := file(Name(root)+".1", func(w io.Writer) error { return Write(w, root, page(root)) }); err != nil {
		return fmt.Errorf("manual page of %s: %w", root.CommandPath(), err)
	}
	for _, c := range root.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		if err := WriteTree(c, page, file); err != nil {
			return err
		}
	}
	return nil
}
