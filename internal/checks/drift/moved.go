package drift

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Moved returns which side changed since the baseline, for each change and extra of a plan. Differences that existed
// before and have changed on neither side are missing.
func (b *Baseline) Moved(c *compared.Result) map[string]Side {
	out := map[string]Side{}
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		if m := b.changedSide(ch); m != "" {
			out[ch.Address] = m
		}
	}
	extra := map[string]bool{}
	for _, e := range c.Plan.Extra {
		extra[e.Address] = true
	}
	for i := range c.Actual.Objects {
		o := &c.Actual.Objects[i]
		if !extra[o.Address()] {
			continue
		}
		if m := sideOf(b.undeclared(o.Address(), o.Kind, o.Key, o)); m != "" {
			out[o.Address()] = m
		}
	}
	return out
}

func sideOf(gateway, files bool) Side {
	switch {
	case gateway && files:
		return Both
	case gateway:
		return Gateway
	case files:
		return Files
	}
	return ""
}

// changedSide decides which side of a change has changed, from what each side had then and has now.
func (b *Baseline) changedSide(ch *diff.Change) Side {
	was := b.Entries[ch.Address]
	switch {
	case ch.Action == diff.Unbind, ch.Action == diff.Delete:
		return sideOf(b.undeclared(ch.Address, ch.Kind, ch.Name, ch.Have))
	case ch.Action == diff.Bind, ch.Have == nil:
		return sideOf(was.gateway() != nil, was.files() == nil)
	}
	before := was.gateway()
	if ch.Have.Address() != ch.Address {
		before = b.Entries[ch.Have.Address()].gateway()
	}
	have := b.digests(ch.Have)
	want := b.digests(&ch.Want.Object)
	gateway := before == nil && was.files() != nil
	files := was.files() == nil
	for _, f := range ch.Fields {
		gateway = gateway || before != nil && leafChanged(before, have, f.Path)
		files = files || leafChanged(was.files(), want, f.Path)
	}
	return sideOf(gateway, files)
}

// undeclared decides which side changed for an object (o; nil for a link) that the gateway has and the files do not
// declare. If the files did not manage it at the time of the baseline, they do now, so the files have changed.
func (b *Baseline) undeclared(address, kindName, name string, o *kind.Object) (gateway, files bool) {
	was := b.Entries[address]
	if was.gateway() != nil || was.files() != nil {
		changed := o != nil && !maps.Equal(was.gateway(), b.digests(o))
		return was.gateway() == nil || changed, was.files() != nil
	}
	owner, part := "", false
	if k := kind.Of(kindName); k != nil {
		owner, part = k.Owner, k.Owner != ""
	} else if l := kind.LinkOf(kindName); l != nil {
		owner, part = l.Owner, true
	}
	covered := slices.ContainsFunc(b.Owns[kindName], func(glob string) bool { return kind.Glob(glob, name) })
	if part {
		covered = slices.Contains(b.Entries[owner+"/"+name].Manages, kindName)
	}
	return covered, !covered
}

// leafChanged reports whether the leaf at a path, or the list that contains it, has changed.
func leafChanged(was, is map[string]string, path string) bool {
	for {
		before, had := was[path]
		now, has := is[path]
		if had || has {
			return before != now
		}
		up := strings.LastIndexByte(path, '/')
		if up < 0 {
			return false
		}
		path = path[:up]
	}
}
