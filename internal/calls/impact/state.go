package impact

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// slot is an API in an environment. With only a policy, it stands for the unknown APIs to which this policy is bound.
type slot struct{ api, env, policy string }

func slotOf(l *kind.Link) slot {
	s := l.To.UniqueID()
	return slot{api: s.Key, env: s.Env}
}

// state is a gateway's state, as far as it is known.
type state struct {
	objects      map[string]any            // by address
	parts        map[string]map[string]any // address of the owner, then kind and key inside it
	links        map[slot]map[string]bool  // addresses of owners
	plugins      map[string]*kind.Plugin   // by address, in the form in which they are compared; filled when they are needed
	slots        map[string]map[slot]bool  // the same, by owner
	equalPlugins map[[2]*kind.Plugin]bool  // whether two of plugins, of either state, do the same
}

func newState() *state {
	return &state{equalPlugins: map[[2]*kind.Plugin]bool{}, plugins: map[string]*kind.Plugin{}, objects: map[string]any{}, parts: map[string]map[string]any{}, links: map[slot]map[string]bool{}, slots: map[string]map[slot]bool{}}
}

// compared returns a plugin in the form in which plugins are compared.
func (w *state) compared(address string, p kind.Plugin) *kind.Plugin {
	if w.plugins[address] == nil {
		if v, ok := kind.Of("plugin").Compared(p).(kind.Plugin); ok {
			p = v
		}
		w.plugins[address] = &p
	}
	return w.plugins[address]
}

func (w *state) bind(at slot, owner string) {
	if w.links[at] == nil {
		w.links[at] = map[string]bool{}
	}
	if w.slots[owner] == nil {
		w.slots[owner] = map[slot]bool{}
	}
	w.links[at][owner], w.slots[owner][at] = true, true
}

func (w *state) unbind(at slot, owner string) {
	delete(w.links[at], owner)
	delete(w.slots[owner], at)
}

// remove removes an object with its parts and links.
func (w *state) remove(address string) {
	for at := range maps.Clone(w.slots[address]) {
		w.unbind(at, address)
	}
	delete(w.objects, address)
	delete(w.parts, address)
}

// rename gives an object another name.
func (w *state) rename(from, to string) {
	if from == to {
		return
	}
	for at := range maps.Clone(w.slots[from]) {
		w.unbind(at, from)
		w.bind(at, to)
	}
	if inside, ok := w.parts[from]; ok {
		w.parts[to] = inside
		delete(w.parts, from)
	}
	delete(w.objects, from)
}

// part sets a part of an owner; nil removes it.
func (w *state) part(o *kind.Object, owner string, value any) {
	key := o.Kind + strings.TrimPrefix(o.Key, o.Owner)
	if w.parts[owner] == nil {
		w.parts[owner] = map[string]any{}
	}
	if value == nil {
		delete(w.parts[owner], key)
	} else {
		w.parts[owner][key] = value
	}
}

// states holds the state of the gateway before and after a plan, as far as the plan affects it.
type states struct {
	in            Input
	before, after *state
	relevant      *relevant
	renamed       map[string]string // address before to the address after
	renamedFrom   map[string]string // the other way round
	apis          map[slot]*kind.API
	because       map[slot][]string
	ofReferred    map[slot][]Aspect   // of the objects to which APIs refer
	credentials   map[string][]string // the changed credentials of an app or signature key, in words, by address
}

func newStates(in Input) *states {
	w := &states{
		in: in, before: newState(), after: newState(), relevant: newRelevant(in), renamed: map[string]string{}, renamedFrom: map[string]string{},
		apis: map[slot]*kind.API{}, because: map[slot][]string{}, ofReferred: map[slot][]Aspect{}, credentials: map[string][]string{},
	}
	sides := []*state{w.before, w.after}
	for _, l := range w.relevant.links {
		at, owner := slotOf(l), l.OwnerAddress()
		w.apis[at] = l.To.API
		for _, side := range sides {
			side.bind(at, owner)
		}
	}
	for _, o := range w.relevant.objects {
		k, address := kind.Of(o.Kind), o.Address()
		for _, side := range sides {
			if k.Owner != "" {
				side.part(o, k.Owner+"/"+o.Owner, o.Value)
			} else {
				side.objects[address] = o.Value
			}
		}
	}
	w.applyChanges()
	w.noteCredentials()
	return w
}

// applyChanges applies the plan to the state after it: first the changes of objects, then those of their parts and links.
func (w *states) applyChanges() {
	changes := w.in.Plan.Changes
	for i := range changes {
		if ch := &changes[i]; ch.Have != nil && ch.Want != nil && kind.Of(ch.Kind) != nil && kind.Of(ch.Kind).Owner == "" {
			w.renamed[ch.Have.Address()], w.renamedFrom[ch.Want.Address()] = ch.Want.Address(), ch.Have.Address()
			w.after.rename(ch.Have.Address(), ch.Want.Address())
		}
	}
	for i := range changes {
		ch := &changes[i]
		switch k := kind.Of(ch.Kind); {
		case k == nil && ch.Link.To.API == nil:
		case k == nil && ch.Action == diff.Unbind:
			w.after.unbind(slotOf(ch.Link), w.addressAfter(ch.Link.OwnerAddress()))
		case k == nil || k.Owner == "" && ch.Want == nil:
		case k.Owner != "" && ch.Want == nil:
			w.after.part(ch.Have, w.addressAfter(k.Owner+"/"+ch.Have.Owner), nil)
		case k.Owner != "":
			w.after.part(&ch.Want.Object, k.Owner+"/"+ch.Want.Owner, ch.Want.Value)
		default:
			w.after.objects[ch.Want.Address()] = ch.Want.Value
		}
	}
	for i := range changes {
		ch := &changes[i]
		if ch.Action == diff.Delete && kind.Of(ch.Kind).Owner == "" {
			w.after.remove(ch.Have.Address())
		}
		if ch.Action != diff.Bind || ch.Link.To.API == nil {
			continue
		}
		at := slotOf(ch.Link)
		w.apis[at] = ch.Link.To.API
		for j := range ch.Displaces {
			if d := &ch.Displaces[j]; d.Sure && w.sameSlot(ch.Link, w.addressAfter(d.Address())) {
				w.after.unbind(at, w.addressAfter(d.Address()))
			}
		}
	}
	for i := range changes { // a policy is bound after the displaced one is removed
		if ch := &changes[i]; ch.Action == diff.Bind && ch.Link.To.API != nil {
			w.after.bind(slotOf(ch.Link), ch.Link.OwnerAddress())
		}
	}
}

