package kind

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Wildcards are the characters that have a special meaning in a glob.
const Wildcards = `*?[]{}\`

// Glob reports whether a name matches a pattern: * matches any characters including /, ? matches one character, [a-z]
// one character of a set, [!a-z] or [^a-z] one character that is not in the set, {a,b} either alternative, and \ makes
// the next character match itself. Matching is case-sensitive. An invalid pattern matches nothing.
func Glob(pattern, name string) bool {
	if !IsGlob(pattern) {
		return pattern == name
	}
	expression, err := compiled(pattern)
	return err == nil && expression.MatchString(name)
}

// IsGlob reports whether a pattern can match anything but its own text.
func IsGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[{\`) }

// BrokenGlob returns why a pattern is invalid; "" if it is valid.
func BrokenGlob(pattern string) string {
	if !strings.ContainsAny(pattern, Wildcards) && utf8.ValidString(pattern) { // fast path: files have many references, and most are plain names
		return ""
	}
	if _, err := compiled(pattern); err != nil {
		return err.Error()
	}
	return ""
}

// Literal returns a pattern that matches only the name, and that can also be used as an alternative between braces.
func Literal(name string) string { return wildcard.ReplaceAllString(name, `\$0`) }

var wildcard = regexp.MustCompile(`[*?\[\]{},\\]`)

// globs caches compiled patterns, since one pattern is usually matched against many names.
var globs sync.Map // from string to globbed

type globbed struct {
	expression *regexp.Regexp
	err        error
}

func compiled(pattern string) (*regexp.Regexp, error) {
	if known, ok := globs.Load(pattern); ok {
		g := known.(globbed) //nolint:forcetypeassert // nothing else is stored
		return g.expression, g.err
	}
	g := globbed{err: errors.New("is not valid UTF-8")}
	t := translator{rest: pattern}
	if utf8.ValidString(pattern) {
		g.err = t.all()
	}
	if g.err == nil {
		// Go's regular expressions match in time linear in the length of the name. That matters, since files may come
		// from the pull request of somebody who is not trusted.
		if g.expression, g.err = regexp.Compile(`(?s)\A` + t.out.String() + `\z`); g.err != nil {
			g.err = errors.New("is too long or nested too deeply")
		}
	}
	globs.Store(pattern, g)
	return g.expression, g.err
}

// translator translates a glob into a regular expression.
type translator struct {
	rest  string
	out   strings.Builder
	depth int // number of open braces
}

func (t *translator) all() error {
	for t.rest != "" {
		switch c := t.next(); {
		case c == "*":
			t.out.WriteString(".*")
		case c == "?":
			t.out.WriteString(".")
		case c == "[":
			if err := t.set(); err != nil {
				return err
			}
		case c == "{":
			t.depth++
			t.out.WriteString("(?:")
		case c == "," && t.depth > 0:
			t.out.WriteString("|")
		case c == "}" && t.depth > 0:
			t.depth--
			t.out.WriteString(")")
		case c == `\` && t.rest == "":
			return errors.New(`ends with a \, which takes the next character as it is`)
		case c == `\`:
			t.out.WriteString(regexp.QuoteMeta(t.next()))
		default:
			t.out.WriteString(regexp.QuoteMeta(c))
		}
	}
	if t.depth > 0 {
		return errors.New("has a { that is not closed")
	}
	return nil
}

// next removes the first character of the rest and returns it; "" at the end.
func (t *translator) next() string {
	for i := range t.rest {
		if i > 0 {
			c := t.rest[:i]
			t.rest = t.rest[i:]
			return c
		}
	}
	c := t.rest
	t.rest = ""
	return c
}

// set translates a set of characters, after its [.
func (t *translator) set() error {
	t.out.WriteString("[")
	if strings.HasPrefix(t.rest, "!") || strings.HasPrefix(t.rest, "^") {
		t.rest = t.rest[1:]
		t.out.WriteString("^")
	}
	for n := 0; !strings.HasPrefix(t.rest, "]") || n == 0; n++ {
		low, err := t.member()
		if err != nil {
			return err
		}
		high := low
		if strings.HasPrefix(t.rest, "-") {
			t.rest = t.rest[1:]
			if high, err = t.member(); err != nil {
				return err
			}
		}
		if high < low {
			return fmt.Errorf("has the empty range %s-%s", low, high)
		}
		fmt.Fprintf(&t.out, `\x{%x}-\x{%x}`, []rune(low)[0], []rune(high)[0])
	}
	t.rest = t.rest[1:]
	t.out.WriteString("]")
	return nil
}

// member reads one character of a set.
func (t *translator) member() (string, error) {
	c := t.next()
	if c == `\` {
		if c = t.next(); c != "" {
			return c, nil
		}
	}
	if c == "" {
		return "", errors.New("has a [ that is not closed")
	}
	if c == "-" || c == "]" {
		return "", fmt.Errorf(`has %s where a character is expected inside [ ]; write \%s for the character`, c, c)
	}
	return c, nil
}
