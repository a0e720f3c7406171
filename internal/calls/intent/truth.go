package intent

// truth is whether something holds: no, open (not known), or yes.
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

// implies is whether b holds where a does.
func implies(a, b truth) truth { return max(not(a), b) }

// all is whether both hold; any whether one of them does. They are min and max, which say it as well for
// more than two.
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

// agree is what all agree on; open when they do not.
func agree(list ...truth) truth {
	if all(list...) == anyOf(list...) {
		return all(list...)
	}
	return open
}
