package planfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Difference is something that has changed since a plan was made.
type Difference struct {
	Address string
	Field   *diff.Field // Before as it was, After as it is; nil if it is about the whole object
	Text    string      // what is different, if it is about the whole object
}

// String returns the difference in words, without its address.
func (d Difference) String() string {
	switch f := d.Field; {
	case f == nil:
		return d.Text
	case f.Sensitive:
		return f.Path + " has changed (sensitive)"
	case f.IsSet():
		return f.Path + " has changed: " + strings.Join((*document.Field)(f).Differences(diff.Update), ", ")
	default:
		return fmt.Sprintf("%s was %s and is %s", f.Path, shown(f.Before), shown(f.After))
	}
}

func shown(v any) string {
	if v == nil {
		return "nothing"
	}
	raw, err := marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// Stale compares the state of the gateway with the fingerprints of the plan. Have is the part of the state that the plan's
// extract calls relevant. Objects that only have to exist are not compared.
func (f *File) Stale(e *diff.Extract, have kind.Actual) (out []Difference) {
	was := map[string]*Held{}
	for i := range f.Saved.Held {
		was[f.Saved.Held[i].Address()] = &f.Saved.Held[i]
	}
	for _, o := range e.Fingerprinted(have) {
		h := was[o.Address()]
		delete(was, o.Address())
		if h == nil && !e.Affects(&o) {
			continue
		}
		out = append(out, f.compare(h, &o)...)
	}
	for address := range was {
		out = append(out, Difference{Address: address, Text: "is gone"})
	}
	out = append(out, f.bindings(slices.Concat(have.Links, have.Neighbours.Links))...)
	slices.SortStableFunc(out, func(a, b Difference) int { return strings.Compare(a.Address, b.Address) })
	return out
}

// compare compares one object with its fingerprint, nil if there was none.
func (f *File) compare(was *Held, now *kind.Object) (out []Difference) {
	switch {
	case was == nil:
		return []Difference{{Address: now.Address(), Text: "exists now"}}
	case was.ID != now.ID:
		return []Difference{{Address: now.Address(), Text: "is another one now: its id was " + was.ID + " and is " + now.ID}}
	case was.Anchor:
		return nil
	}
	k, key := kind.Of(now.Kind), f.digestKey()
	after := k.WithSecrets(now.Value, func(path, text string) string { return key.digest(now.Address(), path, text) })
	for _, field := range diff.Leaves(k, was.withDigests(), after) {
		out = append(out, Difference{Address: now.Address(), Field: &field})
	}
	return out
}

// DiffFormer lists the leaves in which an object differs from its former state. Hidden leaves count as unchanged, and new leaves
// that the vendor's reference does not describe are left out.
func (f *File) DiffFormer(was *Held, now *kind.Object) []diff.Field {
	return f.diffFrom(was.Address(), was.withDigests(), now)
}

// DiffFormerExplicit is like DiffFormer, but also lists new leaves that the reference does not describe.
func (f *File) DiffFormerExplicit(was *Held, now *kind.Object) []diff.Field {
	return f.diffFrom(was.Address(), kind.Of(was.Kind).Explicit(was.withDigests()), now)
}

// DiffWanted lists the leaves in which an object differs from the wanted state, apart from its name. Hidden leaves count as
// equal.
func (f *File) DiffWanted(wanted *Object, now *kind.Object) []diff.Field {
	k, v := kind.Of(wanted.Kind), wanted.withDigests()
	if k.Owner == "" && len(k.Immutable) > 0 {
		v = k.Named(v, now.Key)
	}
	return f.diffFrom(wanted.Address(), v, now)
}

// diffFrom lists the leaves in which an object differs from a value whose secrets are digests for an address.
func (f *File) diffFrom(address string, was any, now *kind.Object) []diff.Field {
	k, key := kind.Of(now.Kind), f.digestKey()
	before := k.Pack(was)
	is := k.WithSecrets(now.Value, func(path, text string) string {
		if kind.InClear(text) {
			return key.digest(address, path, text)
		}
		digest, _ := jsonptr.At(before, path).(string)
		return digest
	})
	return diff.Leaves(k, k.ForComparison(was, is), was)
}

func (f *File) bindings(have []kind.Link) (out []Difference) {
	was := map[string]bool{}
	for i := range f.Saved.Bound {
		was[f.Saved.Bound[i].Address()] = true
	}
	is := map[string]bool{}
	for i := range have {
		address := have[i].Address()
		is[address] = true
		if !was[address] {
			out = append(out, Difference{Address: address, Text: "is bound now"})
		}
	}
	for i := range f.Saved.Bound {
		if address := f.Saved.Bound[i].Address(); !is[address] {
			out = append(out, Difference{Address: address, Text: "is no longer bound"})
		}
	}
	return out
}
