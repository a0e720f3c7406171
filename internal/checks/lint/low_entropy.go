package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// The bits of randomness that an app's credentials should have. A code has at least 64 characters, which can give far
// more. A secret may be as short as 8 characters, but every guess takes a request to the gateway. For sixteen random
// letters and digits, the estimate may be as low as 50 bits.
const (
	codeBits   = 128
	secretBits = 48
)

var lowEntropy = &Rule{
	ID: "AGS007", Name: "low-entropy", Severity: Error,
	Title: "A code or secret of an app is easy to guess",
	Reason: "A long code is not necessarily a strong one: attackers try repeats, sequences, words and the name of the app " +
		"first. The rule estimates how many bits of randomness remain; it expects 128 bits for an app code and 48 for an " +
		"`app_secret`. It knows few words, so it may accept text in a natural language that it should report. It also " +
		"checks the values of variables, and never prints them.",
	check: func(s *subject) {
		check := func(d *kind.Declared, what, value string, wanted int) {
			if value == "" {
				return
			}
			if got := entropyBits(value, d.Name()); got < float64(wanted) {
				at := s.Places.Of(d, d.Secrets[0].Path)
				at.Source = d.Secrets[0].Source
				s.add(at, d, fmt.Sprintf("the %s has about %.0f bits of randomness; at least %d are expected", what, got, wanted),
					"let the gateway generate one, or use random characters")
			}
		}
		each(s, "app_code", func(d *kind.Declared, c kind.AppCode) { check(d, "code", c.Value, codeBits) })
		each(s, "app", func(d *kind.Declared, a kind.App) { check(d, "secret", a.Secret, secretBits) })
	},
}
