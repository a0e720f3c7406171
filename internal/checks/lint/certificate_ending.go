package lint

import "github.com/apigw-sync/apigw-sync/internal/kind"

// endsSoon is how many days before its end a certificate should have a successor.
const endsSoon = 30

var certificateEnding = &Rule{
	ID: "AGS021", Name: "certificate-ending", Severity: Warning, Gateway: More,
	Title: "A certificate ends within 30 days, or has ended",
	Reason: "From then on callers cannot trust the domains that it serves. It is the certificate of `cert_content` that is looked at; with an export, that of " +
		"the gateway where a file leaves it out.",
	look: func(s *subject) {
		each(s, "certificate", func(d *kind.Declared, c kind.Certificate) {
			field := "/cert_content"
			if held := s.held[d.Address()]; c.Content == "" && held != nil {
				c, _ = held.Value.(kind.Certificate)
				field = "/name"
			}
			last, soon := c.EndsWithin(endsSoon, s.Today)
			if !soon {
				return
			}
			message := "ends on " + last
			if last < s.Today {
				message = "ended on " + last
			}
			s.report(d, field, message, "have it renewed, and name the new one here; bindings stay")
		})
	},
}
