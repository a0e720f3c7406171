package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// confirm asks whether to write. If nobody can be asked, or if a program reads the result, --yes is required instead.
func (o *applyOptions) confirm(ctx context.Context, out *printer, c *prepared) error {
	n, back := len(c.Plan.Changes), c.undone != nil
	changes := document.Count(n, "change", "changes")
	if m := out.program.member; m != nil { // one question is asked for all targets
		return m.waitToWrite(ctx, n)
	}
	these := "these"
	if n == 1 {
		these = "this"
	}
	do := "Apply"
	if back {
		do = "Take back with"
	}
	return out.program.confirm(ctx, o.yes, changes+" to apply", fmt.Sprintf("%s\n%s %s %s?", c.head.Where(), do, these, changes))
}

// confirm asks a question before something is written. If nobody can be asked, what describes the action in the error.
func (p *program) confirm(ctx context.Context, yes bool, what, question string) error {
	switch {
	case yes:
		return nil
	case !terminal(p.Stdin):
		return hinted{fmt.Errorf("%s, but nobody can confirm: stdin is not a terminal", what), "add --yes"}
	}
	yesWords, choice := []string{"y", "yes"}, "[y/N]"
	if p.production {
		yesWords, choice = []string{strings.ToLower(p.target)}, "To confirm, type the name of the target: "+p.target+"\n>"
	}
	_, _ = fmt.Fprintf(p.Stderr, "%s %s ", question, choice)
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
		if slices.Contains(yesWords, a) {
			return nil
		}
	}
	return errors.New("nothing was changed: the answer was no")
}
