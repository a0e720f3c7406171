package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type diffOptions struct {
	compare  compareOptions
	output   outputOptions
	detailed bool
	explain  bool
	out      string // the file to save the plan in
}

func newDiffCommand(p *program) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:     "diff",
		Aliases: []string{"plan"},
		Short:   "Show what apply would do",
		Long: `Diff compares desired-state files with the gateway and shows what apply would do. It only reads. With
--out it also saves the plan. Then apply --plan carries out exactly this plan or, if the gateway has
changed, nothing.
` + exitHelp(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync diff --target staging
  apigw-sync diff -f gateway/ --prune -o json
  apigw-sync diff --target prod --out prod.plan && apigw-sync apply --target prod --plan prod.plan
  apigw-sync diff --against export.yaml
  apigw-sync diff --target prod --summary
  apigw-sync diff --endpoint emulator:state.yaml --detailed-exitcode`,
		Args: noArgs,
		RunE: p.runE(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	addTargets(flags)
	o.compare.addFlags(flags)
	o.output.addFlags(flags, "diff")
	o.compare.gateway.addAgainst(flags)
	flags.BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	flags.StringVar(&o.out, "out", "", "save the plan in `FILE`, for apply --plan")
	flags.BoolVar(&o.output.summary, "summary", false, "show only the numbers of changes by action and by what they mean to callers (text and markdown)")
	flags.BoolVar(&o.explain, "explain-requests", false, "show which API operations are called how often, by diff and by apply, and what each call covers")
	return cmd
}

// find compares, and saves the plan if --out is given.
func (o *diffOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	c, err := o.compare.compare(ctx, out.program)
	if err == nil && o.out != "" {
		if err = c.save(o.out); isPathError(err) {
			err = out.program.writePathError("out", o.out, err)
		}
	}
	err = joinErrors(err, c.end())
	d := c.plan()
	if o.explain && c.Result != nil {
		d.Requests.Operations = document.Operations(c.reads(), c.Plan)
	}
	if len(c.refused) > 0 {
		return d, exitRefused, err
	}
	if o.detailed && len(d.Changes) > 0 {
		return d, exitDiffers, err
	}
	return d, exitDone, err
}
