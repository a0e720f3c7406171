package document

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Count returns a number with its noun in the singular or plural, such as "1 object" or "2 objects".
func Count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// PlaceOf returns file:line, made harmless, or words for an object that no file declares, whose source is nil.
func PlaceOf(s *kind.Source) string {
	if s == nil {
		return "set on the gateway only"
	}
	return Clean(fmt.Sprintf("%s:%d", s.File, s.Line))
}

// part is a number in a sentence, of one thing or of several.
type part struct {
	n         int
	one, more string
}

// counted returns the parts whose number is not zero, in words.
func counted(parts ...part) (out []string) {
	for _, p := range parts {
		if p.n > 0 {
			out = append(out, Count(p.n, p.one, p.more))
		}
	}
	return out
}

// none stands for a value that does not exist.
const none = "(none)"

// name is a text that is shown without quotes.
type name string

// Show returns a value as text output shows it. Texts are quoted, so that an empty text differs from no value, and a
// text of digits from a number.
func Show(v any, sensitive bool) string {
	if sensitive && v != nil {
		return diff.Hidden
	}
	switch v := v.(type) {
	case nil:
		return none
	case name:
		return Clean(string(v))
	case string:
		return strconv.Quote(v)
	case byDefault:
		return "default " + Show(v.value, false)
	case Excerpt:
		return fmt.Sprintf("%q (%d characters)", v.text, v.length)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return Clean(fmt.Sprint(v))
	}
	return Clean(string(out))
}

// byDefault is the value that a gateway uses when a value is removed.
type byDefault struct{ value any }

// ShownAfter returns After as text output shows it.
func (f *Field) ShownAfter() any {
	if f.After == nil && f.Default != nil {
		return byDefault{f.Default}
	}
	return f.After
}

// Excerpt is a part of a text, with … where something is cut off.
type Excerpt struct {
	text   string
	length int // of the whole text, in characters
}

// Shorten cuts texts of more than most characters to excerpts around the first difference. Other values stay as they
// are.
func Shorten(a, b any, most int) (any, any) {
	x, isText := a.(string)
	y, both := b.(string)
	from := 0
	if isText && both {
		from = commonPrefix(x, y)
	}
	if isText {
		a = excerpt(x, from, most)
	}
	if both {
		b = excerpt(y, from, most)
	}
	return a, b
}

// leadChars is how many characters before a difference stay visible.
const leadChars = 12

func excerpt(s string, from, most int) any {
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	runes := []rune(s)
	start := min(max(0, from-leadChars), n-most)
	out := string(runes[start : start+most])
	if start > 0 {
		out = "…" + out
	}
	if start+most < n {
		out += "…"
	}
	return Excerpt{out, n}
}

// commonPrefix returns the length of the common prefix, in characters.
func commonPrefix(a, b string) int {
	n := 0
	for i, r := range a {
		s, _ := utf8.DecodeRuneInString(b[min(i, len(b)):])
		if i >= len(b) || s != r {
			break
		}
		n++
	}
	return n
}

// Clip cuts a text to most characters, the last of which is … then.
func Clip(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// SeveralLines reports whether a value is a text of more than one line.
func SeveralLines(v any) bool {
	s, ok := v.(string)
	return ok && strings.Contains(strings.TrimSuffix(s, "\n"), "\n")
}

// Line returns a changed field in one line, as path: old → new; an added or removed field shows one value. Values are
// cut to most characters.
func (f *Field) Line(a diff.Action, most int) string {
	if f.IsSet() {
		return Clean(f.Path) + ": " + Clip(strings.Join(f.Differences(a), ", "), most)
	}
	before, after := Shorten(f.Before, f.ShownAfter(), most)
	path, hasOld, hasNew := Clean(f.Path)+": ", Show(before, f.Sensitive), Show(after, f.Sensitive)
	switch a {
	case diff.Create:
		return path + hasNew
	case diff.Delete:
		return path + hasOld
	default:
		return path + hasOld + " → " + hasNew
	}
}

// Leaf returns a changed field in one line, as path: old → new. Of lists and mappings, which may hold secrets, it shows
// only that they exist.
func Leaf(f diff.Field) string {
	const most = 60
	value := func(v any) any {
		switch v.(type) {
		case []any:
			return name("(list)")
		case map[string]any:
			return name("(mapping)")
		}
		return v
	}
	f.Before, f.After = value(f.Before), value(f.After)
	return (*Field)(&f).Line(diff.Update, most)
}
