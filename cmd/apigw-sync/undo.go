package main

import (
	"context"
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/planfile"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/report"
)

// saveUndo writes the plan that takes a run back, and tells of it in the results. A run that was stopped gets
// as long for it as its last requests do.
func (o *applyOptions) saveUndo(ctx context.Context, c *comparison, outcome *reconcile.Outcome, d *report.Results) error {
	if o.undo == "" {
		return nil
	}
	if ctx.Err() != nil {
		const grace = 10 * time.Second
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
	}
	e, losses, err := c.run.Undo(ctx, c.Comparison, outcome)
	if err != nil {
		return fmt.Errorf("no undo file was written: what the run did could not be read: %w", err)
	}
	info := &report.Undo{File: o.undo, Changes: len(e.Plan.Changes), NotRestorable: []report.Loss{}}
	for _, l := range losses {
		info.NotRestorable = append(info.NotRestorable, report.Loss(l))
	}
	doc := report.NewPlan(c.head, e.Plan, 0)
	err = c.write(o.undo, doc, e, planfile.Options{Purpose: planfile.ForUndo, NotRestorable: info.NotRestorable})
	if err != nil {
		return fmt.Errorf("no undo file was written: %w", err)
	}
	d.Undo = info
	return nil
}
