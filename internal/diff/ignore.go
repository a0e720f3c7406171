package diff

import "github.com/apigw-sync/apigw-sync/internal/kind"

// Includes reports whether options let a run look at objects or links of a kind themselves, by their name or
// that of their owner.
func (o Options) Includes(kindName, name string) bool {
	k, l := kind.Of(kindName), kind.LinkOf(kindName)
	switch {
	case !o.name(name):
		return false
	case l != nil:
		return o.within(l.Name, l.Owner)
	case k.Owner != "":
		return o.within(k.Name, k.Owner)
	}
	return o.self(k)
}

// Ignores are ignore rules that hold on a day.
type Ignores struct{ rules *ignoreRules }

// NewIgnores takes the rules that hold on a day, YYYY-MM-DD.
func NewIgnores(rules []kind.Ignore, today string) Ignores {
	return Ignores{newIgnoreRules(rules, today)}
}

// Whole reports whether a rule leaves alone all of an object, or of the links of an owner.
func (i Ignores) Whole(kindName, name string) bool { return i.rules.whole(kindName, name) }

// Leaf reports whether a rule leaves alone a leaf of an object.
func (i Ignores) Leaf(kindName, key string, f Field) bool {
	_, ignored := i.rules.fields(kindName, key, []Field{f})
	return len(ignored) > 0
}
