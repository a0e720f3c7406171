package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type applyOptions struct {
	compare compareOptions
	output  outputOptions
	yes     bool

	baseline string // path of the baseline to write; "" for none
	plan     string // path of the saved plan to carry out; "" plans from the files
	undo     undoFileOptions

	isUndo    bool   // this run takes back an earlier one
	skipStale bool   // for an undo: leave alone what was changed since
	undoPath  string // path of the undo file to take back; "" for the newest, until its path is known
}

func newApplyCommand(p *program) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:     "apply",
		Aliases: []string{"sync"},
		Short:   "Make the gateway match the files",
		Long: `Apply compares desired-state files with the gateway, shows the plan, asks for confirmation, and carries
the plan out. If a change fails, changes that do not depend on it are still made; run apply again to
finish the rest. After writing, apply reads what it wrote again and reports remaining differences.

Before the first write, apply creates an undo file. With it, apigw-sync undo takes the run back, however
the run ended.

With --plan, apply carries out a plan that diff --out saved, or an undo file. It first reads again what
the plan changes, and writes nothing if any of that has changed since. Plans contain no secrets: they are
taken from the same variables again, or from the files that contain them (--file). If a guard refused the
plan when it was made, pass the flag that allows it, such as --max-deletes, again.
` + exitHelp(exitDone, exitError, exitIncomplete, exitRefused),
		Example: `  apigw-sync apply --target staging
  apigw-sync apply -f gateway/ --prune --max-deletes 3 --yes -o json
  apigw-sync apply --endpoint emulator:state.yaml --yes
  apigw-sync apply --target prod --yes --plan prod.plan
  apigw-sync apply --target prod --yes --undo-file prod.undo`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.plan != "" {
				if err := refusePlanningFlags(cmd.Flags()); err != nil {
					return err
				}
			}
			return o.run(cmd.Context(), p)
		},
	}
	flags := cmd.Flags()
	flags.SetNormalizeFunc(resolveAlias)
	addTargets(flags)
	o.compare.addFlags(flags)
	o.output.addFlags(flags, "apply")
	flags.StringVar(&o.baseline, "baseline", "", "if the gateway matches the files after the run, save both in a file at `PATH`, for drift --baseline")
	flags.StringVar(&o.plan, "plan", "", "carry out the saved plan in `FILE`")
	flags.Bool("keep-going", false, "with many targets, start the next wave even if a target failed")
	o.addWriting(flags)
	return cmd
}

// addWriting adds the flags of commands that write.
func (o *applyOptions) addWriting(flags *pflag.FlagSet) {
	o.undo.addFlags(flags)
	flags.StringVar(&o.compare.journal, "journal", "", "append a line to `FILE` before and after each write")
	flags.BoolVar(&o.yes, "yes", false, "write without asking (also --auto-approve); required if stdin is not a terminal")
}

// run carries out an apply: load and compare, show the plan, ask, write, report the results.
func (o *applyOptions) run(ctx context.Context, p *program) error {
	out, err := p.printer(&o.output)
	if err != nil {
		return err
	}
	ctx, cancel := o.compare.gateway.limit(ctx)
	defer cancel()
	c, err := o.load(ctx, p)
	d := document.EmptyResults(c.head)
	if err == nil {
		d, err = c.unwrittenResults(), o.show(out, c)
	}
	switch {
	case err != nil: // the results report it
	case c.Plan.Empty(): // there is nothing to write, so guards do not matter
		c.undone.markUndone(c)
		err = o.updateBaseline(ctx, c, false)
	default:
		if err = o.ask(ctx, out, c); err == nil {
			d, err = o.write(ctx, p, c)
		}
	}
	return o.report(out, c, d, joinErrors(err, c.end()))
}

// load compares the gateway with what will be applied: a saved plan, the undo of an earlier run, or files.
func (o *applyOptions) load(ctx context.Context, p *program) (*prepared, error) {
	err := o.undo.check()
	if o.baseline != "" {
		err = joinErrors(err, o.compare.refuseNarrowed("--baseline"))
	}
	switch {
	case err != nil:
		return newPrepared(), err
	case o.isUndo:
		return o.compareUndo(ctx, p)
	case o.plan != "":
		return o.comparePlan(ctx, p)
	}
	return o.compare.compare(ctx, p)
}

// ask asks whether to write, unless guards refuse the plan.
func (o *applyOptions) ask(ctx context.Context, out *printer, c *prepared) error {
	switch {
	case len(c.Plan.Refusals) > 0:
		return refuseWith(document.NewRefusals(c.Plan.Refusals))
	case ctx.Err() != nil:
		return fmt.Errorf("nothing was changed: %w", context.Cause(ctx))
	}
	return o.confirm(ctx, out, c)
}

