package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// object carries out a step that concerns one object.
func (r *runner) object(ctx context.Context, s *diff.Step, j *job) {
	k, ch := kind.Of(s.Kind), j.change
	switch s.Op {
	case diff.OpCreate:
		r.create(ctx, k, j, ch.Want.Value, ch.Want.Key)
	case diff.OpStage:
		name := diff.Successor(k, ch.Want.Key)
		r.create(ctx, k, j, k.Named(ch.Want.Value, name), name)
	case diff.OpRestage:
		r.made(k, ch.Want.Key, ch.Next.ID, ch.Want.Value)
		r.update(ctx, k, j, k.Named(ch.Want.Value, ch.Next.Key), ch.Next.ID)
	case diff.OpRename:
		id, _ := r.ids.ID(k.Name, ch.Want.Key)
		r.update(ctx, k, j, ch.Want.Value, id)
	case diff.OpUpdate:
		r.update(ctx, k, j, ch.Want.Value, ch.Have.ID)
	case diff.OpDelete:
		r.delete(ctx, k, j)
	}
}

// owner is the id of the object that another lives in.
func (r *runner) owner(k *kind.Kind, ch *diff.Change) string {
	if k.Owner == "" {
		return ""
	}
	id, _ := r.ids.ID(k.Owner, ch.Name)
	return id
}

// repeats of a create whose outcome was unclear and that turned out not to have happened.
const repeats = 3

// create makes an object. A create is never sent again blindly: after an unclear outcome, or when the
// name is taken, the gateway is asked what it has.
func (r *runner) create(ctx context.Context, k *kind.Kind, j *job, value any, key string) {
	ch := j.change
	q, err := k.Create(value, r.owner(k, ch), r.ids)
	if err != nil {
		j.fail(err)
		return
	}
	for range repeats {
		var raw json.RawMessage
		n, err := r.call(ctx, q, &raw)
		j.out.attempts += n
		if err == nil {
			if o, derr := k.Created(ch.Name, raw); derr == nil && (o.ID != "" || k.Single) {
				r.made(k, ch.Want.Key, o.ID, value)
				j.succeed("")
				return
			}
			err = fmt.Errorf("%w: it carries no id", api.ErrUnreadable)
		}
		if !api.Unclear(err) && !taken(err) {
			j.fail(err)
			return
		}
		if r.adopted(ctx, k, j, value, key, err) {
			return
		}
	}
}

// made notes the id of a new object for what refers to it.
func (r *runner) made(k *kind.Kind, key, id string, value any) {
	r.learnSlot(k.Name, id, value)
	r.ids.set(k.Name, key, id)
}

// taken reports whether the gateway refuses a create because the object exists.
func taken(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == 400 && (strings.HasPrefix(e.Code, "APIG.32") || strings.HasPrefix(e.Code, "APIG.33"))
}

// adopted looks for the object whose create ended with err and settles the job. It returns false when the
// object does not exist and the create may be sent again.
func (r *runner) adopted(ctx context.Context, k *kind.Kind, j *job, value any, key string, err error) bool {
	found, ferr := r.find(ctx, k, j.change, key)
	switch {
	case ferr != nil:
		j.unknown(fmt.Errorf("%w; what became of it could not be read (%v); run diff to find out", err, ferr))
	case found != nil && taken(err) && j.out.attempts <= 1 && len(diff.Leaves(k, k.Settle(value, found.Value), value)) > 0:
		j.fail(fmt.Errorf("%w; it was made by somebody else since the gateway was read; run again to compare with it", err))
	case found != nil:
		r.made(k, j.change.Want.Key, found.ID, value)
		j.succeed("the answer was lost; the object was found by its name")
	case taken(err):
		j.fail(err)
	default:
		j.miss(err)
		return ctx.Err() != nil
	}
	return true
}

// find looks an object up by its exact key; nil when the gateway does not have it.
func (r *runner) find(ctx context.Context, k *kind.Kind, ch *diff.Change, key string) (*kind.Object, error) {
	objects, err := r.reader.Named(ctx, k, r.owner(k, ch), ch.Name, key)
	if err != nil {
		return nil, err
	}
	for i := range objects {
		if objects[i].Key == key || r.generated(k, ch, &objects[i]) {
			return &objects[i], nil
		}
	}
	return nil, nil
}

// generated reports whether o is a value that the gateway made for ch: one of the kind that was neither
// there before nor asked for by value.
func (r *runner) generated(k *kind.Kind, ch *diff.Change, o *kind.Object) bool {
	if k.Quota == 0 || ch.Want == nil || !strings.Contains(ch.Want.Key, "#generated-") || r.freed.has(o.ID) {
		return false
	}
	known := slices.ContainsFunc(r.have.Objects, func(h kind.Object) bool { return h.Kind == o.Kind && h.ID == o.ID })
	given := slices.ContainsFunc(r.plan.Changes, func(c diff.Change) bool { return c.Address == o.Address() })
	if known || given {
		return false
	}
	r.freed.add(o.ID)
	return true
}

