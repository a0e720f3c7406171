package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type testOptions struct {
	files   fileOptions
	output  outputOptions
	cases   []string
	against string
	prune   bool
	run     []string
	explain bool
}

func newTestCommand(p *program) *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Test who may call what, and how often",
		Long: `Test checks a file of cases against the desired-state files, without a gateway: whether a call gets
through, what blocks it, how often its caller may call, and which plugins are in force. It follows the
rules that the vendor documents. If the rules, the files and the case do not decide the answer, it is
uncertain, and never guessed: a case that expects a certain answer does not pass, and test shows what would
make it certain.

A file of cases begins with version: apigw-sync/cases/v1; "schema cases" prints its JSON Schema. With
--against, an export supplies the APIs, so that cases need not list them, and everything that the files do
not manage.
` + exitHelp(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync test -f gateway/ --cases cases.yaml
  apigw-sync test --cases cases.yaml --against export.yaml --run '*office*' --explain
  apigw-sync test --cases cases/ -o junit --output-file test.xml`,
		Args: noArgs,
		RunE: p.runE(&o.output, &gatewayOptions{}, o.find),
	}
	flags := cmd.Flags()
	o.files.addFlags(flags)
	flags.Lookup("environment").Usage = "`NAME` of the environment for calls and bindings that name none (default \"" + spec.DefaultEnvironment + "\")"
	flags.StringArrayVar(&o.cases, "cases", nil, "file or folder at `PATH` with test cases; repeatable")
	flags.StringVar(&o.against, "against", "", "take APIs, and what the files do not manage, from `FILE`, an export (best made with --with-apis)")
	flags.BoolVar(&o.prune, "prune", false, "answer as after apply --prune: without objects of the export that owns covers and the files do not declare")
	flags.StringArrayVar(&o.run, "run", nil, "run only the cases whose name matches this `GLOB`; repeatable")
	flags.BoolVar(&o.explain, "explain", false, "also explain cases that pass")
	o.output.addFlags(flags, "test")
	return cmd
}

func (o *testOptions) find(_ context.Context, out *printer) (document.Document, int, error) {
	d, err := o.test(out.program)
	d.Explain = o.explain
	if !d.AllPassed() {
		return d, exitDiffers, err
	}
	return d, exitDone, err
}

// test reads files and cases, runs the cases, and returns the document, which is never nil.
func (o *testOptions) test(p *program) (*document.Tests, error) {
	d := document.NewTests(head(""), nil)
	if len(o.cases) == 0 {
		return d, hinted{errors.New("no cases are named"), "name a file of them with --cases"}
	}
	state, findings, err := o.files.load(p)
	if err != nil {
		return d, err
	}
	suite, more, err := o.readSuite(p)
	if err != nil {
		return d, err
	}
	held, others, err := o.readExport(p)
	if err != nil {
		return d, err
	}
	others = slices.DeleteFunc(others, func(f spec.Finding) bool { return f.Warning }) // warnings about the export are not about the files
	warnings, err := problemsIn(slices.Concat(findings, more, others))
	if err != nil {
		d.Warnings = append(d.Warnings, warnings...)
		return d, err
	}
	chosen, err := o.selectCases(suite.Cases)
	if err != nil {
		return d, err
	}
	world := intent.New(state, held, suite, time.Now().Format(time.DateOnly))
	dangling, _ := problemsIn(world.References(state)) // all of them are warnings
	warnings = append(warnings, dangling...)
	outcomes := make([]intent.Outcome, len(chosen))
	for i, c := range chosen {
		outcomes[i] = world.Run(c)
	}
	d = document.NewTests(head(""), outcomes)
	d.Warnings = append(d.Warnings, warnings...)
	return d, nil
}

// readSuite reads the cases.
func (o *testOptions) readSuite(p *program) (*intent.Suite, []spec.Finding, error) {
	var inputs []spec.Input
	var failed []error
	seen := map[string]bool{}
	for _, path := range o.cases {
		more, err := p.read(path, seen)
		if isPathError(err) {
			err = p.readPathError("cases", path, err)
		} else if err != nil {
			err = fmt.Errorf("--cases: %w", err)
		}
		inputs, failed = append(inputs, more...), append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return nil, nil, err
	}
	suite, findings := intent.Load(inputs, o.files.environment, o.files.lookup(p))
	return suite, findings, nil
}

// readExport reads the export; it returns nil if none is named.
func (o *testOptions) readExport(p *program) (*intent.Held, []spec.Finding, error) {
	if o.against == "" {
		return nil, nil, nil
	}
	data, err := os.ReadFile(o.against)
	if err != nil {
		return nil, nil, p.readPathError("against", o.against, err)
	}
	held, findings := intent.ReadHeld(spec.Input{Name: o.against, Data: data}, o.files.lookup(p))
	held.Prune = o.prune
	return held, findings, nil
}

// selectCases returns the cases that --run names, in their order. It is an error if there are none, since a run that
// tests nothing would look like a success.
func (o *testOptions) selectCases(all []intent.Case) ([]intent.Case, error) {
	if len(all) == 0 {
		return nil, hinted{errors.New("the files contain no cases"), "list them under cases"}
	}
	if err := checkGlobs("--run", o.run); err != nil {
		return nil, err
	}
	var out []intent.Case
	for i := range all {
		matches := func(glob string) bool { return kind.Glob(glob, all[i].Name) || kind.Glob(glob, all[i].Table) }
		if len(o.run) == 0 || slices.ContainsFunc(o.run, matches) {
			out = append(out, all[i])
		}
	}
	if len(out) == 0 {
		return nil, hinted{errors.New("--run: no case has a matching name"), "* stands for any characters"}
	}
	return out, nil
}