// write carries out the plan, and keeps an undo file for it.
func (o *applyOptions) write(ctx context.Context, p *program, c *prepared) (*document.Results, error) {
	if err := o.undo.keep(p, c, c.undone.name()); err != nil {
		return c.unwrittenResults(), err
	}
	outcome := c.run.Apply(ctx, c.Result)
	if outcome.Converged {
		c.undone.markUndone(c)
	}
	d := o.results(p, c, outcome)
	err := o.undo.end(d)
	switch {
	case d.Stopped:
		err = joinErrors(context.Cause(ctx), err)
	case d.Matches():
		err = joinErrors(err, o.updateBaseline(ctx, c, true))
	}
	return d, err
}

// report writes the results of the run, and returns the error that decides the exit code.
func (o *applyOptions) report(out *printer, c *prepared, d *document.Results, err error) error {
	if r := (refusals{}); errors.As(err, &r) {
		d.Refusals = r.list
	}
	d.Shown = len(d.Results) > 0 && out.isText()
	if !out.isText() && c.Result != nil && len(c.Plan.Warnings) > 0 { // readers of text have seen them in the plan
		d.Warnings = append(document.Notes(c.Plan.Warnings), d.Warnings...)
	}
	switch {
	case len(d.Results) == 0 && err == nil && out.isText():
		return nil // the plan has already said everything
	case len(d.Results) > 0:
		d.Fail(problemsOf(err)...)
		return verdict(d, joinErrors(err, out.emit(d, nil)))
	}
	d.Warnings = append(d.Warnings, c.warnings...)
	return out.emit(d, err)
}

// show prints the plan before anything is asked or written: to stdout if people read the result there, otherwise to
// stderr, where they are asked.
func (o *applyOptions) show(out *printer, c *prepared) error {
	c.session.progress.pause()
	d := c.plan()
	if m := out.program.member; m != nil { // all plans are shown together
		m.plan = d
		return nil
	}
	d.Refusals = []document.Refusal{} // they are reported as errors
	var w io.Writer
	switch {
	case out.isText():
		w = out.program.Stdout
	case !o.yes && terminal(out.program.Stdin):
		w = out.program.Stderr
	default:
		return nil
	}
	err := report.TextOfTakesBack(w, &d.Head, c.undone.document(), len(d.Changes) > 0, out.style)
	if err == nil && (c.undone == nil || len(d.Changes)+len(d.Warnings) > 0) {
		err = report.Find("text").Write(w, d, out.style)
	}
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if len(d.Changes) > 0 {
		_, _ = fmt.Fprintln(w)
	}
	return nil
}

// unwrittenResults returns the results of a run that writes nothing.
func (c *prepared) unwrittenResults() *document.Results {
	d, matches := document.EmptyResults(c.head), c.Plan.Empty()
	d.Converged, d.Requests.Read, d.TakesBack = &matches, c.Reads, c.undone.document()
	return d
}

func (o *applyOptions) results(p *program, c *prepared, outcome *reconcile.Outcome) *document.Results {
	d := document.NewResults(c.head, outcome.Results, outcome.Remaining)
	c.setImpact(d, &d.ImpactTable)
	d.TakesBack = c.undone.document()
	if d.Stopped = outcome.Stopped; outcome.Verified {
		d.Converged = &outcome.Converged
	}
	d.Requests, d.Saved = document.Requests{Read: outcome.Reads, Write: outcome.Writes, InFlight: c.session.maxInFlight()}, c.file != nil
	d.Warnings = append(append(d.Warnings, c.warnings...), document.Notes(outcome.Warnings)...)
	d.Advise(outcome.Results, o.nextCommands(p))
	return d
}

// nextCommands returns the commands to run after a failure.
func (o *applyOptions) nextCommands(p *program) map[api.Next]string {
	again := p.commandLine("apply")
	switch {
	case o.undoPath != "":
		again = p.commandLine("undo", sourceFlags...) + " " + quoted(o.undoPath)
	case o.plan != "":
		again = p.commandLine("diff", sourceFlags...) + " --out=" + quoted(o.plan)
	}
	return map[api.Next]string{api.Apply: again, api.Diff: p.commandLine("diff", slices.Concat(sourceFlags, scopeFlags)...), api.Doctor: p.commandLine("doctor", sourceFlags...)}
}

// verdict returns the error with the exit code of an apply that has results. err is what ended it early, nil if nothing
// did.
func verdict(d *document.Results, err error) error {
	s := d.Summary
	switch {
	case err == nil && d.Matches() && s.Failed+s.Skipped+s.Unknown == 0:
		return nil
	case d.Wrote():
		return coded{exitIncomplete, err}
	}
	return coded{exitError, err}
}