// sameSlot reports whether a displaced policy would take the same slot as the bind after the plan, too. A policy that
// the plan replaces may take another slot then.
func (w *states) sameSlot(l *kind.Link, displaced string) bool {
	slot, value := kind.LinkOf(l.Kind).Slot, w.after.objects[displaced]
	return value == nil || slot(value) == slot(w.after.objects[l.OwnerAddress()])
}

// addressAfter returns the address that an object has after the plan.
func (w *states) addressAfter(address string) string { return cmp.Or(w.renamed[address], address) }

// addressBefore returns the address that an object had before the plan.
func (w *states) addressBefore(address string) string { return cmp.Or(w.renamedFrom[address], address) }

// markAffected notes which changes affect which APIs.
func (w *states) markAffected() {
	note := func(at slot, ch *diff.Change) {
		if !slices.Contains(w.because[at], ch.Address) {
			w.because[at] = append(w.because[at], ch.Address)
		}
	}
	for i := range w.in.Plan.Changes {
		ch := &w.in.Plan.Changes[i]
		if ch.Link != nil {
			if ch.Link.To.API != nil {
				note(slotOf(ch.Link), ch)
			}
			continue
		}
		if ch.Have != nil {
			for at := range w.before.slots[policyOf(ch.Have)] {
				note(at, ch)
			}
		}
		if ch.Want == nil {
			continue
		}
		policy := policyOf(&ch.Want.Object)
		for at := range w.after.slots[policy] {
			note(at, ch)
		}
		if w.mayBeBoundElsewhere(policy) {
			note(slot{policy: policy}, ch)
		}
	}
	for at := range w.because {
		slices.Sort(w.because[at])
	}
}

// policyOf returns the address of the object that has bindings: the changed object, or its owner.
func policyOf(o *kind.Object) string { return cmp.Or(o.OwnerAddress(), o.Address()) }

// mayBeBoundElsewhere reports whether a policy may also be bound to APIs that were not read, because the files do not manage its
// bindings.
func (w *states) mayBeBoundElsewhere(policy string) bool {
	address := w.addressBefore(policy)
	o := w.relevant.policies[address]
	if o == nil || w.addressAfter(address) != policy {
		return false
	}
	links := kind.LinksFrom(o.Kind)
	if len(links) == 0 {
		return false
	}
	link := links[0] // no kind has more
	read := w.in.Complete[link.Name] || o.Bound == 0 || len(w.before.slots[address]) >= max(o.Bound, 1)
	return !read && !slices.ContainsFunc(w.in.Want.Objects, func(d kind.Declared) bool {
		return d.Kind == o.Kind && d.Address() == policy && d.ManagesKind(link.Name)
	})
}

func (w *states) affected() []slot {
	return slices.SortedFunc(maps.Keys(w.because), func(a, b slot) int {
		return slices.Compare([]string{a.api, a.env, a.policy}, []string{b.api, b.env, b.policy})
	})
}

// view is one API in an environment, before and after the plan.
type view struct {
	w             *states
	api           *kind.API // nil for the unknown APIs to which a policy is bound
	before, after side
	peak          int64 // calls in the busiest minute of the last hour; 0 if it is not known
}

// side is what is bound to an API in an environment.
type side struct {
	state  *state
	owners []string // addresses, sorted
}

func (w *states) view(at slot) *view {
	v := &view{w: w, api: w.apis[at], before: side{state: w.before}, after: side{state: w.after}}
	if at.policy != "" {
		v.before.owners, v.after.owners = []string{w.addressBefore(at.policy)}, []string{at.policy}
		return v
	}
	v.before.owners = slices.Sorted(maps.Keys(w.before.links[at]))
	v.after.owners = slices.Sorted(maps.Keys(w.after.links[at]))
	return v
}

// authType returns how the API authenticates callers; "" if it is not known.
func (v *view) authType() string {
	if v.api == nil {
		return ""
	}
	return v.api.AuthType
}

// known reports whether all links of a kind were read.
func (v *view) known(linkName string) bool { return v.w.in.Complete[linkName] }

// bound returns the bound objects whose value has the type T, by address.
func bound[T any](s side) map[string]T {
	out := map[string]T{}
	for _, address := range s.owners {
		if v, ok := s.state.objects[address].(T); ok {
			out[address] = v
		}
	}
	return out
}

// partsOf returns the parts of an object whose value has the type T.
func partsOf[T any](s side, owner string) map[string]T {
	out := map[string]T{}
	for address, v := range s.state.parts[owner] {
		if t, ok := v.(T); ok {
			out[address] = t
		}
	}
	return out
}
