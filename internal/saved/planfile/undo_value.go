package planfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// noteUnrestored notes what an update or replace changed, or may have changed, and an undo cannot bring back: secrets, and values
// that an update can add but not remove.
func (b *undoState) noteUnrestored(ch *document.Change, was *Held, wanted *Object) {
	v := was.WithoutSecrets()
	changed := map[string]bool{}
	for _, f := range ch.Fields {
		changed[f.Path] = f.Sensitive && f.Before != nil
	}
	b.noteUnremovable(ch, was, v)
	if p := sentWriteOnly(ch); p != "" {
		b.addLoss(was.Address(), "", "the gateway never returned its old "+p[1:]+", so it cannot be sent again and stays as it is"+underName(was, wanted))
		return
	}
	for p, holder := range orphanedSecrets(ch, was, wanted) {
		b.addLoss(was.Address(), holder, "its secret "+p+" is not saved, so it cannot be created again and stays as the run left it")
		delete(changed, p)
	}
	for _, s := range wanted.Secrets {
		if was.HidSecret(s.Path) && ch.Action == diff.Update && hadSecret(was, v, s.Path) {
			b.addLoss(was.Address(), s.Path, "the gateway hides it, so its old value is not known and it stays as it is")
			delete(changed, s.Path)
		}
	}
	if ch.Action == diff.Replace { // replacing it back makes another object
		for _, p := range kind.Of(was.Kind).Generated {
			if delete(changed, p); was.HasSecret(p) {
				b.addLoss(was.Address(), p, lossGenerated)
			}
		}
	}
	for path, yes := range changed {
		if yes {
			b.addLoss(was.Address(), path, "its old value is a secret, which is not saved, so it stays as it is")
		}
	}
}

// orphanedSecrets maps secrets to the mappings that contained them, for secrets that an update removed together with the
// mapping, or whose mapping no longer requires them: without the secret, the mapping cannot be restored.
func orphanedSecrets(ch *document.Change, was *Held, wanted *Object) map[string]string {
	if ch.Action != diff.Update {
		return nil
	}
	k, before, after := kind.Of(was.Kind), was.WithoutSecrets(), wanted.WithoutSecrets()
	out := map[string]string{}
	for _, p := range secretsOf(was, before) {
		holder := p[:strings.LastIndexByte(p, '/')]
		left := jsonptr.HasRoom(k.Pack(after), p) && k.Requires(after, p) == k.Requires(before, p) // the gateway still has the secret
		if holder != "" && !left && hadSecret(was, before, p) && len(wanted.Origins(p)) == 0 && !slices.Contains(k.Generated, p) {
			out[p] = holder
		}
	}
	return out
}

// hadSecret reports whether an object had a secret at the pointer, shown or hidden.
func hadSecret(was *Held, v any, pointer string) bool {
	k := kind.Of(was.Kind)
	tree := k.Pack(v)
	return was.HasSecret(pointer) || jsonptr.HasRoom(tree, pointer) &&
		(jsonptr.At(tree, pointer) != nil || k.Requires(v, pointer) || slices.Contains(k.WriteOnly, pointer))
}

// secretsOf returns JSON pointers to the secrets of a former object: those that its value can have, and those that it
// had.
func secretsOf(was *Held, v any) []string {
	out := slices.Clone(kind.Of(was.Kind).Secrets(v))
	for _, s := range was.Secrets {
		if !slices.Contains(out, s.Path) {
			out = append(out, s.Path)
		}
	}
	return out
}

// noteUnremovable notes values that an update added to an object and no request can remove.
func (b *undoState) noteUnremovable(ch *document.Change, was *Held, v any) {
	if ch.Action != diff.Update {
		return
	}
	k := kind.Of(was.Kind)
	for _, p := range k.KeptWhenOmitted {
		given := slices.ContainsFunc(ch.Fields, func(f document.Field) bool { return strings.HasPrefix(f.Path+"/", p+"/") })
		set := func(v any) bool {
			got := jsonptr.At(k.Pack(v), p)
			return got != nil && got != ""
		}
		switch {
		case !given || set(v):
		case set(k.Explicit(v)):
			b.addLoss(was.Address(), p, lossDefault)
		default:
			b.addLoss(was.Address(), p, lossRemains)
		}
	}
}

// sentWriteOnly returns the JSON pointer to a value that a change sent or removed and that gateways never return; "" if
// there is none.
func sentWriteOnly(ch *document.Change) string {
	k := kind.Of(ch.Kind)
	for _, f := range ch.Fields {
		if slices.Contains(k.NotReturned(), f.Path) && (f.Before != nil || slices.Contains(k.WriteOnly, f.Path)) {
			return f.Path
		}
	}
	return ""
}

// withWriteOnly adds to a tree the values that gateways never return, as the run sent them: those that every write needs, and
// those that the tree has.
func withWriteOnly(k *kind.Kind, tree map[string]any, wanted *Object) map[string]any {
	sent := k.Pack(wanted.WithoutSecrets())
	for _, p := range k.NotReturned() {
		if has, _ := jsonptr.At(tree, p).(string); has != "" || slices.Contains(k.WriteOnly, p) {
			tree = jsonptr.Put(tree, p, jsonptr.At(sent, p))
		}
	}
	return tree
}

