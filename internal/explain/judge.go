package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/precedence"
)

// absent lists what the files bind to the API and the gateway does not have.
func (l *look) absent() {
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

// judge finds what makes what ineffective, and what else a reader may stumble over.
func (l *look) judge() {
	note := func(format string, args ...any) { l.Notes = append(l.Notes, fmt.Sprintf(format, args...)) }
	if !l.Published {
		note("the API is not published in %s, so that nothing of this is met there", l.env)
	}
	for _, p := range l.Plugins {
		switch {
		case precedence.ReplacesThrottle(p.Type) && l.Throttle != nil:
			l.Throttle.ShadowedBy = "plugin/" + p.Name
			note("the plugin %s (rate_limit) takes the place of the throttle %s, which has no effect", p.Name, l.Throttle.Name)
		case precedence.ReplacesCORS(p.Type) && l.API.CORS:
			note("the plugin %s (cors) takes the place of the API's own cors setting", p.Name)
		}
	}
	if l.defaults != "" {
		note("neither a throttle nor a rate_limit plugin limits the API; what holds is %s", l.defaults)
	}
	for i := range l.ACLs {
		if t := l.ACLs[i].Type; precedence.ByAccount(t) && !precedence.KnowsAccount(l.API.AuthType) {
			note("the ACL %s (%s) holds for callers that IAM authenticates; the API's authentication is %s", l.ACLs[i].Name, t, l.API.AuthType)
		}
	}
	switch {
	case !precedence.NeedsApp(l.API.AuthType) && len(l.Apps) > 0:
		for i := range l.Apps {
			l.Apps[i].ShadowedBy = "auth_type"
		}
		note("the authorizations have no effect: the API's authentication is %s, not APP", l.API.AuthType)
	case precedence.NeedsApp(l.API.AuthType) && len(l.Apps) == 0 && l.Published:
		note("no app may call the API, whose authentication is APP")
	}
}
