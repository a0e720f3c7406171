package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

var aclEntryRedundant = &Rule{
	ID: "AGS011", Name: "acl-entry-redundant", Severity: Note,
	Title: "An address stands in a list that holds it already",
	Reason: "Who takes the entry away later believes that the address is no longer on the list, but the network around it still " +
		"holds it. It also counts towards the 100 entries that a policy may have.",
	look: func(s *subject) {
		s.eachAddresses(func(d *kind.Declared, _ string, entries []string) {
			for _, x := range insideOthers(spansOf(entries)) {
				s.report(d, "/values/"+itoa(x.inner), entries[x.inner]+" is inside "+entries[x.outer], "remove it, or the wider entry if that is too wide")
			}
		})
	},
}
