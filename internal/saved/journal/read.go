package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Open opens the journal at path for appending, and creates it if it is missing. If an interrupted run left the last line
// unfinished, it is ended first.
func Open(path string) (*os.File, error) {
	const private = 0o600
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, private) //nolint:gosec // the user named it
	if err != nil {
		return nil, err
	}
	if err := errors.Join(restrictPermissions(f, private), endLastLine(f)); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return f, nil
}

// restrictPermissions removes the permissions of everybody but the owner of an existing journal.
func restrictPermissions(f *os.File, mode os.FileMode) error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&^mode == 0 {
		return err
	}
	return f.Chmod(mode)
}

// endLastLine ends the last line if it is unfinished.
func endLastLine(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 || !info.Mode().IsRegular() {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = f.WriteString("\n")
	return err
}

var phases = []string{Begin, End, Settled, Undone}

// Read reads a journal. Lines that are not entries, as left by a run that was killed while writing, are skipped; their numbers,
// from 1, are returned.
func Read(r io.Reader) (entries []Entry, broken []int, err error) {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if text := bytes.TrimSpace(line); len(text) > 0 {
			var e Entry
			if json.Unmarshal(text, &e) == nil && slices.Contains(phases, e.Phase) {
				entries = append(entries, e)
			} else {
				broken = append(broken, n)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return entries, broken, nil
		case err != nil:
			return entries, broken, err
		}
	}
}
