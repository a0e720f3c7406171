package diff

import "github.com/apigw-sync/apigw-sync/internal/kind"

// Includes reports whether a run with these options compares an object of a kind itself, or the links of an owner. name
// is the name of the object or of the owner.
func (o Options) Includes(kindName, name string) bool {
	k, l := kind.Of(kindName), kind.LinkOf(kindName)
	switch {
	case !o.selectsName(name):
		return false
	case l != nil:
		return o.ComparesInside(l.Name, l.Owner)
	case k.Owner != "":
		return o.ComparesInside(k.Name, k.Owner)
	}
	return o.comparesObjects(k)
}

// Ignores are the ignore rules that apply on one day.
type Ignores struct{ rules *ignoreRules }

// NewIgnores selects the rules that apply on a day, YYYY-MM-DD.
func NewIgnores(rules []kind.Ignore, today string) Ignores {
	return Ignores{newIgnoreRules(rules, today)}
}

// Object reports whether a rule ignores an object with all of its fields, or all links of an owner.
func (i Ignores) Object(kindName, name string) bool { return i.rules.ignores(kindName, name) }

// Field reports whether a rule ignores a leaf of an object.
func (i Ignores) Field(kindName, key string, f Field) bool {
	_, ignored := i.rules.split(kindName, key, []Field{f})
	return len(ignored) > 0
}
