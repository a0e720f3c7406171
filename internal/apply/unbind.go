package apply

import (
	"context"
	"errors"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// unbind takes links away. What the bind of a successor has replaced is left alone: some gateways give
// the new binding the id of the old one.
func (r *runner) unbind(ctx context.Context, s *diff.Step, work []*job) {
	var left []*job
	for _, j := range work {
		if r.renewed(j) {
			j.succeed("its binding was taken over")
		} else {
			left = append(left, j)
		}
	}
	if k := kind.LinkOf(s.Kind); len(left) > 0 {
		r.unbindAll(ctx, k, k.Unbind[s.Write], left)
	}
}

// renewed reports whether a bind that this unbind waited for got the id of the binding that was to go.
func (r *runner) renewed(j *job) bool {
	for _, n := range j.Needs {
		for i := range r.outcomes[n] {
			if id := r.outcomes[n][i].newID; id != "" && id == j.Link.ID {
				return true
			}
		}
	}
	return false
}

func (r *runner) unbindAll(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job) {
	var answer kind.BatchAnswer
	var reply any
	if way.By == kind.Together {
		reply = &answer
	}
	n, err := r.call(ctx, about(way.Request(links(work)), work...), reply)
	count(work, n)
	doubt(work, n, err)
	switch {
	case err == nil && reply != nil && !answer.Accounts(linkIDs(work)):
		r.surelyUnbound(ctx, k, work, errUntold)
	case err == nil:
		settleUnbinds(k, work, answer.Failure)
	case len(work) == 1 && api.NotFound(err):
		work[0].succeed("was already gone")
	case api.Unclear(err):
		r.surelyUnbound(ctx, k, work, err)
	case len(work) > 1 && (divisible(err) || api.NotFound(err)):
		r.unbindAll(ctx, k, way, work[:len(work)/2])
		r.unbindAll(ctx, k, way, work[len(work)/2:])
	default:
		for _, j := range work {
			j.out.doubted = j.out.doubted || len(j.Needs) > 0 // the bind that it waited for may have replaced it
		}
		r.refuse(ctx, k, work, isUnbound, err)
	}
}

// errUntold is why a batch is looked into: its answer says nothing, or not all, of what was done.
var errUntold = errors.New("the answer does not say what was done")

func linkIDs(work []*job) []string {
	out := make([]string, len(work))
	for i, j := range work {
		out[i] = j.Link.ID
	}
	return out
}

// settleUnbinds settles the jobs of a batch unbind: success of the request says nothing about its items.
func settleUnbinds(k *kind.LinkKind, work []*job, failures []kind.BatchFailure) {
	failed := make(map[string]kind.BatchFailure, len(failures))
	for _, f := range failures {
		failed[f.BindID] = f
	}
	for _, j := range work {
		f, bad := failed[j.Link.ID]
		switch {
		case !bad:
			j.succeed("")
		case k.Codes.IsGone(f.ErrorCode) && len(j.Needs) > 0:
			j.succeed("went when its successor was bound")
		case k.Codes.IsGone(f.ErrorCode):
			j.succeed("was already gone")
		default:
			j.refused(f.ErrorCode, f.ErrorMessage)
			j.out.bindID = j.Link.ID
		}
	}
}

// surelyUnbound settles an unbind of unclear outcome by reading the bindings.
func (r *runner) surelyUnbound(ctx context.Context, k *kind.LinkKind, work []*job, cause error) {
	left, err := r.watch(ctx, k, work, isUnbound)
	for _, j := range left {
		if err != nil {
			j.unread(cause, err)
			continue
		}
		j.out.bindID = j.Link.ID
		j.miss(cause)
	}
}

// isUnbound settles an unbind whose link is not among those held.
func isUnbound(j *job, held map[string]kind.Link) bool {
	_, still := held[pairKey(&j.Link)]
	if !still {
		j.succeed("the answer was lost; the binding is gone")
	}
	return !still
}
