package format

import (
	"fmt"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// loaded describes what the loader reads from a file, without positions.
func loaded(data []byte) (out []string) {
	lookup := func(string) (string, bool) { return "", false }
	state, findings := spec.Load([]spec.Input{{Name: "f", Data: data}}, spec.Options{Lookup: lookup})
	for i := range state.Objects {
		o := &state.Objects[i]
		out = append(out, fmt.Sprintf("%s %+v %v %q %v", o.Address(), kind.Of(o.Kind).Pack(o.Value), o.Protected, o.MovedFrom, o.Manages))
	}
	for _, r := range state.References {
		r.Source.Line, r.Source.Column = 0, 0
		out = append(out, fmt.Sprintf("%+v", r))
	}
	for owner, globs := range state.Owns {
		out = append(out, fmt.Sprint("owns ", owner, globs))
	}
	for _, r := range state.Ignore {
		r.Source.Line, r.Source.Column = 0, 0
		out = append(out, fmt.Sprintf("%+v", r))
	}
	for _, f := range findings {
		out = append(out, f.Path)
	}
	slices.Sort(out)
	return out
}
