package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// outputOptions say how and where a result is written.
type outputOptions struct {
	command string // the command whose documents are written
	format  string
	path    string
	summary bool // only numbers
}

func (o *outputOptions) addFlags(flags *pflag.FlagSet, command string) {
	o.command = command
	flags.StringVarP(&o.format, "output", "o", "text", "`FORM` of the result: "+strings.Join(formatsOf(command), ", "))
	allowValues(flags, "output", formatsOf(command)...)
	flags.StringVar(&o.path, "output-file", "", "write the result to `PATH` instead of stdout")
}

// formatsOf lists the formats that a command has.
func formatsOf(command string) (names []string) {
	for _, f := range report.All {
		if f.Has(command) {
			names = append(names, f.Name)
		}
	}
	return names
}

// printer writes documents in the format and to the file that the flags choose.
type printer struct {
	program *program
	format  *report.Format
	style   report.Style
	path    string // "" is stdout
}

func (p *program) printer(o *outputOptions) (*printer, error) {
	if _, err := os.Stat(filepath.Dir(o.path)); err != nil {
		return nil, p.writePathError("output-file", o.path, err) // fail now, and not after something was changed
	}
	if o.summary && o.format != "text" && o.format != "markdown" {
		return nil, hinted{fmt.Errorf("--summary: %s always contains the numbers", o.format), "use it with -o text or -o markdown"}
	}
	style := p.style(o.path == "")
	style.Summary = o.summary
	return &printer{program: p, format: report.Find(o.format), style: style, path: o.path}, nil
}

// finder is the work of a command that reports what it finds. The document is never nil, even with an error. The code
// is the exit code for what was found.
type finder func(ctx context.Context, out *printer) (d document.Document, code int, err error)

// runE returns the function that cobra calls for a command that reports what it finds.
func (p *program) runE(to *outputOptions, o *gatewayOptions, find finder) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error { return p.runFinder(cmd.Context(), to, o, find) }
}

// runFinder runs a command that reports what it finds, with the timeout of o.
func (p *program) runFinder(ctx context.Context, to *outputOptions, o *gatewayOptions, find finder) error {
	out, err := p.printer(to)
	if err != nil {
		return err
	}
	ctx, cancel := o.limit(ctx)
	defer cancel()
	d, code, err := find(ctx, out)
	if err := out.emit(d, err); err != nil || code == exitDone {
		return err
	}
	return coded{code: code}
}

// style decides about colour and width. NO_COLOR and TERM=dumb are respected unless --color is always.
func (p *program) style(toStdout bool) report.Style {
	s := report.Style{Append: p.appendToFile, Color: p.color == "always" || p.color == "auto" && toStdout && colored(p.Stdout, p.Lookup)}
	if toStdout {
		s.Width = width(p.Stdout)
	}
	return s
}

func colored(w io.Writer, lookup func(string) (string, bool)) bool {
	no, _ := lookup("NO_COLOR")
	kind, _ := lookup("TERM")
	return no == "" && kind != "dumb" && terminal(w)
}

func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width returns the number of columns of a terminal; 0 for anything else.
func width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// isText reports whether people read the result on stdout.
func (o *printer) isText() bool { return o.format.Name == "text" && o.path == "" }

// emit writes the document of a run, once. After an error, it writes a document only in formats that can contain the
// error.
func (o *printer) emit(d document.Document, err error) error {
	d.Fail(problemsOf(err)...)
	if m := o.program.member; m != nil {
		m.document, m.style = d, o.style
		if !m.writes {
			return err
		}
	}
	if err != nil && !o.format.Failures {
		return err
	}
	to := func(w io.Writer) error { return o.format.Write(w, d, o.style) }
	if o.path != "" {
		unwritten := writeFile(o.path, sharedMode, to)
		if unwritten == nil {
			o.program.written = true
			return err
		}
		unwritten = o.program.writePathError("output-file", o.path, unwritten)
		d.Fail(problemsOf(unwritten)...)
		err = joinErrors(err, unwritten) // then the result is written to stdout, since it must not be lost
	}
	o.program.written = true
	if cause := to(o.program.Stdout); cause != nil {
		return joinErrors(err, fmt.Errorf("write the result: %w", cause))
	}
	return err
}

// wantsJSON reports whether a command line, which may be wrong, asks for JSON. It is false for commands without this
// format.
func wantsJSON(cmd *cobra.Command, args []string, lookup func(string) (string, bool)) bool {
	return (cmd.Flags().Lookup("output") != nil || !cmd.HasParent()) && wantedFormat(args, lookup) == "json"
}

// wantedFormat returns the format that the command line, or else the environment, asks for.
func wantedFormat(args []string, lookup func(string) (string, bool)) string {
	format, _ := lookup(envVariable("output"))
	for i, a := range args {
		next := ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		switch {
		case a == "--":
			return format
		case a == "-o", a == "--output":
			format = next
		case strings.HasPrefix(a, "--output="):
			format = strings.TrimPrefix(a, "--output=")
		case strings.HasPrefix(a, "-o") && !strings.HasPrefix(a, "--"):
			format = strings.TrimPrefix(strings.TrimPrefix(a, "-o"), "=")
		}
	}
	return format
}

// emitError writes the error of a command that ended before it wrote a document.
func (p *program) emitError(command string, err error) error {
	o := &printer{program: p, format: report.Find("json")}
	if p.fleet != nil {
		return o.emit(document.NewFleet(head(""), command, nil), err)
	}
	return o.emit(document.Empty(command, head(""), time.Now()), err)
}

// head returns the head of a run's documents.
func head(instanceID string) document.Head {
	return document.Head{FormatVersion: document.FormatVersion, ToolVersion: readBuildInfo().Version, InstanceID: instanceID}
}

// head returns the head of the documents of a run that uses a gateway. environment is used where files name none.
func (s *session) head(p *program, environment string) document.Head {
	h := head(s.instanceID)
	h.Gateway = &document.Gateway{
		InstanceID: s.instanceID, Region: s.region, Target: p.target, Environment: cmp.Or(environment, spec.DefaultEnvironment), Against: s.against,
	}
	return h
}

// appendToFile adds text to the file that an environment variable names. CI systems take summaries and outputs of jobs
// this way. If the variable is not set, appendTo does nothing.
func (p *program) appendToFile(variable, text string) error {
	path, _ := p.Lookup(variable)
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666) //nolint:gosec // the CI system named it, and reads it
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
