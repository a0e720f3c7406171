package lint

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	hexadecimal = "0123456789abcdef"
	letters     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

func random(r *rand.Rand, alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(out)
}

// TestRandomIsStrong checks that the output of random generators is never called weak.
func TestRandomIsStrong(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		alphabet string
		length   int
		wanted   float64
	}{
		{hexadecimal, 64, codeBits},
		{letters + "+/", 64, codeBits},
		{letters, 180, codeBits},
		{"abcdefghijklmnopqrstuvwxyz234567", 64, codeBits},
		{hexadecimal, 32, secretBits},
		{letters, 16, secretBits},
		{letters + "_!@#$%-", 20, secretBits},
	} {
		least := math.Inf(1)
		for range 3_000 {
			least = min(least, entropyBits(random(r, c.alphabet, c.length), "orders_mobile"))
		}
		t.Logf("%d of %d characters: at least %.0f bits", c.length, len(c.alphabet), least)
		if least < c.wanted {
			t.Errorf("%d random characters of %q: %.0f bits, %.0f are wanted", c.length, c.alphabet, least, c.wanted)
		}
	}
}

// TestWeakIsWeak checks that secrets which people make up are called weak, however long they are.
func TestWeakIsWeak(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", 64),
		strings.Repeat("ab", 90),
		strings.Repeat("Xn4uQ8vLz2TqR7mC", 4), // strong if written only once
		strings.Repeat("0123456789", 7),
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/ab",
		strings.Repeat("password", 8),
		"orders_mobile_orders_mobile_orders_mobile_orders_mobile_orders_mo",
		"OrdersMobileSecretAppCode2026OrdersMobileSecretAppCode2026Orders1",
		strings.Repeat("qwertyuiopasdfghjklzxcvbnm", 3),
		"1111111111222222222233333333334444444444555555555566666666667777",
	} {
		if got := entropyBits(text, "orders_mobile"); got >= codeBits {
			t.Errorf("%s: %.0f bits", text, got)
		}
	}
	for _, text := range []string{"secret-1", "password123!", "orders_mobile_2026", "abcdefgh12345678", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		if got := entropyBits(text, "orders_mobile"); got >= secretBits {
			t.Errorf("%s: %.0f bits", text, got)
		}
	}
}

// FuzzBits checks that the estimate is never negative, never exceeds what the characters allow, and grows little if
// the text is repeated.
func FuzzBits(f *testing.F) {
	f.Add("Xn4uQ8vLz2TqR7mC")
	f.Add("aaaa")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < minPattern || len(text) > 180 || strings.ContainsFunc(text, func(r rune) bool { return r < 33 || r > 126 }) {
			return
		}
		once, twice := entropyBits(text), entropyBits(text+text)
		if most := float64(len(text)) * math.Log2(94); math.IsNaN(once) || once < 0 || once > most+1 {
			t.Errorf("%q: %f bits of at most %f", text, once, most)
		}
		if most := 2*once + 24; twice > most {
			t.Errorf("%q: %f bits once, %f twice", text, once, twice)
		}
	})
}
