package lint

import (
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// What an app's credentials shall take to guess, in bits. A code has 64 characters at least, which give far more;
// a secret may be as short as 8, and is guessed by asking the gateway. Sixteen letters and digits at random are estimated
// at little more than 50 bits when chance is unkind to them.
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
	look: func(s *subject) {
		check := func(d *kind.Declared, what, value string, wanted int) {
			if value == "" {
				return
			}
			if got := bits(value, d.Name()); got < float64(wanted) {
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
