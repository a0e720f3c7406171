package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// The exit codes.
const (
	exitDone       = 0
	exitError      = 1
	exitDiffers    = 2
	exitIncomplete = 3
	exitRefused    = 4
)

var exitMeaning = map[int]string{
	exitDone:       "done",
	exitError:      "error; nothing was changed",
	exitDiffers:    "differences found (by diff and promote only with --detailed-exitcode), or cases of test that do not pass",
	exitIncomplete: "incomplete: something was changed, and something failed, was skipped or is unknown",
	exitRefused:    "refused by a guard; nothing was changed",
}

// exitHelp returns the part of a help text that lists exit codes.
func exitHelp(codes ...int) string {
	var b strings.Builder
	b.WriteString("\nExit codes:")
	for _, c := range codes {
		fmt.Fprintf(&b, "\n  %d  %s", c, exitMeaning[c])
	}
	return b.String()
}

// coded is an error with an exit code other than 1. err is nil if the result that was printed already says everything.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string {
	if c.err == nil {
		return fmt.Sprintf("exit code %d", c.code)
	}
	return c.err.Error()
}

func (c coded) Unwrap() error { return c.err }

// exitCode turns an error into an exit code. All exit codes come from here.
func exitCode(err error) int {
	var c coded
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &c):
		return c.code
	}
	return exitError
}

// hinted is an error with a hint about what to do.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// problems is a list of errors with their lines in files, or of refusals. It is printed with the summary at the end.
type problems struct {
	list    []document.Problem
	summary string
}

func (p problems) Error() string { return p.summary }

// pair is an error and a second one that happened while the first was handled.
type pair struct{ first, second error }

func (p pair) Error() string   { return p.first.Error() + "; " + p.second.Error() }
func (p pair) Unwrap() []error { return []error{p.first, p.second} }

// joinErrors joins errors, each of which may be nil.
func joinErrors(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return pair{first, second}
}

// problemsOf splits an error into the problems that a document lists.
func problemsOf(err error) []document.Problem {
	var list problems
	var h hinted
	var c coded
	var two pair
	switch {
	case err == nil:
		return nil
	case errors.As(err, &two):
		return append(problemsOf(two.first), problemsOf(two.second)...)
	case errors.As(err, &list):
		return list.list
	case errors.As(err, &c) && c.err == nil:
		return nil
	case errors.As(err, &h):
		return []document.Problem{{Message: err.Error(), Hint: h.hint}}
	}
	return []document.Problem{{Message: err.Error()}}
}

// printError writes an error to Stderr: problems in files as lines that begin with file:line:col, all others after
// "error: ".
func (p *program) printError(err error) {
	word := "error:"
	if colored(p.Stderr, p.Lookup) {
		red := color.New(color.FgRed)
		red.EnableColor()
		word = red.Sprint(word)
	}
	for _, x := range problemsOf(err) {
		if x.File != "" {
			_, _ = fmt.Fprintln(p.Stderr, x)
		} else {
			_, _ = fmt.Fprintln(p.Stderr, word, x)
		}
	}
	var list problems
	if errors.As(err, &list) && list.summary != "" {
		_, _ = fmt.Fprintln(p.Stderr, word, list.summary)
	}
}

// lowerFirst makes an error of the flag parser begin with a lower-case letter, as all other errors do.
func lowerFirst(err error) error {
	s := err.Error()
	return errors.New(strings.ToLower(s[:1]) + s[1:])
}
