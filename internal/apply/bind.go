package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bind makes links. What the new links displace has gone with them.
func (r *runner) bind(ctx context.Context, s *diff.Step, work []*job) {
	k := kind.LinkOf(s.Kind)
	var binds, displaced []*job
	for _, j := range work {
		if j.Displaced {
			displaced = append(displaced, j)
			continue
		}
		if id, ok := r.ids.ID(k.Owner, j.Link.Owner); ok {
			j.Link.OwnerID = id
			binds = append(binds, j)
			continue
		}
		j.fail(fmt.Errorf("the gateway has no %s %s", k.Owner, j.Link.Owner))
	}
	if len(binds) > 0 {
		r.bindAll(ctx, k, k.Bind[s.Write], binds, attempt{})
	}
	for _, j := range displaced {
		r.displace(j, binds)
	}
}

// displace settles a link that goes because another one takes its place.
func (r *runner) displace(j *job, binds []*job) {
	for _, b := range binds {
		if diff.SpotOf(&b.Link) != diff.SpotOf(&j.Link) {
			continue
		}
		if b.out.status == Succeeded {
			j.succeed("replaced by " + b.Link.Owner)
			return
		}
		j.out.status, j.out.waited = Skipped, b.change.Address
	}
}

// attempt says what was tried already for a group of binds.
type attempt struct {
	repeated int // times that an unclear outcome was followed by another try
	level    int // how hard it was tried to make slots free
}

// bindAll sends one bind for all jobs. When the gateway refuses, it makes room for those whose slot is
// taken, or finds out which of them is to blame by halving.
func (r *runner) bindAll(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, a attempt) {
	var raw json.RawMessage
	n, err := r.call(ctx, way.Request(links(work)), &raw)
	for _, j := range work {
		j.out.attempts += n
	}
	if err == nil {
		if left := r.confirmed(k, work, raw); len(left) > 0 {
			r.unsure(ctx, k, way, left, a, errors.New("the gateway does not say that it bound this API"))
		}
		return
	}
	switch {
	case api.Unclear(err):
		r.unsure(ctx, k, way, work, a, err)
	case occupied(err) && r.free(ctx, k, work, &a.level):
		r.bindAll(ctx, k, way, work, a)
		r.restore(ctx, k, work)
	case len(work) > 1 && divisible(err):
		for _, half := range halves(way.By, work) {
			r.bindAll(ctx, k, way, half, a)
		}
	default:
		for _, j := range work {
			j.fail(err)
		}
	}
}

func links(work []*job) []kind.Link {
	out := make([]kind.Link, len(work))
	for i, j := range work {
		out[i] = j.Link
	}
	return out
}

// confirmed settles the jobs that the answer of a bind mentions and returns the others.
func (r *runner) confirmed(k *kind.LinkKind, work []*job, raw json.RawMessage) (left []*job) {
	rows, ok, err := k.Answer.Rows(raw)
	if err != nil || !ok {
		return work
	}
	index := map[string][]int{}
	for i := range rows {
		for _, key := range []string{"publish " + rows[i].PublishID, "api " + rows[i].APIID} {
			index[key] = append(index[key], i)
		}
	}
	for _, j := range work {
		row := answered(rows, index, &j.Link)
		switch {
		case row == nil:
			left = append(left, j)
		case row.Failed:
			j.out.status, j.out.failure = Failed, &Failure{ErrorCode: row.ErrorCode, ErrorMsg: row.ErrorMessage}
		default:
			j.out.newID = row.ID
			j.succeed("")
		}
	}
	return left
}

// answered finds the row that speaks of a link; answers tell some of its ids only.
func answered(rows []kind.Row, index map[string][]int, l *kind.Link) *kind.Row {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	for _, key := range []string{"publish " + l.PublishID, "api " + l.API.ID} {
		for _, i := range index[key] {
			row := &rows[i]
			if same(row.PublishID, l.PublishID) && same(row.APIID, l.API.ID) && same(row.EnvID, l.EnvID) && same(row.OwnerID, l.OwnerID) {
				return row
			}
		}
	}
	return nil
}

// unsure reads the bindings after an outcome that is not clear. What is not bound is tried again, since it
// was looked for first.
func (r *runner) unsure(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, a attempt, cause error) {
	left := work
	for wait := time.Duration(0); wait <= 2*time.Second; wait = 2*wait + 500*time.Millisecond {
		if wait > 0 && !pause(ctx, wait) {
			break
		}
		held, err := r.heldBy(ctx, k, left)
		if err != nil {
			for _, j := range left {
				j.unknown(fmt.Errorf("%w; the bindings could not be read (%v); run diff to find out", cause, err))
			}
			return
		}
		if left = r.found(left, held); len(left) == 0 {
			return
		}
	}
	if a.repeated+1 < repeats && ctx.Err() == nil {
		a.repeated++
		for _, group := range regroup(way, left) {
			r.bindAll(ctx, k, way, group, a)
		}
		return
	}
	for _, j := range left {
		j.miss(cause)
	}
}

// heldBy reads the links that the owners of some jobs have now, by owner and place.
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

func pairKey(l *kind.Link) string { return l.OwnerID + " " + l.API.ID + " " + l.Env }

func (r *runner) found(work []*job, held map[string]kind.Link) (left []*job) {
	for _, j := range work {
		if l, ok := held[pairKey(&j.Link)]; ok {
			j.out.newID = l.ID
			j.succeed("the answer was lost; the binding was found")
			continue
		}
		left = append(left, j)
	}
	return left
}

