package reconcile

import (
	"context"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Orphan lives inside an object and goes along with what a plan deletes, without being part of the plan: a
// special limit for an app, in a throttle of which the files do not list the special limits.
type Orphan struct{ Owner, Part kind.Object }

// orphans reads what goes along with what the plan deletes.
func orphans(ctx context.Context, reader *fetch.Reader, c *Comparison) (out []Orphan, err error) {
	gone, kinds := map[string]bool{}, map[string]bool{}
	for i := range c.Plan.Changes {
		if ch := &c.Plan.Changes[i]; ch.Action == diff.Delete {
			gone[ch.Address], kinds[ch.Kind] = true, true
		}
	}
	told := map[string]bool{}
	for i := range c.Actual.Objects {
		o := &c.Actual.Objects[i]
		told[o.Kind+" "+o.ID] = true
	}
	for _, k := range kind.All {
		if k.Owner == "" || !kinds[k.Refers] {
			continue
		}
		owners, err := reader.Objects(ctx, []fetch.Want{{Kind: kind.Of(k.Owner), All: true}})
		if err != nil {
			return nil, err
		}
		for _, owner := range owners {
			if !owner.Parts || gone[owner.Address()] {
				continue
			}
			parts, err := reader.Named(ctx, k, owner.ID, owner.Key, "")
			if err != nil {
				return nil, err
			}
			for _, p := range parts {
				if !told[p.Kind+" "+p.ID] && slices.ContainsFunc(k.Refs(p.Value), func(ref kind.Ref) bool { return gone[ref.Kind+"/"+ref.Key] }) {
					out = append(out, Orphan{owner, p})
				}
			}
		}
	}
	return out, nil
}

// orphaned wants back what went along with a deleted object.
func (u *undo) orphaned(ctx context.Context, reader *fetch.Reader, c *Comparison) error {
	for _, o := range c.Orphans {
		k, owner := kind.Of(o.Part.Kind), u.before(o.Owner.Kind, o.Owner.Key)
		if !u.full[k.Name+" "+owner] {
			left, err := reader.Named(ctx, k, o.Owner.ID, owner, "")
			if err != nil {
				return err
			}
			u.collection(k.Owner, owner, k.Name)
			u.inside(left)
		}
		if _, stayed := u.at[o.Part.Address()]; !stayed {
			u.inside([]kind.Object{o.Part})
		}
	}
	return nil
}
