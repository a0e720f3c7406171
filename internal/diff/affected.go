package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// affected is what the changes of a plan are about.
type affected struct {
	objects map[string]bool     // addresses of declared objects that change themselves
	anchors map[string]bool     // addresses of declared objects that are needed besides
	carried map[string]bool     // addresses of replaced objects
	inside  map[string]bool     // KIND OWNER of collections that change, the owner as it is declared
	gone    map[string][]string // keys of objects that go, by kind
	claims  map[string]bool     // addresses of declared links whose place a replaced object leaves to them
	owners  map[string]string   // address of what lives inside another to the key of its owner
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
	now := map[string]string{} // KIND/KEY of a gateway's object to the key that it is declared under
	for _, ch := range pointers(plan.Changes) {
		if ch.Want == nil {
			continue
		}
		for _, o := range []*kind.Object{ch.Have, ch.Next} {
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
			case ch.Heir != "":
				t.anchors[ch.Kind+"/"+ch.Heir], t.inside[link.Name+" "+ch.Heir] = true, true
				t.claimed(link, ch.Have, ch.Heir, have, want)
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

// change notes what a change concerns.
func (t *affected) change(ch *Change, now map[string]string) {
	k, link := kind.Of(ch.Kind), kind.LinkOf(ch.Kind)
	ownerKind := ""
	switch {
	case ch.Forced: // its owner is none of the plan's business
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
	for k := kind.Of(ownerKind); k.Owner != ""; k = kind.Of(k.Owner) { // what the owner lives in, too
		name = t.owners[k.Name+"/"+name]
		t.inside[k.Name+" "+name], t.anchors[k.Owner+"/"+name] = true, true
	}
}

// claimed finds declared links that take the places which an object leaves to its heir.
func (t *affected) claimed(link *kind.LinkKind, o *kind.Object, heir string, have kind.Actual, want kind.Desired) {
	left := targets(slices.DeleteFunc(slices.Clone(have.Links), func(l kind.Link) bool { return l.Kind != link.Name || l.OwnerID != o.ID }))
	for _, l := range pointers(want.Links) {
		if l.Kind == link.Name && l.Owner != heir && left[l.Link.To.UniqueID()] {
			t.claims[l.Address()] = true
			t.anchors[link.Owner+"/"+l.Owner] = true
		}
	}
}

// declared is the part of a declared object that the changes concern; ok is false when they do not.
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
