package shape

import (
	"fmt"
	"slices"
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
	FixedNote  = "A change replaces the object: it is deleted and created again."
	SecretNote = "A secret: never shown, logged or saved; keep it in a variable."
)

// Demands are the rules of a value in words, in the order in which they are checked. The allowed words
// are left out, see Words, and that others may be right is said once.
func (s *Shape) Demands() (out []string) {
	for _, r := range s.Rules {
		switch {
		case r.words() != nil && r.Soft:
			out = append(out, otherWords)
		case r.words() != nil:
		case r.Soft:
			out = append(out, r.Says+" (else a warning)")
		default:
			out = append(out, r.Says)
		}
	}
	return slices.Compact(out)
}

const otherWords = "other values give a warning"

// Words are the texts that a value may be, as far as they are known; nil when it may be any.
func (s *Shape) Words() (out []string) {
	for _, r := range s.Rules {
		out = append(out, r.words()...)
	}
	return out
}

// Keyword is what the rules say with a keyword of JSON Schema; nil when none of them does.
func (s *Shape) Keyword(name string) any {
	for _, r := range s.Rules {
		if v, ok := r.Keywords[name]; ok {
			return v
		}
	}
	return nil
}

// words are those of a OneOf.
func (r *Rule) words() (out []string) {
	enum, _ := r.Keywords["enum"].([]any)
	for _, w := range enum {
		out = append(out, fmt.Sprint(w))
	}
	return out
}
