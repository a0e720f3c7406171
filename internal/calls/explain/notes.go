package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
)

// absent lists the bindings to the API that the files declare and the gateway does not have.
func (l *report) absent() {
	have := map[string]bool{}
	for _, bound := range l.bound {
		for i := range bound {
			have[bound[i].Address()] = true
		}
	}
	for address, d := range l.links {
		if !have[address] && !d.Offline {
			l.Absent = append(l.Absent, Absent{Address: address, Source: &d.Source})
		}
	}
	slices.SortFunc(l.Absent, func(a, b Absent) int { return strings.Compare(a.Address, b.Address) })
}

// note adds a sentence about what else decides about a call.
func (l *report) note(format string, args ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(format, args...))
}

// notes finds what has no effect and why, and what else decides about a call.
func (l *report) notes() {
	if !l.Published {
		l.note("the API is not published in %s, so none of this applies there", l.env)
	}
	for _, p := range l.Plugins {
		switch {
		case precedence.ReplacesThrottle(p.Type) && l.Throttle != nil:
			l.Throttle.ShadowedBy = "plugin/" + p.Name
			l.note("the plugin %s (rate_limit) overrides the throttle %s, which has no effect", p.Name, l.Throttle.Name)
		case precedence.ReplacesCORS(p.Type) && l.API.CORS:
			l.note("the plugin %s (cors) overrides the API's own cors setting", p.Name)
		}
	}
	if l.defaultLimitText != "" {
		l.note("neither a throttle nor a rate_limit plugin limits the API; what applies is %s", l.defaultLimitText)
	}
	for i := range l.ACLs {
		if t := l.ACLs[i].Type; precedence.ByAccount(t) && !precedence.KnowsAccount(l.API.AuthType) {
			l.note("the ACL %s (%s) applies to callers that IAM authenticates; the API's authentication is %s", l.ACLs[i].Name, t, l.API.AuthType)
		}
	}
	l.ineffectiveLists()
	l.ineffectiveLimits()
	switch {
	case !precedence.NeedsApp(l.API.AuthType) && len(l.Apps) > 0:
		for i := range l.Apps {
			l.Apps[i].ShadowedBy = "auth_type"
		}
		l.note("the authorizations have no effect: the API's authentication is %s, not APP", l.API.AuthType)
	case precedence.NeedsApp(l.API.AuthType) && len(l.Apps) == 0 && l.Published:
		l.note("no app may call the API, whose authentication is APP")
	}
}

// ineffectiveLists finds the DENY lists that have no effect because of a PERMIT list of the same entity type.
func (l *report) ineffectiveLists() {
	permits := map[string]string{} // by entity type, the name
	for i := range l.ACLs {
		if l.ACLs[i].setting("/type") == "PERMIT" {
			permits[l.ACLs[i].Type] = l.ACLs[i].Name
		}
	}
	for i := range l.ACLs {
		a := &l.ACLs[i]
		if first, beside := permits[a.Type]; beside && a.setting("/type") == "DENY" {
			a.ShadowedBy = "acl/" + first
			l.note("the ACL %s (DENY) has no effect, because %s permits by %s", a.Name, first, a.Type)
		}
	}
}

// ineffectiveLimits finds limits of the throttle that apply to no caller.
func (l *report) ineffectiveLimits() {
	if l.Throttle == nil || l.Throttle.ShadowedBy != "" {
		return
	}
	for _, per := range []string{"user", "app"} {
		if limit := l.Throttle.setting("/" + per + "_call_limits"); limit != nil && !precedence.Counts(per, l.API.AuthType) {
			l.note("%s_call_limits of the throttle %s has no effect: the API's authentication is %s", per, l.Throttle.Name, l.API.AuthType)
		}
	}
}

// setting returns the value at a path, nil if it is the default.
func (x *Item) setting(path string) any {
	for _, s := range x.Settings {
		if s.Path == path {
			return s.Value
		}
	}
	return nil
}
