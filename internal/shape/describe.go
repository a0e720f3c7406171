package shape

import (
	"fmt"
	"strings"
)

// Description is all that there is to say about a value in one paragraph: what it is, its unit, default and
// rules, and what a change of it does. Editors show it beside the key.
func (s *Shape) Description() string {
	parts := []string{s.Doc}
	add := func(label, text string) {
		if text != "" {
			parts = append(parts, label+": "+text+".")
		}
	}
	add("Unit", s.Unit)
	if s.Default != nil && s.Default != "" {
		add("Default", fmt.Sprint(s.Default))
	}
	add("Absent", s.Absent)
	add("Rules", strings.Join(s.Demands(), "; "))
	if s.Fixed {
		parts = append(parts, FixedNote)
	}
	if s.Secret {
		parts = append(parts, SecretNote)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// What people are told about every fixed and every secret value.
const (
	FixedNote  = "A change replaces the object: it is deleted and created anew."
	SecretNote = "A secret: never shown, logged or saved; keep it in a variable."
)

// Demands are the rules of a value in words, in the order in which they are checked. The allowed words
// are left out, see Words.
func (s *Shape) Demands() (out []string) {
	for _, r := range s.Rules {
		switch {
		case r.Keywords["enum"] != nil && !r.Soft:
		case r.Soft:
			out = append(out, r.Says+" (else a warning)")
		default:
			out = append(out, r.Says)
		}
	}
	return out
}

// Words are the only texts that a value may be, nil when it may be others.
func (s *Shape) Words() (out []string) {
	for _, r := range s.Rules {
		if words, ok := r.Keywords["enum"].([]any); ok && !r.Soft {
			for _, w := range words {
				out = append(out, fmt.Sprint(w))
			}
		}
	}
	return out
}
