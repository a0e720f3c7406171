package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bind makes links. Links that the new ones displace need no request: the gateway unbinds them with the bind.
func (r *runner) bind(ctx context.Context, s *diff.Step, work []*job) {
	k := kind.LinkOf(s.Kind)
	var binds, ready, displaced []*job
	for _, j := range work {
		if j.Displaced {
			displaced = append(displaced, j)
			continue
		}
		binds = append(binds, j)
		id, ok := r.ids.ID(k.Owner, j.Link.Owner)
		if !ok {
			j.fail(fmt.Errorf("the gateway has no %s %s; compare again", k.Owner, j.Link.Owner))
			continue
		}
		j.Link.OwnerID = id
		if kind.Of(k.Target) != nil {
			if j.Link.To = j.Link.To.Located(r.ids); j.Link.To.ListedBy() == "" {
				j.fail(fmt.Errorf("the gateway has no %s %s; compare again", k.Target, j.Link.To.Key()))
				continue
			}
		}
		ready = append(ready, j)
	}
	if len(ready) > 0 {
		r.bindAll(ctx, k, k.Bind[s.Write], ready, try{})
	}
	for _, j := range displaced {
		r.displace(k, j, binds)
	}
}

// displace settles the unbind of a link that the bind of another one replaces.
func (r *runner) displace(k *kind.LinkKind, j *job, binds []*job) {
	at := slices.IndexFunc(binds, func(b *job) bool {
		return b.Link.To.UniqueID() == j.Link.To.UniqueID() && r.sameSlot(k, &b.Link, &j.Link)
	})
	if at < 0 {
		return // the bind that replaces it was skipped, so this one is, too
	}
	b := binds[at]
	j.out.attempts = b.out.attempts
	switch b.out.status {
	case Succeeded:
		j.succeed("replaced by " + b.Link.Owner)
	case Unknown:
		j.out.status, j.out.failure = Unknown, b.out.failure
	default:
		j.out.status, j.out.waitedFor = Skipped, b.change.Address
	}
}

// try says what was already tried for a group of binds.
type try struct {
	repeated int   // how often the binds were sent again after an unclear outcome
	cause    error // why that outcome was unclear
	searches int   // how many ways to find the links that take the slots were used (see freeSlots)
}

// bindAll sends one bind for all jobs. When the gateway refuses, it unbinds what takes their slots, or finds out by
// halving which of them it refuses.
func (r *runner) bindAll(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, t try) {
	q := way.Request(links(work))
	q.IsRetry = t.repeated > 0
	var raw json.RawMessage
	n, err := r.call(ctx, withAddresses(q, work...), &raw)
	countAttempts(work, n)
	noteMayBeDone(work, n, err)
	switch {
	case err == nil:
		r.settleBinds(ctx, k, way, work, t, raw)
	case api.Unclear(err):
		r.confirmBound(ctx, k, way, work, t, err)
	case k.Codes.Occupied(err) && r.freeSlots(ctx, k, way, work, t):
	case len(work) > 1 && divisible(err):
		for _, half := range halves(way.By, work) {
			r.bindAll(ctx, k, way, half, t)
		}
	case t.cause != nil && errors.Is(err, api.ErrNotSent):
		for _, j := range work {
			j.failOrUnknown(t.cause)
		}
	default:
		r.refuse(ctx, k, work, isBound, err)
	}
}

// refuse settles links that the gateway refuses to write. If an earlier attempt may have written them all the same, it reads
// the bindings first.
func (r *runner) refuse(ctx context.Context, k *kind.LinkKind, work []*job, done func(*job, map[string]kind.Link) bool, err error) {
	var doubted []*job
	for _, j := range work {
		if j.out.mayBeDone {
			doubted = append(doubted, j)
		} else {
			j.fail(err, slotReasons(j)...)
		}
	}
	left, reading := r.watch(ctx, k, doubted, done)
	for _, j := range left {
		if reading != nil {
			j.readFailed(err, reading)
		} else {
			j.fail(err, slotReasons(j)...)
		}
	}
}

