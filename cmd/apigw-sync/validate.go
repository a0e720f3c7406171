package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type validateOptions struct {
	files  fileOptions
	lint   lintOptions
	output outputOptions
}

func newValidateCommand(p *program) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check desired-state files, without a gateway",
		Long: `Validate checks the desired-state files alone: syntax, schema, rules, and references inside the files. It
prints one line for each finding, as file:line:column: path: problem; hint. Only errors make it fail.

With --lint it also looks for settings that are allowed but risky, such as a throttle without a limit for
individual accounts, or a secret in plain text. Each finding names a rule, which --explain-rule explains.
Only findings with the severity error make it fail. A comment suppresses findings:

  # apigw-sync:ignore RULE reason        at the end of the line, on the line above, or above an object
  # apigw-sync:ignore-file RULE reason   anywhere in the file

Rules never guess what the gateway holds. Those that need to know it need an export (--against).
` + exitHelp(exitDone, exitError),
		Example: `  apigw-sync validate -f gateway/
  apigw-sync validate -f gateway.yaml -o json
  apigw-sync validate --lint --lint-severity near-duplicate=off --against export.yaml
  apigw-sync validate --explain-rule AGS003`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.lint.explain != "" {
				return o.lint.explanation(p, o.output.format)
			}
			if err := o.lint.check(cmd.Flags()); err != nil {
				return err
			}
			return p.runFinder(cmd.Context(), &o.output, &gatewayOptions{}, o.find)
		},
	}
	addTargets(cmd.Flags())
	o.files.addFlags(cmd.Flags())
	o.lint.addFlags(cmd.Flags())
	o.output.addFlags(cmd.Flags(), "validate")
	return cmd
}

func (o *validateOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	d := document.NewCheck(head(""), map[string]int{})
	err := o.check(ctx, out.program, d)
	if out.format.Name == "text" && !out.program.quiet {
		for _, w := range d.Warnings {
			w.Message = "warning: " + w.Message
			_, _ = fmt.Fprintln(out.program.Stderr, w)
		}
	}
	if d.Lint != nil && d.Lint.Summary.Error > 0 {
		return d, exitError, err
	}
	return d, exitDone, err
}

// check adds to d what is found in the files.
func (o *validateOptions) check(ctx context.Context, p *program, d *document.Check) error {
	severities, err := o.lint.settings()
	if err != nil {
		return err
	}
	if o.lint.on {
		d.Lint = document.NewLint(nil)
	}
	state, places, findings, err := o.load(p)
	if err != nil {
		return err
	}
	warnings, err := problemsIn(findings)
	d.Warnings = append(d.Warnings, warnings...)
	switch {
	case err != nil && o.lint.on:
		return notLinted(err)
	case err != nil:
		return err
	}
	d.Valid, d.Summary = true, countDeclared(state)
	if o.lint.on {
		found, err := o.lint.run(ctx, p, lint.Input{State: state, Places: places, Severities: severities, Readable: o.files.fromTarget(p)})
		if err != nil {
			return err
		}
		d.Lint = document.NewLint(found)
	}
	return nil
}

// load reads the files. It returns places only for lint.
func (o *validateOptions) load(p *program) (*spec.State, *spec.Places, []spec.Finding, error) {
	if o.lint.on {
		return o.files.loadPlaces(p, lint.Marker)
	}
	state, findings, err := o.files.load(p)
	return state, nil, findings, err
}

// countDeclared counts the declared objects by section, and the references to APIs and to objects.
func countDeclared(s *spec.State) map[string]int {
	n := map[string]int{document.ToAPIs: 0, document.ToObjects: 0}
	for i := range s.References {
		if s.References[i].Target() == kind.APublication {
			n[document.ToAPIs]++
		} else {
			n[document.ToObjects]++
		}
	}
	for _, k := range kind.All {
		if k.Section != "" {
			n[k.Section] = 0
		}
	}
	for i := range s.Objects {
		k := kind.Of(s.Objects[i].Kind)
		if k.Section != "" {
			n[k.Section]++
		}
		n[document.ToObjects] += len(k.Refs(s.Objects[i].Value))
	}
	return n
}
