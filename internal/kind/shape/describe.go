package shape

import (
	"fmt"
	"slices"
	"strings"
)

// Description describes a value in one paragraph: what it is, its unit, default and rules, and what a change of it
// does. Editors show it next to the key.
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
	add("Rules", strings.Join(s.RuleTexts(), "; "))
	if s.Immutable {
		parts = append(parts, ImmutableNote)
	}
	if s.Secret {
		parts = append(parts, SecretNote)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// Sentences that end the description of every fixed and every secret value.
const (
	ImmutableNote = "A change replaces the object: it is deleted and created again."
	SecretNote    = "A secret: never shown, logged or saved; keep it in a variable."
)

// RuleTexts returns the rules of a value in words, in the order in which they are checked. The allowed words are left
// out, since Words returns them; if other words may be right, too, that is mentioned once.
func (s *Shape) RuleTexts() (out []string) {
	for _, r := range s.Rules {
		switch {
		case r.words() != nil && r.Warning:
			out = append(out, otherWords)
		case r.words() != nil:
		case r.Warning:
			out = append(out, r.Text+" (else a warning)")
		default:
			out = append(out, r.Text)
		}
	}
	return slices.Compact(out)
}

const otherWords = "other values give a warning"

// Words returns the texts that a value may be, as far as they are known; nil if it may be any text.
func (s *Shape) Words() (out []string) {
	for _, r := range s.Rules {
		out = append(out, r.words()...)
	}
	return out
}

// Keyword returns the value of a JSON Schema keyword in the rules; nil if no rule has it.
func (s *Shape) Keyword(name string) any {
	for _, r := range s.Rules {
		if v, ok := r.Keywords[name]; ok {
			return v
		}
	}
	return nil
}

// words returns the words of a rule that OneOf made; nil for other rules.
func (r *Rule) words() (out []string) {
	enum, _ := r.Keywords["enum"].([]any)
	for _, w := range enum {
		out = append(out, fmt.Sprint(w))
	}
	return out
}
