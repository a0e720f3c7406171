package spec

import "github.com/apigw-sync/apigw-sync/internal/kind"

// brokenGlob is "" or what is wrong with a glob.
func brokenGlob(glob string) string {
	if kind.BrokenGlob(glob) {
		return "is not a glob"
	}
	return ""
}
