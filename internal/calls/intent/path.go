package intent

import "strings"

// takes returns whether an API takes calls of a path: each segment of its own path must be the same, or a {parameter},
// which matches any one segment. With prefix (match_mode SWA) the called path may be longer. The result is open for
// what the vendor's pages do not define, such as a segment that is only partly a parameter.
func takes(route, path string, prefix bool) truth {
	if prefix {
		route = strings.TrimSuffix(route, "/")
	}
	plain := strings.IndexAny(route+"{", "{*") // the text before it must match literally
	if !strings.HasPrefix(path, route[:plain]) {
		return no
	}
	want, have := strings.Split(route, "/"), strings.Split(path, "/")
	longer := prefix || strings.HasSuffix(route, "+}")
	if len(have) < len(want) || len(have) > len(want) && !longer {
		return no
	}
	out := yes
	for i, part := range want {
		out = min(out, takesPart(part, have[i]))
	}
	return out
}

func takesPart(part, called string) truth {
	name, whole := strings.CutPrefix(part, "{")
	name, closed := strings.CutSuffix(name, "}")
	switch {
	case part == called:
		return yes
	case whole && closed && called == "":
		return no
	case whole && closed && !strings.ContainsAny(name, "{}+"):
		return yes
	case strings.ContainsAny(part, "{*"):
		return open
	}
	return no
}
