package apply

import (
	"context"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// unbind takes links away. What the bind of a successor has replaced is left alone: some gateways give
// the new binding the id of the old one.
func (r *runner) unbind(ctx context.Context, s *diff.Step, work []*job) {
	k := kind.LinkOf(s.Kind)
	var left []*job
	for _, j := range work {
		switch {
		case r.freed.has(j.Link.ID):
			j.succeed("was unbound first, since the gateway has no room for two")
		case r.renewed(j):
			j.succeed("its binding was taken over")
		default:
			left = append(left, j)
		}
	}
	if len(left) > 0 {
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
	n, err := r.call(ctx, way.Request(links(work)), reply)
	for _, j := range work {
		j.out.attempts += n
	}
	switch {
	case err == nil:
		r.batch(work, answer.Failure)
	case len(work) == 1 && api.NotFound(err):
		work[0].succeed("was already gone")
	case api.Unclear(err):
		r.surelyUnbound(ctx, k, work, err)
	case len(work) > 1 && (divisible(err) || api.NotFound(err)):
		r.unbindAll(ctx, k, way, work[:len(work)/2])
		r.unbindAll(ctx, k, way, work[len(work)/2:])
	default:
		for _, j := range work {
			j.fail(err)
		}
	}
}

// batch settles the jobs of a batch unbind: success of the request says nothing about its items.
func (r *runner) batch(work []*job, failures []kind.BatchFailure) {
	failed := make(map[string]kind.BatchFailure, len(failures))
	for _, f := range failures {
		failed[f.BindID] = f
	}
	for _, j := range work {
		f, bad := failed[j.Link.ID]
		switch {
		case !bad:
			j.succeed("")
		case api.GoneCode(f.ErrorCode) && len(j.Needs) > 0:
			j.succeed("went when its successor was bound")
		case api.GoneCode(f.ErrorCode):
			j.succeed("was already gone")
		default:
			j.out.status, j.out.bindID = Failed, j.Link.ID
			j.out.failure = &Failure{ErrorCode: f.ErrorCode, ErrorMsg: f.ErrorMessage}
		}
	}
}

// surelyUnbound settles an unbind of unclear outcome by reading the bindings.
func (r *runner) surelyUnbound(ctx context.Context, k *kind.LinkKind, work []*job, cause error) {
	held, err := r.heldBy(ctx, k, work)
	for _, j := range work {
		switch _, still := held[pairKey(&j.Link)]; {
		case err != nil:
			j.unknown(fmt.Errorf("%w; the bindings could not be read (%v); run diff to find out", cause, err))
		case still:
			j.out.bindID = j.Link.ID
			j.fail(cause)
		default:
			j.succeed("the answer was lost; the binding is gone")
		}
	}
}
