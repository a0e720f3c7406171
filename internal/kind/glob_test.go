package kind_test

import (
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

func TestGlob(t *testing.T) {
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"orders_*", "orders_basic", true},
		{"orders_*", "orders_", true},
		{"orders_*", "order", false},
		{"orders_*", "Orders_x", false},
		{"*", "", true},
		{"*", "订单/限流", true},
		{"get_?", "get_订", true},
		{"支?", "支付", true},
		{"a", "ab", false},
		{"a.b", "axb", false},
		{"[ab]x", "bx", true},
		{"a[/x]b", "a/b", true},
		{"[^a]", "/", true},
		{"[!x]*", "abc", true},
		{"[!x]*", "xyz", false},
		{"[!x]*", "", false},
		{"[a!]", "!", true},
		{"{orders,carts}_*", "carts_a", true},
		{"{orders,carts}_*", "shop_a", false},
		{"{orders,}_x", "_x", true},
		{"{a*,b{c,d}}z", "bdz", true},
		{"{a*,b{c,d}}z", "bz", false},
		{"a,b}", "a,b}", true},
		{`\{a,b}`, "{a,b}", true},
		{`{a\,b,c}`, "a,b", true},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{"a\nb*", "a\nbc", true},
		{"*", "a\nb", true},
		{"[", "[", false},
		{"{a", "{a", false},
	} {
		if got := kind.Glob(tc.pattern, tc.name); got != tc.want {
			t.Errorf("%q matches %q: %t", tc.pattern, tc.name, got)
		}
	}
}

func TestBrokenGlobsSayWhy(t *testing.T) {
	for pattern, want := range map[string]string{
		"[a":     "has a [ that is not closed",
		"[]":     "has ] where a character is expected inside [ ]; write \\] for the character",
		"[a-]":   "has ] where a character is expected inside [ ]; write \\] for the character",
		"[z-a]":  "has the empty range z-a",
		"{a,b":   "has a { that is not closed",
		`a\`:     `ends with a \, which takes the next character as it is`,
		"a\xff*": "is not valid UTF-8",
		"a}":     "", "a,b": "", "*{}*": "",
	} {
		if got := kind.BrokenGlob(pattern); got != want {
			t.Errorf("%.40q %q, want %q", pattern, got, want)
		}
	}
}

// FuzzGlob checks that patterns without braces match what path.Match matches (with ! for ^), that alternatives match
// what each of them matches, and that an escaped name matches only itself.
func FuzzGlob(f *testing.F) {
	for _, s := range []string{"", "*", "a*b?", "[a-z]*", "[!a]", "[^]]", `\[x`, "[a-", "支*付", "a,b", `[\--\]]`, "**a**"} {
		f.Add(s, "a/b", "支付")
	}
	f.Add("x", "0", "0,}")
	f.Fuzz(func(t *testing.T, pattern, name, other string) {
		if slices.ContainsFunc([]string{pattern, name, other}, func(s string) bool { return !utf8.ValidString(s) }) || strings.ContainsAny(pattern+name+other, "\x00") || len(pattern) > 200 {
			return
		}
		if literal := kind.Literal(name); !kind.Glob(literal, name) || kind.Glob(literal, other) != (name == other) || kind.BrokenGlob(literal) != "" {
			t.Fatalf("%q does not mean %q alone", literal, name)
		}
		if strings.ContainsAny(pattern, "{}!") {
			kind.Glob(pattern, name)
			return
		}
		want, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
		if broken := kind.BrokenGlob(pattern); (err != nil) != (broken != "") && broken != emptyRange(broken) {
			t.Fatalf("%q: broken %q, path.Match says %v", pattern, broken, err)
		}
		if kind.BrokenGlob(pattern) != "" {
			return
		}
		if got := kind.Glob(pattern, name); got != want {
			t.Fatalf("%q matches %q: %t", pattern, name, got)
		}
		if negated := strings.ReplaceAll(pattern, "[^", "[!"); kind.Glob(negated, name) != want {
			t.Fatalf("%q and %q differ about %q", pattern, negated, name)
		}
		if strings.ContainsAny(pattern, ",") {
			return
		}
		plain := strings.ReplaceAll(other, ",", "")
		if either := "{" + pattern + "," + kind.Literal(plain) + "}"; kind.Glob(either, name) != (want || name == plain) {
			t.Fatalf("%q and %q", either, name)
		}
	})
}

// emptyRange returns the message if it is about a range such as [z-a], which path.Match accepts but never matches.
func emptyRange(broken string) string {
	if strings.HasPrefix(broken, "has the empty range") {
		return broken
	}
	return ""
}