// regroup cuts what is left of a group so that one request can still write each part.
func regroup(way kind.Write, work []*job) [][]*job {
	if way.By != kind.Cross {
		return [][]*job{work}
	}
	by, order := map[string][]*job{}, []string{}
	for _, j := range work {
		if by[j.Link.OwnerID] == nil {
			order = append(order, j.Link.OwnerID)
		}
		by[j.Link.OwnerID] = append(by[j.Link.OwnerID], j)
	}
	var out [][]*job
	for _, owner := range order {
		out = append(out, by[owner])
	}
	return out
}

// halves cuts a group in two so that one request can still write each.
func halves(by kind.Grouping, work []*job) [][]*job {
	if by == kind.Cross {
		if parts := regroup(kind.Write{By: by}, work); len(parts) > 1 {
			var left, right []*job
			for i, p := range parts {
				if i < len(parts)/2 {
					left = append(left, p...)
				} else {
					right = append(right, p...)
				}
			}
			return [][]*job{left, right}
		}
	}
	return [][]*job{work[:len(work)/2], work[len(work)/2:]}
}

// divisible reports whether a refusal may be about single items of a batch, or about its size.
func divisible(err error) bool {
	var e *api.Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.Status == 400, e.Status == 409, e.Status == 413:
		return true
	case e.Status == 404:
		return e.Code == "APIG.3015" || e.Code == "APIG.3002"
	}
	return false
}

// occupied reports whether a refusal may mean that an API has another policy in the slot. The API
// documents no code for it.
func occupied(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && (e.Status == 400 || e.Status == 403 || e.Status == 409 || e.Status == 412)
}

// free unbinds what takes the slots of some links, so that the bind that follows at once finds room: first
// what the plan says takes them, then what the gateway says. It returns false when nothing is in the way.
func (r *runner) free(ctx context.Context, k *kind.LinkKind, work []*job, level *int) bool {
	for k.Slot != nil && !k.Overwrites && *level < 2 {
		inWay := r.planned
		if *level == 1 {
			inWay = r.present
		}
		*level++
		if r.makeRoom(ctx, k, work, inWay) {
			return true
		}
	}
	return false
}

// makeRoom unbinds what inWay finds in the way of each link.
func (r *runner) makeRoom(ctx context.Context, k *kind.LinkKind, work []*job, inWay func(context.Context, *kind.LinkKind, *kind.Link) []kind.Link) bool {
	var gone []kind.Link
	for _, j := range work {
		for _, l := range inWay(ctx, k, &j.Link) {
			if l.ID != "" && !r.freed.has(l.ID) {
				gone = append(gone, l)
				j.displaced = append(j.displaced, l)
			}
		}
	}
	if len(gone) == 0 {
		return false
	}
	for _, g := range diff.Group(k.Unbind, gone) {
		var answer kind.BatchAnswer
		if _, err := r.call(ctx, k.Unbind[g.Write].Request(g.Links), &answer); err != nil {
			return false
		}
		stayed := map[string]bool{}
		for _, f := range answer.Failure {
			stayed[f.BindID] = !api.GoneCode(f.ErrorCode)
		}
		for _, l := range g.Links {
			if !stayed[l.ID] {
				r.freed.add(l.ID)
			}
		}
	}
	return true
}

// planned are the links in a slot that go by the plan.
func (r *runner) planned(_ context.Context, k *kind.LinkKind, l *kind.Link) (out []kind.Link) {
	for _, h := range r.occupants[k.Name][diff.SpotOf(l)] {
		if r.sameSlot(k, l, &h) {
			out = append(out, h)
		}
	}
	return out
}

// present are the links that the gateway has where l shall go: those in its slot, and for gateways with one
// slot for all, those that go by the plan anyway.
func (r *runner) present(ctx context.Context, k *kind.LinkKind, l *kind.Link) (out []kind.Link) {
	held, err := r.reader.LinksAt(ctx, k, l.API)
	if err != nil {
		return nil
	}
	for _, h := range held {
		goes := slices.ContainsFunc(r.occupants[k.Name][diff.SpotOf(l)], func(o kind.Link) bool { return o.ID == h.ID })
		if h.Env == l.Env && h.OwnerID != l.OwnerID && (goes || r.sameSlot(k, l, &h)) {
			out = append(out, h)
		}
	}
	return out
}

// sameSlot reports whether two links of an API take the same slot, as far as their owners are known.
func (r *runner) sameSlot(k *kind.LinkKind, a, b *kind.Link) bool {
	x, known := r.slots.Load(k.Owner + "/" + a.OwnerID)
	y, ok := r.slots.Load(k.Owner + "/" + b.OwnerID)
	return !known || !ok || x == y
}

// restore binds again what was unbound to make room for a bind that then failed all the same, so that no
// API stays without the policy that it had.
func (r *runner) restore(ctx context.Context, k *kind.LinkKind, work []*job) {
	var back []kind.Link
	for _, j := range work {
		if j.out.status == Failed {
			for _, l := range j.displaced {
				if r.freed.has(l.ID) {
					r.freed.remove(l.ID)
					l.ID = ""
					back = append(back, l)
				}
			}
		}
	}
	for _, g := range diff.Group(k.Bind, back) {
		// A failure changes nothing about the outcome; the next run reads what is bound.
		_, _ = r.call(ctx, k.Bind[g.Write].Request(g.Links), nil)
	}
}
