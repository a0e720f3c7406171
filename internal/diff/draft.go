package diff

import (
	"cmp"
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Between plans how to get from what the gateway holds to what the files declare.
func Between(have kind.Actual, want kind.Desired, options Options) *Plan {
	return Compared(have, want, options).Plan(have.Neighbours)
}

// Draft is a plan in the making. What the comparison needs to know of the gateway follows from what it knows already:
// while there are Reads, they are carried out and told by Know. Links ends the comparison.
type Draft struct{ c *comparison }

// Begin begins to compare the objects that a gateway lists with what the files declare.
func Begin(objects []kind.Object, want kind.Desired, options Options) *Draft {
	return &Draft{newComparison(kind.Actual{Objects: objects}, want, options)}
}

// Compared compares with a gateway of which all is known that matters.
func Compared(have kind.Actual, want kind.Desired, options Options) *Draft {
	d := &Draft{newComparison(have, want, options)}
	for len(d.Reads()) > 0 {
		continue // all is known
	}
	d.Links(want)
	return d
}

// Reads compares as far as what is known allows, and tells what must be read before it can go on: of each level of
// owners what lives inside them, as far as files list it or it goes along with them, and what they are bound to. There
// are none when all objects are compared.
func (d *Draft) Reads() []Read {
	c := d.c
	for c.level >= 0 {
		from, deeper := len(c.known), false
		for _, k := range kind.All {
			deeper = deeper || k.Depth() > c.level
			if k.Depth() == c.level {
				c.objects(k)
				c.known = append(c.known, c.reads(k)...)
			}
		}
		if c.level == 0 {
			c.have = c.recalled(c.have)
		}
		if c.level++; !deeper {
			c.level = -1
		}
		if reads := c.known[from:]; len(reads) > 0 {
			return reads
		}
	}
	return nil
}

// Links compares what objects are bound to, once all Reads are known, with what the files ask for: the same as the draft
// began with, and the links, which may have been found out only since then.
func (d *Draft) Links(want kind.Desired) {
	d.c.want = want
	d.c.locate()
	d.c.standing()
	for _, k := range kind.Links {
		d.c.links(k)
	}
}

// Know adds what was read.
func (d *Draft) Know(more kind.Actual) {
	c := d.c
	more = c.recalled(more)
	from := len(c.have.Objects)
	c.have.Objects = append(slices.Clip(c.have.Objects), more.Objects...)
	c.have.Links = append(c.have.Links, more.Links...)
	c.have.Neighbours.Links = append(c.have.Neighbours.Links, more.Neighbours.Links...)
	for name := range more.Neighbours.All {
		if c.have.Neighbours.All == nil {
			c.have.Neighbours.All = map[string]bool{}
		}
		c.have.Neighbours.All[name] = true
	}
	c.index(from)
}

// Renames reports whether the plan renames anything, once Reads were asked for.
func (d *Draft) Renames() bool { return len(d.c.renamed) > 0 }

// Calls is the name that an object is to have by the plan, once Reads were asked for; "" when it keeps its own.
func (d *Draft) Calls(kindName, key string) string { return d.c.newName(kindName, key) }

// Actual is what is known of the gateway. What lives inside objects, and links, call what is renamed by its new name.
func (d *Draft) Actual() kind.Actual { return d.c.have }

// Desired is what the files ask for, with those of the spared links that the gateway has.
func (d *Draft) Desired() kind.Desired { return d.c.want }

// Known are the collections that were read.
func (d *Draft) Known() []Read { return d.c.known }

// Gone are the addresses of the objects that go.
func (d *Draft) Gone() map[string]bool { return d.gone(Delete) }

// Leaving are those of the objects that go and of those that others take the places of.
func (d *Draft) Leaving() map[string]bool { return d.gone(Delete, Replace) }

func (d *Draft) gone(how ...Action) map[string]bool {
	out := map[string]bool{}
	for _, ch := range pointers(d.c.plan.Changes) {
		if slices.Contains(how, ch.Action) && ch.Have != nil {
			out[ch.Have.Address()] = true
		}
	}
	return out
}

// Plan completes the plan with what was found beside it.
func (d *Draft) Plan(neighbours kind.Neighbours) *Plan {
	c := d.c
	c.have.Neighbours = neighbours
	c.plan.Neighbours.Parts, c.plan.Neighbours.Owners = neighbours.Parts, c.ownersOf(neighbours.Parts)
	for _, k := range kind.Links {
		c.displace(k)
	}
	c.references()
	c.ambiguous()
	c.repoint()
	c.heldFast()
	c.concealed()
	sortChanges(c.plan.Changes)
	c.count()
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
	for _, o := range c.have.Neighbours.Owners {
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
	of := map[string]string{} // address of what goes inside another object to the topmost one that goes
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
		if inside := o.OwnerAddress(); gone[inside] { // and takes along what lives inside it
			gone[o.Address()] = true
			of[o.Address()] = cmp.Or(of[inside], inside)
		}
		for _, ref := range kind.Of(o.Kind).Refs(o.Value) {
			if !kind.Of(o.Kind).IsApart(ref.Path) { // else it stays, without what it refers to
				note(ref.Address(), c.addressOf(&o))
			}
		}
	}
	for _, l := range pointers(c.have.Links) {
		note(kind.LinkOf(l.Kind).Owner+"/"+l.Owner, c.addressOfLink(l))
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
			ch.Along = slices.Compact(with[ch.Address])
		}
	}
}
