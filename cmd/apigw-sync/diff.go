package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type diffOptions struct {
	compare  compareOptions
	output   outputOptions
	detailed bool
	explain  bool
	out      string // where the plan is saved
}

func plans(f *report.Format) bool { return f.Plan != nil }

func newDiffCommand(p *program, g *globals) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:     "diff",
		Aliases: []string{"plan"},
		Short:   "Show what apply would do",
		Long: `Diff compares desired-state files with the gateway and shows what apply would do. It only reads. With
--out it also saves the plan, which apply --plan carries out: as it was shown, or not at all.
` + exits(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync diff --target staging
  apigw-sync diff -f gateway/ --prune -o json
  apigw-sync diff --target prod --out prod.plan && apigw-sync apply --target prod --plan prod.plan
  apigw-sync diff --against export.yaml
  apigw-sync diff --endpoint emulator:state.yaml --detailed-exitcode`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.compare.files.vars, err = p.settle(cmd.Flags()); err != nil {
				return err
			}
			return runDiff(cmd.Context(), p, &o, g)
		},
	}
	flags := cmd.Flags()
	o.compare.addFlags(flags)
	o.output.addFlags(flags, formatsWith(plans))
	o.compare.gateway.addAgainst(flags)
	flags.BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 when there are changes")
	flags.StringVar(&o.out, "out", "", "save the plan in `FILE`, for apply --plan")
	flags.BoolVar(&o.explain, "explain-requests", false, "show which operations were and will be called how often, and what each call covers")
	return cmd
}

func runDiff(ctx context.Context, p *program, o *diffOptions, g *globals) error {
	out, err := p.printer(o.output, g, plans)
	if err != nil {
		return err
	}
	ctx, cancel := o.compare.gateway.limit(ctx)
	defer cancel()
	c, err := o.compare.compare(ctx, p, g)
	if err == nil && o.out != "" {
		err = c.save(o.out)
	}
	c.quiet()
	err = both(err, c.close())
	d := c.plan()
	if o.explain && c.Comparison != nil {
		d.Requests.Operations = document.Operations(c.reads(), c.Plan)
	}
	if err := emit(out, out.format.Plan, d, &d.Trouble, err); err != nil {
		return err
	}
	if o.detailed && len(d.Changes) > 0 {
		return coded{code: exitDiffers}
	}
	return nil
}
