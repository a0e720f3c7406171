package apply

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// restoreVacated ends a run for kinds of links whose target must be unbound from one owner before it is bound to another: if that
// bind failed or never began, it binds the target to its former owner again. When the run is stopped it continues for a
// moment.
func (r *runner) restoreVacated(ctx context.Context) {
	for _, k := range kind.Links {
		if !k.UnbindFirst {
			continue
		}
		lost := r.failedAfterUnbind(k)
		if len(lost) == 0 {
			continue
		}
		long, end := api.Outlive(ctx, gracePeriod, nil)
		r.restore(long, k, lost)
		end()
		for _, j := range lost {
			for _, gone := range j.blocking {
				r.settleVacated(j, gone)
			}
		}
	}
}

// failedAfterUnbind are the binds of a kind that were not made, each with the unbinds that were carried out for it.
func (r *runner) failedAfterUnbind(k *kind.LinkKind) (out []*job) {
	for i := range r.plan.Steps {
		s := &r.plan.Steps[i]
		if s.Op != diff.OpBind || s.Kind != k.Name {
			continue
		}
		for n := range s.Items {
			j := &job{Item: s.Items[n], change: &r.plan.Changes[s.Items[n].Change], out: &r.outcomes[i][n]}
			if j.out.status == Succeeded {
				continue
			}
			if j.blocking = r.vacatedFor(s, j); len(j.blocking) > 0 {
				out = append(out, j)
			}
		}
	}
	return out
}

// vacatedFor are the unbinds that were carried out before a bind, to free its target.
func (r *runner) vacatedFor(s *diff.Step, j *job) (out []*job) {
	for _, n := range j.Needs {
		need := &r.plan.Steps[n]
		for i := range need.Items {
			if o := &r.outcomes[n][i]; need.Op == diff.OpUnbind && o.status == Succeeded && r.matters(need, &need.Items[i], s, &j.Item) {
				out = append(out, &job{Item: need.Items[i], change: &r.plan.Changes[need.Items[i].Change], out: o})
			}
		}
	}
	return out
}

// settleVacated settles an unbind that was carried out for a bind that was not made: it succeeded, or it was undone.
func (r *runner) settleVacated(bind, gone *job) {
	switch {
	case gone.out.status != Skipped:
		gone.out.status = Succeeded
	case gone.change != bind.change:
		gone.out.waitedFor = bind.change.Address
	}
	if gone.out.status == Skipped && bind.out.failure != nil {
		bind.out.failure.add(gone.Link.Owner + ", which was bound there before, is bound again")
	}
}
