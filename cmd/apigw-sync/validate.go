package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type validateOptions struct {
	files  fileOptions
	output outputOptions
}

func checks(f *report.Format) bool { return f.Check != nil }

func newValidateCommand(p *program, g *globals) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check desired-state files, without a gateway",
		Long: `Validate checks desired-state files alone: syntax, schema, rules, and references inside the files. Each
finding stands on a line of its own, as file:line:column: path: problem; hint. Warnings do not fail.
` + exits(exitDone, exitError),
		Example: "  apigw-sync validate -f gateway/\n  apigw-sync validate -f gateway.yaml -o json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.files.vars, err = p.settle(cmd.Flags()); err != nil {
				return err
			}
			return runValidate(p, &o, g)
		},
	}
	o.files.addFlags(cmd.Flags())
	o.output.addFlags(cmd.Flags(), formatsWith(checks))
	return cmd
}

func runValidate(p *program, o *validateOptions, g *globals) error {
	out, err := p.printer(o.output, g, checks)
	if err != nil {
		return err
	}
	d := report.NewCheck(head(""), map[string]int{})
	state, findings, err := o.files.load(p)
	if err == nil {
		var warnings []report.Problem
		warnings, err = judge(findings)
		d.Warnings = append(d.Warnings, warnings...)
	}
	if err == nil {
		d.Valid, d.Summary = true, countDeclared(state)
	}
	if out.format.Name == "text" && !g.quiet {
		for _, w := range d.Warnings {
			w.Message = "warning: " + w.Message
			_, _ = fmt.Fprintln(p.Stderr, w)
		}
	}
	return emit(out, out.format.Check, d, &d.Trouble, err)
}

// countDeclared counts what the files declare, by section.
func countDeclared(s *spec.State) map[string]int {
	n := map[string]int{"references": len(s.References)}
	for _, k := range kind.All {
		if k.Section != "" {
			n[k.Section] = 0
		}
	}
	for i := range s.Objects {
		if k := kind.Of(s.Objects[i].Kind); k.Section != "" {
			n[k.Section]++
		}
	}
	return n
}
