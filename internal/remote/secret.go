package remote

import (
	"fmt"
	"log/slog"
)

// sensitive replaces secrets in every text.
const sensitive = "(sensitive)"

// Secret is a text that no formatter, logger or encoder shows. The value is behind a pointer, so that even a formatter that
// walks unexported fields by reflection sees only an address. The zero value is the empty secret.
type Secret struct{ value *string }

// NewSecret wraps s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return sensitive
}

// Format makes every verb print the same replacement.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue keeps the text out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the text out of JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
