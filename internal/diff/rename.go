package diff

import (
	"cmp"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// newName returns the new name of an object that the plan renames; "" when it keeps its name.
func (c *comparison) newName(kindName, key string) string { return c.renamed[kindName+"/"+key] }

// addressOf returns the address of a part, with the new name of its owner.
func (c *comparison) addressOf(o *kind.Object) string {
	key := o.Key
	if now := c.newName(kind.Of(o.Kind).Owner, o.Owner); now != "" {
		key = kind.Rekey(o.Key, o.Owner, now)
	}
	return o.Kind + "/" + key
}

// addressOfLink returns the address of a link, with the new name of its owner.
func (c *comparison) addressOfLink(l *kind.Link) string {
	called := *l
	called.Owner = cmp.Or(c.newName(kind.LinkOf(l.Kind).Owner, l.Owner), l.Owner)
	return called.Address()
}

// withNewNames returns have with parts and links that use the new names of objects which the plan renames, since a rename
// does not change the parts and links of an object. Objects without an owner keep their present names.
func (c *comparison) withNewNames(have kind.Actual) kind.Actual {
	if len(c.renamed) == 0 {
		return have
	}
	return Renamed(have, c.newName)
}

// Renamed returns have with parts and links that use other names for what they refer to. called returns the other
// name.
func Renamed(have kind.Actual, newName func(kindName, key string) string) kind.Actual {
	have.Objects, have.Neighbours.Parts = slices.Clone(have.Objects), slices.Clone(have.Neighbours.Parts)
	for _, list := range [][]kind.Object{have.Objects, have.Neighbours.Parts} {
		for _, o := range pointers(list) {
			if o.Owner != "" {
				*o = kind.Of(o.Kind).Renamed(*o, newName)
			}
		}
	}
	have.Links, have.Neighbours.Links = slices.Clone(have.Links), slices.Clone(have.Neighbours.Links)
	for _, list := range [][]kind.Link{have.Links, have.Neighbours.Links} {
		for i := range list {
			list[i].To = list[i].To.Renamed(newName)
		}
	}
	return have
}
