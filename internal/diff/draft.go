package diff

import (
	"cmp"
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Between plans how to get from what the gateway holds to what the files declare.
func Between(have kind.Actual, want kind.Desired, options Options) *Plan {
	return Compare(have, want, options).Plan(have.Neighbours)
}

// Draft is a plan in the making. What must be read next depends on what was read before: as long as Reads returns something,
// the caller reads it and hands it to Add. CompareLinks completes the comparison.
type Draft struct{ c *comparison }

// Begin begins to compare the objects that a gateway lists with what the files declare.
func Begin(objects []kind.Object, want kind.Desired, options Options) *Draft {
	return &Draft{newComparison(kind.Actual{Objects: objects}, want, options)}
}

// Compare compares what was already read of a gateway: that must be everything that the comparison needs.
func Compare(have kind.Actual, want kind.Desired, options Options) *Draft {
	d := &Draft{newComparison(have, want, options)}
	for len(d.Reads()) > 0 {
		continue // everything was read before
	}
	d.CompareLinks(want)
	return d
}

// Reads compares as far as possible with what was read, and returns what must be read before the comparison can continue: for
// each level of owners, the parts that files list or that are removed along with their owner, and the links of the owners. It
// returns nothing when all objects are compared.
func (d *Draft) Reads() []Read {
	c := d.c
	for c.level >= 0 {
		from, deeper := len(c.lists), false
		for _, k := range kind.All {
			deeper = deeper || k.Depth() > c.level
			if k.Depth() == c.level {
				c.objects(k)
				c.lists = append(c.lists, c.reads(k)...)
			}
		}
		if c.level == 0 {
			c.have = c.withNewNames(c.have)
		}
		if c.level++; !deeper {
			c.level = -1
		}
		if reads := c.lists[from:]; len(reads) > 0 {
			return reads
		}
	}
	return nil
}

// CompareLinks compares the links with those that the files ask for. It is called when Reads returns nothing more. want is the
// state that the draft began with plus the links, whose references may have been resolved only since then.
func (d *Draft) CompareLinks(want kind.Desired) {
	d.c.want = want
	d.c.resolveTargets()
	d.c.addSpared()
	for _, k := range kind.Links {
		d.c.links(k)
	}
}

// Add adds what was read.
func (d *Draft) Add(more kind.Actual) {
	c := d.c
	more = c.withNewNames(more)
	from := len(c.have.Objects)
	c.have.Objects = append(slices.Clip(c.have.Objects), more.Objects...)
	c.have.Links = append(c.have.Links, more.Links...)
	c.have.Neighbours.Links = append(c.have.Neighbours.Links, more.Neighbours.Links...)
	for name := range more.Neighbours.Complete {
		if c.have.Neighbours.Complete == nil {
			c.have.Neighbours.Complete = map[string]bool{}
		}
		c.have.Neighbours.Complete[name] = true
	}
	c.index(from)
}

// Renames reports whether the plan renames anything. Call it after Reads.
func (d *Draft) Renames() bool { return len(d.c.renamed) > 0 }

// NewName returns the new name of an object that the plan renames; "" when it keeps its name. Call it after Reads.
func (d *Draft) NewName(kindName, key string) string { return d.c.newName(kindName, key) }

// Actual returns what was read of the gateway. Parts and links have the new names of what the plan renames.
func (d *Draft) Actual() kind.Actual { return d.c.have }

// Desired returns what the files ask for, with those spared links that the gateway has.
func (d *Draft) Desired() kind.Desired { return d.c.want }

// Lists returns the lists that were read.
func (d *Draft) Lists() []Read { return d.c.lists }

// Deleted returns the addresses of the objects that are deleted.
func (d *Draft) Deleted() map[string]bool { return d.addresses(Delete) }

// Removed returns the addresses of the objects that are deleted or replaced.
func (d *Draft) Removed() map[string]bool { return d.addresses(Delete, Replace) }

func (d *Draft) addresses(of ...Action) map[string]bool {
	out := map[string]bool{}
	for _, ch := range pointers(d.c.plan.Changes) {
		if slices.Contains(of, ch.Action) && ch.Have != nil {
			out[ch.Have.Address()] = true
		}
	}
	return out
}

// Plan completes the plan with the neighbours that were found.
func (d *Draft) Plan(neighbours kind.Neighbours) *Plan {
	c := d.c
	c.have.Neighbours = neighbours
	c.plan.Neighbours.Parts, c.plan.Neighbours.Owners = neighbours.Parts, c.ownersOf(neighbours.Parts)
	for _, k := range kind.Links {
		c.displace(k)
	}
	c.references()
	c.ambiguous()
	c.updateReferrers()
	c.checkReferrers()
	c.warnUncompared()
	sortChanges(c.plan.Changes)
	c.countBound()
	sort.Slice(c.plan.Extra, func(i, j int) bool { return c.plan.Extra[i].Address < c.plan.Extra[j].Address })
	c.noteAlsoRemoved()
	c.guard()
	c.plan.Steps = steps(c)
	for i := range c.plan.Changes {
		if s := c.plan.Changes[i].Source; s != nil && s.File == "" {
			c.plan.Changes[i].Source = nil // no file declares the object
		}
	}
	return c.plan
}

// ownersOf returns the owners of the neighbours of a plan.
func (c *comparison) ownersOf(parts []kind.Object) (out []kind.Object) {
	needed := map[string]bool{}
	for i := range parts {
		needed[kind.Of(parts[i].Kind).Owner+"/"+parts[i].Owner] = true
	}
	for _, o := range c.have.Neighbours.Owners {
		if needed[o.Address()] {
			out = append(out, o)
		}
	}
	return out
}

// noteAlsoRemoved notes for each deleted object what is removed along with it, with or without a change of its own.
func (c *comparison) noteAlsoRemoved() {
	gone := (&Draft{c}).Deleted()
	if len(gone) == 0 {
		return
	}
	with := map[string][]string{}
	of := map[string]string{} // address of a removed part to the outermost object that is deleted
	note := func(goes, address string) {
		if gone[goes] {
			top := cmp.Or(of[goes], goes)
			with[top] = append(with[top], address)
		}
	}
	for _, o := range slices.Concat(c.have.Objects, c.have.Neighbours.Parts) {
		if o.Owner == "" {
			continue
		}
		note(o.OwnerAddress(), c.addressOf(&o))
		if inside := o.OwnerAddress(); gone[inside] { // and its parts are removed with it
			gone[o.Address()] = true
			of[o.Address()] = cmp.Or(of[inside], inside)
		}
		for _, ref := range kind.Of(o.Kind).Refs(o.Value) {
			if !kind.Of(o.Kind).IsSeparate(ref.Path) { // otherwise it stays, without the reference
				note(ref.Address(), c.addressOf(&o))
			}
		}
	}
	for _, l := range pointers(c.have.Links) {
		note(l.OwnerAddress(), c.addressOfLink(l))
		note(l.To.Address(), c.addressOfLink(l))
	}
	for _, l := range pointers(c.have.Neighbours.Links) {
		if gone[l.To.Address()] {
			note(l.To.Address(), c.addressOfLink(l))
			c.noteNeighbour(l)
		}
	}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Action == Delete {
			slices.Sort(with[ch.Address])
			ch.AlsoRemoved = slices.Compact(with[ch.Address])
		}
	}
}
