// Package compared has the result of a comparison of desired-state files with a gateway.
package compared

import (
	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Result is the difference between files and gateway.
type Result struct {
	Plan     *diff.Plan
	Desired  kind.Desired
	Actual   kind.Actual
	Findings []spec.Finding  // about references; if one is an error, Plan must not be applied
	Reads    int             // requests made
	Sent     []api.Sent      // the same, by operation
	Instance *kind.Instance  // nil unless the run reads it
	Whole    map[string]bool // kinds of objects of which Actual holds all that the gateway has
	Complete map[string]bool // kinds of links of which Actual holds all that the gateway has
	APIs     *kind.Catalog   // what was read of APIs; nil if nothing was

	Extract *diff.Extract // the extract from which the plan was made, for saved plans and undo files; nil if it was made from files
}
