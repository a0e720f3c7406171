package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Clean makes text from outside harmless for a terminal. Control characters, escape sequences and other invisible
// characters, such as those that change the writing direction, become visible escapes.
func Clean(s string) string {
	i := strings.IndexFunc(s, invisible)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && width == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])+0x100, 16)[1:])
		case invisible(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
		i += width
	}
	return b.String()
}

func invisible(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }
