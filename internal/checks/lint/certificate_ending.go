package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

// expiryDays is how many days before it expires a certificate should have a successor.
const expiryDays = 30

var certificateEnding = &Rule{
	ID: "AGS021", Name: "certificate-ending", Severity: Warning, Gateway: MoreWithExport,
	Title: "A certificate has expired or expires within 30 days",
	Reason: "Once it has expired, callers cannot trust the domains that use it. The rule checks the certificate in " +
		"`cert_content`; with an export, it checks the certificate on the gateway if the file leaves `cert_content` out.",
	check: func(s *subject) {
		each(s, "certificate", func(d *kind.Declared, c kind.Certificate) {
			field := "/cert_content"
			if held := s.onGateway[d.Address()]; c.Content == "" && held != nil {
				c, _ = held.Value.(kind.Certificate)
				field = "/name"
			}
			last, soon := c.EndsWithin(expiryDays, s.Today)
			if !soon {
				return
			}
			message := "expires on " + last
			if last < s.Today {
				message = "expired on " + last
			}
			s.report(d, field, message, "renew it, and declare the new certificate here; its bindings stay")
		})
	},
}
