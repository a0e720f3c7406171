package apply

import (
	"context"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// watchWaits are the waits before each reading of bindings whose state is unclear, since lists show changes late.
var watchWaits = []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond}

// watch reads the bindings of some jobs until each job is settled, and returns the jobs that are still not settled at the end.
// An error means that the bindings could not be read.
func (r *runner) watch(ctx context.Context, k *kind.LinkKind, work []*job, settled func(*job, map[string]kind.Link) bool) (left []*job, err error) {
	left = work
	for _, wait := range watchWaits {
		if len(left) == 0 || wait > 0 && !api.Pause(ctx, wait) {
			break
		}
		held, err := r.heldBy(ctx, k, left)
		if err != nil {
			return left, err
		}
		left = slices.DeleteFunc(slices.Clone(left), func(j *job) bool { return settled(j, held) })
	}
	return left, nil
}

// heldBy reads the links that the owners of some jobs have now, by owner and target (see pairKey).
func (r *runner) heldBy(ctx context.Context, k *kind.LinkKind, work []*job) (map[string]kind.Link, error) {
	out, owners := map[string]kind.Link{}, map[string]bool{}
	for _, j := range work {
		id := j.Link.OwnerID
		if owners[id] {
			continue
		}
		owners[id] = true
		held, err := r.reader.LinksOf(ctx, k, kind.Object{Kind: k.Owner, Key: j.Link.Owner, ID: id, Bound: kind.Unknown})
		if err != nil {
			return nil, err
		}
		for _, l := range held {
			out[pairKey(&l)] = l
		}
	}
	return out, nil
}

func pairKey(l *kind.Link) string { return l.OwnerID + " " + l.To.UniqueID().Key + " " + l.To.Env }
