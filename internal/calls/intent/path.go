package intent

import "strings"

// takes is whether an API takes the calls of a path: each part of its own path must be the same, or a
// {parameter}, which stands for any one part. With prefix (match_mode SWA) the path called may go on below.
// What the vendor's pages do not tell, such as a part that is a parameter only partly, stays open.
func takes(route, path string, prefix bool) truth {
	if prefix {
		route = strings.TrimSuffix(route, "/")
	}
	plain := strings.IndexAny(route+"{", "{*") // what comes before must be there as it is
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
