package lint

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var corsCredentials = &Rule{
	ID: "AGS012", Name: "cors-credentials", Severity: Warning,
	Title: "A cors plugin allows credentials from every origin",
	Reason: "If `allow_origin` is `*`, browsers refuse to send cookies and other credentials, so `allow_credentials` has no " +
		"effect. If a proxy or backend replaces `*` with the origin of the caller, every site can act on behalf of the " +
		"user.",
	check: func(s *subject) {
		each(s, "plugin", func(d *kind.Declared, p kind.Plugin) {
			origins, _ := p.Content["allow_origin"].(string)
			all := slices.ContainsFunc(strings.Split(origins, ","), func(o string) bool { return strings.TrimSpace(o) == "*" })
			if p.Type == "cors" && all && p.Content["allow_credentials"] == true {
				s.report(d, "/content/allow_credentials", "credentials are allowed from every origin (allow_origin *)",
					"list the origins that may send credentials, or leave out allow_credentials")
			}
		})
	},
}
