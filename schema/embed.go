// Package schema holds the JSON Schemas (2020-12) of what apigw-sync reads and writes.
package schema

import (
	"embed"
	"path"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

const (
	suffix  = ".schema.json"
	desired = "config" // of files that are read; made by package spec
)

// Outputs lists the formats that are written, in order.
func Outputs() (names []string) {
	entries, _ := files.ReadDir(".") // the folder is part of the program
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), suffix); name != desired {
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
