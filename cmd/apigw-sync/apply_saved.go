package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
)

// comparePlan does for a saved plan what compare does for files. Its result can be applied, and has the saved plan.
func (o *applyOptions) comparePlan(ctx context.Context, p *program) (*prepared, error) {
	c := newPrepared()
	data, err := os.ReadFile(o.plan)
	if err != nil {
		return c, p.readPathError("plan", o.plan, err)
	}
	if planfile.IsRecord(data) {
		o.undoPath = o.plan
		return o.compareUndo(ctx, p)
	}
	o.baseline = "" // it comes from the environment, and applies only to files
	if err := o.compare.check(); err != nil {
		return c, err
	}
	f, err := planfile.Decode(data)
	if err != nil {
		return c, decodeError(o.plan, err)
	}
	if err := o.compare.recheckGuards(f); err != nil {
		return c, err
	}
	e, err := f.Extract(o.secretFinder(p, f))
	if err != nil {
		return c, secretsError(err)
	}
	if err := o.compare.connect(ctx, p, c); err != nil {
		return c, err
	}
	if err := sameGateway(f, c); err != nil {
		return c, err
	}
	c.run.Options.Environments = e.Environments
	found, notes, err := c.run.Refresh(ctx, e)
	if err != nil {
		return c, readError(ctx, err)
	}
	if err := checkFresh(f, e, found.Actual, notes); err != nil {
		return c, err
	}
	if err := f.Same(found.Plan); err != nil {
		return c, refuseAll("other-plan", err.Error())
	}
	if given(o.compare.flags.Lookup("max-deletes")) {
		found.Plan.Refusals = append(found.Plan.Refusals, found.Plan.TooMany(o.compare.maxDeletes)...)
	}
	c.Result, c.file = found, f
	c.setGatewayName()
	return c, o.compare.findImpact(ctx, c)
}

// decodeError returns the error for a saved plan or an undo file that could not be decoded; nil if err is nil.
func decodeError(path string, err error) error {
	switch {
	case errors.As(err, new(*planfile.Incompatible)):
		return refuseAll("incompatible-plan", fmt.Sprintf("%s: %v", path, err))
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// refusals is the error for guards that end a run before there is a plan.
type refusals struct {
	coded
	list []document.Refusal
}

func (r refusals) Unwrap() error { return r.coded }

func refuseWith(list []document.Refusal) error {
	p := problems{summary: "nothing was changed"}
	for _, r := range list {
		p.list = append(p.list, r.Problem())
	}
	return refusals{coded{exitRefused, p}, list}
}

func refuseAll(guard string, reasons ...string) error {
	var list []document.Refusal
	for _, r := range reasons {
		list = append(list, document.Refusal{Guard: guard, Reason: r})
	}
	return refuseWith(list)
}

// sameGateway refuses a plan that was made for another gateway.
func sameGateway(f *planfile.File, c *prepared) error {
	for _, is := range []struct{ what, made, now string }{
		{"gateway", f.InstanceID, c.session.instanceID},
		{"project", f.Saved.ProjectID, c.session.projectID},
		{"endpoint", f.Saved.Endpoint, c.session.endpoint},
	} {
		if is.made != is.now {
			return refuseAll("other-gateway", fmt.Sprintf("the plan was made for the %s %s, not for %s", is.what, is.made, is.now))
		}
	}
	return nil
}

// secretFinder finds the secrets of a plan in the variables that they came from, or else in the files.
func (o *applyOptions) secretFinder(p *program, f *planfile.File) planfile.Reveal {
	lookup := o.compare.files.lookup(p)
	var objects []kind.Declared
	var failed error
	if len(o.compare.files.files) > 0 && slices.ContainsFunc(f.NeededSecrets(), func(n planfile.NeededSecret) bool { return len(n.Variables) == 0 }) {
		state, _, err := o.compare.files.loadValid(p)
		if failed = err; err == nil {
			objects = state.Objects
		}
	}
	return func(n planfile.NeededSecret) (string, error) {
		switch {
		case len(n.Variables) > 0:
			return joinVariables(n, lookup)
		case failed != nil:
			return "", failed
		case objects != nil:
			return planfile.SecretInFiles(n, objects)
		case n.Source != nil:
			return "", hinted{
				fmt.Errorf("%s: the plan does not contain its secret %s, which is in %s:%d", n.Address, n.Path, n.Source.File, n.Source.Line),
				"name the files with --file, too, or let the secret come from a variable",
			}
		}
		return "", fmt.Errorf("%s: the plan does not contain its secret %s", n.Address, n.Path)
	}
}

// joinVariables returns a secret that is made of the values of variables, one after another.
func joinVariables(n planfile.NeededSecret, lookup func(string) (string, bool)) (string, error) {
	var b strings.Builder
	for _, name := range n.Variables {
		value, _ := lookup(name)
		if value == "" {
			return "", hinted{
				fmt.Errorf("%s: its secret %s comes from the variable %s, which is not set", n.Address, n.Path, name),
				"set it as it was when the plan was made",
			}
		}
		b.WriteString(value)
	}
	return b.String(), nil
}

// secretsError returns the error for the secrets of a plan that could not be found: a changed secret makes the plan
// stale, and the others are missing.
func secretsError(err error) error {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var list problems
	var stale []document.Refusal
	for _, e := range all {
		if changed, ok := errors.AsType[*planfile.ChangedSecret](e); ok {
			stale = append(stale, document.Refusal{Guard: "stale-plan", Address: changed.Address, Reason: describeSecret(changed)})
			continue
		}
		list.list = append(list.list, problemsOf(e)...)
	}
	if len(list.list) > 0 {
		list.summary = "the plan needs secrets that are not there"
		return list
	}
	return refuseWith(stale)
}

// describeSecret describes a changed secret, with the variables that it comes from.
func describeSecret(c *planfile.ChangedSecret) string {
	if len(c.Variables) > 0 {
		return fmt.Sprintf("%s (from %s)", c.Error(), strings.Join(c.Variables, ", "))
	}
	return c.Error()
}

// checkFresh refuses a plan if the objects and bindings that it changes have changed since it was made.
func checkFresh(f *planfile.File, e *diff.Extract, have kind.Actual, notes []diff.Note) error {
	var list []document.Refusal
	for _, n := range notes {
		list = append(list, document.Refusal{Guard: "stale-plan", Address: n.Address, Reason: n.Message})
	}
	for _, d := range f.Stale(e, e.Relevant(have)) {
		list = append(list, document.Refusal{Guard: "stale-plan", Address: d.Address, Reason: d.String()})
	}
	if len(list) == 0 {
		return nil
	}
	return refuseWith(list)
}
