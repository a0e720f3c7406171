package kind

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Wildcards are the characters that make a glob of a name.
const Wildcards = `*?[]{}\`

// Glob reports whether a name matches a pattern: * stands for any characters (a / is one like any other), ? for
// one, [a-z] for one of a set, [!a-z] or [^a-z] for one of none, {a,b} for either, and \ takes the next
// character as it is. Case counts. A broken pattern matches nothing.
func Glob(pattern, name string) bool {
	if !IsGlob(pattern) {
		return pattern == name
	}
	expression, err := compiled(pattern)
	return err == nil && expression.MatchString(name)
}

// IsGlob reports whether a pattern can match other names than itself.
func IsGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[{\`) }

// BrokenGlob tells why a pattern cannot be read; "" when it can.
func BrokenGlob(pattern string) string {
	if !strings.ContainsAny(pattern, Wildcards) && utf8.ValidString(pattern) { // most references are names, and many
		return ""
	}
	if _, err := compiled(pattern); err != nil {
		return err.Error()
	}
	return ""
}

// Literal is a pattern that matches the name alone, also as one of several between braces.
func Literal(name string) string { return wildcard.ReplaceAllString(name, `\$0`) }

var wildcard = regexp.MustCompile(`[*?\[\]{},\\]`)

// globs keeps what was compiled, since one pattern is asked about many names.
var globs sync.Map // string to globbed

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
		// Its time grows with the name alone, whatever the pattern: files may come from a pull request.
		if g.expression, g.err = regexp.Compile(`(?s)\A` + t.out.String() + `\z`); g.err != nil {
			g.err = errors.New("is too long or nested too deeply")
		}
	}
	globs.Store(pattern, g)
	return g.expression, g.err
}

// translator makes a regular expression of a glob.
type translator struct {
	rest  string
	out   strings.Builder
	depth int // braces that are open
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

// next takes one character.
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

// set reads what follows a [.
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

// member is one character of a set.
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
