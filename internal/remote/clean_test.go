package remote

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// spellings are the ways in which a gateway, a proxy or a library may escape or encode a text.
var spellings = map[string]func(string) string{
	"as it is":      func(s string) string { return s },
	"JSON":          func(s string) string { return `{"client_secret":` + jsonText(s, true) + `}` },
	"JSON, no HTML": func(s string) string { return `{"client_secret":` + jsonText(s, false) + `,"x":1}` },
	"JSON, ASCII":   func(s string) string { return `{"client_secret":"` + asciiText(s) + `"}` },
	"Go":            func(s string) string { return fmt.Sprintf("value %q is wrong", s) },
	"Go, ASCII":     func(s string) string { return fmt.Sprintf("value %+q is wrong", s) },
	"HTML":          func(s string) string { return "<pre>" + html.EscapeString(s) + "</pre>" },
	"XML": func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s))
		return "<v>" + b.String() + "</v>"
	},
	"a query":           func(s string) string { return "a=b&secret=" + url.QueryEscape(s) + "&c=d" },
	"a path":            func(s string) string { return "/x/" + url.PathEscape(s) + "/y" },
	"a path, all of it": func(s string) string { return "/x/" + percents.ReplaceAllStringFunc(escape(s), strings.ToLower) },
	"YAML or SQL":       func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
	"one line":          func(s string) string { return strings.Join(strings.Fields(s), " ") },
	"base64":            func(s string) string { return "body: " + base64.StdEncoding.EncodeToString([]byte("{"+s+"}")) },
	"base64 for URLs":   func(s string) string { return "?b=" + base64.URLEncoding.EncodeToString([]byte("12"+s)) },
	"base64, no end":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) + "." },
	"hex":               func(s string) string { return "0x" + hex.EncodeToString([]byte(s)) },
}

var percents = regexp.MustCompile("%[0-9A-F]{2}")

func jsonText(s string, forHTML bool) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(forHTML)
	_ = e.Encode(s)
	return strings.TrimSpace(b.String())
}

// asciiText writes every character that is not a letter or digit as its number.
func asciiText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && isBase64(byte(r)) && r != '/':
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	return b.String()
}

// randomSecret is a secret that is long enough to be searched for. Some of its characters are changed by some spelling, others by
// none. It does not begin or end with blanks, which quoting may remove.
func randomSecret(r *rand.Rand) string {
	alphabet := []rune("abcXYZ0189 &<>\"'\\/\n\t+%=;:#u{}$!-_~ü支😀")
	for {
		s := make([]rune, shortestSecret+r.IntN(24))
		for i := range s {
			s[i] = alphabet[r.IntN(len(alphabet))]
		}
		text := string(s)
		if text == strings.TrimSpace(text) && len(levels(text)[len(levels(text))-1].loose()) >= shortestSecret {
			return text
		}
	}
}

// TestSecretsInAnySpelling: a secret is hidden however often and in whichever order it was escaped and encoded.
func TestSecretsInAnySpelling(t *testing.T) {
	names := slices.Sorted(maps.Keys(spellings))
	for seed := range uint64(5_000) {
		r := rand.New(rand.NewPCG(seed, 10))
		secret := randomSecret(r)
		text, how := secret, []string{}
		for range 1 + r.IntN(3) {
			name := names[r.IntN(len(names))]
			text, how = spellings[name](text), append(how, name)
		}
		c := newCleaner(secret, randomSecret(r))
		if got := c.line("the value "+text+" is not valid", 10_000); !strings.Contains(got, sensitive) {
			t.Fatalf("seed %d: the secret %q, spelled %v, shows: %s", seed, secret, how, got)
		}
	}
}

// TestInnocentTextsStay: texts without secrets are shown unchanged.
func TestInnocentTextsStay(t *testing.T) {
	c := newCleaner("https://user:pw@example.com/", "p4ssw0rd&<>\"'", "-----BEGIN PRIVATE KEY-----\nabc")
	for _, text := range []string{
		"see https://example.com/docs, and p4ssw0rds", `{"error_msg":"a \"quoted\" & <marked> value, 100% of ''them''"}`,
		"7f3a2c7f3a2c7f3a2c7f3a2c7f3a2c7f", "QUJDREVGR0hJSktMTU5PUA==", "-----END",
	} {
		if got := c.hide(text); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// TestCutSecret: a text that is cut off in the middle of a secret shows no part of it.
func TestCutSecret(t *testing.T) {
	c := newCleaner("correct-horse-battery-staple")
	for text, want := range map[string]string{
		`{"pw":"correct-horse`:               `{"pw":"(sensitive)`,
		`{"pw":"correct-ho...`:               `{"pw":"(sensitive)...`,
		`{"pw":"correct-h… (more)`:           `{"pw":"(sensitive)… (more)`,
		`{"pw":"correct-horse-ba" at 12}`:    `{"pw":"(sensitive)" at 12}`,
		`{"pw":"correct-horses are animals"`: `{"pw":"correct-horses are animals"`,
	} {
		if got := c.hide(text); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

// TestEchoOfTheBody: secrets are hidden in the message of a gateway that quotes the body of this request or of an earlier one.
func TestEchoOfTheBody(t *testing.T) {
	const secret = "a&b<c>d\"e\\f`g\nh"
	content := `{"client_secret":` + jsonText(secret, true) + `}`
	var last string
	c := testClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if len(body) > 20 {
			last = string(body)
		}
		return refuse(400, "APIG.2011", "cannot use "+last+" here"), nil
	}), nil)
	with, without := post(), post()
	with.Body, with.Secrets = map[string]any{"plugin_content": content}, []string{secret}
	without.Body = map[string]any{}
	for _, q := range []api.Request{with, without} {
		_, err := c.Call(t.Context(), q, nil)
		if err == nil || !strings.Contains(err.Error(), "cannot use") || !strings.Contains(err.Error(), sensitive) || strings.Contains(err.Error(), "d\\") {
			t.Errorf("error is %v", err)
		}
	}
}

// FuzzHide looks for texts in which a secret stays visible.
func FuzzHide(f *testing.F) {
	f.Add("p4ssw0rd&", `{"a":"p4ssw0rd\u0026"}`)
	f.Add(`\\\u0026`, `\\\\\\u0026amp;%`)
	f.Fuzz(func(t *testing.T, secret, text string) {
		c := newCleaner(secret)
		c.hide(text)
		around := "<" + secret + ">"
		if len(text) < 10_000 && utf8.RuneCountInString(secret) >= shortestSecret && !strings.Contains(c.hide(around), sensitive) {
			t.Errorf("%q shows in %q", secret, c.hide(around))
		}
	})
}
