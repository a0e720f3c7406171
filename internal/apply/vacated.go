package apply

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// regain ends a run for kinds of which a target must be free before another owner is bound to it: where the bind failed
// or never began, its former owner has the target again. It goes on for a moment when the run is stopped.
func (r *runner) regain(ctx context.Context) {
	for _, k := range kind.Links {
		if !k.Vacates {
			continue
		}
		lost := r.vacatedInVain(k)
		if len(lost) == 0 {
			continue
		}
		long, end := outlive(ctx)
		r.restore(long, k, lost)
		end()
		for _, j := range lost {
			for _, gone := range j.inWay {
				r.settleVacated(j, gone)
			}
		}
	}
}

// vacatedInVain are binds of a kind that were not made, each with the unbinds that were carried out for it.
func (r *runner) vacatedInVain(k *kind.LinkKind) (out []*job) {
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
			if j.inWay = r.vacatedFor(s, j); len(j.inWay) > 0 {
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
			if o := &r.outcomes[n][i]; need.Op == diff.OpUnbind && o.status == Succeeded && r.serves(need, &need.Items[i], s, &j.Item) {
				out = append(out, &job{Item: need.Items[i], change: &r.plan.Changes[need.Items[i].Change], out: o})
			}
		}
	}
	return out
}

// settleVacated says what became of an unbind in favour of a bind that was not made: it holds, or was undone.
func (r *runner) settleVacated(bind, gone *job) {
	switch {
	case gone.out.status != Skipped:
		gone.out.status = Succeeded
	case gone.change != bind.change:
		gone.out.waited = bind.change.Address
	}
	if gone.out.status == Skipped && bind.out.failure != nil {
		bind.out.failure.add(gone.Link.Owner + ", which was bound there before, is bound again")
	}
}
