package apply

import (
	"context"
	"errors"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// unbind unbinds links. Some gateways give the binding of a successor the id of the one that it replaces: such a link must be
// left alone, or the new binding would be removed.
func (r *runner) unbind(ctx context.Context, s *diff.Step, work []*job) {
	var left []*job
	for _, j := range work {
		if r.isReplaced(j) {
			j.succeed("the binding of its successor has replaced it")
		} else {
			left = append(left, j)
		}
	}
	if k := kind.LinkOf(s.Kind); len(left) > 0 {
		r.unbindAll(ctx, k, k.Unbind[s.Write], left)
	}
}

// isReplaced reports whether a bind that this unbind waited for got the id of the binding to remove.
func (r *runner) isReplaced(j *job) bool {
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
	n, err := r.call(ctx, withAddresses(way.Request(links(work)), work...), reply)
	countAttempts(work, n)
	noteMayBeDone(work, n, err)
	switch {
	case err == nil && reply != nil && !answer.Accounts(linkIDs(work)):
		r.confirmUnbound(ctx, k, work, errUnaccounted)
	case err == nil:
		settleUnbinds(k, work, answer.Failed())
	case len(work) == 1 && api.NotFound(err):
		work[0].succeed("was already gone")
	case api.Unclear(err):
		r.confirmUnbound(ctx, k, work, err)
	case len(work) > 1 && (divisible(err) || api.NotFound(err)):
		r.unbindAll(ctx, k, way, work[:len(work)/2])
		r.unbindAll(ctx, k, way, work[len(work)/2:])
	default:
		for _, j := range work {
			j.out.mayBeDone = j.out.mayBeDone || len(j.Needs) > 0 // the bind that it waited for may have replaced it
		}
		r.refuse(ctx, k, work, isUnbound, err)
	}
}

// errUnaccounted is why the items of a batch are looked up one by one: the answer does not account for all of them.
var errUnaccounted = errors.New("the answer does not say what was done")

func linkIDs(work []*job) []string {
	out := make([]string, len(work))
	for i, j := range work {
		out[i] = j.Link.ID
	}
	return out
}

// settleUnbinds settles the jobs of a batch unbind item by item: the request succeeds even if some of its items fail.
func settleUnbinds(k *kind.LinkKind, work []*job, failed map[string]kind.BatchFailure) {
	for _, j := range work {
		f, bad := failed[j.Link.ID]
		switch {
		case !bad:
			j.succeed("")
		case k.Codes.IsGone(f.ErrorCode) && len(j.Needs) > 0:
			j.succeed("was removed when its successor was bound")
		case k.Codes.IsGone(f.ErrorCode):
			j.succeed("was already gone")
		default:
			j.refused(f.ErrorCode, f.ErrorMessage)
			j.out.bindID = j.Link.ID
		}
	}
}

// confirmUnbound settles an unbind of unclear outcome by reading the bindings.
func (r *runner) confirmUnbound(ctx context.Context, k *kind.LinkKind, work []*job, cause error) {
	left, err := r.watch(ctx, k, work, isUnbound)
	for _, j := range left {
		if err != nil {
			j.readFailed(cause, err)
			continue
		}
		j.out.bindID = j.Link.ID
		j.failOrUnknown(cause)
	}
}

// isUnbound settles an unbind if held does not have its link.
func isUnbound(j *job, held map[string]kind.Link) bool {
	_, still := held[pairKey(&j.Link)]
	if !still {
		j.succeed("the answer was lost; the binding is gone")
	}
	return !still
}
