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

// objectStep carries out a step that concerns one object.
func (r *runner) objectStep(ctx context.Context, s *diff.Step, j *job) {
	k, ch := kind.Of(s.Kind), j.change
	switch s.Op {
	case diff.OpCreate:
		r.create(ctx, k, j, ch.Want.Value, ch.Want.Key)
	case diff.OpStage:
		r.create(ctx, k, j, k.Named(ch.Want.Value, ch.TempName), ch.TempName)
	case diff.OpRestage:
		r.noteCreated(k, ch, ch.Successor.ID, ch.Want.Value)
		r.update(ctx, k, j, k.Named(ch.Want.Value, ch.Successor.Key), *ch.Successor)
	case diff.OpRename:
		id, _ := r.ids.ID(k.Name, ch.Want.Key)
		have := kind.Object{ID: id, Value: k.Named(ch.Want.Value, ch.TempName)}
		if o, ok := r.created.Load(id); ok {
			have = o.(kind.Object)
		}
		r.update(ctx, k, j, ch.Want.Value, have)
	case diff.OpUpdate:
		if have, ok := r.toUpdate(ctx, k, j); ok {
			r.update(ctx, k, j, ch.Want.Value, have)
		}
	case diff.OpSet:
		r.set(ctx, k, j, s)
	case diff.OpDelete:
		r.delete(ctx, k, j)
	}
}

// toUpdate returns the object to update, with its id. The gateway may have created it in this run, along with its owner: then
// it is looked up.
func (r *runner) toUpdate(ctx context.Context, k *kind.Kind, j *job) (have kind.Object, ok bool) {
	ch := j.change
	if have = *ch.Have; have.ID != "" || k.Single {
		return have, true
	}
	o, err := r.find(ctx, k, ch, ch.Want.Key)
	switch {
	case err != nil:
		j.fail(err)
	case o == nil:
		j.fail(fmt.Errorf("the gateway created %s without %s", ch.Want.OwnerAddress(), ch.Address))
	default:
		have.ID, have.Extra = o.ID, o.Extra
		return have, true
	}
	return have, false
}

// parent returns the object in which the object of a change lives; nil if it lives in none.
func (r *runner) parent(k *kind.Kind, ch *diff.Change) *kind.Object {
	if k.Owner == "" {
		return nil
	}
	if o := r.ids.object(k.Owner, ch.Name); o != nil {
		return o
	}
	return &kind.Object{Kind: k.Owner, Key: ch.Name}
}

// repeats is how often a write is sent whose outcome is unclear, and which reading then shows not to have happened.
const repeats = 3

// create creates an object. A create is not simply sent again, since that could make a second object: after an unclear
// outcome, or if the name is taken, the gateway is read first.
func (r *runner) create(ctx context.Context, k *kind.Kind, j *job, value any, key string) {
	q, err := k.Create(value, r.parent(k, j.change), r.ids)
	if err != nil {
		j.fail(err)
		return
	}
	for n := range repeats {
		q.IsRetry = n > 0
		attempts, err := r.sendCreate(ctx, k, j, value, q)
		ourAttempt := q.IsRetry || attempts > 1 || api.Unclear(err) // an attempt of this run may have created the object
		switch {
		case err == nil:
			j.succeed("")
			return
		case q.IsRetry && errors.Is(err, api.ErrNotSent):
			return // the job keeps the outcome of the previous attempt
		case !api.Unclear(err) && !k.Codes.Exists(err):
			if j.fail(err); ourAttempt {
				r.confirmCreated(ctx, k, j, lookup{value: value, key: key, err: err, ourAttempt: true})
			}
			return
		case r.confirmCreated(ctx, k, j, lookup{value: value, key: key, err: err, ourAttempt: ourAttempt}):
			return
		case !api.Pause(ctx, backoff(n)):
			return
		}
	}
}

// sendCreate sends a create and notes the id of the new object.
func (r *runner) sendCreate(ctx context.Context, k *kind.Kind, j *job, value any, q api.Request) (attempts int, err error) {
	var raw json.RawMessage
	q.NewID = func(answer []byte) string {
		o, _ := k.Created(j.change.Name, answer)
		return o.ID
	}
	n, err := r.call(ctx, withAddresses(q, j), &raw)
	j.out.attempts += n
	if err != nil {
		return n, err
	}
	o, err := k.Created(j.change.Name, raw)
	if err != nil || o.ID == "" && !k.Single {
		return n, fmt.Errorf("%w: it has no id", api.ErrUnreadable)
	}
	r.created.Store(o.ID, o)
	r.noteCreated(k, j.change, o.ID, value)
	return n, nil
}

// noteCreated notes the id of a new object for the objects and links that refer to it.
func (r *runner) noteCreated(k *kind.Kind, ch *diff.Change, id string, value any) {
	r.noteSlot(k.Name, id, value)
	r.ids.set(k.Name, ch.Want.Key, id, r.parent(k, ch))
	r.claimed.Store(id, true)
}

// lookup is a search for the object of a create that ended with err.
type lookup struct {
	value      any
	key        string
	err        error
	ourAttempt bool // a request of this run may have created it
}

