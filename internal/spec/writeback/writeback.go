// Package writeback edits desired-state files so that they match a gateway, and leaves everything else in them as it is.
// Changes made on the gateway by hand are written to the files, and objects that the gateway no longer has are removed.
//
// It works in rounds. Each compares the files with the gateway and makes the smallest edits that it can; the next one
// compares the result, and makes larger edits where there are still differences. When a round finds nothing to edit, the
// remaining differences cannot be written back, and are reported. The package does no I/O: files are bytes.
package writeback

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Gateway is the complete state of a gateway, whatever part of it the options cover.
type Gateway struct {
	Actual  kind.Actual
	Catalog *kind.Catalog
	Unread  []kind.Unread // what it refuses to show; the files keep what they say about that
	Adopt   bool          // also add objects that the files neither declare nor own
}

// Result holds the edited files, and what could not be written.
type Result struct {
	Files     []File // those that changed, in the order of the inputs
	Kept      []Kept // differences that could not be written, sorted by address
	Variables []spec.Variable
	Notes     []Kept // remarks about what was written
}

// File is an edited file.
type File struct {
	Name    string // of the input
	Data    []byte
	Changes []Change // in the order in which they were made
}

// Change is one edit of a file.
//
//	Action    Field
//	Update    one leaf: Before is the value in the file, After that on the gateway
//	Create    nil; an object or binding that only the gateway had is added to the file
//	Delete    nil; an object or binding that only the file had is removed
type Change struct {
	Action  diff.Action
	Address string
	Field   *diff.Field
}

// Kept is a remark about an object or a field, usually why a difference remains.
type Kept struct {
	Source  kind.Source // in the files; zero when the files do not have it
	Address string
	Path    string // JSON pointer; "" for the whole object
	Text    string
}

// maxRounds is the maximum number of rounds. More than two are needed only if overlays or merge keys hide a value.
const maxRounds = 6

// Run edits files and overlays. When a finding is an error, nothing is edited. The result is verified: its files were read
// again, and they differ from the gateway only as Kept says. After an error only Kept is valid.
func Run(inputs []spec.Input, o spec.Options, g Gateway, p diff.Options) (*Result, []spec.Finding, error) {
	return runKeeping(map[string]string{}, inputs, o, g, p)
}

// runKeeping is Run except for the objects in stay, which maps their addresses to the reason why they are not edited. When
// a partial edit of an object turns out to be invalid, it starts again with that object in stay.
func runKeeping(stay map[string]string, inputs []spec.Input, o spec.Options, g Gateway, p diff.Options) (*Result, []spec.Finding, error) {
	out := &Result{}
	for _, l := range spec.NotShown(g.Unread) {
		out.Notes = append(out.Notes, Kept{Address: l.Address, Text: l.Why + "; the files keep what they say about it"})
	}
	edited, now := map[string]*File{}, inputs
	p.Prune, p.MaxDeletes = true, -1
	for number := 1; number <= maxRounds; number++ {
		r, findings := newRound(number, now, o, g, p)
		if r == nil {
			switch {
			case number == 1:
				return out, findings, nil
			case out.addInvalid(now, o, findings, stay):
				return runKeeping(stay, inputs, o, g, p)
			}
			return out, nil, fmt.Errorf("the edited files would be wrong; nothing was written: %s", firstError(findings))
		}
		r.unedited = stay
		r.edit()
		out.Kept = sortKept(r.kept)
		out.add(r)
		changed, err := r.files.bytes()
		if err != nil {
			return out, nil, err
		}
		if len(changed) == 0 {
			out.Files = inOrder(inputs, edited)
			return out, findings, r.unexplained()
		}
		now = merge(now, changed, edited)
	}
	return out, nil, errors.New("the edited files would still differ from the gateway; nothing was written")
}

// add adds the variables and notes of a round.
func (out *Result) add(r *round) {
	variables, left := r.snippets.Summary()
	out.Variables = append(out.Variables, variables...)
	out.Notes = append(out.Notes, r.notes...)
	for _, l := range left {
		address, path, _ := strings.Cut(l.Address, " ")
		out.Notes = append(out.Notes, Kept{Address: address, Path: path, Text: l.Why})
	}
}

// addInvalid adds to unedited the objects for which the edited files have errors because some of their fields were
// kept. It reports whether it added any.
func (out *Result) addInvalid(edited []spec.Input, o spec.Options, findings []spec.Finding, stay map[string]string) (more bool) {
	_, places, _ := spec.LoadPlaces(edited, o, "")
	for _, f := range findings {
		address := places.AddressOf(f)
		at := slices.IndexFunc(out.Kept, func(k Kept) bool { return k.Address == address || isPart(k.Address, address) })
		if f.Warning || stay[address] != "" || at < 0 {
			continue
		}
		k := out.Kept[at]
		if k.Address != address {
			k.Path = k.Address + " " + k.Path
		}
		stay[address], more = strings.TrimSpace(k.Path+" "+k.Text)+", and the other changes would contradict that", true
	}
	return more
}

// isPart reports whether an address is that of a part of an object.
func isPart(address, object string) bool {
	kindName, name, _ := strings.Cut(object, "/")
	return slices.ContainsFunc(kind.Parts(kindName), func(part *kind.Kind) bool { return strings.HasPrefix(address, part.Name+"/"+name+"/") })
}

func firstError(findings []spec.Finding) string {
	for _, f := range findings {
		if !f.Warning {
			return f.String()
		}
	}
	return ""
}

// merge replaces inputs by their edited versions, and accumulates the changes of each file.
func merge(inputs []spec.Input, changed []File, edited map[string]*File) []spec.Input {
	out := slices.Clone(inputs)
	for _, f := range changed {
		for i := range out {
			if out[i].Name == f.Name {
				out[i].Data = f.Data
			}
		}
		if before := edited[f.Name]; before != nil {
			f.Changes = slices.Concat(before.Changes, newChanges(before.Changes, f.Changes))
		}
		edited[f.Name] = &f
	}
	return out
}

// newChanges leaves out changes that an earlier round reported already.
func newChanges(reported, more []Change) (out []Change) {
	for _, c := range more {
		if !slices.ContainsFunc(reported, func(t Change) bool {
			return t.Address == c.Address && (t.Field == nil) == (c.Field == nil) && (t.Field == nil || t.Field.Path == c.Field.Path)
		}) {
			out = append(out, c)
		}
	}
	return out
}

func inOrder(inputs []spec.Input, edited map[string]*File) (out []File) {
	for _, in := range inputs {
		if f := edited[in.Name]; f != nil {
			out = append(out, *f)
			delete(edited, in.Name)
		}
	}
	return out
}

func sortKept(kept []Kept) []Kept {
	slices.SortStableFunc(kept, func(a, b Kept) int {
		return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Path, b.Path), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(kept)
}
