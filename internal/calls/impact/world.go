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

// world is a gateway's state, as far as it is known.
type world struct {
	objects map[string]any            // by address
	parts   map[string]map[string]any // address of the owner, then kind and key inside it
	links   map[slot]map[string]bool  // addresses of owners
	plugins map[string]*kind.Plugin   // by address, in the form in which they are compared; filled when they are needed
	of      map[string]map[slot]bool  // the same, by owner
	alike   map[[2]*kind.Plugin]bool  // whether two of plugins, of whichever world, do the same
}

func newWorld() *world {
	return &world{alike: map[[2]*kind.Plugin]bool{}, plugins: map[string]*kind.Plugin{}, objects: map[string]any{}, parts: map[string]map[string]any{}, links: map[slot]map[string]bool{}, of: map[string]map[slot]bool{}}
}

// compared returns a plugin in the form in which plugins are compared.
func (w *world) compared(address string, p kind.Plugin) *kind.Plugin {
	if w.plugins[address] == nil {
		if v, ok := kind.Of("plugin").Compared(p).(kind.Plugin); ok {
			p = v
		}
		w.plugins[address] = &p
	}
	return w.plugins[address]
}

func (w *world) bind(at slot, owner string) {
	if w.links[at] == nil {
		w.links[at] = map[string]bool{}
	}
	if w.of[owner] == nil {
		w.of[owner] = map[slot]bool{}
	}
	w.links[at][owner], w.of[owner][at] = true, true
}

func (w *world) unbind(at slot, owner string) {
	delete(w.links[at], owner)
	delete(w.of[owner], at)
}

// remove removes an object with its parts and links.
func (w *world) remove(address string) {
	for at := range maps.Clone(w.of[address]) {
		w.unbind(at, address)
	}
	delete(w.objects, address)
	delete(w.parts, address)
}

