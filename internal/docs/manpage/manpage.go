// Package manpage turns commands into manual pages, in the man macros that every man understands.
//
// Help texts are plain text, not Markdown: paragraphs, indented lines that stay as they are, and a last part
// "Exit codes:" that becomes a section of its own. The file docs/adr/0016-manual-pages.md tells why no library does it.
package manpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Page is what a page says in addition to the command's own help.
type Page struct {
	Source      string                   // program and version, for the foot
	Date        string                   // for the foot, as YYYY-MM-DD
	Variable    func(flag string) string // the environment's twin of a flag
	Environment []Entry                  // other variables that count
	Files       []Entry
}

// Entry is a thing and what it is for.
type Entry struct{ Name, Text string }

// Name is the name of a command's page, such as apigw-sync-diff; it is in section 1.
func Name(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// Write writes the page of a command.
func Write(w io.Writer, cmd *cobra.Command, p Page) error {
	b := &roff{}
	b.macro("TH", strings.ToUpper(Name(cmd)), "1", p.Date, p.Source, "User Commands")
	b.macro("nh") // a name that is cut in two cannot be copied
	b.line(".ad l")
	b.section("NAME")
	b.line(escape(Name(cmd)) + " \\- " + escape(lowered(cmd.Short)))
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

// lowered makes a sentence a phrase, as the line of the name has it.
func lowered(short string) string { return strings.ToLower(short[:1]) + short[1:] }

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
		b.line(escape(usage + def(f)))
		if f.Name != "help" {
			b.line("[" + escape(variable(f.Name)) + "]")
		}
	})
}

// def is the default of a flag, where its text does not tell it and it is not just nothing.
func def(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
		return ""
	}
	if strings.Contains(f.Usage, "(default") || strings.HasPrefix(f.DefValue, "-") {
		return ""
	}
	return " (default " + f.DefValue + ")"
}

// exitCodes writes lines of a code and its meaning, two spaces between them.
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

// WriteTree writes the pages of a command and of all below it. Page tells what is special about each; file
// writes a file of that name by calling write.
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
