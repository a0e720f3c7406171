package main

import (
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// TestFleetCode checks the exit code of a run over several targets for combinations of their results. A code of -1
// means that the target was skipped; wrote lists which of them changed something.
func TestFleetCode(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		codes   []int
		wrote   []bool
		want    int
	}{
		"all well":                         {"drift", []int{0, 0}, nil, 0},
		"one differs":                      {"drift", []int{0, 2, 0}, nil, 2},
		"refused before different":         {"diff", []int{2, 4, 0}, nil, 4},
		"an error before all":              {"diff", []int{0, 2, 4, 1}, nil, 1},
		"applied everywhere":               {"apply", []int{0, 0}, []bool{true, false}, 0},
		"one failed, another wrote":        {"apply", []int{0, 1}, []bool{true, false}, 3},
		"one incomplete":                   {"apply", []int{3, 0}, []bool{true, false}, 3},
		"refused, nothing written":         {"apply", []int{4, 0}, []bool{false, false}, 4},
		"refused and failed":               {"apply", []int{4, 1, -1}, []bool{false, false, false}, 1},
		"refused, and another wrote":       {"apply", []int{0, 4, -1}, []bool{true, false, false}, 3},
		"written, and then no turn":        {"apply", []int{0, -1}, []bool{true, false}, 3},
		"failed, and the others no turn":   {"apply", []int{1, -1, -1}, []bool{false, false, false}, 1},
		"all refused":                      {"apply", []int{4, 4}, []bool{false, false}, 4},
		"one differs, said to be no drift": {"drift", []int{0, 0}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			members := make([]document.Member, len(c.codes))
			for i, code := range c.codes {
				d := document.EmptyResults(head(""))
				if i < len(c.wrote) && c.wrote[i] {
					d.Summary.Summary = apply.Summary{Succeeded: 1}
				}
				members[i] = document.Member{Target: name, Document: d}
				if code >= 0 {
					members[i].ExitCode = &code
				}
			}
			if got := fleetCode(c.command, document.NewFleet(head(""), c.command, members)); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
		})
	}
}
