package apply

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Options are the terms of a run.
type Options struct {
	Parallel int                   // steps under way at most
	Progress func(done, total int) // steps ended; called from several goroutines; may be nil
}

// Tally counts what a run sent.
type Tally struct {
	Writes     int            // repeats included
	Reads      int            // look-ups to find out what became of unclear writes
	Operations map[string]int // writes by the vendor's name of the operation
}

// Run carries out the steps of a plan and tells what became of each change. A failure stops nothing but
// what needs it. When ctx ends, nothing new starts.
func Run(ctx context.Context, caller api.Caller, plan *diff.Plan, have kind.Actual, o Options) ([]Result, Tally) {
	r := newRunner(caller, plan, have)
	s := newSchedule(plan.Steps)
	defer context.AfterFunc(ctx, s.halt)()
	var done atomic.Int64
	var g errgroup.Group
	for range max(1, min(o.Parallel, len(plan.Steps))) {
		g.Go(func() error {
			for {
				i, ok := s.take(ctx)
				if !ok {
					return nil
				}
				r.step(ctx, i)
				s.end(i)
				if n := int(done.Add(1)); o.Progress != nil {
					o.Progress(n, len(plan.Steps))
				}
			}
		})
	}
	_ = g.Wait() // workers return no errors: what failed stands in the outcomes
	return r.results(), r.tally.counts(r.reader.Requests())
}

// runner is one run.
type runner struct {
	caller    api.Caller
	reader    *fetch.Reader
	plan      *diff.Plan
	have      kind.Actual
	ids       *ids
	outcomes  [][]outcome // by step and item; written by the step alone
	occupants map[string]map[diff.Spot][]kind.Link
	slots     sync.Map // KIND/ID of an owner to its slot, a string
	freed     set      // ids of links that were unbound out of turn, to make room
	tally     tally
}

// outcome is what became of one item of a step.
type outcome struct {
	status   Status // "" while the step has not run
	attempts int
	failure  *Failure
	bindID   string
	waited   string
	note     string
	newID    string // of a link that was made
}

func newRunner(caller api.Caller, plan *diff.Plan, have kind.Actual) *runner {
	r := &runner{
		caller: caller, reader: &fetch.Reader{Caller: caller}, plan: plan, have: have, ids: newIDs(have, plan),
		outcomes: make([][]outcome, len(plan.Steps)), occupants: map[string]map[diff.Spot][]kind.Link{},
	}
	for i := range plan.Steps {
		s := &plan.Steps[i]
		r.outcomes[i] = make([]outcome, len(s.Items))
		if s.Op != diff.OpUnbind {
			continue
		}
		if r.occupants[s.Kind] == nil {
			r.occupants[s.Kind] = map[diff.Spot][]kind.Link{}
		}
		for j := range s.Items {
			at := diff.SpotOf(&s.Items[j].Link)
			r.occupants[s.Kind][at] = append(r.occupants[s.Kind][at], s.Items[j].Link)
		}
	}
	for i := range have.Objects {
		r.learnSlot(have.Objects[i].Kind, have.Objects[i].ID, have.Objects[i].Value)
	}
	return r
}

// learnSlot notes what of an API the links of an owner take.
func (r *runner) learnSlot(kindName, id string, value any) {
	if k := kind.LinkFrom(kindName); k != nil && k.Slot != nil {
		r.slots.Store(kindName+"/"+id, k.Slot(value))
	}
}

// call sends a write.
func (r *runner) call(ctx context.Context, q api.Request, reply any) (int, error) {
	n, err := r.caller.Call(ctx, q, reply)
	r.tally.add(q.Operation, n)
	return n, err
}

