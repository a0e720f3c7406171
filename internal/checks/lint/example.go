package lint

import (
	"embed"
	"strings"
)

// Example is a desired-state file, and what is needed to lint it.
type Example struct {
	File    string
	Gateway string   // an export made --with-apis; "" when the file is linted alone
	Environ []string // variables of the file, NAME=VALUE
	Config  string   // a config file with the target prod, for which the file is linted; "" for none
}

//go:embed examples
var examples embed.FS

// Bad is the example that the rule reports.
func (r *Rule) Bad() Example { return r.example("bad") }

// Good is the example that the rule does not report.
func (r *Rule) Good() Example { return r.example("good") }

func (r *Rule) example(which string) Example {
	read := func(ending string) string {
		text, _ := examples.ReadFile("examples/" + r.ID + "." + which + ending) // most examples have only the first file
		return string(text)
	}
	return Example{File: read(".yaml"), Gateway: read(".export.yaml"), Config: read(".config.yaml"), Environ: strings.Fields(read(".env"))}
}
