package diff

import (
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Between plans how to get from what the gateway holds to what the files declare.
func Between(have kind.Actual, want kind.Desired, policy Policy) *Plan {
	return Begin(have, want, policy).Plan(have.Beside)
}

// Draft is a plan in the making: what changes is known, and not yet what it takes along.
type Draft struct{ c *comparison }

// Begin compares what the gateway holds with what the files declare.
func Begin(have kind.Actual, want kind.Desired, policy Policy) *Draft {
	c := newComparison(have, want, policy)
	for _, k := range kind.All {
		if k.Owner == "" {
			c.objects(k)
		}
	}
	for _, k := range kind.All {
		if k.Owner != "" {
			c.parts(k)
		}
	}
	for _, k := range kind.Links {
		c.links(k)
	}
	return &Draft{c}
}

// Gone are the addresses of the objects that go.
func (d *Draft) Gone() map[string]bool {
	out := map[string]bool{}
	for i := range d.c.plan.Changes {
		if ch := &d.c.plan.Changes[i]; ch.Action == Delete {
			out[ch.Address] = true
		}
	}
	return out
}

// Reads are the collections that the comparison knows.
func (d *Draft) Reads() []Read { return d.c.reads() }

// Plan completes the plan with what was found beside it.
func (d *Draft) Plan(beside kind.Beside) *Plan {
	c := d.c
	c.have.Beside = beside
	c.plan.Beside.Parts, c.plan.Beside.Owners = beside.Parts, c.ownersOf(beside.Parts)
	for _, k := range kind.Links {
		c.displace(k)
	}
	c.references()
	c.concealed()
	sortChanges(c.plan.Changes)
	sort.Slice(c.plan.Extra, func(i, j int) bool { return c.plan.Extra[i].Address < c.plan.Extra[j].Address })
	c.along()
	c.guard()
	c.plan.Steps = steps(c)
	for i := range c.plan.Changes {
		if s := c.plan.Changes[i].Source; s != nil && s.File == "" {
			c.plan.Changes[i].Source = nil // no file declares it
		}
	}
	return c.plan
}

// ownersOf finds the owners of what was found beside a plan.
func (c *comparison) ownersOf(parts []kind.Object) (out []kind.Object) {
	needed := map[string]bool{}
	for i := range parts {
		needed[kind.Of(parts[i].Kind).Owner+"/"+parts[i].Owner] = true
	}
	for _, o := range c.have.Beside.Owners {
		if needed[o.Address()] {
			out = append(out, o)
		}
	}
	return out
}

// along notes for each object that goes what goes with it, be it by itself or by changes of their own.
func (c *comparison) along() {
	gone := (&Draft{c}).Gone()
	if len(gone) == 0 {
		return
	}
	with := map[string][]string{}
	note := func(of, address string) {
		if gone[of] {
			with[of] = append(with[of], address)
		}
	}
	for _, o := range slices.Concat(c.have.Objects, c.have.Beside.Parts) {
		k := kind.Of(o.Kind)
		if k.Owner == "" {
			continue
		}
		note(k.Owner+"/"+o.Owner, o.Address())
		for _, ref := range k.Refs(o.Value) {
			note(ref.Kind+"/"+ref.Key, o.Address())
		}
	}
	for i := range c.have.Links {
		l := &c.have.Links[i]
		note(kind.LinkOf(l.Kind).Owner+"/"+l.Owner, l.Address())
	}
	for i := range c.plan.Changes {
		if ch := &c.plan.Changes[i]; ch.Action == Delete {
			slices.Sort(with[ch.Address])
			ch.Along = slices.Compact(with[ch.Address])
		}
	}
}
