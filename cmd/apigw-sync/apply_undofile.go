package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/saved/journal"
	"github.com/apigw-sync/apigw-sync/internal/saved/planfile"
)

// undoFileOptions say where the undo file of a run is kept.
type undoFileOptions struct {
	path string
	none bool
	file *os.File // the undo file of this run; nil before the run writes, and if none is kept
}

func (o *undoFileOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.path, "undo-file", "", "write the undo file of this run to `FILE` (default a new file below $XDG_STATE_HOME/apigw-sync/undo, where the last ten of each gateway are kept)")
	flags.BoolVar(&o.none, "no-undo", false, "do not write an undo file")
}

func (o *undoFileOptions) check() error {
	if o.none && o.path != "" {
		return hinted{errors.New("--no-undo and --undo-file cannot be used together"), "leave one of them out"}
	}
	return nil
}

// keep creates the undo file of a run that is about to write. The journal adds a line to it before and after each
// request. If the file cannot be created, it is an error for a file that the user named, and a warning for the default
// one.
func (o *undoFileOptions) keep(p *program, c *prepared, of string) error {
	if o.none {
		return nil
	}
	head, err := c.undoHead(of)
	path := o.path
	if err == nil && path == "" {
		path, err = newUndoFile(p, c.session.gateway)
	}
	if err == nil {
		err = o.begin(path, head)
	}
	switch {
	case err == nil:
		c.journal.AddFile(o.file)
	case o.path != "":
		return fmt.Errorf("nothing was changed: %w", p.writePathError("undo-file", path, err))
	default:
		c.warnings = append(c.warnings, document.Problem{Message: "no undo file is kept: " + err.Error(), Hint: "name a file with --undo-file, or do without with --no-undo"})
	}
	return nil
}

func (o *undoFileOptions) begin(path string, head []byte) error {
	err := writeBytes(path, privateMode, head)
	if err == nil {
		o.file, err = journal.Open(path)
	}
	if err == nil {
		err = o.file.Sync()
	}
	return err
}

// undoHead returns the first line of the undo file: what the gateway had before, and what will be written.
func (c *prepared) undoHead(of string) ([]byte, error) {
	e, err := c.run.Before(c.Result)
	if err != nil {
		return nil, err
	}
	f, err := c.savedPlan(document.NewPlan(c.head, c.Plan, c.Reads), e, planfile.Options{Purpose: planfile.ForUndo, TakesBack: of})
	if err != nil {
		return nil, err
	}
	return planfile.HeadOfRecord(f)
}

// end adds the undo file to the results. If the run certainly changed nothing, the file is removed.
func (o *undoFileOptions) end(d *document.Results) error {
	if o.file == nil {
		return nil
	}
	path := o.file.Name()
	var err error
	if d.Matches() {
		err = journal.Mark(o.file, journal.Settled, time.Now())
	}
	err = joinErrors(err, o.file.Close())
	r, cause := readUndo(path)
	if err = joinErrors(err, cause); err != nil {
		return fmt.Errorf("the undo file is not valid: %w", err)
	}
	if !r.Wrote() || !d.Wrote() { // the gateway refused all writes, or was found not to have carried them out
		return os.Remove(path)
	}
	d.Undo = &document.Undo{File: path, Changes: r.Reached(), NotRestorable: []document.Loss{}, UserNamed: o.path != ""}
	for _, l := range r.Losses() {
		d.Undo.NotRestorable = append(d.Undo.NotRestorable, document.Loss(l))
	}
	return nil
}

func readUndo(path string) (*planfile.Record, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the user named it
	if err != nil {
		return nil, hinted{fmt.Errorf("the undo file: %w", err), "name one that a run has left; apply prints its path"}
	}
	r, err := planfile.DecodeRecord(data)
	return r, decodeError(path, err)
}

// undoFolder returns the folder for the undo files of a gateway.
func undoFolder(p *program, g *gateway) (string, error) {
	state, _ := p.Lookup("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the XDG specification says that relative paths are ignored
		name := "HOME"
		if runtime.GOOS == "windows" {
			name = "USERPROFILE"
		}
		home, _ := p.Lookup(name)
		if home == "" {
			return "", errors.New("neither XDG_STATE_HOME nor " + name + " is set, so there is no folder for it")
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "apigw-sync", "undo", pathComponent(g.host), pathComponent(g.instanceID)), nil
}

// pathComponent turns a text into one component of a path that is valid on any system.
func pathComponent(text string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, text)
	if strings.Trim(name, ".") == "" {
		return "_" + name
	}
	return name
}

const undoSuffix = ".undo"

// newUndoFile returns the path of a new undo file, and removes the oldest files. Names begin with the time, so they
// sort by age.
func newUndoFile(p *program, g *gateway) (string, error) {
	folder, err := undoFolder(p, g)
	if err != nil {
		return "", err
	}
	const ownFolder = 0o700
	if err := os.MkdirAll(folder, ownFolder); err != nil {
		return "", err
	}
	names, err := undoFiles(folder)
	if err != nil {
		return "", err
	}
	const kept = 10
	for _, old := range names[:max(0, len(names)-kept+1)] {
		if err := os.Remove(filepath.Join(folder, old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	name := time.Now().UTC().Format("20060102T150405.000000000Z")
	if len(names) > 0 && name+undoSuffix <= names[len(names)-1] { // the clock was set back
		name = strings.TrimSuffix(names[len(names)-1], undoSuffix) + "+"
	}
	return filepath.Join(folder, name+undoSuffix), nil
}

// undoFiles returns the names of the undo files in a folder, the oldest first.
func undoFiles(folder string) (names []string, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), undoSuffix) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(strings.TrimSuffix(a, undoSuffix), strings.TrimSuffix(b, undoSuffix))
	})
	return names, err
}

// lastUndo returns the newest undo file of a gateway that was not taken back. It skips the file of an undo that was not
// completed, so that the run which that undo began to take back is taken back first.
func lastUndo(p *program, g *gateway) (path string, err error) {
	folder, err := undoFolder(p, g)
	if err != nil {
		return "", err
	}
	names, err := undoFiles(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, name := range slices.Backward(names) {
		path := filepath.Join(folder, name)
		r, err := readUndo(path)
		if err != nil {
			return "", err
		}
		if r.Undone || !r.Wrote() {
			continue
		}
		if of := r.Saved.TakesBack; of != "" && slices.Contains(names, of) {
			if before, err := readUndo(filepath.Join(folder, of)); err == nil && !before.Undone {
				continue
			}
		}
		return path, nil
	}
	return "", hinted{fmt.Errorf("there is no run to take back in %s", folder), "name an undo file"}
}
