package document

import (
	"github.com/apigw-sync/apigw-sync/internal/docs/manual"
)

// Manual is the documentation of a key of desired-state files.
type Manual struct {
	Head
	Key *manual.Entry `json:"key,omitempty"` // nil after an error
	Problems
}

// NewManual returns the document of e; e is nil if the command failed.
func NewManual(h Head, e *manual.Entry) *Manual {
	return &Manual{Head: h, Key: e, Problems: noProblems()}
}
