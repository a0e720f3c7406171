package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var apiUnprotected = &Rule{
	ID: "AGS004", Name: "api-unprotected", Severity: Warning, Gateway: OnlyWithExport,
	Title: "An API in the scope of owns has neither a throttle nor an ACL",
	Reason: "Files that own policies are expected to protect their APIs. An API is in their scope, in an environment, if an " +
		"object covered by `owns` is bound to any API of its group there. A new API in the group is easily forgotten: it " +
		"then accepts calls from anywhere, limited only by the gateway itself. A plugin of type `rate_limit` counts as a " +
		"throttle.",
	check: func(s *subject) {
		protected, scopes := map[slot]bool{}, map[scope]*binding{}
		for i := range s.bound() {
			b := &s.bindings[i]
			owner := kind.LinkOf(b.kind).Owner
			protected[b.slot()] = protected[b.slot()] || s.protects(owner, b.owner)
			in := scope{b.api.Group, b.env}
			if first := scopes[in]; b.ref != nil && s.owned(owner, b.owner) && (first == nil || b.ref.Source.Compare(first.ref.Source) < 0) {
				scopes[in] = b
			}
		}
		open := map[scope][]string{}
		for _, a := range s.Gateway.Catalog.APIs {
			for i := range a.Published {
				env := a.Published[i].Env
				if in := (scope{a.Group, env}); scopes[in] != nil && !protected[slot{a.ID, env}] {
					open[in] = append(open[in], a.Address())
				}
			}
		}
		for in, apis := range open { // findings are sorted later
			b := scopes[in]
			owner := s.byAddress[kind.LinkOf(b.kind).Owner+"/"+b.owner]
			s.add(s.Places.OfReference(b.ref, ""), owner,
				fmt.Sprintf("no throttle and no ACL for %s in %s, although APIs of the group are bound here", kind.FirstOf(apis, maxNamed), in.env),
				"bind a throttle or an ACL to the whole group, as {group: "+in.group+"}")
		}
	},
}

// scope is a group in an environment.
type scope struct{ group, env string }

// protects reports whether an object limits or blocks callers.
func (s *subject) protects(kindName, name string) bool {
	switch kindName {
	case "throttle", "acl":
		return true
	case "plugin":
		return precedence.ReplacesThrottle(s.pluginType(name))
	}
	return false
}

// pluginType is the type of a plugin in the files, or else on the gateway.
func (s *subject) pluginType(name string) string {
	if d := s.byAddress["plugin/"+name]; d != nil {
		return d.Value.(kind.Plugin).Type
	}
	if o := s.onGateway["plugin/"+name]; o != nil {
		return o.Value.(kind.Plugin).Type
	}
	return ""
}
