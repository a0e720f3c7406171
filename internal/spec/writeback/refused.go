package writeback

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// held is a declared object as the gateway has it, perhaps under the name that it had before; nil when it does not.
func (r *round) heldBy(d *kind.Declared) *kind.Object {
	for _, key := range []string{d.Key, d.MovedFrom} {
		at := slices.IndexFunc(r.gateway.Actual.Objects, func(o kind.Object) bool { return o.Kind == d.Kind && o.Key == key })
		if at >= 0 {
			return &r.gateway.Actual.Objects[at]
		}
	}
	return nil
}

// refused tells which fields and collections of a declared object the rules of files refuse as the gateway has them, and
// why, by JSON pointer. They stay as the files have them; when that does not go with the rest, all of the object stays,
// which "" stands for.
func (r *round) refused(d *kind.Declared) map[string]string {
	if known, ok := r.refusals[d.Address()]; ok {
		return known
	}
	o := r.heldBy(d)
	if o == nil {
		return nil
	}
	refused := r.snippets.Refuses(o, nil)
	if len(refused) > 0 {
		if why := r.clashes(d, o, refused); why != "" {
			refused = map[string]string{"": why}
		}
	}
	r.refusals[d.Address()] = refused
	return refused
}

// clashes is why an object as the gateway has it, with what is refused of it as the files have it, is wrong; else "".
func (r *round) clashes(d *kind.Declared, o *kind.Object, refused map[string]string) string {
	k, mixed := kind.Of(d.Kind), *o
	own, parts := []string{}, map[string][]kind.Object{}
	for field := range refused {
		if jsonptr.At(k.Tree(o.Value), field) != nil {
			own = append(own, field)
		}
	}
	for _, part := range kind.Parts(k.Name) {
		if refused["/"+part.Field] != "" {
			parts[part.Name] = []kind.Object{}
			for i := range r.state.Objects {
				if p := &r.state.Objects[i].Object; p.Kind == part.Name && p.Owner == d.Key {
					parts[part.Name] = append(parts[part.Name], *p)
				}
			}
		}
	}
	var err error
	if mixed.Value, err = k.Overlay(o.Value, d.Value, own); err != nil {
		return err.Error()
	}
	for field, why := range r.snippets.Refuses(&mixed, parts) {
		if !slices.ContainsFunc(kind.LinksFrom(k.Name), func(l *kind.LinkKind) bool { return field == "/"+l.Field }) {
			return strings.TrimPrefix(field+": "+why, ": ")
		}
	}
	return refused[""]
}

const cannotSay = "the gateway has what files cannot say: "

// refuses keeps a leaf that the rules of files refuse as the gateway has it.
func (r *round) refuses(t *target, f *diff.Field) bool {
	for field, why := range t.refused {
		if field == "" || f.Path == field || strings.HasPrefix(f.Path, field+"/") {
			r.keep(t.value.Place().Source, t.address, f.Path, cannotSay+why)
			return true
		}
	}
	return false
}

// refusesAll keeps all changes of a collection that the rules of files refuse as the gateway has it.
func (r *round) refusesAll(kindName, owner, field string) bool {
	ownerKind := ""
	if l := kind.LinkOf(kindName); l != nil {
		ownerKind = l.Owner
	} else {
		ownerKind = kind.Of(kindName).Owner
	}
	d := r.declared[ownerKind+"/"+owner]
	refused := r.refused(d)
	for _, under := range []string{field, ""} {
		why, ok := refused[under]
		if !ok || under == "" && kind.LinkOf(kindName) != nil { // links go with whatever their owner is
			continue
		}
		for i := range r.plan.Changes {
			if c := &r.plan.Changes[i]; c.Kind == kindName && c.Name == owner {
				r.keep(d.Source, c.Address, "", cannotSay+why)
			}
		}
		return true
	}
	return false
}
