package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

var debugDomain = &Rule{
	ID: "AGS023", Name: "debug-domain", Severity: Warning,
	Title: "The debugging domain of a group is enabled in production",
	Reason: "The gateway gives each group a debugging domain. Under it, callers can reach the APIs up to 1,000 times a day, " +
		"bypassing the domains of the group and their certificates. The rule only checks targets with `production: true`.",
	check: func(s *subject) {
		if !s.Production {
			return
		}
		each(s, kind.AGroup, func(d *kind.Declared, g kind.APIGroup) {
			if g.Debug != nil && *g.Debug {
				s.report(d, "/debug_domain", "its APIs can be called under the debugging domain", "set debug_domain: false, here or in the overlay of the target")
			}
		})
	},
}
