package document

import (
	"fmt"
	"strings"
)

// Fleet is what a command found for many targets.
type Fleet struct {
	FormatVersion string       `json:"format_version"`
	ToolVersion   string       `json:"tool_version"`
	Command       string       `json:"command"`
	Targets       []Member     `json:"targets"` // in the order of the config file; of an apply, of its waves
	Summary       FleetSummary `json:"summary"`
	Problems

	head Head
}

// Member is the result for one target.
//
//	ExitCode  Skipped  Document
//	nil       why      nil: the target was skipped
//	a code    ""       the result for one target; nil for commands without a document, such as export
type Member struct {
	Target   string   `json:"target"`
	Wave     int      `json:"wave,omitempty"` // of an apply
	ExitCode *int     `json:"exit_code"`
	Skipped  string   `json:"skipped,omitempty"`
	File     string   `json:"-"` // what an export wrote
	Document Document `json:"document"`

	Problems *Problems    `json:"-"` // of the document; nil if there is no document
	History  []PastReport `json:"-"` // earlier drift reports of the same gateway, oldest first
}

// FleetSummary counts targets. Failed targets ended in an error, incomplete, or refused by a guard; the run ended
// before it reached skipped targets; targets with differences do not match their files, whether or not that is a
// failure.
type FleetSummary struct {
	Targets     int `json:"targets"`
	OK          int `json:"ok"`
	Differences int `json:"differences"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
}

// NewFleet returns the document of a command that ran for many targets.
func NewFleet(h Head, command string, members []Member) *Fleet {
	f := &Fleet{FormatVersion: h.FormatVersion, ToolVersion: h.ToolVersion, Command: command, Targets: append([]Member{}, members...), Problems: noProblems(), head: h}
	f.Summary.Targets = len(members)
	for i := range f.Targets {
		m := &f.Targets[i]
		if t, ok := m.Document.(interface{ problems() *Problems }); ok {
			m.Problems = t.problems()
		}
		switch m.State() {
		case StateOK:
			f.Summary.OK++
		case StateDiffers:
			f.Summary.Differences++
		case StateSkipped:
			f.Summary.Skipped++
		default:
			f.Summary.Failed++
		}
	}
	return f
}

func (t *Problems) problems() *Problems { return t }

// Header returns the head of the document.
func (f *Fleet) Header() *Head { return &f.head }

// The states of a target, as people read them.
const (
	StateOK         = "ok"
	StateDiffers    = "differs"
	StateError      = "error"
	StateIncomplete = "incomplete"
	StateRefused    = "refused"
	StateSkipped    = "skipped"
)

// State returns the result for the target, in a word.
func (m *Member) State() string {
	switch {
	case m.ExitCode == nil:
		return StateSkipped
	case *m.ExitCode == 1:
		return StateError
	case *m.ExitCode == 3:
		return StateIncomplete
	case *m.ExitCode == 4:
		return StateRefused
	case *m.ExitCode == 2, m.differs():
		return StateDiffers
	}
	return StateOK
}

// differs reports whether the document has differences that remain.
func (m *Member) differs() bool {
	switch d := m.Document.(type) {
	case *Plan:
		return len(d.Changes) > 0
	case *Drift:
		return d.Drifted
	default:
		return false
	}
}

// Weight returns the numbers by which targets of the same state are sorted, the most important first: exposures and
// outages of a plan, expired certificates, failures, and differences. More is worse.
func (m *Member) Weight() []int {
	switch d := m.Document.(type) {
	case *Plan:
		return []int{d.ImpactTable.Exposure, d.ImpactTable.Outage, 0, 0, len(d.Changes) + len(d.Extra)}
	case *Results:
		return []int{d.ImpactTable.Exposure, d.ImpactTable.Outage, 0, d.Summary.Failed + d.Summary.Unknown, d.Summary.Skipped}
	case *Drift:
		ended := 0
		for i := range d.Certificates {
			if d.Certificates[i].Expired {
				ended++
			}
		}
		return []int{0, 0, ended, 0, len(d.Changes) + len(d.Extra) + len(d.References)}
	}
	return nil
}

// Sum returns the result for the target, in a line.
func (m *Member) Sum() string {
	if m.Skipped != "" {
		return m.Skipped
	}
	if m.Problems != nil && len(m.Problems.Errors) > 0 {
		sum := m.Problems.Errors[0].String()
		if more := len(m.Problems.Errors) - 1; more > 0 {
			sum += fmt.Sprintf(" (and %s)", Count(more, "more error", "more errors"))
		}
		return sum
	}
	sum := m.File
	if d, ok := m.Document.(interface{ Sum() string }); ok {
		sum = d.Sum()
	}
	if d, ok := m.Document.(*Plan); ok && d.ImpactTable.Exposure+d.ImpactTable.Outage > 0 { // exposures and outages come first
		sum = fmt.Sprintf("%s, %s; %s", Count(d.ImpactTable.Exposure, "exposure", "exposures"), Count(d.ImpactTable.Outage, "outage", "outages"), sum)
	}
	if m.Problems != nil && len(m.Problems.Warnings) > 0 && !strings.Contains(sum, "warning") {
		sum += " (" + Count(len(m.Problems.Warnings), "warning", "warnings") + ")"
	}
	return sum
}

// Sum counts targets by their results.
func (f *Fleet) Sum() string {
	s := f.Summary
	others := counted(part{s.Differences, "differs", "differ"}, part{s.Failed, "failed", "failed"}, part{s.Skipped, "skipped", "skipped"})
	return Count(s.Targets, "target", "targets") + ": " + strings.Join(append([]string{fmt.Sprintf("%d ok", s.OK)}, others...), ", ") + "."
}
