// Package schema holds the JSON Schemas (2020-12) of what apigw-sync reads and writes.
package schema

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

const suffix = ".schema.json"

// inputs are the formats of files that are read; packages spec and intent make their schemas.
var inputs = []string{"config", "cases"}

// Outputs lists the formats that are written, in order.
func Outputs() (names []string) {
	entries, _ := files.ReadDir(".") // the folder is part of the program
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), suffix); !slices.Contains(inputs, name) {
			names = append(names, name)
		}
	}
	return names
}

// Output returns the schema of a format that is written.
func Output(name string) (text []byte, ok bool) {
	text, err := files.ReadFile(path.Base(name) + suffix)
	return text, err == nil
}
