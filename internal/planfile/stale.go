package planfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Difference is something that is not as it was when a plan was made.
type Difference struct {
	Address string
	Field   *diff.Field // Before as it was, After as it is; nil when it is about the whole
	Text    string      // what is different, when it is about the whole
}

// String tells the difference without its address.
func (d Difference) String() string {
	switch f := d.Field; {
	case f == nil:
		return d.Text
	case f.Sensitive:
		return f.Path + " has changed (sensitive)"
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

// Stale compares what the gateway holds with the fingerprints of the plan. Have is what the plan's extract
// calls relevant. What only must exist is not looked at.
func (f *File) Stale(e *diff.Extract, have kind.Actual) ([]Difference, error) {
	var out []Difference
	was := map[string]*Held{}
	for i := range f.Saved.Held {
		was[f.Saved.Held[i].address()] = &f.Saved.Held[i]
	}
	for _, o := range slices.Concat(have.Objects, have.Beside.Parts) {
		h := was[o.Address()]
		delete(was, o.Address())
		if h == nil && !e.Touches(&o) {
			continue
		}
		d, err := f.compare(h, &o)
		if err != nil {
			return nil, err
		}
		out = append(out, d...)
	}
	for address := range was {
		out = append(out, Difference{Address: address, Text: "is gone"})
	}
	out = append(out, f.bindings(have.Links)...)
	slices.SortStableFunc(out, func(a, b Difference) int { return strings.Compare(a.Address, b.Address) })
	return out, nil
}

// compare compares one object with its fingerprint, nil when there was none.
func (f *File) compare(was *Held, now *kind.Object) (out []Difference, err error) {
	switch {
	case was == nil:
		return []Difference{{Address: now.Address(), Text: "exists now"}}, nil
	case was.ID != now.ID:
		return []Difference{{Address: now.Address(), Text: "is another one now: its id was " + was.ID + " and is " + now.ID}}, nil
	case was.Anchor:
		return nil, nil
	}
	k := kind.Of(now.Kind)
	before, err := was.sealed()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", now.Address(), err)
	}
	seal := f.seal()
	after, err := k.WithSecrets(now.Value, func(path, text string) string { return seal.digest(now.Address(), path, text) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", now.Address(), err)
	}
	for _, field := range diff.Leaves(k, before, after) {
		out = append(out, Difference{Address: now.Address(), Field: &field})
	}
	return out, nil
}

// sealed is the value with digests in place of its secrets.
func (h *Held) sealed() (any, error) {
	if h.Anchor {
		return nil, nil
	}
	tree, err := treeOf(h.Value)
	if err != nil {
		return nil, err
	}
	for _, s := range h.Secrets {
		tree = kind.Put(tree, s.Path, s.Digest)
	}
	return kind.Of(h.Kind).Unpack(tree)
}

func (f *File) bindings(have []kind.Link) (out []Difference) {
	was := map[string]bool{}
	for i := range f.Saved.Bound {
		was[f.Saved.Bound[i].address()] = true
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
		if address := f.Saved.Bound[i].address(); !is[address] {
			out = append(out, Difference{Address: address, Text: "is no longer bound"})
		}
	}
	return out
}
