package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Severity says how much a finding matters. The worst is the greatest.
type Severity int

const (
	Off     Severity = iota // the rule does not run
	Note                    // worth knowing
	Warning                 // somebody should look
	Error                   // the files are not fit for use
)

var severities = []string{"off", "note", "warning", "error"}

// String is the word that people and machines read.
func (s Severity) String() string { return severities[s] }

// MarshalText is the word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Unknown is the error of a rule or severity that does not exist.
type Unknown struct {
	What string // such as: there is no rule "AGS999"
	Hint string // what to write instead
}

// Find returns the rule with an ID or name, ignoring case.
func Find(name string) (*Rule, *Unknown) {
	var words []string
	for _, r := range Rules {
		if strings.EqualFold(r.ID, name) || strings.EqualFold(r.Name, name) {
			return r, nil
		}
		words = append(words, r.ID, r.Name)
	}
	all := fmt.Sprintf("there are %s to %s; validate --explain-rule all lists them", Rules[0].ID, Rules[len(Rules)-1].ID)
	return nil, &Unknown{fmt.Sprintf("there is no rule %q", name), spec.DidYouMean(name, words, all)}
}

// Severities reads settings such as AGS001=off or secret-in-clear=warning; the last one of a rule counts.
func Severities(settings []string) (map[string]Severity, *Unknown) {
	out := map[string]Severity{}
	for _, setting := range settings {
		name, word, ok := strings.Cut(setting, "=")
		if !ok {
			return nil, &Unknown{fmt.Sprintf("%q is not RULE=SEVERITY", setting), "write it as in AGS001=off"}
		}
		r, err := Find(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		i := slices.Index(severities, strings.ToLower(strings.TrimSpace(word)))
		if i < 0 {
			return nil, &Unknown{fmt.Sprintf("there is no severity %q", word), "use error, warning, note or off"}
		}
		out[r.ID] = Severity(i)
	}
	return out, nil
}
