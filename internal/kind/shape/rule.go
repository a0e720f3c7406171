package shape

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Rule is one rule for a value: how it is checked, and how it is expressed in words and in JSON Schema.
type Rule struct {
	Text       string             // the rule in words, such as "3 to 64 characters"
	Keywords   map[string]any     // the rule in JSON Schema 2020-12; nil if that cannot express it
	Check      func(v any) string // returns what is wrong, or ""; v is string, int64, float64, bool or []any
	Hint       string             // what to do about it; "" if the text of Check is enough
	Warning    bool               // a warning, not an error, since the API's documents contradict each other
	MayBeNewer bool               // a value that breaks the rule may be newer than this version of the tool
}

// AsWarning turns a rule into a warning. It is for rules that some of the API's documents contradict.
func AsWarning(r Rule) Rule { r.Warning = true; return r }

// Described returns r with the rule in words.
func (r Rule) Described(words string) Rule { r.Text = words; return r }

// WithKeyword returns r with a JSON Schema keyword that expresses the rule, or part of it.
func (r Rule) WithKeyword(keyword string, v any) Rule {
	r.Keywords = map[string]any{keyword: v}
	return r
}

// Length demands between low and high characters (not bytes); high 0 means no upper bound.
func Length(low, high int) Rule {
	k := map[string]any{}
	if low > 0 {
		k["minLength"] = low
	}
	if high > 0 {
		k["maxLength"] = high
	}
	return Rule{Text: bounds(low, high, "character"), Keywords: k, Check: func(v any) string {
		s, _ := v.(string)
		return outside(utf8.RuneCountInString(s), low, high, "character")
	}}
}

// Expression returns a function that compiles a regular expression at its first call. Most commands use few kinds, so
// they should not wait until the patterns of all kinds are compiled.
func Expression(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// Pattern demands that the whole text matches expr, an RE2 expression that is also valid in JSON Schema. says describes
// the allowed characters to people, such as "letters, digits and _".
func Pattern(expr, says string) Rule {
	re := Expression("^(?:" + expr + ")$")
	return Rule{
		Text: says, Keywords: map[string]any{"pattern": "^(?:" + expr + ")$"}, Hint: "allowed are " + says,
		Check: func(v any) string {
			if s, _ := v.(string); !re().MatchString(s) {
				return fmt.Sprintf("%q has characters that are not allowed here", s)
			}
			return ""
		},
	}
}

// OneOf demands one of the given words.
func OneOf(words ...string) Rule {
	enum := make([]any, len(words))
	for i, w := range words {
		enum[i] = w
	}
	return Rule{
		Text: "one of " + strings.Join(words, ", "), Keywords: map[string]any{"enum": enum}, Hint: "one of " + strings.Join(words, ", "),
		Check: func(v any) string {
			s, _ := v.(string)
			if slices.Contains(words, s) {
				return ""
			}
			return fmt.Sprintf("%q is not one of the allowed words", s)
		},
	}
}

// Known warns of words that this version does not know, since a newer gateway may know them.
func Known(words ...string) Rule {
	r := AsWarning(OneOf(words...))
	r.MayBeNewer = true
	other := r.Check
	r.Check = func(v any) string {
		if other(v) == "" {
			return ""
		}
		return fmt.Sprintf("%q is not known to this version and is sent as it is", v)
	}
	r.Hint = "known are " + strings.Join(words, ", ")
	return r
}

// misspelt rejects words that differ from a known word only by case. They are certainly mistakes and not new words.
func misspelt(words ...string) Rule {
	return Test(func(s string) string {
		i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, s) })
		if i < 0 || slices.Contains(words, s) {
			return ""
		}
		return fmt.Sprintf("%q must be written %s", s, words[i])
	}, "").Described(otherWords)
}

// Range demands a whole number from low to high.
func Range(low, high int64) Rule {
	span := fmt.Sprintf("from %d to %d", low, high)
	return Rule{
		Text: span, Keywords: map[string]any{"minimum": low, "maximum": high}, Hint: span,
		Check: func(v any) string {
			if n, ok := v.(int64); ok && (n < low || n > high) {
				return fmt.Sprintf("%d is out of range", n)
			}
			if n, ok := v.(float64); ok && (n < float64(low) || n > float64(high)) {
				return fmt.Sprintf("%v is out of range", n)
			}
			return ""
		},
	}
}

// Count demands between low and high items in a list; high 0 means no upper bound.
func Count(low, high int) Rule {
	k := map[string]any{}
	if low > 0 {
		k["minItems"] = low
	}
	if high > 0 {
		k["maxItems"] = high
	}
	return Rule{Text: bounds(low, high, "entry"), Keywords: k, Check: func(v any) string {
		l, _ := v.([]any)
		return outside(len(l), low, high, "entry")
	}}
}

// Test makes a rule that JSON Schema cannot express: broken returns what is wrong with a text, list or mapping, or "".
// Described adds the rule in words.
func Test[T string | []any | map[string]any](broken func(T) string, hint string) Rule {
	return Rule{Hint: hint, Check: func(v any) string {
		if typed, ok := v.(T); ok {
			return broken(typed)
		}
		return ""
	}}
}

// outside returns what is wrong if a number of things is not between low and high; "" if it is.
func outside(n, low, high int, noun string) string {
	switch {
	case n >= low && (n <= high || high == 0):
		return ""
	case low == high:
		return fmt.Sprintf("has %s; exactly %d are needed", count(n, noun), low)
	case n < low:
		return fmt.Sprintf("has %s; at least %d are needed", count(n, noun), low)
	}
	return fmt.Sprintf("has %s; at most %d are allowed", count(n, noun), high)
}

// bounds describes how many of a noun there must be; high 0 means no upper bound.
func bounds(low, high int, noun string) string {
	switch {
	case low == 1 && high == 0:
		return "not empty"
	case low == high:
		return "exactly " + count(low, noun)
	case high == 0:
		return "at least " + count(low, noun)
	case low == 0:
		return "at most " + count(high, noun)
	}
	return fmt.Sprintf("%d to %s", low, count(high, noun))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if before, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies", n, before)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
