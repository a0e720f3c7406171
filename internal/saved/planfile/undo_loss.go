package planfile

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// NewIDs returns the losses of objects that an undo creates again: these get new ids.
func NewIDs(p *diff.Plan) (out []diff.Loss) {
	for i := range p.Changes {
		switch ch := &p.Changes[i]; {
		case ch.Action == diff.Replace:
			out = append(out, diff.Loss{Address: ch.Address, Path: "/id", Reason: lossReplacedID})
		case ch.Action == diff.Create && kind.Of(ch.Kind).Owner == "":
			out = append(out, diff.Loss{Address: ch.Address, Path: "/id", Reason: lossNewID})
		}
	}
	return out
}

// Losses returns what an undo of the run, as far as the run got, cannot bring back.
func (r *Record) Losses() []diff.Loss {
	b := &undoState{recordIndex: newIndex(r), result: &Undo{}, skipInside: map[object]bool{}}
	for _, o := range b.changedObjects() {
		if b.requested[b.changeOf[o].Address] {
			b.losses(o, b.changeOf[o])
		}
	}
	lost := map[string]bool{}
	for _, l := range b.result.Losses {
		lost[l.Address] = lost[l.Address] || l.Path == ""
	}
	for _, c := range b.affected {
		for end, was := range b.formerParts[c] {
			if b.partChange(c, end) == nil && !b.removed(c.owner) || !b.wasRemoved(c, end, was) {
				continue
			}
			if len(was.Secrets) > 0 {
				b.addLoss(was.Address(), "", lossPart)
				continue
			}
			b.noteUnreported(was)
			for _, ref := range kind.Of(was.Kind).Refs(was.WithoutSecrets()) {
				if lost[ref.Address()] {
					b.addLoss(was.Address(), ref.Path, lostRef(ref))
				}
			}
		}
	}
	return sortedLosses(b.result.Losses)
}

func (b *undoState) losses(o object, ch *document.Change) {
	was, wanted := b.held[o.kind+"/"+o.key], b.wanted[ch.Address]
	switch ch.Action {
	case diff.Update:
		b.noteUnrestored(ch, was, wanted)
	case diff.Delete:
		if b.recreated(was) != nil {
			b.addLoss(was.Address(), "/id", lossNewID)
		}
	case diff.Replace:
		if sentWriteOnly(ch) != "" {
			b.noteUnrestored(ch, was, wanted)
			return
		}
		if p := missingSecret(kind.Of(o.kind), was.WithoutSecrets(), was, wanted); p != "" {
			b.addLoss(was.Address(), "", lostReplaced(p)+underName(was, wanted))
			return
		}
		b.noteUnrestored(ch, was, wanted)
		b.addLoss(was.Address(), "/id", lossReplacedID)
	}
}

const (
	lossRemains = "no request removes it, so it stays: apply another value, or change it in the gateway's console"
	lossDefault = "it was never set, and no request can unset it; it is set to the default, which gateways use for an unset value"

	lossUnreported = "the gateway did not return it, so its old value is not known and it gets the default"

	lossPart       = "its value is a secret, which is not saved"
	lossGenerated  = "the gateway makes a new one"
	lossNewID      = "it is created again, with another id"
	lossReplacedID = "it is replaced back, with another id"
)

func lostReplaced(secret string) string {
	return "its secret " + secret + " is not saved, so the object that replaced it stays, with its bindings"
}

// underName says in words which name an object keeps that stays as the run left it; "" if the run did not rename it.
func underName(was *Held, wanted *Object) string {
	if was.Key == wanted.Key {
		return ""
	}
	return ", as " + wanted.Key
}

// missingSecret returns the secret without which a replaced object cannot be created again, so that it stays as the run left
// it; "" if there is none.
func missingSecret(k *kind.Kind, v any, was *Held, wanted *Object) string {
	for _, p := range k.Secrets(v) {
		if !slices.Contains(k.Generated, p) && len(wanted.Origins(p)) == 0 && (was.HasSecret(p) || k.Requires(v, p)) {
			return p
		}
	}
	return ""
}
