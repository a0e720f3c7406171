package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// folder writes the files of a split export. It removes files of earlier exports that this one does not write, since
// they would declare the same objects twice. It keeps files that no export wrote, and names them in a warning.
func (o *exportOptions) folder(p *program, files []spec.File) error {
	if info, err := os.Stat(o.path); err == nil && !info.IsDir() {
		return hinted{fmt.Errorf("%s is not a folder", o.path), "--split writes several files: name a folder with --output-file"}
	}
	written := map[string]bool{}
	read, _ := filesOfFlags(p.flags)
	var wrong error
	for _, f := range files {
		path := filepath.Join(o.path, filepath.FromSlash(f.Name))
		written[path] = true
		wrong = joinErrors(wrong, joinErrors(o.checkPrivate(path), noLink(o.path, f.Name)))
		for _, r := range read {
			if sameFile(r.path, path) {
				wrong = joinErrors(wrong, hinted{fmt.Errorf("the export would overwrite %s, which %s names", path, r.flag), "name another folder with --output-file"})
			}
		}
	}
	if wrong != nil {
		return wrong
	}
	stale, foreign := o.otherFiles(written)
	for _, f := range files {
		path := filepath.Join(o.path, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil { //nolint:gosec // as the umask says
			return err
		}
		if err := o.file(p, path, f.Data); err != nil {
			return err
		}
	}
	for _, path := range stale {
		if err := os.Remove(path); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.Stderr, "removed %s, which an earlier export wrote\n", path)
	}
	for _, path := range foreign {
		_, _ = fmt.Fprintf(p.Stderr, "warning: %s is not part of this export; together they may declare objects twice\n", path)
	}
	return nil
}

// noLink refuses to write a file that is a symbolic link or in a linked folder: an export must write only below the
// folder that was named.
func noLink(folder, name string) error {
	at := folder
	for part := range strings.SplitSeq(name, "/") {
		at = filepath.Join(at, part)
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return hinted{fmt.Errorf("%s is a link, and an export is not written through links; nothing was written", at), "remove it, or name another folder with --output-file"}
		}
	}
	return nil
}

// otherFiles finds desired-state files in the folder that this export does not write: stale ones, which an earlier
// split export of everything wrote, and foreign ones, which must be kept.
func (o *exportOptions) otherFiles(written map[string]bool) (stale, foreign []string) {
	paths, err := filesAt(o.path)
	if err != nil {
		return nil, nil // a new folder, or an empty one
	}
	narrowed := len(o.compare.kinds)+len(o.compare.names) > 0
	for _, path := range paths {
		switch {
		case written[path]:
		case !narrowed && isSplitExport(path) && noLink(filepath.Dir(path), filepath.Base(path)) == nil:
			stale = append(stale, path)
		default:
			foreign = append(foreign, path)
		}
	}
	return stale, foreign
}

// isSplitExport reports whether the head of a file has the mark of a split export.
func isSplitExport(path string) bool {
	data, err := os.ReadFile(path) //nolint:gosec // in the folder that the user named
	if err != nil {
		return false
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() && strings.HasPrefix(lines.Text(), "#") {
		if strings.HasPrefix(lines.Text(), "# "+exportMark) && strings.Contains(lines.Text(), " exported, split by ") {
			return true
		}
	}
	return false
}
