package diff

import (
	"container/heap"
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Op is what a step does with the gateway.
type Op string

// The operations of steps. A replace is made of several steps.
const (
	OpCreate      Op = "create"       // a new object
	OpStage       Op = "stage"        // the successor of a replaced object, under a temporary name
	OpRestage     Op = "restage"      // the same, if an interrupted run left a successor
	OpUpdate      Op = "update"       // an object in place
	OpRename      Op = "rename"       // a successor, to its final name
	OpSet         Op = "set"          // fields of an object that a separate request writes
	OpDelete      Op = "delete"       // one object
	OpBatchDelete Op = "batch-delete" // several objects
	OpBind        Op = "bind"
	OpUnbind      Op = "unbind"
)

// Step is one request. It carries out one or more changes, or a part of a replace.
type Step struct {
	Op        Op
	Kind      string // of the objects or links
	Operation string // the vendor's name of the request
	Write     int    // index into the link kind's Bind or Unbind, or into the kind's SeparateWrites
	Nth       int    // number of the request, from 0, if an entry of SeparateWrites takes several
	Items     []Item
	After     []int    // steps that must have ended before, whether or not they succeeded
	Lanes     []string // no two steps that share a lane run at the same time
}

// Item is what one step does for one change.
type Item struct {
	Change    int       // index into Plan.Changes
	Link      kind.Link // of a bind or unbind
	Displaced bool      // the link is removed because the step binds another one in its slot
	Needs     []int     // steps that must have succeeded for the change that they serve
}

// builder collects steps while their dependencies are found.
type builder struct {
	c            *comparison
	plan         *Plan
	steps        []Step
	create       map[string]int          // address of an object to the step after which its id is known
	bindsAt      map[kind.UniqueID][]int // target to the steps that bind something to it, for the kind of links in progress
	bindsIn      map[Slot][]int          // slot to the steps that take it, for the same kind
	unbinds      map[string][]int        // address of an owner to the steps that remove its links
	parts        map[string][]int        // address of an owner to the steps that change its parts
	index        map[string]int          // ADDRESS ACTION to its change, of updates and unbinds
	update       map[string]int          // address to the step that updates it in place
	partCount    map[string]int          // KIND OWNER to the present number of its parts
	removesLinks map[string]bool         // kinds of links of which some are removed
}

// Slot is a slot of one target: it holds one link at a time.
type Slot struct {
	kind.UniqueID
	name string // as the kind of links calls it
}

// steps turns changes into requests. The order of the result respects After and Needs.
func steps(c *comparison) []Step {
	b := &builder{
		c: c, plan: c.plan, create: map[string]int{}, bindsAt: map[kind.UniqueID][]int{}, bindsIn: map[Slot][]int{}, unbinds: map[string][]int{},
		parts: map[string][]int{}, index: map[string]int{}, update: map[string]int{}, partCount: map[string]int{}, removesLinks: map[string]bool{},
	}
	for _, o := range pointers(c.have.Objects) {
		if o.Owner != "" {
			owner := o.Owner
			if now, ok := c.renamed[kind.Of(o.Kind).Owner+"/"+owner]; ok {
				owner = now
			}
			b.partCount[o.Kind+" "+owner]++
		}
	}
	for i, ch := range pointers(c.plan.Changes) {
		switch ch.Action {
		case Update:
			b.index[ch.Address+" "+string(Update)] = i
		case Bind:
			b.removesLinks[ch.Kind] = b.removesLinks[ch.Kind] || len(ch.Displaces) > 0 && kind.LinkOf(ch.Kind).UnbindFirst
		case Unbind:
			b.index[ch.Address+" "+string(Unbind)] = i
			b.removesLinks[ch.Kind] = true
		case Replace:
			for _, link := range kind.LinksFrom(ch.Kind) {
				b.removesLinks[link.Name] = true
			}
		}
	}
	b.newObjects()
	b.changeParts()
	for _, k := range kind.Links {
		b.bind(k)
		b.unbind(k)
		b.keepGuarded(k)
	}
	b.deletes()
	for _, k := range kind.Links {
		b.vacate(k)
	}
	b.orderUniqueNames()
	b.references()
	return ordered(b.steps)
}

func (b *builder) add(s Step) int {
	for i := range s.Items {
		s.Items[i].Needs = sorted(s.Items[i].Needs)
		s.After = append(s.After, s.Items[i].Needs...)
	}
	s.After = sorted(s.After)
	b.steps = append(withRoom(b.steps), s)
	return len(b.steps) - 1
}

// need makes an item wait for the success of other steps.
func (b *builder) need(step, item int, on ...int) {
	s := &b.steps[step]
	for _, n := range on {
		if n != step && !slices.Contains(s.Items[item].Needs, n) {
			s.Items[item].Needs = append(slices.Clip(s.Items[item].Needs), n)
			s.After = append(s.After, n)
		}
	}
	s.After = sorted(s.After)
}

// sorted returns steps in ascending order, without repetitions.
func sorted(steps []int) []int {
	slices.Sort(steps)
	return slices.Compact(steps)
}

// newObjects creates and updates objects without an owner, and creates the successors of replaced objects.
func (b *builder) newObjects() {
	for i, ch := range pointers(b.plan.Changes) {
		k := kind.Of(ch.Kind)
		if k == nil || k.Owner != "" {
			continue
		}
		one := []Item{{Change: i}}
		switch ch.Action {
		case Create:
			b.create[ch.Address] = b.add(Step{Op: OpCreate, Kind: k.Name, Operation: k.CreateOperation(ch.Want.Key), Items: one})
			b.separateRequests(k, i, b.create[ch.Address])
		case Update:
			var after []int
			if needsUpdate(k, ch) {
				b.update[ch.Address] = b.add(Step{Op: OpUpdate, Kind: k.Name, Operation: k.Ops.Update, Items: one})
				after = append(after, b.update[ch.Address])
			}
			b.separateRequests(k, i, after...)
		case Replace:
			b.stage(k, i)
		}
	}
}

// stage begins a replace. If nothing is bound or refers to the old object, it is deleted first. Otherwise the successor
// is created under a temporary name while the old object still exists, so that bindings can move without a gap.
func (b *builder) stage(k *kind.Kind, i int) {
	ch := &b.plan.Changes[i]
	move, one := b.c.replacements[ch.Address], []Item{{Change: i}}
	switch {
	case move.successor != nil:
		ch.TempName = move.successor.Key
		b.create[ch.Address] = b.add(Step{Op: OpRestage, Kind: k.Name, Operation: k.Ops.Update, Items: one})
	case len(move.released) == 0 && !b.isReferredTo(ch.Have):
		gone := b.add(Step{Op: OpDelete, Kind: k.Name, Operation: k.Ops.Delete, Items: one})
		b.create[ch.Address] = b.add(Step{Op: OpCreate, Kind: k.Name, Operation: k.Ops.Create, Items: []Item{{Change: i, Needs: []int{gone}}}})
	default:
		ch.TempName = k.Successor(move.base, ch.Want.Value)
		b.create[ch.Address] = b.add(Step{Op: OpStage, Kind: k.Name, Operation: k.Ops.Create, Items: one})
	}
}

// changeParts changes the parts of objects. Deletes come before creates, so that quotas are not exceeded, except for kinds
// with a Quota: there the old parts are kept until the new ones exist.
func (b *builder) changeParts() {
	var parts []int
	for i, ch := range pointers(b.plan.Changes) {
		if k := kind.Of(ch.Kind); k != nil && k.Owner != "" {
			parts = append(parts, i)
		}
	}
	owner := func(change *int) string { ch := &b.plan.Changes[*change]; return ch.Kind + " " + ch.Name }
	for _, changes := range GroupBy(parts, owner) {
		b.changePartsOf(changes)
	}
}

func (b *builder) changePartsOf(changes []int) {
	first := &b.plan.Changes[changes[0]]
	k := kind.Of(first.Kind)
	owner := k.Owner + "/" + first.Name
	var creates, deletes, rest []int
	for _, i := range changes {
		switch b.plan.Changes[i].Action {
		case Create:
			creates = append(creates, i)
		case Delete:
			deletes = append(deletes, i)
		default:
			rest = append(rest, i)
		}
	}
	early := deletes
	if k.MaxPerOwner > 0 {
		// Old parts are kept until the new ones exist, as far as the quota has room for both.
		over := max(0, b.partCount[k.Name+" "+first.Name]+len(creates)-k.MaxPerOwner)
		early = deletes[:min(over, len(deletes))]
		b.warnOfGap(k, first, len(early))
	}
	var gone []int
	for _, i := range early {
		gone = append(gone, b.partStep(k, owner, i, OpDelete, k.Ops.Delete, nil))
	}
	var made []int
	for _, i := range append(creates, rest...) {
		ch, after := &b.plan.Changes[i], gone
		switch {
		case ch.Action == Create:
			after = []int{b.partStep(k, owner, i, OpCreate, k.CreateOperation(ch.Want.Key), gone)}
		case needsUpdate(k, ch):
			after = []int{b.partStep(k, owner, i, OpUpdate, k.Ops.Update, gone)}
		}
		more := b.separateRequests(k, i, after...)
		b.parts[owner] = append(b.parts[owner], more...)
		made = slices.Concat(made, after, more)
	}
	for _, i := range deletes[len(early):] {
		b.partStep(k, owner, i, OpDelete, k.Ops.Delete, made)
	}
	b.orderOwner(k, owner)
}

// warnOfGap warns that old parts must be deleted before new ones are created, since the owner has no room for both.
func (b *builder) warnOfGap(k *kind.Kind, first *Change, early int) {
	if early == 0 {
		return
	}
	b.plan.Warnings = append(b.plan.Warnings, Note{
		Address: k.Owner + "/" + first.Name, Source: first.Source,
		Message: fmt.Sprintf("can have at most %d %s, so %d old ones are deleted before the new ones are created; calls to the old ones fail in between", k.MaxPerOwner, k.Field, early),
	})
}

func (b *builder) partStep(k *kind.Kind, owner string, change int, op Op, operation string, needs []int) int {
	item := Item{Change: change, Needs: slices.Clone(needs)}
	step := Step{Op: op, Kind: k.Name, Operation: operation, Items: []Item{item}}
	if op == OpCreate && k.MaxPerOwner > 0 {
		// The gateway generates the values of such parts. Only if they are created one after another is it known which
		// value belongs to which change.
		step.Lanes = []string{k.Name + "/" + owner}
	}
	s := b.add(step)
	switch address := b.plan.Changes[change].Address; op {
	case OpCreate:
		b.create[address] = s
	case OpUpdate:
		b.update[address] = s
	}
	b.parts[owner] = append(b.parts[owner], s)
	return s
}

// orderOwner orders the update of an owner and the changes of its parts. The parts change first if an existing part
// would not be valid in the updated owner, and after the update otherwise.
func (b *builder) orderOwner(k *kind.Kind, owner string) {
	i, ok := b.index[owner+" "+string(Update)]
	if !ok {
		return
	}
	ch := &b.plan.Changes[i]
	update, ok := b.update[owner]
	if !ok {
		return // only separate requests update the owner
	}
	narrows := slices.ContainsFunc(b.parts[owner], func(step int) bool {
		part := b.plan.Changes[b.steps[step].Items[0].Change].Have
		return part != nil && len(k.CheckIn(ch.Want.Value, part.Value)) > 0
	})
	for _, part := range b.parts[owner] {
		switch {
		case narrows:
			b.steps[update].After = append(b.steps[update].After, part)
		case b.steps[part].Op != OpDelete:
			b.steps[part].Items[0].Needs = append(b.steps[part].Items[0].Needs, update)
			b.steps[part].After = append(b.steps[part].After, update)
		}
	}
}

// deletes removes objects once nothing is bound to them, and gives successors their final names.
func (b *builder) deletes() {
	batches := map[string][]Item{}
	for i, ch := range pointers(b.plan.Changes) {
		k := kind.Of(ch.Kind)
		if k == nil || k.Owner != "" || ch.Action != Delete && (ch.Action != Replace || ch.TempName == "") {
			continue
		}
		item := Item{Change: i, Needs: slices.Clone(b.unbinds[ch.Kind+"/"+ch.Have.ID])}
		if ch.Action == Replace {
			item.Needs = append(item.Needs, b.create[ch.Address])
			gone := b.add(Step{Op: OpDelete, Kind: k.Name, Operation: k.Ops.Delete, Items: []Item{item}})
			b.add(Step{Op: OpRename, Kind: k.Name, Operation: k.Ops.Update, Items: []Item{{Change: i, Needs: []int{gone}}}})
			continue
		}
		batches[k.Name] = append(batches[k.Name], item)
	}
	for _, k := range kind.All {
		for chunk := range slices.Chunk(batches[k.Name], max(1, k.BatchMax)) {
			op, operation := OpDelete, k.Ops.Delete
			if len(chunk) > 1 {
				op, operation = OpBatchDelete, k.Ops.BatchDelete
			}
			b.add(Step{Op: op, Kind: k.Name, Operation: operation, Items: chunk})
		}
	}
}

// ordered sorts steps so that each comes after the steps that it waits for. Otherwise it keeps their order.
func ordered(all []Step) []Step {
	waits, next := make([]int, len(all)), make([][]int, len(all))
	for i := range all {
		for _, a := range all[i].After {
			next[a] = append(next[a], i)
			waits[i]++
		}
	}
	var ready intHeap
	for i, n := range waits {
		if n == 0 {
			heap.Push(&ready, i)
		}
	}
	position, out := make([]int, len(all)), make([]Step, 0, len(all))
	for ready.Len() > 0 {
		i := heap.Pop(&ready).(int)
		position[i] = len(out)
		out = append(out, all[i])
		for _, j := range next[i] {
			if waits[j]--; waits[j] == 0 {
				heap.Push(&ready, j)
			}
		}
	}
	for i := range out {
		out[i].After = renumber(out[i].After, position)
		for j := range out[i].Items {
			out[i].Items[j].Needs = renumber(out[i].Items[j].Needs, position)
		}
	}
	return out
}

func renumber(steps, position []int) []int {
	if len(steps) == 0 {
		return nil
	}
	out := make([]int, len(steps))
	for i, s := range steps {
		out[i] = position[s]
	}
	slices.Sort(out) // plans with the same changes are equal, whatever the order in which their steps were added
	return out
}

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
