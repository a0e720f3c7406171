package report

import (
	"encoding/json"
	"io"
)

// machine is JSON, one document. Its schemas are in the folder schema.
var machine = &Format{
	Name:     "json",
	Failures: true,
	Plan:     func(w io.Writer, d *Plan, _ Style) error { return writeJSON(w, d) },
	Results:  func(w io.Writer, d *Results, _ Style) error { return writeJSON(w, d) },
	Check:    func(w io.Writer, d *Check, _ Style) error { return writeJSON(w, d) },
	Drift:    func(w io.Writer, d *Drift, _ Style) error { return writeJSON(w, d) },
	Explain:  func(w io.Writer, d *Explanation, _ Style) error { return writeJSON(w, d) },
	Doctor:   func(w io.Writer, d *Diagnosis, _ Style) error { return writeJSON(w, d) },
	Tests:    func(w io.Writer, d *Tests, _ Style) error { return writeJSON(w, d) },
	Promote:  func(w io.Writer, d *Promotion, _ Style) error { return writeJSON(w, d) },
	Manual:   func(w io.Writer, d *Manual, _ Style) error { return writeJSON(w, d) },
}

func writeJSON(w io.Writer, d any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
