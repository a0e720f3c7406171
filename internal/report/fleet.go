package report

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// This file writes results for many targets in formats that programs read. For each target, a format writes the same as
// in a run for that target alone.

// views returns the views of the targets that have a document; id is the prefix of the ids of their parts.
func views(d *document.Fleet, id func(m *document.Member) string) (out []*view) {
	for i := range d.Targets {
		if m := &d.Targets[i]; m.Document != nil {
			v := viewOf(m.Document)
			v.ID = id(m)
			out = append(out, v)
		}
	}
	return out
}

// writeFleetSarif writes a SARIF run for each target.
func writeFleetSarif(w io.Writer, d *document.Fleet, _ Style) error {
	return writeSarifLog(w, views(d, func(m *document.Member) string { return url.PathEscape(m.Target) + "/" })...)
}

// writeFleetJUnit writes the suites of each target, prefixed with its name, and one suite for the skipped targets.
func writeFleetJUnit(w io.Writer, d *document.Fleet, _ Style) error {
	all := &junitSuites{Name: "apigw-sync " + d.Command}
	for i := range d.Targets {
		m := &d.Targets[i]
		name := document.Clean(m.Target)
		if m.Document == nil {
			all.suite(name + ": target").add(junitCase{Name: name, Skipped: &junitOutcome{Message: document.Clean(m.Skipped)}})
			continue
		}
		for _, s := range newJUnit(viewOf(m.Document)).Suites {
			s.Name = name + ": " + s.Name
			for j := range s.Cases {
				s.Cases[j].Class = "apigw-sync." + name + "." + strings.TrimPrefix(s.Cases[j].Class, "apigw-sync.")
			}
			all.Suites = append(all.Suites, s)
		}
	}
	return all.write(w)
}

// writeFleetGitHub writes the annotations of each target, the most severe first, and one summary.
func writeFleetGitHub(w io.Writer, d *document.Fleet, s Style) error {
	out := bufio.NewWriter(w)
	var all []annotation
	for _, m := range worstFirst(d) {
		list := []annotation{{rule: statusRules[apply.Skipped], level: warning, about: document.Problem{Message: m.Skipped}}}
		if m.Document != nil {
			list = viewOf(m.Document).annotations()
		}
		for i := range list {
			list[i].target = m.Target
		}
		all = append(all, list...)
	}
	annotate(out, all)
	for _, m := range worstFirst(d) {
		if m.Document != nil {
			_, _ = fmt.Fprintf(out, "%s: %s\n", document.Clean(m.Target), document.Clean(m.Sum()))
		}
	}
	_, _ = fmt.Fprintf(out, "%s\n", d.Sum())
	report := fleetMarkdown(d)
	err := out.Flush()
	if s.Append != nil {
		n := d.Summary
		outputs := multiline("result", d.Sum()) +
			fmt.Sprintf("targets=%d\nok=%d\ndifferences=%d\nfailed=%d\nskipped=%d\n", n.Targets, n.OK, n.Differences, n.Failed, n.Skipped) + multiline("report", report)
		err = errors.Join(err, s.Append(githubSummary, report+"\n"), s.Append(githubOutput, outputs))
	}
	return err
}

// The metrics of a run for many targets.
var (
	metricExit    = metric{"apigw_sync_exit_code", "Exit code of the command for the target; missing where the target was skipped."}
	metricSkipped = metric{"apigw_sync_skipped", "Whether the target was skipped: 1 or 0."}
)

// writeFleetMetrics writes the samples of all targets, and how each of them ended.
func writeFleetMetrics(w io.Writer, d *document.Fleet, _ Style) error {
	e := newExposition()
	for _, v := range views(d, func(m *document.Member) string { return m.Target }) {
		e.document(v)
	}
	e.common = []string{"command", d.Command}
	for i := range d.Targets {
		m := &d.Targets[i]
		if m.ExitCode != nil {
			e.sample(metricExit, float64(*m.ExitCode), "target", m.Target)
		}
		e.sample(metricSkipped, boolValue(m.ExitCode == nil), "target", m.Target)
	}
	return e.write(w)
}

// fleetOrder puts the worst first.
var fleetOrder = []string{document.StateError, document.StateIncomplete, document.StateRefused, document.StateSkipped, document.StateDiffers, document.StateOK}

// worstFirst sorts the targets, the worst first; equal ones keep the order of the config file.
func worstFirst(d *document.Fleet) []*document.Member {
	out := make([]*document.Member, len(d.Targets))
	for i := range d.Targets {
		out[i] = &d.Targets[i]
	}
	slices.SortStableFunc(out, func(a, b *document.Member) int {
		return cmp.Or(slices.Index(fleetOrder, a.State())-slices.Index(fleetOrder, b.State()), slices.Compare(b.Weight(), a.Weight()))
	})
	return out
}
