package reconcile

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// settle gives what is wanted back the values that it can have: no secret is kept, so that each comes from
// where the files have it, stays as it is now, or is lost.
func (u *undo) settle(now kind.Actual) error {
	after := map[string]*kind.Object{}
	for i := range now.Objects {
		after[now.Objects[i].Address()] = &now.Objects[i]
	}
	lost := map[string]bool{}
	all := u.e.Desired.Objects
	u.e.Desired.Objects = nil
	for _, d := range all {
		keep, err := true, error(nil)
		switch {
		case u.e.Anchors[d.Address()]:
		case d.Owner != "":
			keep, err = u.part(&d, after, lost)
		case u.untouched(&d, after):
			u.e.Anchors[d.Address()] = true
		case u.change[d.Address()].Action == diff.Delete:
			keep, err = u.deleted(&d)
			lost[d.Address()] = !keep
		default:
			address := d.Address()
			err = u.changed(&d, after)
			lost[address] = u.e.Anchors[d.Address()]
		}
		if err != nil {
			return err
		}
		if keep {
			u.e.Desired.Objects = append(u.e.Desired.Objects, d)
		}
		if keep && d.Value != nil && !u.e.Anchors[d.Address()] {
			for _, ref := range kind.Of(d.Kind).Refs(d.Value) {
				u.e.Context[ref.Kind+"/"+ref.Key] = true
			}
		}
	}
	u.e.Desired.Links = slices.DeleteFunc(u.e.Desired.Links, func(l kind.DeclaredLink) bool {
		return lost[kind.LinkOf(l.Kind).Owner+"/"+l.Owner]
	})
	return nil
}

// untouched reports whether the gateway still has an object as it was, whatever the run meant to do with it.
func (u *undo) untouched(d *kind.Declared, after map[string]*kind.Object) bool {
	now := after[d.Address()]
	return now != nil && now.ID == u.change[d.Address()].Have.ID && len(diff.Leaves(kind.Of(d.Kind), d.Value, now.Value)) == 0
}

// part settles what lives inside an owner. A secret one stays when the gateway still has it, else it is lost.
func (u *undo) part(d *kind.Declared, after map[string]*kind.Object, lost map[string]bool) (keep bool, err error) {
	k := kind.Of(d.Kind)
	if lost[k.Owner+"/"+d.Owner] {
		return false, nil
	}
	secrets, err := k.SecretsIn(d.Value)
	if err != nil || len(secrets) == 0 {
		return true, err
	}
	owner := d.Owner
	if ch := u.change[k.Owner+"/"+owner]; ch != nil && ch.Want != nil {
		owner = ch.Want.Key
	}
	if after[d.Kind+"/"+owner+strings.TrimPrefix(d.Key, d.Owner)] != nil {
		u.e.Anchors[d.Address()] = true
		return true, nil
	}
	u.lose(d.Address(), "", "its value is a secret, which is not saved")
	return false, nil
}

// deleted settles an object that the run deleted: it is made anew without what the gateway makes itself.
func (u *undo) deleted(d *kind.Declared) (keep bool, err error) {
	k := kind.Of(d.Kind)
	tree, err := k.Pack(d.Value)
	if err != nil {
		return false, err
	}
	for _, p := range k.Secrets(d.Value) {
		text, _ := kind.At(tree, p).(string)
		if !slices.Contains(k.Makes, p) && (text != "" || k.Requires(d.Value, p)) {
			u.lose(d.Address(), "", "its secret "+p+" is not saved, so that it cannot be made again")
			return false, nil
		}
	}
	for _, p := range k.Makes {
		if text, _ := kind.At(tree, p).(string); text != "" {
			u.lose(d.Address(), p, "the gateway makes a new one")
			tree = kind.Put(tree, p, nil)
		}
	}
	d.Value, err = k.Unpack(tree)
	return true, err
}

// changed settles an object that the run updated or replaced.
func (u *undo) changed(d *kind.Declared, after map[string]*kind.Object) error {
	k, ch := kind.Of(d.Kind), u.change[d.Address()]
	was, err := k.Pack(d.Value)
	if err != nil {
		return err
	}
	wanted, err := k.Pack(ch.Want.Value)
	if err != nil {
		return err
	}
	differs := map[string]bool{}
	for _, f := range diff.Leaves(k, k.Settle(ch.Want.Value, ch.Have.Value), ch.Want.Value) {
		differs[f.Path] = true
	}
	hidden := k.Hides(ch.Want.Value, ch.Have.Value)
	for _, p := range k.Secrets(d.Value) {
		before, _ := kind.At(was, p).(string)
		text, _ := kind.At(wanted, p).(string)
		if ch.Action == diff.Replace && text == "" && (before != "" || k.Requires(d.Value, p)) {
			u.stay(d, ch, p)
			return nil
		}
		switch {
		case slices.Contains(hidden, p):
			u.lose(d.Address(), p, "the gateway hides it, so that its old value is not known; it stays as it is")
		case differs[p] && before != "":
			u.lose(d.Address(), p, "its old value is a secret, which is not saved; it stays as it is")
		}
		switch {
		case slices.Contains(k.Makes, p) || text == "":
			was = kind.Put(was, p, nil) // left alone
		default:
			was = kind.Put(was, p, text)
			for _, from := range ch.Want.Secrets {
				if from.Path == p {
					d.Secrets = append(d.Secrets, from)
				}
			}
		}
	}
	if err := u.leave(k, was, ch, after); err != nil {
		return err
	}
	d.Value, err = k.Unpack(was)
	return err
}

// leave takes out of a tree what the gateway made and the run did not change.
func (u *undo) leave(k *kind.Kind, was map[string]any, ch *diff.Change, after map[string]*kind.Object) error {
	now := after[ch.Want.Address()]
	if now == nil {
		return nil
	}
	is, err := k.Pack(now.Value)
	if err != nil {
		return err
	}
	for _, p := range k.Makes {
		if kind.At(was, p) == kind.At(is, p) {
			delete(was, p[1:]) // they are members of the object itself
		}
	}
	return nil
}

// stay gives up on a replaced object that cannot be made again without a secret: what took its place stays.
func (u *undo) stay(d *kind.Declared, ch *diff.Change, secret string) {
	u.lose(d.Address(), "", "its secret "+secret+" is not saved, so that what replaced it stays, and stays bound as it is")
	d.Key, d.MovedFrom, d.Value, d.Manages = ch.Want.Key, "", nil, nil
	u.e.Anchors[d.Address()] = true
}
