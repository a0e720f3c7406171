package report

import (
	"encoding/json"
	"io"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// machine is JSON, one document. Its schemas are in the folder schema.
var machine = &Format{
	Name:     "json",
	Failures: true,
	Plan:     func(w io.Writer, d *document.Plan, _ Style) error { return writeJSON(w, d) },
	Results:  func(w io.Writer, d *document.Results, _ Style) error { return writeJSON(w, d) },
	Check:    func(w io.Writer, d *document.Check, _ Style) error { return writeJSON(w, d) },
	Drift:    func(w io.Writer, d *document.Drift, _ Style) error { return writeJSON(w, d) },
	Explain:  func(w io.Writer, d *document.Explanation, _ Style) error { return writeJSON(w, d) },
	Doctor:   func(w io.Writer, d *document.Diagnosis, _ Style) error { return writeJSON(w, d) },
	Tests:    func(w io.Writer, d *document.Tests, _ Style) error { return writeJSON(w, d) },
	Promote:  func(w io.Writer, d *document.Promotion, _ Style) error { return writeJSON(w, d) },
	Manual:   func(w io.Writer, d *document.Manual, _ Style) error { return writeJSON(w, d) },
}

func writeJSON(w io.Writer, d any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
