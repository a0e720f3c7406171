package main

import (
	"errors"
	"io"
	"os"
)

// appendTo adds text to the file that a variable of the environment names, as jobs of CI systems take
// their summaries and outputs. Without the variable it does nothing.
func (p *program) appendTo(variable, text string) error {
	path, _ := p.Lookup(variable)
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666) //nolint:gosec // the CI system named it, and reads it
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
