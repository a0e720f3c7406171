package emulator

import (
	"path"
	"strings"
)

// glob matches names, in which a slash is a character like any other.
func glob(pattern, name string) bool {
	flat := strings.NewReplacer("/", "\x00")
	hit, err := path.Match(flat.Replace(pattern), flat.Replace(name))
	return err == nil && hit
}
