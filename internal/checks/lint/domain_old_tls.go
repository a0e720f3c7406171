package lint

import (
	"regexp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var oldTLS = regexp.MustCompile(`^(SSL|TLSv1(\.[01])?$)`)

var domainOldTLS = &Rule{
	ID: "AGS022", Name: "domain-old-tls", Severity: Warning, Gateway: MoreWithExport,
	Title: "A domain accepts TLS versions below 1.2",
	Reason: "TLS 1.0 and 1.1 are insecure and deprecated (RFC 8996): an attacker on the network may read or change the calls " +
		"of clients that still use them, and audits fail. With an export, the rule also reports domains that accept them " +
		"on the gateway if the file leaves `min_ssl_version` out.",
	check: func(s *subject) {
		each(s, "domain", func(d *kind.Declared, v kind.OwnDomain) {
			field := "/min_ssl_version"
			if held := s.onGateway[d.Address()]; v.MinTLS == "" && held != nil {
				v, _ = held.Value.(kind.OwnDomain)
				field = "/domain"
			}
			if oldTLS.MatchString(v.MinTLS) {
				s.report(d, field, "accepts "+v.MinTLS, "set min_ssl_version: TLSv1.2 once no client needs an older version")
			}
		})
	},
}
