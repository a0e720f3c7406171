package main

import (
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
)

// outputOptions say how and where a result is written.
type outputOptions struct {
	format string
	path   string
}

func (o *outputOptions) addFlags(flags *pflag.FlagSet, formats []string) {
	flags.StringVarP(&o.format, "output", "o", "text", "`FORM` of the result: "+strings.Join(formats, ", "))
	takes(flags, "output", formats...)
	flags.StringVar(&o.path, "output-file", "", "write the result to `PATH` instead of stdout")
}

// formatsWith lists the formats that a command has.
func formatsWith(has func(*report.Format) bool) (names []string) {
	for _, f := range report.All {
		if has(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// printer writes documents as the flags ask.
type printer struct {
	program *program
	format  *report.Format
	style   report.Style
	path    string // "" is stdout
}

func (p *program) printer(o outputOptions, g *globals, has func(*report.Format) bool) (*printer, error) {
	f := report.Find(o.format)
	if f == nil || !has(f) {
		return nil, hinted{fmt.Errorf("--output: there is no %q here", o.format), "use " + strings.Join(formatsWith(has), " or ")}
	}
	if _, err := os.Stat(filepath.Dir(o.path)); err != nil {
		return nil, fmt.Errorf("--output-file: %w", err) // better now than after something was changed
	}
	style, err := p.style(g, o.path == "")
	return &printer{program: p, format: f, style: style, path: o.path}, err
}

// style decides about colour and width. NO_COLOR and TERM=dumb count unless colour is wanted always.
func (p *program) style(g *globals, toStdout bool) (report.Style, error) {
	s := report.Style{Append: p.appendTo}
	if toStdout {
		s.Width = width(p.Stdout)
	}
	switch g.color {
	case "always":
		s.Color = true
	case "auto":
		s.Color = toStdout && colored(p.Stdout, p.Lookup)
	case "never":
	default:
		return s, hinted{fmt.Errorf("--color: %q is unknown", g.color), "use auto, always or never"}
	}
	return s, nil
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

// width is the number of columns of a terminal, 0 for anything else.
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

// emit writes a document, which a run does once. A command that failed with err writes one only where its readers
// want it, the error in it.
func emit[D any](o *printer, write func(io.Writer, D, report.Style) error, d D, trouble *document.Trouble, err error) error {
	trouble.Errors = append(trouble.Errors, problemsOf(err)...)
	if err != nil && !o.format.Failures {
		return err
	}
	to := func(w io.Writer) error { return write(w, d, o.style) }
	if o.path != "" {
		unwritten := writeFile(o.path, forAll, to)
		if unwritten == nil {
			o.program.answered = true
			return err
		}
		unwritten = fmt.Errorf("--output-file: %w", unwritten)
		trouble.Errors = append(trouble.Errors, problemsOf(unwritten)...)
		err = both(err, unwritten) // and the result goes to stdout, since it must not be lost
	}
	o.program.answered = true
	if cause := to(o.program.Stdout); cause != nil {
		return both(err, fmt.Errorf("write the result: %w", cause))
	}
	return err
}

// wantsJSON reports whether a command line asks for JSON, even one with mistakes in it. Commands that have no such
// format never do.
func wantsJSON(cmd *cobra.Command, args []string, lookup func(string) (string, bool)) bool {
	return (cmd.Flags().Lookup("output") != nil || !cmd.HasParent()) && wantedFormat(args, lookup) == "json"
}

// wantedFormat is the format that a command line, else the environment, asks for.
func wantedFormat(args []string, lookup func(string) (string, bool)) string {
	format, _ := lookup(twin("output"))
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

// document writes the error of a command that did not get to write its own.
func (p *program) document(command string, err error) error {
	o := &printer{program: p, format: report.Find("json")}
	switch command {
	case "diff":
		d := document.EmptyPlan(head(""))
		return emit(o, o.format.Plan, d, &d.Trouble, err)
	case "apply", "undo":
		d := document.EmptyResults(head(""))
		return emit(o, o.format.Results, d, &d.Trouble, err)
	case "drift":
		d := document.EmptyDrift(head(""), time.Now())
		return emit(o, o.format.Drift, d, &d.Trouble, err)
	case "explain":
		d := document.NewExplanation(head(""), nil)
		return emit(o, o.format.Explain, d, &d.Trouble, err)
	case "test":
		d := document.NewTests(head(""), nil)
		return emit(o, o.format.Tests, d, &d.Trouble, err)
	case "promote":
		d := document.NewPromotion(head(""), document.Target{}, document.Target{}, nil)
		return emit(o, o.format.Promote, d, &d.Trouble, err)
	case "explain-field":
		d := document.NewManual(head(""), nil)
		return emit(o, o.format.Manual, d, &d.Trouble, err)
	case "doctor":
		d := document.NewDiagnosis(head(""), nil, 0)
		d.Healthy = false
		return emit(o, o.format.Doctor, d, &d.Trouble, err)
	}
	d := document.NewCheck(head(""), map[string]int{})
	return emit(o, o.format.Check, d, &d.Trouble, err)
}

// head begins the documents of a run.
func head(instanceID string) document.Head {
	return document.Head{FormatVersion: document.FormatVersion, ToolVersion: build().Version, InstanceID: instanceID}
}
