package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var variableUnused = &Rule{
	ID: "AGS020", Name: "variable-unused", Severity: Note, Gateway: OnlyWithExport,
	Title: "A variable of a group has no effect on any API",
	Reason: "A variable provides a value for the backends of those APIs of its group that are published in its environment. " +
		"If no API is published there, the variable has no effect: the API may have been removed, or the environment may " +
		"be misspelled. An export does not show which backends use a variable, so the rule cannot report variables in " +
		"environments where APIs are published.",
	check: func(s *subject) {
		catalog := s.Gateway.Catalog
		each(s, "variable", func(d *kind.Declared, v kind.Variable) {
			n, known := catalog.Published(d.Owner, v.Environment)
			if n > 0 || !known || s.onGateway[kind.AGroup+"/"+d.Owner] == nil { // a new group gets its APIs later
				return
			}
			message := fmt.Sprintf("no API of %s is published in %s", d.Owner, v.Environment)
			if len(catalog.InGroup(d.Owner)) == 0 {
				message = d.Owner + " has no APIs"
			}
			s.report(d, "/name", "has no effect: "+message, "remove it, or correct its environment")
		})
	},
}
