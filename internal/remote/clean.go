package remote

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// shortestSecret is the length, in characters, from which secrets are searched for in texts: shorter ones would also match
// ordinary words.
const shortestSecret = 8

// cutSecret is the length, in bytes, from which the beginning of a secret is hidden like the whole secret. At the end of a text,
// where it may have been cut off, shortestSecret is enough.
const cutSecret = 16

// cleaner makes texts that come from a gateway safe to show. It replaces secrets that the client has sent, however they are
// escaped or encoded, turns control characters, which could control a terminal, into spaces, and limits the length. It learns
// secrets as they are sent. It is safe for concurrent use.
type cleaner struct {
	mu    sync.RWMutex
	known map[string]bool
	heads map[string][]string // loose forms of secrets, by their first shortestSecret bytes
	short []string            // secrets whose loose form is shorter than that: searched for as they are
}

func newCleaner(secrets ...string) *cleaner {
	c := &cleaner{known: map[string]bool{}, heads: map[string][]string{}}
	c.learn(secrets...)
	return c
}

// learn adds secrets. A secret that itself looks escaped is also added unescaped, since texts are compared in that form.
func (c *cleaner) learn(secrets ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range secrets {
		if c.known[s] || utf8.RuneCountInString(s) < shortestSecret {
			continue
		}
		c.known[s] = true
		found := false
		for _, level := range levels(s) {
			form := level.loose().text()
			if len(form) < shortestSecret {
				continue
			}
			found = true
			head := form[:shortestSecret]
			if !slices.Contains(c.heads[head], form) {
				c.heads[head] = append(c.heads[head], form)
			}
		}
		if !found {
			c.short = append(c.short, s)
		}
	}
}

// hide replaces secrets, however often they are escaped and encoded.
func (c *cleaner) hide(text string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.known) == 0 || len(text) < shortestSecret {
		return text
	}
	work := most
	found := c.search(text, 0, &work)
	if work < 0 {
		return sensitive
	}
	return replace(text, found)
}

const (
	deepest = 3       // levels of nested encodings that are searched
	most    = 4 << 20 // bytes that are searched; a text that takes more is not shown
)

// search looks for secrets in a text that was decoded depth times. It stops when work, a number of bytes, is used up.
func (c *cleaner) search(text string, depth int, work *int) (found []span) {
	for _, level := range levels(text) {
		if *work -= len(level); *work < 0 {
			return nil
		}
		found = append(append(found, c.find(level.loose(), work)...), c.findShort(level)...)
		if depth < deepest {
			found = append(found, c.findEncoded(level, depth+1, work)...)
		}
	}
	return found
}

// find looks for secrets, and beginnings of them, in a text without escapes.
func (c *cleaner) find(in mapped, work *int) (found []span) {
	text := in.text()
	for i := 0; i+shortestSecret <= len(text) && *work >= 0; i++ {
		most := 0
		for _, form := range c.heads[text[i:i+shortestSecret]] {
			n := common(text[i:], form)
			*work -= n
			rest := text[i+n:]
			if n == len(form) || n >= cutSecret || rest == "" || strings.HasPrefix(rest, "...") || strings.HasPrefix(rest, "…") {
				most = max(most, n)
			}
		}
		if most > 0 {
			found = append(found, span{in[i].from, in[i+most-1].to})
		}
	}
	return found
}

// findShort looks for secrets whose loose form is too short for find.
func (c *cleaner) findShort(in mapped) (found []span) {
	for _, secret := range c.short {
		text := in.text()
		for at := 0; ; {
			i := strings.Index(text[at:], secret)
			if i < 0 {
				break
			}
			found = append(found, span{in[at+i].from, in[at+i+len(secret)-1].to})
			at += i + len(secret)
		}
	}
	return found
}

// findEncoded looks for secrets inside what may be base64 or hexadecimal. A part that contains one is hidden as a whole.
func (c *cleaner) findEncoded(in mapped, depth int, work *int) (found []span) {
	holds := func(text string) bool { return len(c.search(text, depth, work)) > 0 }
	for _, code := range codes {
		for at := 0; at < len(in); {
			end := at
			for end < len(in) && code.has(in[end].b) {
				end++
			}
			if end-at >= code.shortest && slices.ContainsFunc(code.decode(in[at:end].text()), holds) {
				found = append(found, span{in[at].from, in[end-1].to})
			}
			at = end + 1
		}
	}
	return found
}

// common is the length of the common beginning of two texts.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// replace replaces spans, with one replacement for spans that overlap.
func replace(text string, spans []span) string {
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		s := spans[i]
		for i++; i < len(spans) && spans[i].from < s.to; i++ {
			s.to = max(s.to, spans[i].to)
		}
		b.WriteString(text[at:s.from] + sensitive)
		at = s.to
	}
	return b.String() + text[at:]
}

// line is text on one line of at most limit characters, without secrets.
func (c *cleaner) line(text string, limit int) string {
	text = text[:min(len(text), 8*limit)] // the rest would not be shown
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
	return text
}

// err is err with a clean text, wrapping the original.
func (c *cleaner) err(err error) error {
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
