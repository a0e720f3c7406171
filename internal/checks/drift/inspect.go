package drift

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Options are what to check in addition to the comparison of files and gateway.
type Options struct {
	Now      time.Time
	CertDays int       // report certificates that expire within this many days
	Traffic  Mode      //
	Baseline *Baseline // nil: do not report which side changed

	Compared   diff.Options // what the comparison looked at
	Undeclared bool         // what is not declared is named, not only counted
}

// Inspect finds what else about a gateway needs attention, after the comparison with its files. What it cannot find out
// becomes a warning of the report; it fails only if ctx ends.
func Inspect(ctx context.Context, reader *fetch.Reader, c *compared.Result, o Options) (*Report, error) {
	r := &Report{At: o.Now.UTC(), Plan: c.Plan, Managed: Managed(&c.Desired), Lapsed: lapsed(c.Desired.Ignore, o.Now), References: references(c)}
	if o.Baseline != nil {
		r.Moved = o.Baseline.Moved(c)
	}
	var (
		wg       sync.WaitGroup
		warnings [4][]diff.Note
	)
	wg.Go(func() { r.Instance, warnings[0] = instanceState(ctx, reader, c) })
	wg.Go(func() { r.Certificates, warnings[1] = certificates(ctx, reader, c, o) })
	wg.Go(func() { r.Coverage, warnings[3] = countCoverage(ctx, reader, c, o) })
	wg.Go(func() {
		if o.Traffic == Off {
			return
		}
		t := TrafficOf(ctx, reader, c, o.Traffic)
		r.Traffic, r.ChangeTraffic, warnings[2] = t.Groups, t.ByChange, t.Warnings
	})
	wg.Wait()
	r.Warnings = slices.Concat(warnings[:]...)
	r.Requests = c.Reads + reader.Requests()
	return r, context.Cause(ctx)
}

// Managed lists the addresses of all that the files declare, sorted.
func Managed(want *kind.Desired) []string {
	out := make([]string, 0, len(want.Objects)+len(want.Links))
	for i := range want.Objects {
		out = append(out, want.Objects[i].Address())
	}
	for i := range want.Links {
		out = append(out, want.Links[i].Address())
	}
	slices.Sort(out)
	return out
}

// references are the references to APIs or other objects that match nothing.
func references(c *compared.Result) (out []Reference) {
	for _, f := range c.Findings {
		if f.Unresolved != (spec.Unresolved{}) && !f.Warning {
			out = append(out, Reference{Unresolved: f.Unresolved, Source: f.Source, Message: f.Problem, Hint: f.Hint})
		}
	}
	for _, n := range c.Plan.Errors {
		declared := func(d kind.Declared) bool { return d.Address() == n.Refers }
		if n.Refers == "" || slices.ContainsFunc(c.Desired.Objects, declared) {
			continue // what the files declare is missing for now, which is drift of its own
		}
		r := Reference{Unresolved: spec.Unresolved{Owner: n.Address, Reference: n.Refers, Problem: "does not exist"}, Message: n.Message}
		if n.Source != nil {
			r.Source = *n.Source
		}
		out = append(out, r)
	}
	return out
}

// lapsed are the ignore rules past their last day, the first to end first.
func lapsed(rules []kind.Ignore, now time.Time) (out []kind.Ignore) {
	today := now.Format(time.DateOnly)
	for _, i := range rules {
		if i.Until != "" && i.Until < today {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b kind.Ignore) int { return strings.Compare(a.Until, b.Until) })
	return out
}

// instanceState returns the state of the gateway itself, which the comparison has read.
func instanceState(ctx context.Context, reader *fetch.Reader, c *compared.Result) (Instance, []diff.Note) {
	if c.Instance == nil {
		return Instance{Status: Running}, nil // the comparison was not with a gateway
	}
	i := Instance{Name: c.Instance.Name, Status: c.Instance.State(), Locks: c.Instance.Locks}
	var err error
	i.Missing, err = reader.Missing(ctx, c.Instance, c.Desired.Objects)
	if err != nil {
		return i, []diff.Note{{Message: "the features of the gateway could not be read: " + err.Error()}}
	}
	return i, nil
}
