package emulator

import (
	"cmp"
	"slices"
	"time"
)

// ordered is anything that has a position in the order of creation, which lists keep.
type ordered interface{ order() uint64 }

// list is a sequence in order of creation, so removal can use binary search.
type list[T ordered] []T

func (l *list[T]) add(x T) { *l = append(*l, x) }

func (l *list[T]) remove(x T) {
	i, found := slices.BinarySearchFunc(*l, x.order(), func(y T, n uint64) int {
		return cmp.Compare(y.order(), n)
	})
	if found {
		*l = slices.Delete(*l, i, i+1)
	}
}

// part has what every part of an object has.
type part struct {
	seq uint64 // position in the order of creation
	id  string
}

func (p *part) order() uint64 { return p.seq }
func (p *part) key() string   { return p.id }

// identity has the properties of every named object.
type identity struct {
	part
	kind    string // in effects, and in addresses in the state file
	name    string
	scope   string // names are unique in it; "" means the whole gateway
	created time.Time
	updated time.Time
}

func (i *identity) ident() *identity { return i }

// effect returns the effect of a write to the object. Some kinds add more to it.
func (i *identity) effect(action string) Effect {
	return Effect{Kind: i.kind, Action: action, ID: i.id, Name: i.name}
}

// object is a pointer to a struct with an identity.
type object interface {
	ordered
	ident() *identity
	effect(action string) Effect
}

// table holds the objects of one kind in order of creation, with indexes by id, by scope and name, and by another unique key if
// the kind has one.
type table[T object] struct {
	kind  string
	rows  list[T]
	ids   map[string]T
	names map[[2]string]T
	keys  map[string]T
}

func newTable[T object](kind string) *table[T] {
	return &table[T]{kind: kind, ids: map[string]T{}, names: map[[2]string]T{}, keys: map[string]T{}}
}

func (t *table[T]) add(x T) {
	i := x.ident()
	i.kind = t.kind
	t.rows.add(x)
	t.ids[i.id] = x
	t.names[[2]string{i.scope, i.name}] = x
}

func (t *table[T]) remove(x T) {
	i := x.ident()
	t.rows.remove(x)
	delete(t.ids, i.id)
	delete(t.names, [2]string{i.scope, i.name})
}

func (t *table[T]) rename(x T, name string) {
	i := x.ident()
	delete(t.names, [2]string{i.scope, i.name})
	i.name = name
	t.names[[2]string{i.scope, i.name}] = x
}

// create adds a new object and records the effect.
func (t *table[T]) create(g *Gateway, c *call, x T, name, scope string) {
	*x.ident() = g.newIdentity(name, scope, c.now)
	t.add(x)
	c.effect(x.effect("create"))
}

// update records that a call has changed an object, possibly also its name.
func (t *table[T]) update(c *call, x T, name string) {
	t.rename(x, name)
	x.ident().updated = c.now
	c.effect(x.effect("update"))
}

// delete removes an object, records the effect, and returns the answer.
func (t *table[T]) delete(c *call, x T) (reply, error) {
	t.remove(x)
	c.effect(x.effect("delete"))
	return noContent()
}

// byName returns the object with this name on the whole gateway, or nil.
func (t *table[T]) byName(name string) T { return t.names[[2]string{"", name}] }

// get returns the object with this id, or the error that it does not exist.
func (t *table[T]) get(id string, missing func(string) *refusal) (T, error) {
	if x, ok := t.ids[id]; ok {
		return x, nil
	}
	var none T
	return none, missing(id)
}

// nameTaken reports whether another object than the one with ownID has the name.
func (t *table[T]) nameTaken(scope, name, ownID string) bool {
	x, ok := t.names[[2]string{scope, name}]
	return ok && x.ident().id != ownID
}

// candidates returns the rows that can match these filters of a list: the one with the id, the one with the exact name, or all.
func (t *table[T]) candidates(id, exactName string) []T {
	switch {
	case id != "":
		if x, ok := t.ids[id]; ok {
			return []T{x}
		}
		return nil
	case exactName != "":
		if x, ok := t.names[[2]string{"", exactName}]; ok {
			return []T{x}
		}
		return nil
	}
	return t.rows
}