// rename gives an object another name.
func (w *world) rename(from, to string) {
	if from == to {
		return
	}
	for at := range maps.Clone(w.of[from]) {
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
func (w *world) part(o *kind.Object, owner string, value any) {
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

// worlds holds the state of the gateway before and after a plan, as far as the plan affects it.
type worlds struct {
	in            Input
	before, after *world
	near          *near
	renamed       map[string]string // address before to the address after
	was           map[string]string // the other way round
	apis          map[slot]*kind.API
	because       map[slot][]string
	own           map[slot][]Aspect   // of the objects to which APIs refer
	credentials   map[string][]string // the changed credentials of an app or signature key, in words, by address
}

func newWorlds(in Input) *worlds {
	w := &worlds{
		in: in, before: newWorld(), after: newWorld(), near: nearby(in), renamed: map[string]string{}, was: map[string]string{},
		apis: map[slot]*kind.API{}, because: map[slot][]string{}, own: map[slot][]Aspect{}, credentials: map[string][]string{},
	}
	sides := []*world{w.before, w.after}
	for _, l := range w.near.links {
		at, owner := slotOf(l), ownerOf(l)
		w.apis[at] = l.To.API
		for _, side := range sides {
			side.bind(at, owner)
		}
	}
	for _, o := range w.near.objects {
		k, address := kind.Of(o.Kind), o.Address()
		for _, side := range sides {
			if k.Owner != "" {
				side.part(o, k.Owner+"/"+o.Owner, o.Value)
			} else {
				side.objects[address] = o.Value
			}
		}
	}
	w.change()
	w.replaced()
	return w
}

func ownerOf(l *kind.Link) string { return kind.LinkOf(l.Kind).Owner + "/" + l.Owner }

// change applies the plan to the world after it: first the changes of objects, then those of their parts and links.
func (w *worlds) change() {
	changes := w.in.Plan.Changes
	for i := range changes {
		if ch := &changes[i]; ch.Have != nil && ch.Want != nil && kind.Of(ch.Kind) != nil && kind.Of(ch.Kind).Owner == "" {
			w.renamed[ch.Have.Address()], w.was[ch.Want.Address()] = ch.Want.Address(), ch.Have.Address()
			w.after.rename(ch.Have.Address(), ch.Want.Address())
		}
	}
	for i := range changes {
		ch := &changes[i]
		switch k := kind.Of(ch.Kind); {
		case k == nil && ch.Link.To.API == nil:
		case k == nil && ch.Action == diff.Unbind:
			w.after.unbind(slotOf(ch.Link), w.now(ownerOf(ch.Link)))
		case k == nil || k.Owner == "" && ch.Want == nil:
		case k.Owner != "" && ch.Want == nil:
			w.after.part(ch.Have, w.now(k.Owner+"/"+ch.Have.Owner), nil)
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
			if d := &ch.Displaces[j]; d.Sure && w.sameSlot(ch.Link, w.now(d.Address())) {
				w.after.unbind(at, w.now(d.Address()))
			}
		}
	}
	for i := range changes { // a policy is bound after the displaced one is removed
		if ch := &changes[i]; ch.Action == diff.Bind && ch.Link.To.API != nil {
			w.after.bind(slotOf(ch.Link), ownerOf(ch.Link))
		}
	}
}

// sameSlot reports whether a displaced policy would take the same slot as the bind after the plan, too. A policy that
// the plan replaces may take another slot then.
func (w *worlds) sameSlot(l *kind.Link, displaced string) bool {
	slot, value := kind.LinkOf(l.Kind).Slot, w.after.objects[displaced]
	return value == nil || slot(value) == slot(w.after.objects[ownerOf(l)])
}

// now returns the address that an object has after the plan.
func (w *worlds) now(address string) string { return cmp.Or(w.renamed[address], address) }

// had returns the address that an object had before the plan.
func (w *worlds) had(address string) string { return cmp.Or(w.was[address], address) }

// markAffected notes which changes affect which APIs.
func (w *worlds) markAffected() {
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
			for at := range w.before.of[policyOf(ch.Have)] {
				note(at, ch)
			}
		}
		if ch.Want == nil {
			continue
		}
		policy := policyOf(&ch.Want.Object)
		for at := range w.after.of[policy] {
			note(at, ch)
		}
		if w.elsewhere(policy) {
			note(slot{policy: policy}, ch)
		}
	}
	for at := range w.because {
		slices.Sort(w.because[at])
	}
}

// policyOf returns the address of the object that has bindings: the changed object, or its owner.
func policyOf(o *kind.Object) string { return cmp.Or(o.OwnerAddress(), o.Address()) }

// elsewhere reports whether a policy may also be bound to APIs that were not read, because the files do not manage its
// bindings.
func (w *worlds) elsewhere(policy string) bool {
	address := w.had(policy)
	o := w.near.policies[address]
	if o == nil || w.now(address) != policy {
		return false
	}
	links := kind.LinksFrom(o.Kind)
	if len(links) == 0 {
		return false
	}
	link := links[0] // no kind has more
	read := w.in.Complete[link.Name] || o.Bound == 0 || len(w.before.of[address]) >= max(o.Bound, 1)
	return !read && !slices.ContainsFunc(w.in.Want.Objects, func(d kind.Declared) bool {
		return d.Kind == o.Kind && d.Address() == policy && d.ManagesKind(link.Name)
	})
}

func (w *worlds) affected() []slot {
	return slices.SortedFunc(maps.Keys(w.because), func(a, b slot) int {
		return slices.Compare([]string{a.api, a.env, a.policy}, []string{b.api, b.env, b.policy})
	})
}

// view is one API in an environment, before and after the plan.
type view struct {
	w             *worlds
	api           *kind.API // nil for the unknown APIs to which a policy is bound
	before, after side
	peak          int64 // calls in the busiest minute of the last hour; 0 if it is not known
}

// side is what is bound to an API in an environment.
type side struct {
	world  *world
	owners []string // addresses, sorted
}

func (w *worlds) view(at slot) *view {
	v := &view{w: w, api: w.apis[at], before: side{world: w.before}, after: side{world: w.after}}
	if at.policy != "" {
		v.before.owners, v.after.owners = []string{w.had(at.policy)}, []string{at.policy}
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
		if v, ok := s.world.objects[address].(T); ok {
			out[address] = v
		}
	}
	return out
}

// partsOf returns the parts of an object whose value has the type T.
func partsOf[T any](s side, owner string) map[string]T {
	out := map[string]T{}
	for address, v := range s.world.parts[owner] {
		if t, ok := v.(T); ok {
			out[address] = t
		}
	}
	return out
}
