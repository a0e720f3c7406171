package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// TestExitCode checks the exit code for each sort of error.
func TestExitCode(t *testing.T) {
	plain := errors.New("broken")
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"none":              {nil, 0},
		"plain":             {plain, 1},
		"hinted":            {hinted{plain, "mend it"}, 1},
		"files":             {problems{summary: "the files have 1 error"}, 1},
		"differs":           {coded{code: exitDiffers}, 2},
		"incomplete":        {coded{code: exitIncomplete}, 3},
		"refused":           {coded{exitRefused, problems{}}, 4},
		"wrapped":           {fmt.Errorf("run: %w", coded{code: 7}), 7},
		"and another error": {joinErrors(coded{code: exitIncomplete}, plain), 3},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// TestProblemsOf checks which problems and hints JSON documents list for an error.
func TestProblemsOf(t *testing.T) {
	list := []document.Problem{{File: "a.yaml", Message: "bad"}}
	for name, c := range map[string]struct {
		err  error
		want []document.Problem
	}{
		"none":   {nil, nil},
		"plain":  {errors.New("broken"), []document.Problem{{Message: "broken"}}},
		"hinted": {hinted{errors.New("broken"), "mend it"}, []document.Problem{{Message: "broken", Hint: "mend it"}}},
		"files":  {coded{4, problems{list, "1 error"}}, list},
		"silent": {coded{code: 3}, nil},
		"two":    {joinErrors(problems{list, ""}, errors.New("broken")), append(list, document.Problem{Message: "broken"})},
	} {
		if d := cmp.Diff(c.want, problemsOf(c.err)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestVerdict checks the exit code of an apply: 1 if it changed nothing, 3 if it is incomplete or does not converge.
func TestVerdict(t *testing.T) {
	stop := errors.New("stopped")
	for name, c := range map[string]struct {
		summary   apply.Summary
		converged bool
		err       error
		want      int
	}{
		"all done":                {apply.Summary{Succeeded: 2}, true, nil, 0},
		"done, but not as wanted": {apply.Summary{Succeeded: 2}, false, nil, 3},
		"one failed":              {apply.Summary{Succeeded: 1, Failed: 1}, false, nil, 3},
		"all failed":              {apply.Summary{Failed: 2}, false, nil, 1},
		"only unknown":            {apply.Summary{Unknown: 1}, true, nil, 3},
		"stopped in time":         {apply.Summary{Skipped: 2}, false, stop, 1},
		"stopped too late":        {apply.Summary{Succeeded: 1, Skipped: 1}, false, stop, 3},
	} {
		d := &document.Results{Summary: document.ResultSummary{Summary: c.summary}, Converged: &c.converged}
		if got := exitCode(verdict(d, c.err)); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
