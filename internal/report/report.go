// Package report writes documents in the formats that people and tools read. A format is one file and one line in
// All.
package report

import (
	"io"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// Style is how output looks, and what it contains besides its document. The zero value suits a file or a pipe.
type Style struct {
	Color bool
	Width int // columns of the terminal; 0 if the output does not go to a terminal

	// Append adds text to the file that an environment variable names, and does nothing if it is not set. Nil means
	// that no variable is set.
	Append func(variable, text string) error

	Summary bool // of a plan in text or markdown: only the numbers

	History []document.PastReport // earlier drift reports of the same gateway, oldest first
}

// Format writes documents in one way.
type Format struct {
	Name string
	// Failures: a document is written even if the command failed. Readers of the other formats find the errors on
	// stderr.
	Failures bool
	Many     bool     // it can also write the results for many targets
	Commands []string // whose documents it writes; nil means all

	Write func(w io.Writer, d document.Document, s Style) error
}

// byView writes a document through its view, and results for many targets with a function of its own.
func byView(one func(io.Writer, *view, Style) error, many func(io.Writer, *document.Fleet, Style) error) func(io.Writer, document.Document, Style) error {
	return func(w io.Writer, d document.Document, s Style) error {
		if f, ok := d.(*document.Fleet); ok {
			return many(w, f, s)
		}
		return one(w, viewOf(d), s)
	}
}

// Has reports whether the format writes the documents of a command.
func (f *Format) Has(command string) bool {
	return f.Commands == nil || slices.Contains(f.Commands, command)
}

// All has the formats, the default first.
var All = []*Format{text, machine, markdown, github, junit, sarif, webpage, prometheus}

// Find returns the format of that name, nil if there is none.
func Find(name string) *Format {
	for _, f := range All {
		if f.Name == name {
			return f
		}
	}
	return nil
}
