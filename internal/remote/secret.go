package remote

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sensitive stands in every text where a secret would be.
const sensitive = "(sensitive)"

// shortestSecret is the length from which a value is searched for in foreign texts: shorter ones
// would also hit ordinary words.
const shortestSecret = 8

// Secret is a text that no formatter, logger or encoder shows. The value stands behind a pointer,
// so that even a formatter that walks unexported fields by reflection meets only an address.
// The zero value is the empty secret.
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

// Equal reports whether both hold the same text.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return sensitive
}

// Format makes every verb print the same stand-in.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue keeps the text out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the text out of JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// cleaner makes foreign texts fit to show: known secrets are replaced, control characters (which
// could steer a terminal) become spaces, and the length is bounded.
type cleaner struct{ secrets []string }

// newCleaner looks for each secret of 8 characters or more, also in the spellings that it has
// inside JSON and inside a URL. Longer ones go first, so that none leaves a rest of another.
func newCleaner(secrets []string) cleaner {
	var forms []string
	for _, s := range secrets {
		if utf8.RuneCountInString(s) < shortestSecret {
			continue
		}
		quoted, _ := json.Marshal(s) // a string always encodes
		forms = append(forms, s, string(quoted[1:len(quoted)-1]), url.QueryEscape(s), url.PathEscape(s), escape(s))
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return cleaner{slices.Compact(forms)}
}

func (c cleaner) hide(text string) string {
	for _, s := range c.secrets {
		text = strings.ReplaceAll(text, s, sensitive)
	}
	return text
}

// line is text on one line of at most limit characters, without secrets.
func (c cleaner) line(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, c.hide(text))
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > limit {
		text = string([]rune(text)[:limit]) + "…"
	}
	return c.hide(text) // a secret that held line breaks or blanks may only show up now
}

// err is err with a clean text and the same chain below it.
func (c cleaner) err(err error) error {
	if text := err.Error(); text != c.hide(text) {
		return &cleanError{c.hide(text), err}
	}
	return err
}

type cleanError struct {
	text string
	err  error
}

func (e *cleanError) Error() string { return e.text }
func (e *cleanError) Unwrap() error { return e.err }
