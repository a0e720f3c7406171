package diff

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

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

// Ignores are the ignore rules that apply on one day, by kind.
type Ignores map[string][]kind.Ignore

// NewIgnores selects the rules that apply on a day, YYYY-MM-DD.
func NewIgnores(rules []kind.Ignore, today string) Ignores {
	out := Ignores{}
	for _, i := range rules {
		if i.AppliesOn(today) {
			out[i.Kind] = append(out[i.Kind], i)
		}
	}
	return out
}

// matchesKey reports whether a rule matches an object of its kind. A rule matches a part by its key or by the key of its
// owner.
func matchesKey(i kind.Ignore, key string) bool {
	if k := kind.Of(i.Kind); k != nil && k.Owner != "" {
		if owner, _, ok := strings.Cut(key, "/"); ok && kind.Glob(i.Name, owner) {
			return true
		}
	}
	return kind.Glob(i.Name, key)
}

// Object reports whether a rule ignores an object with all of its fields, or all links of an owner.
func (r Ignores) Object(kindName, key string) bool {
	return slices.ContainsFunc(r[kindName], func(i kind.Ignore) bool { return len(i.Fields) == 0 && matchesKey(i, key) })
}

// split divides changed leaves into those that count and those that a rule ignores.
func (r Ignores) split(kindName, key string, all []Field) (kept, ignored []Field) {
	if len(r[kindName]) == 0 {
		return all, nil
	}
	for _, f := range all {
		if slices.ContainsFunc(r[kindName], func(i kind.Ignore) bool {
			return matchesKey(i, key) && slices.ContainsFunc(i.Fields, func(p string) bool { return f.Path == p || strings.HasPrefix(f.Path, p+"/") })
		}) {
			ignored = append(ignored, f)
		} else {
			kept = append(kept, f)
		}
	}
	return kept, ignored
}

// withIgnored returns w with the gateway's values of ignored fields. An update sends the whole object, so it must send these,
// too.
func (r Ignores) withIgnored(k *kind.Kind, w *kind.Declared, have *kind.Object) *kind.Declared {
	var pointers []string
	for _, i := range r[k.Name] {
		if matchesKey(i, w.Key) {
			pointers = append(pointers, i.Fields...)
		}
	}
	out := *w
	if v, err := k.Overlay(w.Value, have.Value, pointers); err == nil {
		out.Value = v
	}
	return &out
}

// Field reports whether a rule ignores a leaf of an object.
func (r Ignores) Field(kindName, key string, f Field) bool {
	_, ignored := r.split(kindName, key, []Field{f})
	return len(ignored) > 0
}
