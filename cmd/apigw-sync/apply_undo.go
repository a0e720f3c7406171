package main

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
)

func newUndoCommand(p *program) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "undo [FILE]",
		Short: "Take back what an apply did",
		Long: `Undo takes back a run of apply, with the undo file that the run left. Without FILE, it uses the newest
undo file of this gateway that was not taken back yet. It reads the gateway, shows what it would change,
asks for confirmation, and writes. A run that failed or was stopped is taken back as far as it got. Undo
creates an undo file of its own, so the next undo takes this one back.

If somebody has changed the same things since the run, undo writes nothing. With --skip-stale, it leaves
those alone and takes back the rest. Objects that undo creates again get new ids. Secrets that were
replaced or deleted are not in the undo file and cannot be restored. Both are listed. Secrets that an
update needs are taken from the same variables as before, or from the files that contain them (--file).
` + exitHelp(exitDone, exitError, exitIncomplete, exitRefused),
		Example: `  apigw-sync undo --target prod
  apigw-sync undo --target prod --yes -o json
  apigw-sync undo before-release.undo --target prod --skip-stale`,
		Args:              arguments(0, "at most one undo file", "write apigw-sync undo FILE"),
		ValidArgsFunction: cobra.FixedCompletions([]cobra.Completion{strings.TrimPrefix(undoSuffix, ".")}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.isUndo = true; len(args) > 0 {
				o.undoPath = args[0]
			}
			return o.run(cmd.Context(), p)
		},
	}
	flags := cmd.Flags()
	flags.SetNormalizeFunc(resolveAlias)
	o.compare.flags = flags
	o.compare.files.addFlags(flags)
	o.compare.gateway.addFlags(flags)
	flags.BoolVar(&o.compare.allowUnhealthy, "allow-unhealthy", false, "write to a gateway even if it is not running or is locked")
	flags.BoolVar(&o.skipStale, "skip-stale", false, "leave alone what somebody has changed since the run, and take back the rest")
	o.output.addFlags(flags, "undo")
	o.addWriting(flags)
	return cmd
}

// undoRun is the earlier run that this run takes back.
type undoRun struct {
	*planfile.Record
	path string
	undo *planfile.Undo
}

// compareUndo does for an undo file what compare does for files.
func (o *applyOptions) compareUndo(ctx context.Context, p *program) (*prepared, error) {
	c := newPrepared()
	o.baseline = "" // it comes from the environment, and applies only to files
	err := o.compare.check()
	if err == nil {
		err = o.compare.connect(ctx, p, c)
	}
	if err == nil && o.undoPath == "" {
		o.undoPath, err = lastUndo(p, c.session.gateway)
	}
	if err != nil {
		return c, err
	}
	r, err := readUndo(o.undoPath)
	if err != nil {
		return c, err
	}
	if err := sameGateway(r.File, c); err != nil {
		return c, err
	}
	back := &undoRun{Record: r, path: o.undoPath}
	if err := o.planUndo(ctx, p, c, back); err != nil {
		return c, err
	}
	c.undone = back
	return c, nil
}

// planUndo reads what the earlier run changed, and plans to take it back.
func (o *applyOptions) planUndo(ctx context.Context, p *program, c *prepared, back *undoRun) error {
	touched, err := c.run.Touched(ctx, back)
	if err != nil {
		return readError(ctx, err)
	}
	if back.undo, err = back.Undo(touched.Now, o.secretFinder(p, back.File)); err != nil {
		return secretsError(err)
	}
	found, notes, err := c.run.TakeBack(ctx, touched, back, back.undo.Extract, o.skipStale)
	if err != nil {
		return readError(ctx, err)
	}
	var stale []document.Refusal
	for _, d := range back.undo.Stale {
		stale = append(stale, document.Refusal{Guard: "stale-undo", Address: d.Address, Reason: d.String(), Flag: "--skip-stale"})
	}
	for _, n := range notes {
		stale = append(stale, document.Refusal{Guard: "stale-undo", Address: n.Address, Reason: n.Message, Flag: "--skip-stale"})
	}
	if len(stale) > 0 && !o.skipStale {
		return refuseWith(stale)
	}
	for _, s := range stale {
		c.warnings = append(c.warnings, document.Problem{Address: s.Address, Message: "is left as it is: " + s.Reason})
	}
	back.undo.Losses = append(back.undo.Losses, planfile.NewIDs(found.Plan)...)
	c.Result, c.file = found, back.File
	c.setGatewayName()
	return nil
}

// document returns the part of the result that describes the run that is taken back.
func (b *undoRun) document() *document.TakesBack {
	if b == nil {
		return nil
	}
	d := &document.TakesBack{File: b.path, Created: b.Saved.Created, NotRestorable: []document.Loss{}, Undo: b.Saved.TakesBack != ""}
	for _, l := range b.undo.Losses {
		d.NotRestorable = append(d.NotRestorable, document.Loss(l))
	}
	return d
}

// name returns the name of the undo file that is taken back, which the undo file of this run records.
func (b *undoRun) name() string {
	if b == nil {
		return ""
	}
	return filepath.Base(b.path)
}

// markUndone marks the undo file as taken back.
func (b *undoRun) markUndone(c *prepared) {
	if b == nil || b.Undone {
		return
	}
	f, err := journal.Open(b.path)
	if err == nil {
		err = cmp.Or(journal.Mark(f, journal.Undone, time.Now()), f.Close())
	}
	if err != nil {
		c.warnings = append(c.warnings, document.Problem{Message: "it could not be noted that the run was taken back, so that the next undo begins with it again: " + err.Error()})
	}
}
