package writeback

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// onGateway is the gateway's object of a kind and name; nil when there is none.
func (r *round) onGateway(kindName, key string) *kind.Object {
	at := slices.IndexFunc(r.gateway.Actual.Objects, func(o kind.Object) bool { return o.Kind == kindName && o.Key == key })
	if at < 0 {
		return nil
	}
	return &r.gateway.Actual.Objects[at]
}

// refused maps the JSON pointers of those fields and collections of a declared object whose value on the gateway the rules
// for files refuse to the reason. These keep their value in the files. If that contradicts the rest of the object, the
// whole object stays as it is, which the pointer "" expresses.
func (r *round) refused(d *kind.Declared) map[string]string {
	if known, ok := r.refusals[d.Address()]; ok {
		return known
	}
	o := cmp.Or(r.onGateway(d.Kind, d.Key), r.onGateway(d.Kind, d.MovedFrom))
	if o == nil {
		return nil
	}
	refused := r.snippets.Refused(o, nil)
	if len(refused) > 0 {
		if why := r.invalidMix(d, o, refused); why != "" {
			refused = map[string]string{"": why}
		}
	}
	r.refusals[d.Address()] = refused
	return refused
}

// invalidMix says why the rules for files refuse the object that results from the gateway's object with the refused
// fields as in the files; "" if they accept it.
func (r *round) invalidMix(d *kind.Declared, o *kind.Object, refused map[string]string) string {
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
	for field, why := range r.snippets.Refused(&mixed, parts) {
		if !slices.ContainsFunc(kind.LinksFrom(k.Name), func(l *kind.LinkKind) bool { return field == "/"+l.Field }) {
			return strings.TrimPrefix(field+": "+why, ": ")
		}
	}
	return refused[""]
}

// refuses reports whether the rules for files refuse the gateway's value of a leaf, and if so keeps the leaf.
func (r *round) refuses(t *target, f *diff.Field) bool {
	for field, why := range t.refused {
		if field == "" || f.Path == field || strings.HasPrefix(f.Path, field+"/") {
			r.keep(t.value.Place().Source, t.address, f.Path, spec.CannotExpress+why)
			return true
		}
	}
	return false
}

// refusesAll reports whether the rules for files refuse the gateway's collection, and if so keeps all its changes.
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
		if !ok || under == "" && kind.LinkOf(kindName) != nil { // links can be written even when their owner stays as it is
			continue
		}
		for i := range r.plan.Changes {
			if c := &r.plan.Changes[i]; c.Kind == kindName && c.Name == owner {
				r.keep(d.Source, c.Address, "", spec.CannotExpress+why)
			}
		}
		return true
	}
	return false
}
