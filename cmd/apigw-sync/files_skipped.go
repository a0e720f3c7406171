package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// filesAt lists the files at a path. In folders it leaves out names that begin with a dot.
func filesAt(path string) ([]string, error) {
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var paths []string
	root := path + string(filepath.Separator) // so that a link to a folder counts as a folder
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case at != root && strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return filepath.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		if ext := filepath.Ext(at); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return nil
		}
		paths = append(paths, filepath.Clean(at))
		return nil
	})
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s contains no *.yaml or *.yml", path)
	}
	return paths, err
}

// skipped finds files below folders that hold a desired state but are not read. What they declare would count as not
// declared.
type skipped struct {
	reasons     map[string]string // real path to the reason
	names       map[string]string // real path to the path by which the walk found it
	visited     map[string]bool   // real paths of visited folders, so that cycles of links end
	folderLinks []string          // links to folders, which are followed last: people know a file better by a path without links
}

func newSkipped() *skipped {
	return &skipped{reasons: map[string]string{}, names: map[string]string{}, visited: map[string]bool{}}
}

// walk searches a folder. If reason is not "", it says why nothing in the folder is read. Otherwise some files may be
// read, and the others have reasons of their own.
func (s *skipped) walk(folder, reason string) {
	target, err := filepath.EvalSymlinks(folder)
	if err != nil || s.visited[target] {
		return
	}
	s.visited[target] = true
	entries, err := os.ReadDir(folder)
	if err != nil { // not a folder, or one that cannot be read
		return
	}
	for _, e := range entries {
		at := filepath.Join(folder, e.Name())
		info, err := os.Stat(at)
		switch {
		case err != nil || e.Name() == ".git":
		case info.IsDir() && e.Type()&fs.ModeSymlink != 0:
			s.folderLinks = append(s.folderLinks, at)
		case info.IsDir():
			s.walk(at, skipReason(e, reason))
		case info.Mode().IsRegular():
			s.note(at, skipReason(e, reason))
		}
	}
}

// skipReason returns why filesAt leaves out an entry of a folder; "" when it does not.
func skipReason(e fs.DirEntry, above string) string {
	switch ext := filepath.Ext(e.Name()); {
	case above != "":
		return above
	case strings.HasPrefix(e.Name(), "."):
		return "because its name begins with a dot"
	case !e.IsDir() && ext != ".yaml" && ext != ".yml":
		return "because its name does not end with .yaml or .yml"
	}
	return ""
}

// note notes a file that is not read, if it holds a desired state.
func (s *skipped) note(path, reason string) {
	known := slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
	target, err := filepath.EvalSymlinks(path)
	if reason == "" || !known || err != nil || s.reasons[target] != "" {
		return
	}
	data, err := os.ReadFile(path) //nolint:gosec // below what the user named
	if err == nil && spec.HoldsState(spec.Input{Data: data}) {
		s.reasons[target], s.names[target] = reason, filepath.ToSlash(path)
	}
}

// findings returns warnings about the skipped files, without those that were read by another path.
func (s *skipped) findings(read []spec.Input) (out []spec.Finding) {
	for len(s.folderLinks) > 0 {
		link := s.folderLinks[0]
		s.folderLinks = s.folderLinks[1:]
		s.walk(link, "because it is behind a link to a folder")
	}
	for _, in := range read {
		if target, err := filepath.EvalSymlinks(filepath.FromSlash(in.Name)); err == nil {
			delete(s.reasons, target)
		}
	}
	for target, reason := range s.reasons {
		f := spec.Finding{Warning: true, Problem: "holds a desired state, but is not read, " + reason, Hint: "rename or move it, or name it with --file"}
		f.Source.File = s.names[target]
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b spec.Finding) int { return strings.Compare(a.Source.File, b.Source.File) })
	return out
}

// joinSkipped joins findings in one line.
func joinSkipped(findings []spec.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Source.File+" "+f.Problem)
	}
	return strings.Join(all, "; ")
}

// warnSkipped writes a warning for each skipped file, for commands whose result has no warnings.
func (p *program) warnSkipped(findings []spec.Finding) {
	for _, f := range findings {
		_, _ = fmt.Fprintf(p.Stderr, "warning: %s %s; %s\n", f.Source.File, f.Problem, f.Hint)
	}
}

// guardSources refuses to prune if files with a desired state were skipped.
func (o *compareOptions) guardSources() []diff.Refusal {
	if !o.prune || len(o.files.skipped) == 0 {
		return nil
	}
	var names []string
	for _, f := range o.files.skipped {
		names = append(names, f.Source.File)
	}
	return []diff.Refusal{{
		Guard: "sources", Reason: fmt.Sprintf("these files contain a desired state but are not read: %s", strings.Join(names, ", ")),
		Would: "what it declares might have been deleted",
	}}
}
