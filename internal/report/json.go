package report

import (
	"encoding/json"
	"io"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// machine is the format JSON: one document. Its schemas are in the folder schema.
var machine = &Format{
	Name: "json", Failures: true, Many: true,
	Write: func(w io.Writer, d document.Document, _ Style) error { return writeJSON(w, d) },
}

func writeJSON(w io.Writer, d any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
