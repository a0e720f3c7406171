package writeback

import (
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// excludeUnread excludes from the comparison what the gateway refuses to show.
func (r *round) excludeUnread() {
	if len(r.gateway.Unread) == 0 {
		return
	}
	unread := map[string]bool{} // by KIND OWNER
	for _, u := range r.gateway.Unread {
		unread[u.Kind+" "+u.Owner] = true
	}
	// hidden reports whether the parts or links of an owner are not shown, under its present or its previous name.
	hidden := func(kindName, ownerKind string, d *kind.Declared) bool {
		return unread[kindName+" "+d.Key] || d.MovedFrom != "" && unread[kindName+" "+d.MovedFrom] || unread[ownerKind+" "] || unread[kindName+" "] ||
			kind.LinkOf(kindName) != nil && unread[kind.AnyAPI+" "]
	}
	state, owners := *r.state, map[string]*kind.Declared{}
	for i := range state.Objects {
		owners[state.Objects[i].Address()] = &state.Objects[i]
	}
	state.Objects, state.References, state.Owns = nil, nil, maps.Clone(state.Owns)
	for _, d := range r.state.Objects {
		k := kind.Of(d.Kind)
		owner := owners[k.Owner+"/"+d.Owner]
		if unread[d.Kind+" "] || owner != nil && hidden(d.Kind, k.Owner, owner) {
			continue
		}
		d.Manages = slices.DeleteFunc(slices.Clone(d.Manages), func(m string) bool { return hidden(m, d.Kind, &d) })
		state.Objects = append(state.Objects, d)
	}
	for _, ref := range r.state.References {
		ownerKind := kind.LinkOf(ref.Kind).Owner
		if owner := owners[ownerKind+"/"+ref.Owner]; owner == nil || !hidden(ref.Kind, ownerKind, owner) {
			state.References = append(state.References, ref)
		}
	}
	maps.DeleteFunc(state.Owns, func(kindName string, _ []string) bool { return unread[kindName+" "] })
	r.state = &state
}