// settleBinds settles the jobs that the answer of a bind mentions, and reads the bindings for the others. It also reads them for
// a link that the answer reports as failed if an earlier attempt may have bound it.
func (r *runner) settleBinds(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, t try, raw json.RawMessage) {
	rows, ok, err := k.Answer.Rows(raw)
	if err != nil || !ok {
		r.confirmBound(ctx, k, way, work, t, errors.New("the answer does not say what was bound"))
		return
	}
	byID := map[string][]int{}
	for i := range rows {
		for _, key := range []string{"publish " + rows[i].PublishID, "target " + rows[i].ToID()} {
			byID[key] = append(byID[key], i)
		}
	}
	var left, doubted []*job
	for _, j := range work {
		switch row := rowOf(rows, byID, &j.Link); {
		case row == nil:
			left = append(left, j)
		case !row.Failed:
			j.out.newID = row.ID
			j.succeed("")
		default:
			j.refused(row.ErrorCode, row.ErrorMessage)
			if j.out.mayBeDone {
				doubted = append(doubted, j)
			}
		}
	}
	_, _ = r.watch(ctx, k, doubted, isBound) // those that are not found stay failed
	if len(left) > 0 {
		r.confirmBound(ctx, k, way, left, t, errors.New("the answer does not mention this API"))
	}
}

// rowOf finds the row of an answer that is about a link. Answers contain only some of the ids of a link.
func rowOf(rows []kind.Row, byID map[string][]int, l *kind.Link) *kind.Row {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	for _, key := range []string{"publish " + l.To.ID, "target " + l.To.ListedBy()} {
		for _, i := range byID[key] {
			row := &rows[i]
			if same(row.PublishID, l.To.ID) && same(row.ToID(), l.To.ListedBy()) && same(row.EnvID, l.To.EnvID) && same(row.OwnerID, l.OwnerID) {
				return row
			}
		}
	}
	return nil
}

// confirmBound reads the bindings after an unclear outcome, and sends the binds again that are missing. That cannot bind anything
// twice, since it reads first.
func (r *runner) confirmBound(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, t try, cause error) {
	left, err := r.watch(ctx, k, work, isBound)
	switch {
	case err != nil:
		for _, j := range left {
			j.readFailed(cause, err)
		}
	case t.repeated+1 < repeats && ctx.Err() == nil:
		t.repeated, t.cause = t.repeated+1, cause
		for _, group := range regroup(way.By, left) {
			r.bindAll(ctx, k, way, group, t)
		}
	default:
		for _, j := range left {
			j.failOrUnknown(cause)
		}
	}
}

// isBound settles a bind if held has its link.
func isBound(j *job, held map[string]kind.Link) bool {
	l, ok := held[pairKey(&j.Link)]
	if ok {
		j.out.newID = l.ID
		j.succeed("the answer was lost; the binding was found")
	}
	return ok
}

// regroup divides the rest of a group so that one request can write each part.
func regroup(by kind.Grouping, work []*job) [][]*job {
	if len(work) == 0 {
		return nil
	}
	if by != kind.Cross {
		return [][]*job{work}
	}
	return diff.GroupBy(work, func(j **job) string { return (*j).Link.OwnerID })
}

// halves divides a group in two so that one request can write each half. A cross product is divided between owners as long
// as it has several.
func halves(by kind.Grouping, work []*job) [][]*job {
	if parts := regroup(by, work); len(parts) > 1 {
		middle := len(parts) / 2
		return [][]*job{slices.Concat(parts[:middle]...), slices.Concat(parts[middle:]...)}
	}
	return [][]*job{work[:len(work)/2], work[len(work)/2:]}
}

// divisible reports whether a batch may succeed in parts: the refusal may be about some of its items, or about its size.
func divisible(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == 400 || e.Status == 409 || e.Status == 413 ||
		e.Status == 404 && (e.Code == "APIG.3015" || e.Code == "APIG.3002"))
}
