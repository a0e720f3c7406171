package kind

import (
	"path"
	"strings"
)

// noSlash stands for / while path.Match looks at a name, since * matches a / in names, too.
const noSlash = "\x00"

// Glob reports whether a name matches a pattern: * stands for any characters, ? for one, [a-z] and
// [^a-z] for one of a set, and \ takes the next character as it is. Case counts.
func Glob(pattern, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", noSlash), strings.ReplaceAll(name, "/", noSlash))
	return ok && err == nil
}

// IsGlob reports whether a pattern can match other names than itself.
func IsGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

// BrokenGlob reports whether a pattern cannot be read.
func BrokenGlob(pattern string) bool {
	_, err := path.Match(strings.ReplaceAll(pattern, "/", noSlash), "")
	return err != nil
}