// step carries out one step, without the items whose needs were not met.
func (r *runner) step(ctx context.Context, i int) {
	s := &r.plan.Steps[i]
	var work []*job
	for j := range s.Items {
		out := &r.outcomes[i][j]
		if cause, met := r.met(s, &s.Items[j]); !met {
			*out = outcome{status: Skipped, waited: cause}
			continue
		}
		work = append(work, &job{Item: s.Items[j], change: &r.plan.Changes[s.Items[j].Change], out: out})
	}
	if len(work) == 0 {
		return
	}
	switch s.Op {
	case diff.OpBind:
		r.bind(ctx, s, work)
	case diff.OpUnbind:
		r.unbind(ctx, s, work)
	case diff.OpBatchDelete:
		r.batchDelete(ctx, s, work)
	default:
		r.object(ctx, s, work[0])
	}
}

// job is one item under way.
type job struct {
	diff.Item
	change    *diff.Change
	out       *outcome
	displaced []kind.Link // unbound to make room for this bind
}

func (j *job) succeed(note string) { j.out.status, j.out.failure, j.out.note = Succeeded, nil, note }

func (j *job) fail(err error)    { j.out.status, j.out.failure = Failed, failure(err) }
func (j *job) unknown(err error) { j.out.status, j.out.failure = Unknown, failure(err) }

// miss records a failure whose effect is known to be nil when the gateway answered, else unknown.
func (j *job) miss(err error) {
	var e *api.Error
	if errors.As(err, &e) || errors.Is(err, api.ErrNotSent) {
		j.fail(err)
		return
	}
	j.unknown(err)
}

func failure(err error) *Failure {
	var e *api.Error
	if !errors.As(err, &e) {
		return &Failure{ErrorMsg: err.Error()}
	}
	return &Failure{HTTPStatus: e.Status, ErrorCode: e.Code, ErrorMsg: e.Message, RequestID: e.RequestID}
}

// met reports whether what an item needs has succeeded; else cause is the address of what did not.
func (r *runner) met(s *diff.Step, item *diff.Item) (cause string, ok bool) {
	for _, n := range item.Needs {
		need := &r.plan.Steps[n]
		for j := range need.Items {
			if out := &r.outcomes[n][j]; out.status != Succeeded && r.serves(need, &need.Items[j], s, item) {
				if out.waited != "" {
					return out.waited, false
				}
				return r.plan.Changes[need.Items[j].Change].Address, false
			}
		}
	}
	return "", true
}

// serves reports whether an item of a needed step matters to the item that needs it: the same API for
// links, the links of the object for a delete, everything else always.
func (r *runner) serves(need *diff.Step, served *diff.Item, s *diff.Step, item *diff.Item) bool {
	links := need.Op == diff.OpBind || need.Op == diff.OpUnbind
	switch {
	case links && (s.Op == diff.OpBind || s.Op == diff.OpUnbind):
		return diff.SpotOf(&served.Link) == diff.SpotOf(&item.Link)
	case links:
		have := r.plan.Changes[item.Change].Have
		return have != nil && served.Link.OwnerID == have.ID
	}
	return true
}

// results folds the outcomes of items into one result for each change.
func (r *runner) results() []Result {
	out := make([]Result, len(r.plan.Changes))
	for i := range out {
		out[i] = Result{Change: &r.plan.Changes[i], Status: Succeeded}
	}
	seen := make([]bool, len(out))
	for i := range r.plan.Steps {
		for j := range r.plan.Steps[i].Items {
			c := r.plan.Steps[i].Items[j].Change
			seen[c] = true
			fold(&out[c], &r.outcomes[i][j])
		}
	}
	for i := range out {
		if !seen[i] {
			out[i].Status = Skipped
		}
	}
	return out
}

// fold takes the worse of two outcomes: failed, unknown, skipped, succeeded.
func fold(to *Result, o *outcome) {
	rank := map[Status]int{Succeeded: 0, Skipped: 1, "": 1, Unknown: 2, Failed: 3}
	status := o.status
	if status == "" {
		status = Skipped
	}
	to.Attempts += o.attempts
	if o.note != "" {
		to.Note = o.note
	}
	if rank[status] > rank[to.Status] {
		to.Status, to.Error, to.WaitedFor, to.BindID = status, o.failure, o.waited, o.bindID
	}
}
