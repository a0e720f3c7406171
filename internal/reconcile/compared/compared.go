// Package compared is what a comparison of desired-state files with a gateway found, for those who look at it.
package compared

import (
	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Result is what separates files and gateway.
type Result struct {
	Plan     *diff.Plan
	Desired  kind.Desired
	Actual   kind.Actual
	Findings []spec.Finding  // of references; with an error among them Plan is not to be applied
	Reads    int             // requests made
	Sent     []api.Sent      // the same, by operation
	Instance *kind.Instance  // nil unless the run checks it
	Whole    map[string]bool // kinds of objects of which Actual holds all that the gateway has
	Complete map[string]bool // kinds of links of which Actual holds all that the gateway has
	APIs     *kind.Catalog   // what was read of APIs; nil where nothing was

	Extract *diff.Extract // what of a saved plan, or of a way back, the plan was made of; nil when it was made of files
}
