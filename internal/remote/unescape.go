package remote

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// mapped is a text that was unescaped, in which each byte has its position in the original: an escape is several bytes there.
type mapped []mappedByte

type mappedByte struct {
	b byte
	span
}

func (s mapped) text() string {
	b := make([]byte, len(s))
	for i := range s {
		b[i] = s[i].b
	}
	return string(b)
}

// levels are a text as it is, unescaped once, unescaped twice, and so on until no escapes are left. However often a secret in
// the text was escaped, and in whichever order, one of the levels contains it plainly.
func levels(text string) []mapped {
	const most = 8
	plain := make(mapped, len(text))
	for i := range len(text) {
		plain[i] = mappedByte{text[i], span{i, i + 1}}
	}
	out := []mapped{plain}
	for len(out) < most {
		next, undone := out[len(out)-1].unescaped()
		if !undone {
			break
		}
		out = append(out, next)
	}
	return out
}

// unescaped undoes the escapes of JSON, Go, HTML, XML and URLs once; undone is false if there are none.
func (s mapped) unescaped() (out mapped, undone bool) {
	text := s.text()
	out = make(mapped, 0, len(s))
	for i := 0; i < len(s); {
		meant, n := escaped(text[i:])
		if n == 0 {
			out = append(out, s[i])
			i++
			continue
		}
		undone = true
		for j := range len(meant) {
			out = append(out, mappedByte{meant[j], span{s[i].from, s[i+n-1].to}})
		}
		i += n
	}
	return out, undone
}

// escaped reads the escape at the beginning of a text: what it means and its length, which is 0 if there is none.
func escaped(text string) (meant string, n int) {
	if len(text) < 2 {
		return "", 0
	}
	switch text[0] {
	case '\\':
		return backslashed(text)
	case '%':
		if r, ok := hexRune(text[1:], 2); ok {
			return string([]byte{byte(r)}), 3 //nolint:gosec // of two digits
		}
		if r, ok := hexRune(text[2:], 4); ok && text[1] == 'u' {
			return string(r), 6
		}
	case '&':
		const longest = 12
		if end := strings.IndexByte(text[:min(len(text), longest)], ';'); end > 0 {
			if meant := html.UnescapeString(text[:end+1]); meant != text[:end+1] {
				return meant, end + 1
			}
		}
	case '\'', '"': // doubled, as in YAML, SQL and CSV
		if text[1] == text[0] {
			return text[:1], 2
		}
	}
	return "", 0
}

// letters are escapes of a backslash and one letter.
var letters = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'f': "\f", 'v': "\v", 'a': "\a"}

func backslashed(text string) (meant string, n int) {
	c := text[1]
	for _, form := range []struct {
		letter byte
		digits int
	}{{'x', 2}, {'u', 4}, {'U', 8}} {
		r, ok := hexRune(text[2:], form.digits)
		if c != form.letter || !ok {
			continue
		}
		n = 2 + form.digits
		if form.letter == 'x' {
			return string([]byte{byte(r)}), n //nolint:gosec // of two digits
		}
		if low, ok := hexRune(strings.TrimPrefix(text[n:], `\u`), 4); ok && utf16.IsSurrogate(r) && strings.HasPrefix(text[n:], `\u`) {
			return string(utf16.DecodeRune(r, low)), n + 6
		}
		return string(r), n
	}
	if len(text) >= 4 {
		if octal, err := strconv.ParseUint(text[1:4], 8, 8); err == nil {
			return string([]byte{byte(octal)}), 4
		}
	}
	if meant, ok := letters[c]; ok {
		return meant, 2
	}
	if c < utf8.RuneSelf && !unicode.IsLetter(rune(c)) && !unicode.IsDigit(rune(c)) {
		return text[1:2], 2
	}
	return "", 0
}

// hexRune reads a number of hexadecimal digits at the beginning of a text.
func hexRune(text string, digits int) (rune, bool) {
	if len(text) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:digits], 16, 32)
	return rune(n), err == nil //nolint:gosec // an invalid rune is no character of a secret
}

// loose is a text without the differences that quoting and new line breaks may cause. A run of blanks, control characters and
// of + (which forms send for a blank) is one blank. Backslashes are left out, since one at the end of a secret may look like the
// escape of the next character.
func (s mapped) loose() (out mapped) {
	out = make(mapped, 0, len(s))
	for _, b := range s {
		if b.b <= ' ' || b.b == '+' || b.b == 0x7f {
			b.b = ' '
		}
		switch last := len(out) - 1; {
		case b.b == '\\':
		case b.b == ' ' && last >= 0 && out[last].b == ' ':
			out[last].to = b.to
		default:
			out = append(out, b)
		}
	}
	return out
}

// code is an encoding of bytes in a small set of characters.
type code struct {
	shortest int // characters that the shortest secret takes
	has      func(byte) bool
	decode   func(run string) []string // one result for each offset at which a group of characters may begin
}

var codes = []code{
	{(shortestSecret*8 + 5) / 6, isBase64, func(run string) (out []string) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		const group = 4
		for offset := range group {
			part := run[min(offset, len(run)):]
			if len(part)%group == 1 {
				part = part[:len(part)-1]
			}
			bytes, _ := base64.RawStdEncoding.DecodeString(part) // the part before an error counts
			out = append(out, string(bytes))
		}
		return out
	}},
	{2 * shortestSecret, isHex, func(run string) (out []string) {
		for offset := range 2 {
			bytes, _ := hex.DecodeString(run[offset:]) // an odd digit at the end does not count
			out = append(out, string(bytes))
		}
		return out
	}},
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_", c) >= 0
}

func isHex(c byte) bool {
	return c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c >= '0' && c <= '9'
}
