package report_test

import (
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/sample"
)

// A drift report for people, in a pipeline and on a narrow terminal: two columns if they fit, else one line for each side, with
// complete values.
func TestDriftText(t *testing.T) {
	for name, s := range map[string]report.Style{"drift.txt": {}, "drift-narrow.txt": {Width: 60}} {
		golden(t, name, write(t, "text", sample.Drift(), s))
	}
}
