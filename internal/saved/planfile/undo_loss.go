package planfile

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Anew returns the losses of objects that an undo creates again: these get new ids.
func Anew(p *diff.Plan) (out []diff.Loss) {
	for i := range p.Changes {
		switch ch := &p.Changes[i]; {
		case ch.Action == diff.Replace:
			out = append(out, diff.Loss{Address: ch.Address, Path: "/id", Reason: backID})
		case ch.Action == diff.Create && kind.Of(ch.Kind).Owner == "":
			out = append(out, diff.Loss{Address: ch.Address, Path: "/id", Reason: anewID})
		}
	}
	return out
}

// Losses returns what an undo of the run, as far as the run got, cannot bring back.
func (r *Record) Losses() []diff.Loss {
	b := &back{story: newStory(r), way: &Way{}, closed: map[object]bool{}}
	for _, o := range b.changed() {
		if b.reached[b.change[o].Address] {
			b.losses(o, b.change[o])
		}
	}
	lost := map[string]bool{}
	for _, l := range b.way.Losses {
		lost[l.Address] = lost[l.Address] || l.Path == ""
	}
	for _, c := range b.affected {
		for end, was := range b.inner[c] {
			if b.part(c, end) == nil && !b.removed(c.owner) || !b.taken(c, end, was) {
				continue
			}
			if len(was.Secrets) > 0 {
				b.lose(was.Address(), "", lostPart)
				continue
			}
			for _, ref := range kind.Of(was.Kind).Refs(was.Bare()) {
				if lost[ref.Address()] {
					b.lose(was.Address(), ref.Path, lostRef(ref))
				}
			}
		}
	}
	return sortedLosses(b.way.Losses)
}

func (b *back) losses(o object, ch *document.Change) {
	was, wanted := b.held[o.kind+"/"+o.key], b.wanted[ch.Address]
	switch ch.Action {
	case diff.Update:
		b.unrestored(ch, was, wanted)
	case diff.Delete:
		if b.anew(was) != nil {
			b.lose(was.Address(), "/id", anewID)
		}
	case diff.Replace:
		if uploaded(ch) != "" {
			b.unrestored(ch, was, wanted)
			return
		}
		if p := stays(kind.Of(o.kind), was.Bare(), was, wanted); p != "" {
			b.lose(was.Address(), "", lostReplaced(p)+underName(was, wanted))
			return
		}
		b.unrestored(ch, was, wanted)
		b.lose(was.Address(), "/id", backID)
	}
}

const (
	remains      = "no request removes it, so it stays: apply another value, or change it in the gateway's console"
	setToDefault = "it was never set, and no request can unset it; it is set to the default, which gateways use for an unset value"

	lostPart = "its value is a secret, which is not saved"
	newMade  = "the gateway makes a new one"
	anewID   = "it is created again, with another id"
	backID   = "it is replaced back, with another id"
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

// stays returns the secret without which a replaced object cannot be created again, so that it stays as the run left
// it; "" if there is none.
func stays(k *kind.Kind, v any, was *Held, wanted *Object) string {
	for _, p := range k.Secrets(v) {
		if !slices.Contains(k.Generated, p) && len(wanted.Origins(p)) == 0 && (was.Has(p) || k.Requires(v, p)) {
			return p
		}
	}
	return ""
}
