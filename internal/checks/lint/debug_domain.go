package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

var debugDomain = &Rule{
	ID: "AGS023", Name: "debug-domain", Severity: Warning,
	Title: "The debugging domain of a group is on in production",
	Reason: "Under the domain that the gateway gives each group, its APIs can be called past the group's own domains and their certificates, up to 1,000 times a day. " +
		"It is found for targets that say `production: true` alone.",
	look: func(s *subject) {
		if !s.Production {
			return
		}
		each(s, kind.AGroup, func(d *kind.Declared, g kind.APIGroup) {
			if g.Debug != nil && *g.Debug {
				s.report(d, "/debug_domain", "its APIs can be called under the debugging domain", "write debug_domain: false, here or in the overlay of the target")
			}
		})
	},
}
