package spec

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the candidate most similar to word, "" when none is similar: up to a third of the characters may
// differ, and at least one always may. Of equally similar candidates it returns the first.
func Nearest(word string, candidates []string) string {
	length := utf8.RuneCountInString(word)
	limit := max(1, length/3)
	best, found := limit+1, ""
	for _, c := range candidates {
		if d := utf8.RuneCountInString(c) - length; d >= best || -d >= best {
			continue
		}
		if strings.EqualFold(c, word) {
			return c
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < best {
			best, found = d, c
		}
	}
	return found
}

// DidYouMean is the hint about an unknown word: the most similar known word or, if none is similar, the hint otherwise.
func DidYouMean(word string, known []string, otherwise string) string {
	if near := Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// keyHint says what to do about an unknown key.
func keyHint(key string, known []string) string {
	if len(known) == 0 {
		return "nothing is allowed here"
	}
	return DidYouMean(key, known, "known keys are "+strings.Join(known, ", "))
}
