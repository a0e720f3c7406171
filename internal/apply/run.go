package apply

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Options are the options of a run.
type Options struct {
	Parallel int                                   // steps under way at most
	Progress func(done, total int)                 // called after each step, from several goroutines; may be nil
	Waiting  func(address string, d time.Duration) // called before a change that the gateway refuses as too soon waits; may be nil
}

// Tally counts what a run sent.
type Tally struct {
	Writes     int            // including repeats
	Reads      int            // look-ups to find out what became of unclear writes
	Operations map[string]int // writes by the vendor's name of the operation
}

// Run carries out the steps of a plan and returns what became of each change. A failure stops only the steps that need the
// failed one. When ctx ends, no further step starts.
func Run(ctx context.Context, caller api.Caller, plan *diff.Plan, have kind.Actual, o Options) ([]Result, Tally) {
	r := newRunner(caller, plan, have)
	r.waiting = o.Waiting
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
	_ = g.Wait() // workers return no errors: failures are in the outcomes
	r.restoreVacated(ctx)
	return r.results(), r.tally.counts(r.reader.Requests())
}

// runner is one run.
type runner struct {
	caller    api.Caller
	reader    *fetch.Reader
	plan      *diff.Plan
	have      kind.Actual
	ids       *ids
	outcomes  [][]outcome // by step and item; written only by that step
	occupants map[string]map[kind.UniqueID][]kind.Link
	bound     map[boundAt]bool
	slots     sync.Map // by link kind and id of an owner (LINK KIND/ID): its slot, a string
	freed     sync.Map // by id of a link that was unbound before its step, to free a slot: the outcome
	created   sync.Map // by id: objects that this run created, as the gateway returned them
	claimed   sync.Map // ids of generated values that belong to a change of this run
	tally     tally
	waiting   func(address string, d time.Duration)
}

func newRunner(caller api.Caller, plan *diff.Plan, have kind.Actual) *runner {
	r := &runner{
		caller: caller, reader: &fetch.Reader{Caller: caller, Called: renames(plan)}, plan: plan, have: have, ids: newIDs(have, plan),
		outcomes: make([][]outcome, len(plan.Steps)), occupants: map[string]map[kind.UniqueID][]kind.Link{}, bound: map[boundAt]bool{},
	}
	for i := range plan.Steps {
		s := &plan.Steps[i]
		r.outcomes[i] = make([]outcome, len(s.Items))
		if s.Op != diff.OpUnbind {
			continue
		}
		if r.occupants[s.Kind] == nil {
			r.occupants[s.Kind] = map[kind.UniqueID][]kind.Link{}
		}
		for j := range s.Items {
			at := s.Items[j].Link.To.UniqueID()
			r.occupants[s.Kind][at] = append(r.occupants[s.Kind][at], s.Items[j].Link)
		}
	}
	for i := range have.Links {
		r.bound[boundAt{have.Links[i].Kind, have.Links[i].OwnerID, have.Links[i].To.UniqueID()}] = true
	}
	for _, o := range slices.Concat(have.Objects, have.Neighbours.Owners) {
		r.noteSlot(o.Kind, o.ID, o.Value)
	}
	return r
}

// noteSlot notes which slot of an API the links of an owner take.
func (r *runner) noteSlot(kindName, id string, value any) {
	for _, k := range kind.LinksFrom(kindName) {
		if k.Slot != nil {
			r.slots.Store(k.Name+"/"+id, k.Slot(value))
		}
	}
}

// call sends a write.
func (r *runner) call(ctx context.Context, q api.Request, reply any) (int, error) {
	n, err := r.caller.Call(ctx, q, reply)
	r.tally.add(q.Operation, n)
	return n, err
}

// step carries out one step, without the items that need a change which did not succeed.
func (r *runner) step(ctx context.Context, i int) {
	s := &r.plan.Steps[i]
	var work []*job
	for j := range s.Items {
		out := &r.outcomes[i][j]
		if r.isDecided(s, &s.Items[j], out) {
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
		r.batchDelete(ctx, kind.Of(s.Kind), work)
	default:
		r.objectStep(ctx, s, work[0])
	}
}

// isDecided reports whether the outcome of an item is known before its step runs: its link was unbound early, or a change that
// it needs did not succeed.
func (r *runner) isDecided(s *diff.Step, item *diff.Item, out *outcome) bool {
	if freed, ok := r.freed.Load(item.Link.ID); ok && s.Op == diff.OpUnbind {
		*out = freed.(outcome)
		out.note = "was unbound first, since the gateway takes only one at a time"
		return true
	}
	need := r.unmet(s, item)
	if need == nil {
		return false
	}
	*out = outcome{status: Skipped, waitedFor: need.address}
	if s.Op == diff.OpUnbind && need.status == Unknown {
		// It is not known either whether the bind of its successor has replaced it.
		*out = outcome{status: Unknown, failure: need.failure}
	}
	return true
}

// unmet returns the first change that an item needs and that did not succeed; nil if all did.
func (r *runner) unmet(s *diff.Step, item *diff.Item) *unmetNeed {
	for _, n := range item.Needs {
		need := &r.plan.Steps[n]
		for j := range need.Items {
			out := &r.outcomes[n][j]
			if out.status == Succeeded || !r.matters(need, &need.Items[j], s, item) {
				continue
			}
			if out.waitedFor != "" {
				return &unmetNeed{address: out.waitedFor, status: out.status}
			}
			return &unmetNeed{address: r.plan.Changes[need.Items[j].Change].Address, status: out.status, failure: out.failure}
		}
	}
	return nil
}

// unmetNeed is a change that another one needs and that did not succeed.
type unmetNeed struct {
	address string // of the change that failed first, if that one needed another, too
	status  Status
	failure *Failure
}

// matters reports whether served, an item of a needed step, matters to the item that needs it. A link needs the links of the
// same API, a delete those of its object, an update those of the APIs that its object is bound to. Items that are not links
// always matter.
func (r *runner) matters(need *diff.Step, served *diff.Item, s *diff.Step, item *diff.Item) bool {
	if need.Op != diff.OpBind && need.Op != diff.OpUnbind {
		return true
	}
	ch := &r.plan.Changes[item.Change]
	switch have := ch.Have; s.Op {
	case diff.OpBind, diff.OpUnbind:
		return served.Link.Kind == item.Link.Kind && served.Link.To.UniqueID() == item.Link.To.UniqueID()
	case diff.OpUpdate, diff.OpRestage:
		o := ch.InPlace()
		return o != nil && r.bound[boundAt{served.Link.Kind, o.ID, served.Link.To.UniqueID()}]
	default:
		return have != nil && (served.Link.OwnerID == have.ID || served.Link.To.ID == have.ID)
	}
}

// boundAt identifies a binding that existed before the run.
type boundAt struct {
	kind, owner string
	target      kind.UniqueID
}
