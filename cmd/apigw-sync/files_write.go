package main

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The modes of files that are written. That of others than onlyOwner is what the umask leaves of it, for new files; one
// that is there keeps its own.
const (
	forAll    fs.FileMode = 0o666
	onlyOwner fs.FileMode = 0o600 // of files that hold secrets, or what they can be guessed from
)

// writeFile replaces a file as a whole: readers see the old one or the new one, also after a crash. A link is followed.
// What is not a regular file, such as a pipe, is written to as it is. It is the one way to write a file.
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
	if there && mode != onlyOwner {
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
		_ = os.Remove(f.Name()) // the first error tells more
	}
	return err
}

// writeBytes is writeFile of what is there already.
func writeBytes(path string, mode fs.FileMode, data []byte) error {
	return writeFile(path, mode, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// newTemporary makes a new file in the folder of another, under a name that no other run has, or has left.
func newTemporary(path string, mode fs.FileMode) (*os.File, error) {
	for {
		f, err := os.OpenFile(path+"."+rand.Text()[:8]+".tmp", os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the user named it
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
