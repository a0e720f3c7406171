package intent

import "slices"

// truth says whether something is true: no, open (not known), or yes.
type truth int8

const (
	no truth = iota
	open
	yes
)

func sure(b bool) truth {
	if b {
		return yes
	}
	return no
}

func not(t truth) truth { return yes - t }

// implies returns whether a implies b.
func implies(a, b truth) truth { return max(not(a), b) }

// all returns whether all of the values are true, anyOf whether at least one is: the minimum and the maximum.
func all(list ...truth) truth   { return slices.Min(append([]truth{yes}, list...)) }
func anyOf(list ...truth) truth { return slices.Max(append([]truth{no}, list...)) }

// agree returns the common value; open if the values differ.
func agree(list ...truth) truth {
	if all(list...) == anyOf(list...) {
		return all(list...)
	}
	return open
}
