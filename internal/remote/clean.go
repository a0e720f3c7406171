package remote

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// shortestSecret is the length, in characters, from which a value is searched for in foreign texts: shorter ones
// would also hit ordinary words.
const shortestSecret = 8

// cutSecret is the length, in bytes, from which the beginning of a secret is hidden like the whole, wherever it
// ends. At the end of a text, where somebody may have cut it, shortestSecret is enough.
const cutSecret = 16

// cleaner makes foreign texts fit to show: what the client has sent in secret is replaced however it is spelled,
// control characters (which could steer a terminal) become spaces, and the length is bounded. It learns secrets as
// they are sent, and is safe for concurrent use.
type cleaner struct {
	mu    sync.RWMutex
	known map[string]bool
	heads map[string][]string // what secrets come to, by the first shortestSecret bytes
	odd   []string            // secrets that come to less than that: searched for as they are
}

func newCleaner(secrets ...string) *cleaner {
	c := &cleaner{known: map[string]bool{}, heads: map[string][]string{}}
	c.learn(secrets...)
	return c
}

// learn takes note of secrets. A secret that itself looks escaped is noted unescaped, too, as texts are compared.
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
			c.odd = append(c.odd, s)
		}
	}
}

// hide replaces secrets, at whatever depth of escapes and encodings they stand.
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
	deepest = 3       // encodings inside each other that are looked through
	most    = 4 << 20 // bytes that are looked at; a text that takes more is not shown
)

// search looks for secrets in a text that was taken out of so many encodings, until work is used up.
func (c *cleaner) search(text string, depth int, work *int) (found []span) {
	for _, level := range levels(text) {
		if *work -= len(level); *work < 0 {
			return nil
		}
		found = append(append(found, c.find(level.loose(), work)...), c.findOdd(level)...)
		if depth < deepest {
			found = append(found, c.findEncoded(level, depth+1, work)...)
		}
	}
	return found
}

// find looks for secrets, and beginnings of them, in a text without escapes.
func (c *cleaner) find(in spelled, work *int) (found []span) {
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

// findOdd looks for secrets of which loose leaves too little.
func (c *cleaner) findOdd(in spelled) (found []span) {
	for _, secret := range c.odd {
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

// findEncoded looks for secrets inside what may be base64 or hexadecimal, which is hidden as a whole.
func (c *cleaner) findEncoded(in spelled, depth int, work *int) (found []span) {
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

// common is the length of what two texts begin with.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// replace puts a stand-in in the place of spans, one for those that overlap.
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
	text = text[:min(len(text), 8*limit)] // what is behind will not be shown
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

// err is err with a clean text and the same chain below it.
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
