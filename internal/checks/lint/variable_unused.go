package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var variableUnused = &Rule{
	ID: "AGS020", Name: "variable-unused", Severity: Note, Gateway: All,
	Title: "A variable of a group reaches no API",
	Reason: "A variable stands for a value in the backends of APIs of its group that are published in its environment. Where none is, it has no " +
		"effect: its API may have gone, or its environment be misspelled. Whether backends of the others name it, an export does not tell, so that nothing is said of these.",
	look: func(s *subject) {
		catalog := s.Gateway.Catalog
		each(s, "variable", func(d *kind.Declared, v kind.Variable) {
			n, known := catalog.Published(d.Owner, v.Environment)
			if n > 0 || !known || s.held[kind.AGroup+"/"+d.Owner] == nil { // a new group has its APIs still to come
				return
			}
			message := fmt.Sprintf("no API of %s is published in %s", d.Owner, v.Environment)
			if len(catalog.InGroup(d.Owner)) == 0 {
				message = d.Owner + " has no APIs"
			}
			s.report(d, "/name", "has no effect: "+message, "remove it, or name the environment that it is for")
		})
	},
}
