package drift

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// affected are the APIs that changes are about.
type affected struct {
	byOwner  map[string][]*kind.API // bound to an object now or then, by address
	byChange map[string][]*kind.API // by address of the change
}

// all lists the APIs by address, and the names of their groups, sorted.
func (t *affected) all() (apis map[string]*kind.API, groups []string) {
	apis = map[string]*kind.API{}
	for _, list := range t.byChange {
		for _, a := range list {
			if have := apis[a.Address()]; have == nil || have.GroupID == "" {
				apis[a.Address()] = a
			}
			groups = append(groups, a.Group)
		}
	}
	slices.Sort(groups)
	return apis, slices.Compact(groups)
}

// findAffected finds the APIs that each change affects: the API of a binding, and all APIs that an object is bound to.
// The comparison does not read bindings that the files do not manage, so they are read here.
func findAffected(ctx context.Context, reader *fetch.Reader, c *compared.Result) (*affected, []diff.Note) {
	t := &affected{byOwner: map[string][]*kind.API{}, byChange: map[string][]*kind.API{}}
	for i := range c.Actual.Links {
		t.add(&c.Actual.Links[i])
	}
	for i := range c.Desired.Links {
		t.add(&c.Desired.Links[i].Link)
	}
	warnings := t.readBindings(ctx, reader, unreadOwners(c))
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		if ch.Link != nil && ch.Link.To.API != nil {
			t.byChange[ch.Address] = []*kind.API{ch.Link.To.API}
		}
		if ch.Link != nil {
			continue
		}
		list := slices.Clone(t.byOwner[ownerOf(ch)])
		if ch.Have != nil && ch.Have.Address() != ch.Address {
			list = append(list, t.byOwner[ch.Have.Address()]...) // bindings under its former name
		}
		t.byChange[ch.Address] = uniqueAPIs(list)
	}
	return t, warnings
}

func (t *affected) add(l *kind.Link) {
	if l.To.API == nil {
		return
	}
	owner := l.OwnerAddress()
	t.byOwner[owner] = append(t.byOwner[owner], l.To.API)
}

// ownerOf is the address of the object whose bindings carry the change to APIs.
func ownerOf(ch *diff.Change) string {
	if k := kind.Of(ch.Kind); k.Owner != "" {
		return k.Owner + "/" + ch.Name
	}
	return ch.Address
}

// uniqueAPIs sorts APIs, and leaves out those that were there already.
func uniqueAPIs(apis []*kind.API) []*kind.API {
	out := slices.Clone(apis)
	slices.SortStableFunc(out, func(a, b *kind.API) int { return strings.Compare(a.Address(), b.Address()) })
	return slices.CompactFunc(out, func(a, b *kind.API) bool { return a.Address() == b.Address() })
}

// unreadOwners are the changed objects, by address, whose bindings the comparison did not need to read.
func unreadOwners(c *compared.Result) (out []kind.Object) {
	managed := map[string]bool{}
	for i := range c.Desired.Objects {
		d := &c.Desired.Objects[i]
		link := kind.LinkFrom(d.Kind)
		managed[d.Address()] = link != nil && d.ManagesKind(link.Name)
	}
	held := map[string]*kind.Object{}
	for i := range c.Actual.Objects {
		held[c.Actual.Objects[i].Address()] = &c.Actual.Objects[i]
	}
	done := map[string]bool{}
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		if ch.Link != nil || managed[ownerOf(ch)] {
			continue
		}
		o := held[ownerOf(ch)]
		if k := kind.Of(ch.Kind); o == nil && k.Owner == "" {
			o = ch.Have
		}
		if o == nil || o.Bound == 0 || done[o.Address()] || kind.LinkFrom(o.Kind) == nil {
			continue
		}
		done[o.Address()] = true
		out = append(out, *o)
	}
	return out
}

// readBindings reads the bindings of objects.
func (t *affected) readBindings(ctx context.Context, reader *fetch.Reader, owners []kind.Object) (warnings []diff.Note) {
	left := owners[min(len(owners), maxRequests):]
	owners = owners[:len(owners)-len(left)]
	found, errs := make([][]kind.Link, len(owners)), make([]error, len(owners))
	var wg sync.WaitGroup
	for i := range owners {
		wg.Go(func() { found[i], errs[i] = reader.LinksOf(ctx, kind.LinkFrom(owners[i].Kind), owners[i]) })
	}
	wg.Wait()
	for i := range owners {
		if errs[i] != nil {
			warnings = append(warnings, diff.Note{Address: owners[i].Address(), Message: "the APIs that it affects could not be read: " + errs[i].Error()})
		}
		for j := range found[i] {
			t.add(&found[i][j])
		}
	}
	if len(left) > 0 {
		warnings = append(warnings, diff.Note{Message: fmt.Sprintf("which APIs %d more changes affect was not looked up", len(left))})
	}
	return warnings
}
