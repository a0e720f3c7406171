package diff

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// match finds the objects of the gateway that belong to a declared object. Interrupted replaces may have left successors, with
// any fixed fields and bound to some of the APIs, next to the object or without it:
//
//	the object    a successor        have           next           left
//	fits          -                  the object     -              all successors
//	fits not      fits               the object     the successor  the others
//	fits not      fits not           the object     -              all successors
//	is not there  fits               the successor  -              the others
//	is not there  fits not           a successor    -              the others
//
// An object fits if it can become the declared one in place.
func (c *comparison) match(k *kind.Kind, w *kind.Declared) pair {
	p := pair{want: w, base: w.Key, have: c.haveKey[k.Name][w.Key]}
	moved := c.haveKey[k.Name][w.MovedFrom]
	if p.have == nil && moved != nil {
		p.have, p.base = moved, w.MovedFrom
	}
	bases := []string{w.Key}
	if moved == nil || moved == p.have {
		bases = append(bases, w.MovedFrom)
	}
	of := map[*kind.Object]string{}
	for _, base := range bases {
		for _, o := range c.successors[k.Name+"/"+k.Stem(base)] {
			if of[o] == "" && k.Succeeds(o, base) {
				of[o], p.leftovers = base, append(p.leftovers, o)
			}
		}
	}
	slices.SortFunc(p.leftovers, func(a, b *kind.Object) int { return strings.Compare(a.Key, b.Key) })
	if len(p.leftovers) == 0 || p.have != nil && c.fits(k, w, p.have) {
		return p
	}
	at := slices.IndexFunc(p.leftovers, func(o *kind.Object) bool { return c.fits(k, w, o) })
	switch {
	case p.have == nil:
		at = max(at, 0)
		p.have, p.base = p.leftovers[at], of[p.leftovers[at]]
	case at >= 0:
		p.successor = p.leftovers[at]
	default:
		return p
	}
	p.leftovers = slices.Delete(p.leftovers, at, at+1)
	return p
}

// fits reports whether an object can become the declared one in place.
func (c *comparison) fits(k *kind.Kind, w *kind.Declared, o *kind.Object) bool {
	if len(k.Immutable) == 0 {
		return true
	}
	counts, _ := c.rules.split(k.Name, w.Key, Leaves(k, k.ForComparison(w.Value, o.Value), w.Value))
	return !slices.ContainsFunc(counts, func(f Field) bool { return slices.Contains(k.Immutable, f.Path) })
}

// removeLeftovers plans to delete successors that interrupted replaces left and that are no longer needed.
func (c *comparison) removeLeftovers(k *kind.Kind, p pair) {
	for _, o := range p.leftovers {
		c.removing[o.Address()] = true
		c.remove(k, o, leftoverNote(p.want.Key))
	}
}

func leftoverNote(key string) string { return "left by an interrupted replace of " + key }

// ownedUndeclared reports whether the files own an object that they do not declare, by its name or by the name of the object
// that it was to replace.
func (c *comparison) ownedUndeclared(k *kind.Kind, o *kind.Object) bool {
	names := namesOf(k, o, append(slices.Clone(c.options.Names), c.want.Owns[k.Name]...))
	is := func(holds func(string) bool) bool { return slices.ContainsFunc(names, holds) }
	return is(c.options.selectsName) && is(func(name string) bool { return c.owned(k.Name, name) }) &&
		!is(func(name string) bool { return c.rules.Object(k.Name, name) })
}

func (c *comparison) owned(kindName, key string) bool {
	return slices.ContainsFunc(c.want.Owns[kindName], func(glob string) bool { return kind.Glob(glob, key) })
}

// namesOf returns the name of an object, or, for a successor, the name of the object that it was to replace. If that name is
// too long to be in the successor's own name, it is looked for among the given names.
func namesOf(k *kind.Kind, o *kind.Object, among []string) []string {
	stem, ok := k.SucceedsAny(o)
	if !ok {
		return []string{o.Key}
	}
	for _, name := range append([]string{stem}, among...) {
		if k.Succeeds(o, name) {
			return []string{o.Key, name}
		}
	}
	return []string{o.Key}
}
