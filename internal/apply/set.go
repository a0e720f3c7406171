package apply

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// set writes a part of an object that has a request of its own. If the outcome is unclear, reading the object settles it. So
// it does if the gateway refuses the request for an object that was just created, which may already have that part as wanted.
func (r *runner) set(ctx context.Context, k *kind.Kind, j *job, s *diff.Step) {
	ch, a := j.change, &k.SeparateWrites[s.Write]
	to := kind.ObjectRef{Nth: s.Nth, Parent: r.parent(k, ch), IDs: r.ids}
	var have any
	if ch.Have != nil {
		to.ID, have = ch.Have.ID, ch.Have.Value
	} else {
		to.ID, _ = r.ids.ID(k.Name, ch.Want.Key)
	}
	q, err := a.Request(ch.Want.Value, have, to)
	if err != nil {
		j.fail(err)
		return
	}
	n, err := r.call(ctx, withAddresses(q, j), nil)
	j.out.attempts += n
	switch {
	case err == nil:
		j.succeed("")
	case ch.Have != nil && !api.Unclear(err) && n <= 1:
		j.fail(err)
	default:
		now, reading := r.reader.ByID(ctx, k, r.parent(k, ch), to.ID)
		switch {
		case reading != nil:
			j.readFailed(err, reading)
		case now != nil && a.Done(ch.Want.Value, have, now.Value, to):
			j.succeed("no answer confirmed it; the object was read and is as wanted")
		default:
			j.fail(err)
		}
	}
}
