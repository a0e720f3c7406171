package lint

import (
	"math"
	"strings"
	"unicode"
)

// guessable are texts that people use in credentials: words, and rows of a keyboard.
const guessable = "password passwort passphrase secret token code apikey api_key appcode app_code appkey app_key " +
	"credential access private public service gateway apigw huawei cloud mobile orders order shop test testing " +
	"sample example demo default change changeme replace please admin administrator root user login welcome " +
	"letmein master dragon monkey qwerty hello world foobar company internal external production prod staging " +
	"develop development release version january february march april june july august september october " +
	"november december monday tuesday wednesday thursday friday saturday sunday " +
	"this that with from your have before after never always only some more then when what where which while " +
	"about into over under secure security safe strong long short share everyone nobody because should " +
	"qwertyuiop asdfghjkl zxcvbnm qwertzuiop 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p lorem ipsum dolor sit amet"

// minPattern is the shortest repeat, word or sequence that is not taken for chance.
const minPattern = 4

// entropyBits estimates how many bits an attacker must guess of an ASCII text. It is the cost of describing the text as
// random characters, sequences (abcd, 9876, aaaa), and copies of earlier characters or of what attackers try first,
// such as the known texts. It knows few words, so for text in a natural language it is an upper bound.
func entropyBits(text string, known ...string) (total float64) {
	dictionary := strings.ToLower(strings.Join(append([]string{guessable}, known...), " ")) + " "
	all := dictionary + strings.ToLower(text)
	one := perCharacter(text)
	for at := len(dictionary); at < len(all); {
		length, cost := 1, one
		if n := sequence(all[at:]); n >= minPattern {
			length, cost = n, one+math.Log2(float64(n))+1
		}
		if n := longestCopy(all, at); n > length {
			if c := math.Log2(float64(at)) + math.Log2(float64(n)); c < one*float64(n) {
				length, cost = n, c
			}
		}
		total += cost
		at += length
	}
	return total
}

// perCharacter is what one character at random costs: the entropy of how often each occurs, corrected for short
// texts (Miller and Madow), at most that of the alphabet.
func perCharacter(text string) float64 {
	times := map[rune]int{}
	for _, r := range text {
		times[r]++
	}
	n, h := float64(len(text)), 0.0
	for _, k := range times {
		p := float64(k) / n
		h -= p * math.Log2(p)
	}
	return math.Min(h+float64(len(times)-1)/(2*n*math.Ln2), math.Log2(alphabet(text)))
}

// alphabet is the number of characters in the classes that a text uses.
func alphabet(text string) (size float64) {
	for _, class := range []struct {
		holds func(rune) bool
		size  float64
	}{
		{unicode.IsLower, 26},
		{unicode.IsUpper, 26},
		{unicode.IsDigit, 10},
		{func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }, 32},
	} {
		if strings.ContainsFunc(text, class.holds) {
			size += class.size
		}
	}
	return size
}

// sequence is the length of the run at the start of a text in which each character is the successor of the previous
// one, its predecessor, or the same.
func sequence(text string) int {
	n := 1
	for n < len(text) {
		step := int(text[n]) - int(text[n-1])
		if step < -1 || step > 1 || n > 1 && step != int(text[1])-int(text[0]) {
			break
		}
		n++
	}
	return n
}

// longestCopy is the length of the longest text at an offset that also begins before it; less than minRun counts
// as 0.
func longestCopy(all string, at int) (length int) {
	for n := minPattern; at+n <= len(all) && strings.Contains(all[:at+n-1], all[at:at+n]); n++ {
		length = n
	}
	return length
}
