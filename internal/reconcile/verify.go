package reconcile

import (
	"context"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// listDelay is how long bindings may take to appear in lists; only differences that remain after that are real. The gateway
// shows bindings "with a short delay"; clients of the vendor poll every 2 seconds.
const listDelay = 20 * time.Second

// verify reads again what a plan has written, and returns what still differs.
func (r *Run) verify(ctx context.Context, c *compared.Result, out *Outcome) {
	want, options := affected(c)
	options.Kinds, options.Environments, options.Today = r.Options.Kinds, r.Options.Environments, r.Options.Today // the same scope as the run
	if len(want.Objects) == 0 && len(want.Owns) == 0 || ctx.Err() != nil {
		out.Converged, out.Verified = len(c.Plan.Changes) == 0, ctx.Err() == nil
		out.Remaining = unfinished(out.Results)
		return
	}
	reader := r.reader("verify")
	waited, wait, before := time.Duration(0), time.Second, out.Reads
	for {
		plan, err := retryIfGone(func() (*diff.Plan, error) { return r.compareAgain(ctx, reader, want, options, c.APIs.EnvNamesOnly()) })
		out.Reads = before + reader.Requests()
		if err != nil {
			out.Warnings = append(out.Warnings, diff.Note{Message: "what was written could not be read again: " + err.Error()})
			out.Remaining = unfinished(out.Results)
			return
		}
		out.Remaining = plan.Changes
		out.Converged = plan.Empty()
		if out.Verified = out.Converged || !worthWaiting(out) || waited >= listDelay; out.Verified {
			return
		}
		if !api.Pause(ctx, wait) {
			out.Remaining = unfinished(out.Results)
			return
		}
		waited += wait
		wait = min(2*wait, 4*time.Second)
	}
}

// worthWaiting reports whether everything was done and only links still differ, because lists show them late.
func worthWaiting(out *Outcome) bool {
	for i := range out.Remaining {
		if out.Remaining[i].Link == nil {
			return false
		}
	}
	s := apply.Summarize(out.Results)
	return s.Failed+s.Skipped+s.Unknown == 0
}

func unfinished(results []apply.Result) (out []diff.Change) {
	for i := range results {
		if results[i].Status != apply.Succeeded {
			out = append(out, *results[i].Change)
		}
	}
	return out
}

// compareAgain compares the changed part of the files with the gateway. The catalog named has the names of environments.
func (r *Run) compareAgain(ctx context.Context, reader *fetch.Reader, want kind.Desired, options diff.Options, named *kind.Catalog) (*diff.Plan, error) {
	names := needs{}
	for i := range want.Objects {
		d := &want.Objects[i]
		names.addRefs(d)
		if kind.Of(d.Kind).Owner == "" {
			names.add(d.Kind, d.Key, true)
		}
	}
	for kindName, gone := range want.Owns {
		for _, n := range gone {
			names.add(kindName, n, true)
		}
	}
	objects, err := reader.Objects(ctx, names.wants())
	if err != nil {
		return nil, err
	}
	x := &reading{draft: diff.Begin(objects, want, options)}
	if x.rows, err = readInside(ctx, reader, x.draft, nil); err != nil {
		return nil, err
	}
	x.addLinks(named, want)
	return x.draft.Plan(kind.Neighbours{}), nil
}

// affected returns the part of the desired state that a plan changes. It owns the objects that the plan deletes, by
// their exact names, so that one that still exists is a difference.
func affected(c *compared.Result) (kind.Desired, diff.Options) {
	owners, gone := map[string]bool{}, map[string][]string{}
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		switch k, link := kind.Of(ch.Kind), kind.LinkOf(ch.Kind); {
		case ch.Forced: // the plan does not change the other bindings of its owner
		case link != nil:
			owners[kind.Of(link.Owner).Root(ch.Name)] = true
		case k.Owner != "":
			owners[kind.Of(k.Owner).Root(ch.Name)] = true
		case ch.Action == diff.Delete:
			gone[k.Name] = append(gone[k.Name], ch.Have.Key)
		default:
			owners[ch.Address] = true
		}
	}
	want := kind.Desired{Owns: gone, Ignore: c.Desired.Ignore}
	for i := range c.Desired.Objects {
		d := &c.Desired.Objects[i]
		if owners[d.Address()] || owners[d.Root()] {
			want.Objects = append(want.Objects, *d)
		}
	}
	for i := range c.Desired.Links {
		l := &c.Desired.Links[i]
		if owners[l.OwnerAddress()] {
			if l.Offline { // the plan has already dealt with it
				want.Spared = append(want.Spared, *l)
				continue
			}
			want.Links = append(want.Links, *l)
		}
	}
	return want, diff.Options{Prune: true, AllowEmpty: true, MaxDeletes: -1}
}
