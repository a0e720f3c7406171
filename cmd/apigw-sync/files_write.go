package main

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The modes of files that are written. For forAll, a new file gets what the umask leaves of it, and an existing file
// keeps its own mode.
const (
	sharedMode  fs.FileMode = 0o666
	privateMode fs.FileMode = 0o600 // for files with secrets, or with something from which secrets can be guessed
)

// writeFile replaces a file atomically: readers see either the old or the new content, even after a crash. It follows
// links. Something other than a regular file, such as a pipe, is written to directly. All files are written with this
// function.
func writeFile(path string, mode fs.FileMode, write func(io.Writer) error) error {
	if followed, err := filepath.EvalSymlinks(path); err == nil {
		path = followed
	}
	info, err := os.Stat(path)
	there := err == nil
	switch {
	case there && info.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: errFolder}
	case there && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the user named it
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := newTemporary(path, mode)
	if err != nil {
		return err
	}
	if there && mode != privateMode {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is more useful than one of Remove
	}
	return err
}

// writeBytes is writeFile for content that is in memory.
func writeBytes(path string, mode fs.FileMode, data []byte) error {
	return writeFile(path, mode, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// newTemporary creates a file in the folder of another file, under a name that no other run uses or has left.
func newTemporary(path string, mode fs.FileMode) (*os.File, error) {
	for {
		f, err := os.OpenFile(path+"."+rand.Text()[:8]+".tmp", os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the user named it
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
