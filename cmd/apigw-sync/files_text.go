package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// maxTextSize is the largest size of a file that ${file:PATH} names: 1 MiB.
const maxTextSize = 1 << 20

// text reads the files that desired-state files name with ${file:PATH}. Anybody who opens a pull request can write such
// paths and see the contents in the diff. Therefore only files below the folder of the config file, or of --file, are
// read.
func (o *fileOptions) text(p *program) func(input, path string) (string, error) {
	return func(input, path string) (string, error) {
		if filepath.IsAbs(path) || filepath.VolumeName(path) != "" {
			return "", errors.New("is an absolute path")
		}
		root, folder, err := o.textRoot(p, input)
		if err != nil {
			return "", err
		}
		return textBelow(root, filepath.Join(folder, filepath.FromSlash(path)))
	}
}

// textRoot returns the folder below which the text files of an input must be, and the folder that their paths are
// relative to.
func (o *fileOptions) textRoot(p *program, input string) (root, folder string, err error) {
	folder = filepath.Dir(filepath.FromSlash(input))
	at := flagValue(p.flags, "config")
	if at == "" {
		if at, err = config.Find("."); err != nil {
			return "", "", err
		}
	}
	if at != "" {
		return filepath.Dir(at), folder, nil
	}
	root = filepath.Clean(o.roots[input])
	if info, err := os.Stat(root); err != nil || !info.IsDir() { // a file, or stdin
		root = folder
	}
	return root, folder, nil
}

// textBelow reads a text file, which must be below a folder also after symbolic links are followed.
func textBelow(root, path string) (string, error) {
	target, err := resolveBelow(root, path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return "", fileCause(err)
	case !info.Mode().IsRegular():
		return "", errors.New("is not a regular file")
	}
	f, err := os.Open(target) //nolint:gosec // it is below what the user named
	if err != nil {
		return "", fileCause(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxTextSize+1))
	switch {
	case err != nil:
		return "", fileCause(err)
	case len(data) > maxTextSize:
		return "", errors.New("is larger than 1 MiB")
	case !utf8.Valid(data):
		return "", errors.New("is not UTF-8")
	}
	return string(data), nil
}

// resolveBelow returns a path with its links followed. It must be below a folder both before and after that. The errors
// do not reveal whether a file elsewhere exists.
func resolveBelow(folder, path string) (string, error) {
	shown := filepath.ToSlash(folder)
	for _, links := range []bool{false, true} {
		for _, at := range []*string{&folder, &path} {
			full, err := filepath.Abs(*at)
			if err == nil && links {
				full, err = filepath.EvalSymlinks(full)
			}
			if err != nil {
				return "", fileCause(err)
			}
			*at = full
		}
		if rel, err := filepath.Rel(folder, path); err != nil || !filepath.IsLocal(rel) {
			return "", fmt.Errorf("is not below %s", shown)
		}
	}
	return path, nil
}

// fileCause returns the cause of an error of the file system, without the operation and the path.
func fileCause(err error) error {
	if cause, ok := errors.AsType[*os.PathError](err); ok {
		err = cause.Err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot be read: %w", err)
}
