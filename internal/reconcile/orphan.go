package reconcile

import (
	"context"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// orphans reads parts that the gateway removes together with a deleted object although they belong to another object.
// The comparison did not read them if the files do not manage the parts of that other object. An example is the special
// limit for a deleted app in a throttle of another team. Kinds whose reference to the object is set by a request of its
// own, such as the certificate of a domain, are different: the gateway refuses the delete as long as the reference
// exists. This includes the delete of the old object of a replace.
func orphans(ctx context.Context, reader *fetch.Reader, draft *diff.Draft, l fetch.Lists) (out kind.Neighbours, err error) {
	known := map[string]bool{}
	for _, r := range draft.Lists() {
		if r.Part != nil {
			known[r.Part.Name+" "+r.Object.ID] = true
		}
	}
	for _, k := range kind.All {
		gone := draft.Deleted()
		if len(k.SeparateWrites) > 0 {
			gone = draft.Removed()
		}
		if k.Owner == "" || !hasKind(gone, k.RefersTo) {
			continue
		}
		owners, err := allObjects(ctx, reader, kind.Of(k.Owner), l)
		if err != nil {
			return out, err
		}
		var reads []diff.Read
		for _, o := range owners {
			if o.MayHaveParts && !known[k.Name+" "+o.ID] {
				reads, out.Owners = append(reads, diff.Read{Object: o, Part: k}), append(out.Owners, o)
			}
		}
		parts, _, err := reader.Inside(ctx, reads, nil)
		if err != nil {
			return out, err
		}
		out.Parts = append(out.Parts, slices.DeleteFunc(parts, func(o kind.Object) bool {
			return !slices.ContainsFunc(k.Refs(o.Value), func(ref kind.Ref) bool { return gone[ref.Address()] })
		})...)
	}
	return out, nil
}

// allObjects returns all objects of a kind. It reads them unless they have already been listed; parts are read through their
// owners.
func allObjects(ctx context.Context, reader *fetch.Reader, k *kind.Kind, l fetch.Lists) ([]kind.Object, error) {
	if l.Whole[k.Name] {
		return slices.DeleteFunc(slices.Clone(l.Objects), func(o kind.Object) bool { return o.Kind != k.Name }), nil
	}
	if k.Owner == "" {
		return reader.Objects(ctx, []fetch.Want{{Kind: k, All: true}})
	}
	owners, err := allObjects(ctx, reader, kind.Of(k.Owner), l)
	if err != nil {
		return nil, err
	}
	var reads []diff.Read
	for _, o := range owners {
		if o.MayHaveParts {
			reads = append(reads, diff.Read{Object: o, Part: k})
		}
	}
	objects, _, err := reader.Inside(ctx, reads, nil)
	return objects, err
}

// hasKind reports whether one of the addresses is of a kind.
func hasKind(addresses map[string]bool, kindName string) bool {
	for a := range addresses {
		if strings.HasPrefix(a, kindName+"/") && kindName != "" {
			return true
		}
	}
	return false
}
