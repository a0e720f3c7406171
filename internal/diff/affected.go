package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// affected collects the objects and lists that the changes of a plan need.
type affected struct {
	objects map[string]bool     // addresses of declared objects that change themselves
	anchors map[string]bool     // addresses of declared objects that do not change but are needed
	carried map[string]bool     // addresses of replaced objects
	inside  map[string]bool     // KIND OWNER of lists that change, with the declared key of the owner
	gone    map[string][]string // keys of deleted objects, by kind
	claims  map[string]bool     // addresses of declared links that take over the slot of a replaced object
	owners  map[string]string   // address of a part to the key of its owner
}

func newAffected(plan *Plan, have kind.Actual, want kind.Desired) *affected {
	t := &affected{
		objects: map[string]bool{}, anchors: map[string]bool{}, carried: map[string]bool{}, inside: map[string]bool{},
		gone: map[string][]string{}, claims: map[string]bool{}, owners: map[string]string{},
	}
	for _, d := range pointers(want.Objects) {
		if d.Owner != "" {
			t.owners[d.Address()] = d.Owner
		}
	}
	now := map[string]string{} // KIND/KEY of a gateway's object to its declared key
	for _, ch := range pointers(plan.Changes) {
		if ch.Want == nil {
			continue
		}
		for _, o := range []*kind.Object{ch.Have, ch.Successor} {
			if o != nil {
				now[o.Address()] = ch.Want.Key
			}
		}
	}
	for _, ch := range pointers(plan.Changes) {
		t.change(ch, now)
		for _, link := range kind.LinksFrom(ch.Kind) {
			switch {
			case ch.Action == Replace:
				t.claimed(link, ch.Have, ch.Want.Key, have, want)
			case ch.LeftoverOf != "":
				t.anchors[ch.Kind+"/"+ch.LeftoverOf], t.inside[link.Name+" "+ch.LeftoverOf] = true, true
				t.claimed(link, ch.Have, ch.LeftoverOf, have, want)
			}
		}
		if ch.Action == Replace {
			t.carried[ch.Address] = true
		}
	}
	for _, keys := range t.gone {
		slices.Sort(keys)
	}
	return t
}

// change notes what a change needs.
func (t *affected) change(ch *Change, now map[string]string) {
	k, link := kind.Of(ch.Kind), kind.LinkOf(ch.Kind)
	ownerKind := ""
	switch {
	case ch.Forced: // its owner is not part of the plan
		return
	case link != nil:
		ownerKind = link.Owner
	case k.Owner != "":
		ownerKind = k.Owner
	case ch.Action == Delete:
		t.gone[ch.Kind] = append(t.gone[ch.Kind], ch.Have.Key)
		return
	default:
		t.objects[ch.Address] = true
		for _, l := range kind.LinksFrom(ch.Kind) {
			o := ch.InPlace()
			guards := func(value any) bool { return l.Guards != nil && l.Guards(value) }
			if ch.Action == Replace || o != nil && guards(o.Value) != guards(ch.Want.Value) { // see keepGuarded
				t.inside[l.Name+" "+ch.Want.Key] = true
			}
		}
		return
	}
	name := ch.Name
	if declared, ok := now[ownerKind+"/"+name]; ok {
		name = declared
	}
	t.inside[ch.Kind+" "+name] = true
	t.anchors[ownerKind+"/"+name] = true
	for k := kind.Of(ownerKind); k.Owner != ""; k = kind.Of(k.Owner) { // also the ancestors of the owner
		name = t.owners[k.Name+"/"+name]
		t.inside[k.Name+" "+name], t.anchors[k.Owner+"/"+name] = true, true
	}
}

// claimed finds declared links that take over the slots of an object that is deleted or replaced.
func (t *affected) claimed(link *kind.LinkKind, o *kind.Object, declared string, have kind.Actual, want kind.Desired) {
	left := targets(slices.DeleteFunc(slices.Clone(have.Links), func(l kind.Link) bool { return l.Kind != link.Name || l.OwnerID != o.ID }))
	for _, l := range pointers(want.Links) {
		if l.Kind == link.Name && l.Owner != declared && left[l.Link.To.UniqueID()] {
			t.claims[l.Address()] = true
			t.anchors[link.Owner+"/"+l.Owner] = true
		}
	}
}

// declared returns the part of a declared object that the changes need; ok is false when they need none.
func (t *affected) declared(d *kind.Declared) (kind.Declared, bool) {
	address := d.Address()
	if d.Owner != "" && !t.inside[d.Kind+" "+d.Owner] || d.Owner == "" && !t.objects[address] && !t.anchors[address] {
		return kind.Declared{}, false
	}
	out := *d
	out.Manages = nil
	for _, m := range d.Manages {
		if t.inside[m+" "+d.Key] {
			out.Manages = append(out.Manages, m)
		}
	}
	return out, true
}
