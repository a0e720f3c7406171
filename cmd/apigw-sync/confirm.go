package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// confirm asks whether to write. Where nobody can be asked, and for results that a program reads, the
// answer must have been given before.
func (o *applyOptions) confirm(ctx context.Context, out *printer, n int) error {
	p := out.program
	switch {
	case o.yes:
		return nil
	case !terminal(p.Stdin):
		return hinted{fmt.Errorf("%s to apply, and nobody to ask: stdin is no terminal", changes(n)), "add --yes"}
	}
	these := "these"
	if n == 1 {
		these = "this"
	}
	_, _ = fmt.Fprintf(p.Stderr, "Apply %s %s? [y/N] ", these, changes(n))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.Stdin).ReadString('\n') // no answer is a no
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		_, _ = fmt.Fprintln(p.Stderr)
		return fmt.Errorf("nothing was changed: %w", context.Cause(ctx))
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
	}
	return errors.New("nothing was changed: the answer was no")
}
