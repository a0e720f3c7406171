package apply

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// delete deletes an object. It counts as success if somebody else has already deleted it.
func (r *runner) delete(ctx context.Context, k *kind.Kind, j *job) {
	h := j.change.Have
	q := k.Delete(r.parent(k, j.change), h.ID)
	for wait := time.Second; ; wait *= 2 {
		n, err := r.call(ctx, withAddresses(q, j), nil)
		j.out.attempts += n
		switch {
		case err == nil:
			j.succeed("")
		case api.NotFound(err):
			j.succeed("was already gone")
		case k.Codes.StillBound(err) && wait <= 4*time.Second && r.release(ctx, k, j.change, wait):
			continue
		case k.Codes.StillBound(err) && j.change.Action == diff.Replace:
			j.fail(err, "it is bound to more than when the gateway was read; run again to carry that over, too")
		case api.Unclear(err), n > 1:
			r.confirmDeleted(ctx, k, j, err)
		default:
			j.fail(err)
		}
		return
	}
}

// confirmDeleted settles a delete of unclear outcome by looking for the object.
func (r *runner) confirmDeleted(ctx context.Context, k *kind.Kind, j *job, err error) {
	found, reading := r.reader.ByID(ctx, k, r.parent(k, j.change), j.change.Have.ID)
	switch {
	case reading != nil:
		j.readFailed(err, reading)
	case found == nil:
		j.succeed("the answer was lost; the object is gone")
	default:
		j.fail(err)
	}
}

// release unbinds what was bound to an object after it was read, so that it can be deleted. If nothing is bound, the gateway
// has not noticed the unbinds yet, and release waits. It returns false if it cannot help, and also if the object is replaced,
// since these bindings would be lost: the successor does not have them.
func (r *runner) release(ctx context.Context, owner *kind.Kind, ch *diff.Change, wait time.Duration) bool {
	var links []kind.Link
	for _, k := range kind.LinksFrom(owner.Name) {
		held, err := r.reader.LinksOf(ctx, k, *ch.Have)
		if err != nil {
			return false
		}
		links = append(links, held...)
	}
	if len(links) == 0 {
		return api.Pause(ctx, wait)
	}
	return ch.Action != diff.Replace && r.unbindFound(ctx, owner, links)
}

// unbindFound unbinds links of an owner that the plan does not know.
func (r *runner) unbindFound(ctx context.Context, owner *kind.Kind, links []kind.Link) bool {
	for _, k := range kind.LinksFrom(owner.Name) {
		ofKind := slices.DeleteFunc(slices.Clone(links), func(l kind.Link) bool { return l.Kind != k.Name })
		for _, g := range diff.Group(k.Unbind, ofKind) {
			q := k.Unbind[g.Write].Request(g.Links)
			for i := range g.Links {
				q.About = append(q.About, g.Links[i].Address())
			}
			if _, err := r.call(ctx, q, nil); err != nil {
				return false
			}
		}
	}
	return true
}

// batchDelete deletes several objects with one request, whose answer names those that were not deleted.
func (r *runner) batchDelete(ctx context.Context, k *kind.Kind, work []*job) {
	if len(work) == 1 {
		r.delete(ctx, k, work[0])
		return
	}
	var answer kind.BatchAnswer
	ids := make([]string, len(work))
	for i, j := range work {
		ids[i] = j.change.Have.ID
	}
	n, err := r.call(ctx, withAddresses(k.BatchDelete(ids), work...), &answer)
	countAttempts(work, n)
	switch {
	case err == nil && answer.Accounts(ids):
		r.settleDeletes(ctx, k, work, answer.Failed())
	case divisible(err):
		r.batchDelete(ctx, k, work[:len(work)/2])
		r.batchDelete(ctx, k, work[len(work)/2:])
	case err == nil, api.Unclear(err), n > 1:
		for _, j := range work {
			r.confirmDeleted(ctx, k, j, cmp.Or(err, errUnaccounted))
		}
	default:
		for _, j := range work {
			j.fail(err)
		}
	}
}

// settleDeletes settles the jobs of a batch delete item by item: the request succeeds even if some of its items fail.
func (r *runner) settleDeletes(ctx context.Context, k *kind.Kind, work []*job, failed map[string]kind.BatchFailure) {
	for _, j := range work {
		f, bad := failed[j.change.Have.ID]
		switch {
		case !bad:
			j.succeed("")
		case k.Codes.IsGone(f.ErrorCode):
			j.succeed("was already gone")
		case k.Codes.IsBound(f.ErrorCode):
			r.delete(ctx, k, j)
		default:
			j.refused(f.ErrorCode, f.ErrorMessage)
		}
	}
}
