package writeback

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// files are the inputs with the edits of a round. An input is parsed when it is first needed.
type files struct {
	inputs map[string][]byte
	open   map[string]*opened
}

type opened struct {
	file    *edit.File
	err     error
	changes []Change
}

func newFiles(inputs []spec.Input) *files {
	f := &files{inputs: map[string][]byte{}, open: map[string]*opened{}}
	for _, in := range inputs {
		f.inputs[in.Name] = in.Data
	}
	return f
}

func (f *files) get(name string) *opened {
	o := f.open[name]
	if o == nil {
		o = &opened{}
		o.file, o.err = edit.Parse(f.inputs[name])
		f.open[name] = o
	}
	return o
}

// bytes carries out the edits, and returns the files that they change.
func (f *files) bytes() (out []File, err error) {
	for _, name := range sortedKeys(f.open) {
		o := f.open[name]
		if len(o.changes) == 0 {
			continue
		}
		data, err := o.file.Bytes()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, File{Name: name, Data: data, Changes: o.changes})
	}
	return out, nil
}

// editFile edits a file and records the change. When that is not possible, the difference is kept, with the reason.
func (r *round) editFile(at spec.Place, c Change, act func(*edit.File) error) (done bool) {
	o := r.files.get(at.Source.File)
	err := o.err
	if err == nil {
		err = act(o.file)
	}
	if err == nil {
		o.changes = append(o.changes, c)
		return true
	}
	why := err.Error()
	if errors.Is(err, edit.ErrShared) {
		why = "an alias shares the value; write it out in both places"
	}
	path := ""
	if c.Field != nil {
		path = c.Field.Path
	}
	r.keep(at.Source, c.Address, path, why)
	return false
}

// remove removes the value at a place.
func (r *round) remove(at spec.Place, c Change) {
	r.editFile(at, c, func(f *edit.File) error { return f.Remove(at.Document, at.Path) })
}

func updated(address, path string, before, after any) Change {
	return Change{Action: diff.Update, Address: address, Field: &diff.Field{Path: path, Before: before, After: after}}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)`)

// variablesIn are the names of the variables that files use.
func variablesIn(inputs []spec.Input) (names []string) {
	for _, in := range inputs {
		for _, found := range variable.FindAllSubmatch(in.Data, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names
}
