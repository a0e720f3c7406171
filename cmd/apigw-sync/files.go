package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// fileOptions say which desired-state files are read, and how.
type fileOptions struct {
	files       []string
	overlays    []string
	environment string

	skipped []spec.Finding    // files with a desired state that inputs did not read
	roots   map[string]string // name of an input to the path of --file or --overlay that it was read for
}

func (o *fileOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&o.files, "file", "f", nil, "desired-state files at `PATH`: a file, a folder or - for stdin; repeatable (default gateway.yaml, else gateway/)")
	o.addContext(flags)
}

// addContext adds the flags that say how files are read, for commands with and without --file.
func (o *fileOptions) addContext(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.overlays, "overlay", nil, "file or folder at `PATH` with an overlay, whose items merge over those of the same kind and name; repeatable")
	flags.StringVar(&o.environment, "environment", "", "`NAME` of the environment for bindings that name none (default \""+spec.DefaultEnvironment+"\")")
	addTarget(flags)
}

// load reads the files. The state is fit for use only when no finding is an error.
func (o *fileOptions) load(p *program) (*spec.State, []spec.Finding, error) {
	inputs, err := o.inputs(p)
	if err != nil {
		return nil, nil, err
	}
	state, findings := spec.Load(inputs, o.options(p))
	return state, append(findings, o.skipped...), nil
}

// loadValid is load, but returns an error if the files have errors. It also returns the warnings.
func (o *fileOptions) loadValid(p *program) (*spec.State, []document.Problem, error) {
	state, findings, err := o.load(p)
	if err != nil {
		return nil, nil, err
	}
	warnings, err := problemsIn(findings)
	return state, warnings, err
}

// noFiles reports whether no files are named and none with the usual names exist.
func (o *fileOptions) noFiles() bool {
	_, err := defaultFile()
	return len(o.files) == 0 && err != nil
}

// loadPlaces is load, and also returns the lines of single values and the comments that begin with a marker.
func (o *fileOptions) loadPlaces(p *program, marker string) (*spec.State, *spec.Places, []spec.Finding, error) {
	inputs, err := o.inputs(p)
	if err != nil {
		return nil, nil, nil, err
	}
	state, places, findings := spec.LoadPlaces(inputs, o.options(p), marker)
	return state, places, append(findings, o.skipped...), nil
}

func (o *fileOptions) options(p *program) spec.Options {
	return spec.Options{Environment: o.environment, Lookup: o.lookup(p), Text: o.text(p)}
}

// inputs reads all files and overlays that can be read. The error names the others, and o.skipped gets the files that
// it does not try to read.
func (o *fileOptions) inputs(p *program) (inputs []spec.Input, err error) {
	paths := o.files
	if len(paths) == 0 {
		found, err := defaultFile()
		if err != nil {
			return nil, err
		}
		paths = []string{found}
	}
	flag := "file"
	if p.given["update"] {
		flag = "update" // its files are read, too
	}
	s := newSources(p)
	s.read(flag, paths, false)
	s.read("overlay", o.overlays, true)
	o.roots, o.skipped = s.roots, s.skipped.findings(s.inputs)
	err = errors.Join(s.failed...)
	if err != nil && len(o.skipped) > 0 {
		err = fmt.Errorf("%w; %s", err, joinSkipped(o.skipped))
	}
	return s.inputs, err
}

// lookup finds variables of desired-state files: the environment wins over the target, unless its value is empty.
// Variables that hold the run's own credentials count as not set. Otherwise anybody who can open a pull request could
// write them into a file and read them in the diff.
func (o *fileOptions) lookup(p *program) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := p.Lookup(name)
		if remote.HoldsCredentials(name) {
			value, ok = "", false
		}
		if own, fromTarget := p.vars[name]; fromTarget && value == "" {
			return own, true
		}
		return value, ok
	}
}

// fromTarget reports whether the value of a variable is the one in the config file.
func (o *fileOptions) fromTarget(p *program) func(string) bool {
	return func(name string) bool {
		value, _ := p.Lookup(name)
		return value == "" && p.vars[name] != ""
	}
}

// defaultFile returns the path that is read when no file is named.
func defaultFile() (string, error) {
	for _, path := range []string{"gateway.yaml", "gateway"} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", hinted{errors.New("no desired-state files: there is neither gateway.yaml nor gateway/ here"), "name them with --file"}
}

// stdinName is the file name of stdin in findings.
const stdinName = "<stdin>"

// readStdin reads all of Stdin. A signal ends it, since the program that writes to Stdin may never end.
func (p *program) readStdin() ([]byte, error) {
	type whole struct {
		data []byte
		err  error
	}
	read := make(chan whole, 1)
	go func() {
		data, err := io.ReadAll(p.Stdin)
		read <- whole{data, err}
	}()
	select {
	case r := <-read:
		return r.data, r.err
	case <-p.stopped:
		return nil, errors.New("a signal stopped the run before everything was read")
	}
}

// sources collects what is read from the paths that flags name.
type sources struct {
	program *program
	inputs  []spec.Input
	roots   map[string]string // as in fileOptions
	skipped *skipped
	failed  []error // errors of paths that could not be read
}

func newSources(p *program) *sources {
	return &sources{program: p, roots: map[string]string{}, skipped: newSkipped()}
}

// read reads all paths that a flag names.
func (s *sources) read(flag string, paths []string, overlay bool) {
	seen := map[string]bool{}
	for _, path := range paths {
		more, err := s.program.read(path, seen)
		if isPathError(err) {
			err = s.program.readPathError(flag, path, err)
		}
		s.failed = append(s.failed, err)
		s.skipped.walk(path, "")
		for _, in := range more {
			in.Overlay = overlay
			s.roots[in.Name] = path
			s.inputs = append(s.inputs, in)
		}
	}
}

// read reads a file, all files of a folder in the order of their paths, or stdin. Files that were read before are left
// out.
func (p *program) read(path string, seen map[string]bool) ([]spec.Input, error) {
	if path == "-" {
		if seen[stdinName] {
			return nil, nil
		}
		seen[stdinName] = true
		data, err := p.readStdin()
		if err != nil {
			return nil, fmt.Errorf("read stdin: %w", err)
		}
		return []spec.Input{{Name: stdinName, Data: data}}, nil
	}
	paths, err := filesAt(path)
	if err != nil {
		return nil, err
	}
	var inputs []spec.Input
	for _, path := range paths {
		if seen[path] {
			continue
		}
		seen[path] = true
		data, err := os.ReadFile(path) //nolint:gosec // the user named it
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, spec.Input{Name: filepath.ToSlash(path), Data: data})
	}
	return inputs, nil
}

// problemsIn divides findings into warnings and errors. The errors become one error, nil if there are none.
func problemsIn(findings []spec.Finding) (warnings []document.Problem, err error) {
	var wrong []document.Problem
	for _, f := range findings {
		x := document.Problem{Path: f.Path, Message: f.Problem, Hint: f.Hint}.At(&f.Source)
		if f.Warning {
			warnings = append(warnings, x)
		} else {
			wrong = append(wrong, x)
		}
	}
	return warnings, wrongFiles(wrong)
}

func wrongFiles(wrong []document.Problem) error {
	switch len(wrong) {
	case 0:
		return nil
	case 1:
		return problems{wrong, "the files have 1 error"}
	}
	return problems{wrong, fmt.Sprintf("the files have %d errors", len(wrong))}
}
