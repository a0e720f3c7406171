package spec

import (
	"path"
	"strings"
)

// noSlash stands for / while path.Match looks at a name, since * matches a / in names, too.
const noSlash = "\x00"

// matchGlob reports whether a name matches a glob: * stands for any characters, ? for one, [a-z] and
// [^a-z] for one of a set, and \ takes the next character as it is. Case counts.
func matchGlob(glob, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(glob, "/", noSlash), strings.ReplaceAll(name, "/", noSlash))
	return ok && err == nil
}

// brokenGlob is "" or what is wrong with a glob.
func brokenGlob(glob string) string {
	if _, err := path.Match(strings.ReplaceAll(glob, "/", noSlash), ""); err != nil {
		return "is not a glob"
	}
	return ""
}

func isGlob(s string) bool { return strings.ContainsAny(s, `*?[\`) }
