package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/spf13/pflag"
)

// sourceOf returns what set the value of a flag: the flag itself, its variable, or a line of the config file; "" if it
// was not set.
func (p *program) sourceOf(flag string) string {
	named := ""
	if p.given[flag] {
		named = "--" + flag
	}
	return cmp.Or(p.setBy[flag], named)
}

// readPathError returns the error for a flag's path that cannot be read. It says what named the path.
func (p *program) readPathError(flag, path string, err error) error {
	hint := "correct the path"
	switch {
	case errors.Is(err, fs.ErrPermission):
		hint = "let this account read it, or name another"
	case errors.Is(err, syscall.EISDIR):
		hint = "name a file in it"
	}
	return p.pathError(flag, path, hint, err)
}

// writePathError returns the error for a flag's path that cannot be written.
func (p *program) writePathError(flag, path string, err error) error {
	return p.pathError(flag, path, howToWrite(err), err)
}

var errFolder = errors.New("is a folder")

// howToWrite returns a hint for a path that cannot be written.
func howToWrite(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "make its folder first, or name another"
	case errors.Is(err, errFolder):
		return "name a file in it"
	case errors.Is(err, fs.ErrPermission):
		return "let this account write it, or name another"
	}
	return "name another file"
}

// isPathError reports whether an error is about a path.
func isPathError(err error) bool {
	_, ok := errors.AsType[*fs.PathError](err)
	return ok
}

func (p *program) pathError(flag, path, hint string, err error) error {
	why := err
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		why = at.Err // it may name the temporary file that is written first
	}
	if by := p.sourceOf(flag); by != "" {
		path = by + ": " + path
	}
	return hinted{fmt.Errorf("%s: %w", path, why), hint}
}

// configReadError returns the error for a config file that cannot be read, with what named it, if anything did.
func (p *program) configReadError(flags *pflag.FlagSet, err error) error {
	path := flagValue(flags, "config")
	if !isPathError(err) || path == "" {
		return err
	}
	return p.readPathError("config", path, err)
}
