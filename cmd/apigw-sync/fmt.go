package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/format"
)

type fmtOptions struct {
	paths []string
	check bool
	diff  bool
}

func newFmtCommand(p *program) *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [PATH]...",
		Short: "Format desired-state files",
		Long: `Fmt rewrites desired-state files and overlays in a standard format, and prints the names of the files that
it changes. It indents by two spaces, orders keys and sections as the reference does with the name first,
removes quotes that YAML does not need, keeps single blank lines, and ends lines with LF. Lists stay on one
line or have one entry per line, as they were. The meaning of a file does not change, and each comment
stays with what it is about.

PATH is a file, a folder (its *.yaml and *.yml files, recursively) or - for stdin, which is written to
stdout. Without a path, it is gateway.yaml, else gateway/. If any file cannot be read, none is written. JSON
files are left as they are.
` + exitHelp(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync fmt
  apigw-sync fmt --check gateway/ overlays/
  apigw-sync fmt --diff gateway.yaml`,
		ValidArgsFunction: cobra.FixedCompletions([]cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(_ *cobra.Command, args []string) error {
			o.paths = args
			return runFmt(p, &o)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.check, "check", false, "write nothing; exit with 2 if a file would change")
	flags.BoolVar(&o.diff, "diff", false, "write nothing; show how the files would change")
	return cmd
}

// formatted is a file and its formatted content.
type formatted struct {
	spec.Input
	after []byte
}

func (f *formatted) changed() bool { return string(f.Data) != string(f.after) }

func runFmt(p *program, o *fmtOptions) error {
	inputs, err := o.read(p)
	if err != nil {
		return err
	}
	files, err := formatAll(p, inputs)
	if err != nil {
		return err
	}
	differs := false
	for i := range files {
		f := &files[i]
		differs = differs || f.changed()
		if err := o.write(p, f, p.style(true)); err != nil {
			return err
		}
	}
	if o.check && differs {
		return coded{code: exitDiffers}
	}
	return nil
}

// read reads all files, and reports those that cannot be read in one error.
func (o *fmtOptions) read(p *program) (inputs []spec.Input, err error) {
	paths := o.paths
	if len(paths) == 0 {
		found, err := defaultFile()
		if err != nil {
			h, _ := errors.AsType[hinted](err)
			return nil, hinted{h.error, "name them"}
		}
		paths = []string{found}
	}
	s := newSources(p)
	s.read("file", paths, false)
	p.warnSkipped(s.skipped.findings(s.inputs))
	return s.inputs, errors.Join(s.failed...)
}

// formatAll formats files. The error lists all problems of all files.
func formatAll(p *program, inputs []spec.Input) (out []formatted, err error) {
	var findings []spec.Finding
	for _, in := range inputs {
		wrong := spec.Syntax(in)
		findings = append(findings, wrong...)
		if len(wrong) > 0 {
			continue
		}
		after, err := format.Format(in.Data, spec.Document())
		switch {
		case errors.Is(err, format.ErrJSON):
			after = in.Data
			if !p.quiet {
				_, _ = fmt.Fprintf(p.Stderr, "%s %s\n", in.Name, err)
			}
		case err != nil:
			f := spec.Finding{Problem: err.Error(), Hint: "write this part in another way"}
			f.Source.File = in.Name
			findings = append(findings, f)
		}
		out = append(out, formatted{in, after})
	}
	_, err = problemsIn(findings)
	return out, err
}

// write writes a file, or says that it would be written.
func (o *fmtOptions) write(p *program, f *formatted, style report.Style) error {
	stdin := f.Name == stdinName
	switch {
	case o.diff && f.changed():
		return report.Unified(p.Stdout, f.Name, f.Data, f.after, style)
	case o.diff:
		return nil
	case stdin && !o.check:
		_, err := p.Stdout.Write(f.after)
		return err
	case !f.changed():
		return nil
	}
	if _, err := fmt.Fprintln(p.Stdout, f.Name); err != nil || o.check {
		return err
	}
	return writeBytes(filepath.FromSlash(f.Name), sharedMode, f.after)
}
