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

// spelled is a text whose bytes know where they stand in the one that it was read from, where escapes may have spelled
// them.
type spelled []spelledByte

type spelledByte struct {
	b byte
	span
}

func (s spelled) text() string {
	b := make([]byte, len(s))
	for i := range s {
		b[i] = s[i].b
	}
	return string(b)
}

// levels are a text as it is, with its escapes undone, with the escapes undone that come to light then, and so on.
// Whatever escaped a text, how often and in whichever order, one of the levels is what the text of a secret comes to.
func levels(text string) []spelled {
	const most = 8
	plain := make(spelled, len(text))
	for i := range len(text) {
		plain[i] = spelledByte{text[i], span{i, i + 1}}
	}
	out := []spelled{plain}
	for len(out) < most {
		next, undone := out[len(out)-1].unescaped()
		if !undone {
			break
		}
		out = append(out, next)
	}
	return out
}

// unescaped undoes the escapes of JSON, Go, HTML, XML and URLs once.
func (s spelled) unescaped() (out spelled, undone bool) {
	text := s.text()
	out = make(spelled, 0, len(s))
	for i := 0; i < len(s); {
		meant, n := escaped(text[i:])
		if n == 0 {
			out = append(out, s[i])
			i++
			continue
		}
		undone = true
		for j := range len(meant) {
			out = append(out, spelledByte{meant[j], span{s[i].from, s[i+n-1].to}})
		}
		i += n
	}
	return out, undone
}

// escaped reads the escape at the beginning of a text: what it means, and how long it is; 0 when there is none.
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

// letters are escapes of one letter behind a backslash.
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

// hexRune reads so many hexadecimal digits at the beginning of a text.
func hexRune(text string, digits int) (rune, bool) {
	if len(text) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:digits], 16, 32)
	return rune(n), err == nil //nolint:gosec // what is none is no character of a secret
}

// loose is what a text comes to when all that its neighbours and those who lay it out anew may change is left out:
// blanks, control characters and the + that forms send for a blank are one blank, and there are no backslashes, of which
// the last one of a secret may look like the escape of what follows.
func (s spelled) loose() (out spelled) {
	out = make(spelled, 0, len(s))
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

// code is a way to write bytes in few characters.
type code struct {
	shortest int // characters that a secret takes at least
	has      func(byte) bool
	decode   func(run string) []string // from each character where a group may begin
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
			bytes, _ := base64.RawStdEncoding.DecodeString(part) // what could be read counts
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