// recreated returns an object that the run deleted in the form in which it can be created again: without the values that the
// gateway generates. It returns nil if the object cannot be created again.
func (b *undoState) recreated(was *Held) *kind.Declared {
	k, address, v := kind.Of(was.Kind), was.Address(), was.WithoutSecrets()
	for _, p := range k.Secrets(v) {
		if !slices.Contains(k.Generated, p) && (was.HasSecret(p) || k.Requires(v, p)) {
			b.addLoss(address, "", "its secret "+p+" is not saved, so it cannot be created again")
			return nil
		}
	}
	tree := k.Pack(v)
	for _, p := range k.Generated {
		if text, _ := jsonptr.At(tree, p).(string); text != "" || was.HasSecret(p) {
			b.addLoss(address, p, lossGenerated)
			tree = jsonptr.Put(tree, p, nil)
		}
	}
	b.noteUnreported(was)
	d := anchor(was.Kind, was.Key)
	d.Value = b.unpack(k, address, tree)
	return &d
}

// noteUnreported notes the values that an object gets by default if it is created again, since the gateway never returned the
// old ones.
func (b *undoState) noteUnreported(was *Held) {
	k := kind.Of(was.Kind)
	for _, p := range k.MaybeUnreported {
		if jsonptr.At(k.Pack(was.WithoutSecrets()), p) == nil {
			b.addLoss(was.Address(), p, lossUnreported)
		}
	}
}

// restore restores an object that was updated or replaced. Since an update sends whole objects, it needs their secrets: from the
// gateway if it shows them, else from where the files had them. Values that were added since then stay.
func (b *undoState) restore(o object, ch *document.Change, was *Held, wanted *Object, now *kind.Object, added []string) {
	k := kind.Of(o.kind)
	v, err := k.Overlay(k.Explicit(was.WithoutSecrets()), now.Value, added)
	if err != nil {
		b.failed = append(b.failed, fmt.Errorf("%s: %w", ch.Address, err))
		return
	}
	is, tree := k.Pack(now.Value), withWriteOnly(k, k.Pack(v), wanted)
	if sentWriteOnly(ch) != "" {
		b.noteUnrestored(ch, was, wanted)
		b.keepSuccessor(o, wanted, now)
		return
	}
	if p := missingSecret(k, v, was, wanted); p != "" && ch.Action == diff.Replace {
		b.addLoss(was.Address(), "", lostReplaced(p)+underName(was, wanted))
		b.keepSuccessor(o, wanted, now)
		return
	}
	for _, holder := range orphanedSecrets(ch, was, wanted) {
		tree = jsonptr.Put(tree, holder, jsonptr.At(is, holder))
	}
	d := anchor(o.kind, was.Key)
	if now.Key == wanted.Key && now.Key != was.Key {
		d.MovedFrom = now.Key
	}
	for _, p := range secretsOf(was, v) {
		if slices.Contains(k.Generated, p) || !hadSecret(was, v, p) || !jsonptr.HasRoom(tree, p) {
			continue // the secret stays as it is, or is removed again
		}
		text, _ := jsonptr.At(is, p).(string)
		if !kind.InClear(text) || ch.Action == diff.Replace {
			if text, err = b.Secret(wanted, p, b.reveal); err != nil {
				b.secretFailed(o, err)
				return
			}
		}
		if text != "" {
			tree = jsonptr.Put(tree, p, text)
			d.Secrets = append(d.Secrets, wanted.Origins(p)...)
		}
	}
	for _, p := range k.Generated {
		if jsonptr.At(tree, p) == jsonptr.At(is, p) {
			tree = jsonptr.Put(tree, p, nil) // the run did not change what the gateway made
		}
	}
	b.noteUnrestored(ch, was, wanted)
	d.Value = b.unpack(k, ch.Address, tree)
	b.addWanted(o, d)
}

// keepSuccessor leaves the successor of an object as it is, and gives it the final name if the run did not get that far.
func (b *undoState) keepSuccessor(o object, wanted *Object, now *kind.Object) {
	b.skipInside[o] = true
	if now.Key == wanted.Key {
		return
	}
	k := kind.Of(o.kind)
	v := k.Named(now.Value, wanted.Key)
	tree := withWriteOnly(k, k.Pack(v), wanted)
	d := anchor(o.kind, wanted.Key) // the name by which its successor is found
	for _, p := range k.Secrets(v) {
		text, err := b.Secret(wanted, p, b.reveal)
		if err != nil {
			b.secretFailed(o, err)
			return
		}
		if text != "" {
			tree = jsonptr.Put(tree, p, text)
			d.Secrets = append(d.Secrets, wanted.Origins(p)...)
		}
	}
	d.Value = b.unpack(k, wanted.Address(), tree)
	b.addWanted(o, d)
}

// secretFailed handles the error for a secret of an object that cannot be used: if the secret has changed, the object
// stays as it is; if it is missing, the undo fails.
func (b *undoState) secretFailed(o object, err error) {
	b.skipInside[o] = true
	if changed, ok := errors.AsType[*ChangedSecret](err); ok {
		b.addStale(changed.Address, changed.Path+" is not the secret that the run was made with")
		return
	}
	b.failed = append(b.failed, err)
}

// dropLostReferences removes references to objects that the run removed and that cannot be created again.
func (b *undoState) dropLostReferences() {
	objects := b.result.Extract.Desired.Objects
	back := map[string]bool{}
	for i := range objects {
		back[objects[i].Address()] = true
	}
	for i := range objects {
		d := &objects[i]
		k := kind.Of(d.Kind)
		if d.Value == nil || b.result.Extract.Anchors[d.Address()] {
			continue
		}
		for _, ref := range k.Refs(d.Value) {
			if back[ref.Address()] || b.objects[ref.Address()] != nil || !b.removed(b.objectNamed(ref.Kind, ref.Key)) {
				continue
			}
			b.addLoss(d.Address(), ref.Path, lostRef(ref))
			d.Value = b.unpack(k, d.Address(), jsonptr.Put(k.Pack(d.Value), ref.Path, nil))
		}
	}
}

func lostRef(ref kind.Ref) string { return ref.Address() + " cannot be created again" }
