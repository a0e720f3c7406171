package diff

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// references orders the steps of objects by what they refer to, whatever their kinds:
//
//	step                    waits for
//	that sends a value      the steps that create the owner of the object, and what the value refers to; a separate
//	                        request (OpSet) also waits for the steps that update what the value refers to
//	that removes an object  the steps that change or remove what refers to it now
//
// Parts of a deleted object are removed with that object.
func (b *builder) references() {
	ends := b.stepsEndingReferences()
	for i, s := range pointers(b.steps) {
		k := kind.Of(s.Kind)
		if k == nil {
			continue
		}
		for j := range s.Items {
			ch := &b.plan.Changes[s.Items[j].Change]
			if s.Op == OpDelete || s.Op == OpBatchDelete {
				b.need(i, j, ends[ch.Have.Address()]...)
				continue
			}
			if made, ok := b.create[ch.Want.OwnerAddress()]; ok {
				b.need(i, j, made)
			}
			for _, ref := range k.Refs(ch.Want.Value) {
				if made, ok := b.create[ref.Address()]; ok {
					b.need(i, j, made)
				}
				if updated, ok := b.update[ref.Address()]; ok && s.Op == OpSet {
					s.After = append(s.After, updated) // what the request refers to takes effect with its values at that time
				}
			}
		}
	}
}

// orderUniqueNames makes the create of an object that can exist only once on a gateway wait until it is removed from its other
// owner.
func (b *builder) orderUniqueNames() {
	removals, gone := map[string][]int{}, map[string]int{} // steps that remove objects, by KIND/NAME and by address
	name := func(o *kind.Object) string { return o.Kind + strings.TrimPrefix(o.Key, o.Owner) }
	for i, s := range pointers(b.steps) {
		if s.Op == OpDelete || s.Op == OpBatchDelete {
			for _, item := range s.Items {
				gone[b.plan.Changes[item.Change].Have.Address()] = i
			}
		}
	}
	for _, o := range pointers(b.c.have.Objects) {
		for _, address := range []string{o.Address(), o.OwnerAddress()} {
			if step, ok := gone[address]; ok && kind.Of(o.Kind).UniqueName {
				removals[name(o)] = append(removals[name(o)], step)
			}
		}
	}
	for i, s := range pointers(b.steps) {
		if s.Op == OpCreate && kind.Of(s.Kind).UniqueName {
			b.need(i, 0, removals[name(&b.plan.Changes[s.Items[0].Change].Want.Object)]...)
		}
	}
}

// stepsEndingReferences returns the steps that end references to an object, by the object's address on the gateway.
func (b *builder) stepsEndingReferences() map[string][]int {
	out, removed := map[string][]int{}, map[string]int{}
	note := func(o *kind.Object, step int) {
		for _, ref := range kind.Of(o.Kind).Refs(o.Value) {
			out[ref.Address()] = append(out[ref.Address()], step)
		}
	}
	for i, s := range pointers(b.steps) {
		switch s.Op {
		case OpUpdate, OpSet, OpDelete, OpBatchDelete:
			for _, item := range s.Items {
				h := b.plan.Changes[item.Change].Have
				if h == nil {
					continue // the object is new
				}
				note(h, i)
				if s.Op != OpUpdate && s.Op != OpSet {
					removed[h.Address()] = i
				}
			}
		}
	}
	for _, o := range pointers(b.c.have.Objects) {
		if step, ok := removed[o.OwnerAddress()]; ok {
			removed[o.Address()] = step
			note(o, step)
		}
	}
	return out
}

// isReferredTo reports whether an object of the gateway refers to another one.
func (b *builder) isReferredTo(to *kind.Object) bool {
	return slices.ContainsFunc(b.c.have.Objects, func(o kind.Object) bool {
		return slices.ContainsFunc(kind.Of(o.Kind).Refs(o.Value), func(ref kind.Ref) bool { return ref.Address() == to.Address() })
	})
}
