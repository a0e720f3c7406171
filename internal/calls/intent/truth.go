package intent

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

// implies says whether a implies b.
func implies(a, b truth) truth { return max(not(a), b) }

// all says whether both are true, any whether one is. They are min and max, and take more than two values.
func all(list ...truth) truth {
	out := yes
	for _, t := range list {
		out = min(out, t)
	}
	return out
}

func anyOf(list ...truth) truth {
	out := no
	for _, t := range list {
		out = max(out, t)
	}
	return out
}

// agree is the common value; open if the values differ.
func agree(list ...truth) truth {
	if all(list...) == anyOf(list...) {
		return all(list...)
	}
	return open
}
