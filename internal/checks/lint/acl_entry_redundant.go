package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

var aclEntryRedundant = &Rule{
	ID: "AGS011", Name: "acl-entry-redundant", Severity: Note,
	Title: "An address is already covered by another entry of its list",
	Reason: "Someone who removes such an entry later will believe that the address is no longer in the list, although the " +
		"wider entry still covers it. It also counts toward the limit of 100 entries per policy.",
	check: func(s *subject) {
		s.eachAddressList(func(d *kind.Declared, _ string, entries []string) {
			for _, x := range insideOthers(spansOf(entries)) {
				s.report(d, "/values/"+itoa(x.inner), entries[x.inner]+" is covered by "+entries[x.outer], "remove it, or the wider entry if that is too wide")
			}
		})
	},
}
