package report

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/calls/intent"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// junitTests has a suite for each file of cases, and a test case for each case.
func junitTests(w io.Writer, d *document.Tests, _ Style) error {
	v := viewTests(d)
	v.Findings = slices.DeleteFunc(v.Findings, func(f finding) bool { return f.Rule == ruleCaseFailed || f.Rule == ruleCaseUncertain })
	j := &junitSuites{Name: "apigw-sync test"}
	j.findings(v)
	for i := range d.Cases {
		c := &d.Cases[i]
		t := junitCase{Name: document.Clean(c.Name), File: document.Clean(c.Source.File), Line: c.Source.Line}
		var why strings.Builder
		why.WriteString(document.Clean(c.Question) + "\n")
		for _, s := range c.Why() {
			why.WriteString(document.Clean(s.String()) + "\n")
		}
		if c.Status == intent.Passed {
			t.Output = why.String()
		} else {
			t.Failure = &junitOutcome{Message: c.Missed(), Type: string(c.Status), Text: why.String()}
		}
		j.suite(document.Clean(c.Source.File)).add(t)
	}
	return j.write(w, time.Time{})
}
