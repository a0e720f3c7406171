// Package writeback edits desired-state files so that they say what a gateway holds, and changes nothing in them
// beside that. The gateway is the truth: what was changed there by hand comes into the files, what is gone there goes.
//
// It works in rounds. Each compares the files with the gateway and edits what differs as sparingly as it can; the
// next one looks at the result, and is less sparing with what still differs. When a round finds nothing to edit, what
// still differs cannot be written back, and is told. Files are bytes that come in and go out.
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

// Gateway is what a gateway holds: all of it, whatever the options look at.
type Gateway struct {
	Actual  kind.Actual
	Catalog *kind.Catalog
	Unread  []kind.Unread // what it refuses to show: what the files say of that stays as it is
	Adopt   bool          // what no file declares comes into the files, too, not only what they own
}

// Result is what became of the files.
type Result struct {
	Files     []File // those that change, in the order of the inputs
	Kept      []Kept // what differs and could not be written back, by address
	Variables []spec.Variable
	Notes     []Kept // what a person should know of what was written
}

// File is an edited file.
type File struct {
	Name    string // of the input
	Data    []byte
	Changes []Change // in the order in which they were made
}

// Change is something that was written into a file.
//
//	Action    Fields
//	Update    one leaf: Before is what the file said, After what the gateway has
//	Create    none; the object or binding is only on the gateway so far, or in the files
//	Delete    only in the files so far
type Change struct {
	Action  diff.Action
	Address string
	Field   *diff.Field
}

// Kept is something about an object, or a field of it.
type Kept struct {
	Source  kind.Source // in the files; zero when it stands nowhere
	Address string
	Path    string // JSON pointer; "" when it is about the whole
	Text    string
}

// most is how many rounds there are at most. The third is only needed where overlays or merge keys hide a value.
const most = 6

// Run edits files and overlays. Findings are what is wrong with them: with an error among them nothing is edited. The
// result is sure: its files were read again, and of what separates them from the gateway nothing is left but what
// Kept tells. After an error only Kept counts.
func Run(inputs []spec.Input, o spec.Options, g Gateway, p diff.Options) (*Result, []spec.Finding, error) {
	return runKeeping(map[string]string{}, inputs, o, g, p)
}

// runKeeping is Run that leaves some objects as they are; stay tells why, by address. Those that turn out not to go with
// what cannot be edited of them are added to it.
func runKeeping(stay map[string]string, inputs []spec.Input, o spec.Options, g Gateway, p diff.Options) (*Result, []spec.Finding, error) {
	out := &Result{}
	for _, l := range spec.NotShown(g.Unread) {
		out.Notes = append(out.Notes, Kept{Address: l.Address, Text: l.Why + "; what the files say of it was left alone"})
	}
	edited, now := map[string]*File{}, inputs
	p.Prune, p.MaxDeletes = true, -1
	for number := 1; number <= most; number++ {
		r, findings := newRound(number, now, o, g, p)
		if r == nil {
			switch {
			case number == 1:
				return out, findings, nil
			case out.misfits(now, o, findings, stay):
				return runKeeping(stay, inputs, o, g, p)
			}
			return out, nil, fmt.Errorf("the edited files would be wrong; nothing was written: %s", firstError(findings))
		}
		r.stay = stay
		r.edit()
		out.Kept = sortKept(r.kept)
		out.tell(r)
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

// tell adds what a round has to say of what it wrote.
func (out *Result) tell(r *round) {
	variables, left := r.snippets.Told()
	out.Variables = append(out.Variables, variables...)
	out.Notes = append(out.Notes, r.notes...)
	for _, l := range left {
		address, path, _ := strings.Cut(l.Address, " ")
		out.Notes = append(out.Notes, Kept{Address: address, Path: path, Text: l.Why})
	}
}

// misfits adds objects to those that stay in which edited files are wrong, since something of them was kept. It reports
// whether there was any that did not stay yet.
func (out *Result) misfits(edited []spec.Input, o spec.Options, findings []spec.Finding, stay map[string]string) (more bool) {
	_, places, _ := spec.LoadPlaces(edited, o, "")
	for _, f := range findings {
		address := places.Around(f)
		at := slices.IndexFunc(out.Kept, func(k Kept) bool { return k.Address == address || isPart(k.Address, address) })
		if f.Warning || stay[address] != "" || at < 0 {
			continue
		}
		k := out.Kept[at]
		if k.Address != address {
			k.Path = k.Address + " " + k.Path
		}
		stay[address], more = strings.TrimSpace(k.Path+" "+k.Text)+", and the rest does not go with that", true
	}
	return more
}

// isPart reports whether what has an address lives inside an object.
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

// merge puts edited files in the place of the inputs, and adds up what was done to each.
func merge(inputs []spec.Input, changed []File, edited map[string]*File) []spec.Input {
	out := slices.Clone(inputs)
	for _, f := range changed {
		for i := range out {
			if out[i].Name == f.Name {
				out[i].Data = f.Data
			}
		}
		if before := edited[f.Name]; before != nil {
			f.Changes = slices.Concat(before.Changes, news(before.Changes, f.Changes))
		}
		edited[f.Name] = &f
	}
	return out
}

// news leaves out what an earlier round told already.
func news(told, more []Change) (out []Change) {
	for _, c := range more {
		if !slices.ContainsFunc(told, func(t Change) bool {
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
