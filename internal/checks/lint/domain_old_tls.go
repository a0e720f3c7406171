package lint

import (
	"regexp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var oldTLS = regexp.MustCompile(`^(SSL|TLSv1(\.[01])?$)`)

var domainOldTLS = &Rule{
	ID: "AGS022", Name: "domain-old-tls", Severity: Warning, Gateway: More,
	Title: "A domain takes TLS below 1.2",
	Reason: "TLS 1.0 and 1.1 are broken and were withdrawn (RFC 8996): who listens may read or change calls of clients that still speak them, and audits fail. With an export it is also " +
		"found where the gateway does and a file leaves `min_ssl_version` out.",
	look: func(s *subject) {
		each(s, "domain", func(d *kind.Declared, v kind.OwnDomain) {
			field := "/min_ssl_version"
			if held := s.held[d.Address()]; v.MinTLS == "" && held != nil {
				v, _ = held.Value.(kind.OwnDomain)
				field = "/domain"
			}
			if oldTLS.MatchString(v.MinTLS) {
				s.report(d, field, "takes calls of "+v.MinTLS, "write min_ssl_version: TLSv1.2, once no client needs less")
			}
		})
	},
}
