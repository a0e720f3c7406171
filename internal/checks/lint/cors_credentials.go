package lint

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var corsCredentials = &Rule{
	ID: "AGS012", Name: "cors-credentials", Severity: Warning,
	Title: "A cors plugin allows credentials from every site",
	Reason: "With `allow_origin` `*` browsers refuse to send cookies and other credentials, so that `allow_credentials` does nothing. " +
		"Where something on the way answers with the caller's own origin instead of `*`, every site can act as the user.",
	look: func(s *subject) {
		each(s, "plugin", func(d *kind.Declared, p kind.Plugin) {
			origins, _ := p.Content["allow_origin"].(string)
			all := slices.ContainsFunc(strings.Split(origins, ","), func(o string) bool { return strings.TrimSpace(o) == "*" })
			if p.Type == "cors" && all && p.Content["allow_credentials"] == true {
				s.report(d, "/content/allow_credentials", "credentials are allowed from every site (allow_origin *)", "name the sites that may send credentials, or leave allow_credentials out")
			}
		})
	},
}
