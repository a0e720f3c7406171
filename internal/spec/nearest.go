package spec

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the candidate most like word, "" when none is like it: at most a third of the
// characters may differ, one always. The first of several equally near ones wins.
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

// Meant is the hint about a word that is not one of those known: the one most like it, else what to do otherwise.
func Meant(word string, known []string, otherwise string) string {
	if near := Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// keyHint helps with an unknown key.
func keyHint(key string, known []string) string {
	if len(known) == 0 {
		return "nothing is allowed here"
	}
	return Meant(key, known, "known keys are "+strings.Join(known, ", "))
}