// confirmCreated looks for the object of a create that failed or is unclear, and settles the job. It returns false if the
// gateway does not have the object, so that the create may be sent again.
func (r *runner) confirmCreated(ctx context.Context, k *kind.Kind, j *job, l lookup) bool {
	o, err := r.find(ctx, k, j.change, l.key)
	switch {
	case err != nil:
		j.readFailed(l.err, err)
	case o == nil && k.Codes.Exists(l.err):
		j.fail(l.err)
	case o == nil && (nameless(j.change) || k.DuplicateNames) && !answered(l.err):
		j.unknown(l.err, "the gateway may still create it, and a repeated request could create a second one")
	case o == nil:
		j.fail(l.err)
		return false
	case !l.ourAttempt && len(diff.Leaves(k, k.ForComparison(l.value, o.Value), l.value)) > 0:
		j.fail(l.err, "somebody else created it after the gateway was read")
	default:
		r.created.Store(o.ID, *o)
		r.noteCreated(k, j.change, o.ID, l.value)
		j.succeed(creationNote(l))
	}
	return true
}

func creationNote(l lookup) string {
	if l.ourAttempt {
		return "the answer was lost; the object was found"
	}
	return "was already there as wanted"
}

// nameless reports whether a change creates something whose value the gateway generates, so that no name prevents a second
// one.
func nameless(ch *diff.Change) bool { return kind.Nameless(ch.Want.Key) }

// find looks an object up by its exact key; it returns nil if the gateway does not have it.
func (r *runner) find(ctx context.Context, k *kind.Kind, ch *diff.Change, key string) (*kind.Object, error) {
	objects, err := r.reader.Named(ctx, k, r.parent(k, ch), key)
	if err != nil {
		return nil, err
	}
	for i := range objects {
		if objects[i].Key == key || r.isGenerated(k, ch, &objects[i]) {
			return &objects[i], nil
		}
	}
	return nil, nil
}

// isGenerated reports whether o may be the value that the gateway generated for ch: it was not there before the run, the files
// do not contain it, and no other change has claimed it.
func (r *runner) isGenerated(k *kind.Kind, ch *diff.Change, o *kind.Object) bool {
	if k.MaxPerOwner == 0 || ch.Want == nil || !nameless(ch) {
		return false
	}
	known := slices.ContainsFunc(r.have.Objects, func(h kind.Object) bool { return h.Kind == o.Kind && h.ID == o.ID })
	given := slices.ContainsFunc(r.plan.Changes, func(c diff.Change) bool { return c.Address == o.Address() })
	_, claimed := r.claimed.Load(o.ID)
	return !known && !given && !claimed
}

// update changes an object in place. An update clears a field by leaving it out. If the gateway keeps the field, or refuses
// such a body, a second request clears the field explicitly.
func (r *runner) update(ctx context.Context, k *kind.Kind, j *job, value any, have kind.Object) {
	q, err := k.Update(value, have, r.parent(k, j.change), r.ids)
	if err != nil {
		j.fail(err)
		return
	}
	got := r.updateOnce(ctx, k, j, value, have, q)
	if j.refusesInput() && have.Extra != nil { // the unknown members of the object are not lost by leaving them out
		have.Extra = nil
		r.update(ctx, k, j, value, have)
		return
	}
	if got == nil {
		return
	}
	if body, kept := k.EmptyAgain(q.Body, value, got); kept {
		q.Body = body
		r.updateOnce(ctx, k, j, value, have, q)
	}
}

// updateOnce sends an update and settles the job. It returns the value that the gateway has afterwards, if that is known.
func (r *runner) updateOnce(ctx context.Context, k *kind.Kind, j *job, value any, have kind.Object, q api.Request) any {
	var raw json.RawMessage
	n, err := r.call(ctx, withAddresses(q, j), &raw)
	j.out.attempts += n
	for tries := 0; k.Codes.IsTooSoon(err) && tries < repeats && r.waitForRepeat(ctx, k, j); tries++ {
		var more int
		more, err = r.caller.Call(ctx, withAddresses(q, j), &raw)
		r.tally.addRepeats(more)
		j.out.attempts += more
		n += more - 1 // the gateway did nothing for the attempt that came too early; one before that may have been carried out
	}
	if err == nil {
		if o, unreadable := k.Created(j.change.Name, raw); unreadable == nil && (o.Value == nil || len(k.Unclear(o.Value)) == 0) {
			j.succeed("")
			return o.Value
		}
		err = api.ErrUnreadable
	}
	if api.Unclear(err) || n > 1 {
		return r.confirmUpdated(ctx, k, j, value, have, err)
	}
	j.fail(err)
	if j.change.Have == nil {
		return nil
	}
	return j.change.Have.Value
}

// confirmUpdated settles an update of unclear outcome by reading the object, and returns its value. Fields that separate
// requests have yet to write do not count.
func (r *runner) confirmUpdated(ctx context.Context, k *kind.Kind, j *job, value any, have kind.Object, cause error) any {
	o, err := r.reader.ByID(ctx, k, r.parent(k, j.change), have.ID)
	switch {
	case err != nil:
		j.readFailed(cause, err)
		return nil
	case o == nil:
		j.fail(cause)
		return nil
	case !slices.ContainsFunc(diff.Leaves(k, k.ForComparison(value, o.Value), value), func(f diff.Field) bool {
		return !k.WrittenLater(value, have.Value, f.Path)
	}):
		j.succeed("the answer was lost; the object was read and is as wanted")
	default:
		j.fail(cause)
	}
	return o.Value
}