// update changes an object in place.
func (r *runner) update(ctx context.Context, k *kind.Kind, j *job, value any, id string) {
	q, err := k.Update(value, r.owner(k, j.change), id, r.ids)
	if err != nil {
		j.fail(err)
		return
	}
	var raw json.RawMessage
	n, err := r.call(ctx, q, &raw)
	j.out.attempts += n
	if err == nil {
		r.insist(ctx, k, j, value, q, raw)
		return
	}
	if !api.Unclear(err) {
		if body, ok := r.cleared(k, j, value); ok {
			// What the gateway keeps when it is left out may be what it refuses.
			q.Body = body
			n, err = r.call(ctx, q, nil)
			j.out.attempts += n
		}
		if err == nil {
			j.succeed("")
		} else {
			j.miss(err)
		}
		return
	}
	found, ferr := r.reader.ByID(ctx, k, r.owner(k, j.change), j.change.Name, id)
	switch {
	case ferr != nil:
		j.unknown(fmt.Errorf("%w; what became of it could not be read (%v); run diff to find out", err, ferr))
	case found != nil && len(diff.Leaves(k, k.Settle(value, found.Value), value)) == 0:
		j.succeed("the answer was lost; the object was read and is as wanted")
	default:
		j.fail(err)
	}
}

// cleared is the body that clears explicitly what an update leaves out.
func (r *runner) cleared(k *kind.Kind, j *job, value any) (any, bool) {
	if j.change.Have == nil {
		return nil, false
	}
	return k.Insist(value, j.change.Have.Value)
}

// insist sends an update once more, in another form, where the gateway kept what it should have cleared.
func (r *runner) insist(ctx context.Context, k *kind.Kind, j *job, value any, q api.Request, answer json.RawMessage) {
	j.succeed("")
	got, err := k.Created(j.change.Name, answer)
	if err != nil || got.Value == nil {
		return
	}
	body, ok := k.Insist(value, got.Value)
	if !ok {
		return
	}
	q.Body = body
	n, err := r.call(ctx, q, nil)
	j.out.attempts += n
	if err != nil {
		j.fail(fmt.Errorf("the gateway kept what the update should have cleared, and refused to clear it: %w", err))
	}
}

// delete removes an object; one that is gone already is as good.
func (r *runner) delete(ctx context.Context, k *kind.Kind, j *job) {
	h := j.change.Have
	q := k.Delete(r.owner(k, j.change), h.ID)
	for wait := time.Second; ; wait *= 2 {
		n, err := r.call(ctx, q, nil)
		j.out.attempts += n
		switch {
		case err == nil:
			j.succeed("")
		case api.NotFound(err):
			j.succeed("was already gone")
		case stillBound(err) && wait <= 4*time.Second && r.release(ctx, k, h, wait):
			continue
		case api.Unclear(err):
			r.surelyGone(ctx, k, j, err)
		default:
			j.fail(err)
		}
		return
	}
}

// surelyGone settles a delete of unclear outcome by looking for the object.
func (r *runner) surelyGone(ctx context.Context, k *kind.Kind, j *job, err error) {
	found, ferr := r.reader.ByID(ctx, k, r.owner(k, j.change), j.change.Name, j.change.Have.ID)
	switch {
	case ferr != nil:
		j.unknown(fmt.Errorf("%w; what became of it could not be read (%v); run diff to find out", err, ferr))
	case found == nil:
		j.succeed("the answer was lost; the object is gone")
	default:
		j.fail(err)
	}
}

// stillBound reports whether the gateway refuses a delete because something is bound to the object.
func stillBound(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && slices.Contains([]string{"APIG.3447", "APIG.3451", "APIG.3462"}, e.Code)
}

// release takes away what was bound to an object since it was read; where nothing is, the gateway has not
// noticed yet, and a while is waited. It returns false when it cannot help.
func (r *runner) release(ctx context.Context, owner *kind.Kind, o *kind.Object, wait time.Duration) bool {
	k := kind.LinkFrom(owner.Name)
	links, err := r.reader.LinksOf(ctx, k, *o)
	if err != nil {
		return false
	}
	if len(links) == 0 {
		return pause(ctx, wait)
	}
	for _, g := range diff.Group(k.Unbind, links) {
		if _, err := r.call(ctx, k.Unbind[g.Write].Request(g.Links), nil); err != nil {
			return false
		}
	}
	return true
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// batchDelete removes several objects with one request, whose answer names those that stayed.
func (r *runner) batchDelete(ctx context.Context, s *diff.Step, work []*job) {
	k := kind.Of(s.Kind)
	if len(work) == 1 {
		r.delete(ctx, k, work[0])
		return
	}
	var answer kind.BatchAnswer
	list := make([]string, len(work))
	for i, j := range work {
		list[i] = j.change.Have.ID
	}
	n, err := r.call(ctx, k.BatchDelete(list), &answer)
	if divisible(err) {
		r.batchDelete(ctx, s, work[:len(work)/2])
		r.batchDelete(ctx, s, work[len(work)/2:])
		return
	}
	failed := map[string]kind.BatchFailure{}
	for _, f := range answer.Failure {
		failed[f.ACLID] = f
	}
	for _, j := range work {
		j.out.attempts += n
		f, bad := failed[j.change.Have.ID]
		switch {
		case api.Unclear(err):
			r.surelyGone(ctx, k, j, err)
		case err != nil:
			j.fail(err)
		case !bad:
			j.succeed("")
		case api.GoneCode(f.ErrorCode):
			j.succeed("was already gone")
		case f.ErrorCode == "APIG.3447":
			r.delete(ctx, k, j)
		default:
			j.out.status, j.out.failure = Failed, &Failure{ErrorCode: f.ErrorCode, ErrorMsg: f.ErrorMessage}
		}
	}
}
