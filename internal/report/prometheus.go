package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// prometheus is the text exposition format, for the folder from which the textfile collector of the node exporter reads
// *.prom files. Each sample has the labels command and instance_id, so that files of several commands and gateways do
// not overwrite each other's samples. Zeros are written, too, since increase() misses an event that is the first sample
// of its series. After a failed comparison only the failure is written, since nothing is known about the rest. The time
// at which a file was written is in node_textfile_mtime_seconds.
var prometheus = &Format{
	Name: "prometheus", Failures: true, Commands: []string{"diff", "apply", "undo", "drift"},
	Many: true, Write: byView(writeMetrics, writeFleetMetrics),
}

// metric is a family of samples, all of them gauges.
type metric struct{ name, help string }

// The metrics. Their names and meanings must not change: dashboards and alerts depend on them.
var (
	metricInfo       = metric{"apigw_sync_info", "Always 1; the labels are the version of the tool and the gateway that it read."}
	metricSuccess    = metric{"apigw_sync_success", "Whether the command succeeded: 1, or 0 when there are errors."}
	metricFindings   = metric{"apigw_sync_findings", "Findings, by rule and severity."}
	metricChanges    = metric{"apigw_sync_changes", "Differences between gateway and files, by kind and action; for apply, the planned changes."}
	metricExtra      = metric{"apigw_sync_extra_objects", "Objects that the files own but do not declare."}
	metricIgnored    = metric{"apigw_sync_ignored_objects", "Objects and bindings that ignore rules leave alone."}
	metricUnchanged  = metric{"apigw_sync_unchanged_objects", "Objects and bindings that match the files."}
	metricImpact     = metric{"apigw_sync_impact", "APIs, counted once per environment, for whose callers a plan changes something, by level: exposure, outage, change."}
	metricRequests   = metric{"apigw_sync_requests", "Requests to the gateway: read, or write (for diff, those that apply will send)."}
	metricResults    = metric{"apigw_sync_results", "Outcomes of an apply, by status."}
	metricConverged  = metric{"apigw_sync_converged", "Whether the gateway matched the files after an apply: 1 or 0."}
	metricTime       = metric{"apigw_sync_compared_timestamp_seconds", "When the gateway was read, in seconds since 1970."}
	metricDrifted    = metric{"apigw_sync_drifted", "Whether something was changed on the gateway or needs attention: 1 or 0."}
	metricMoved      = metric{"apigw_sync_moved", "Differences by the side that changed since the baseline: gateway, files, both, unknown."}
	metricHealthy    = metric{"apigw_sync_instance_well", "Whether the gateway runs, is not locked and has what the files need: 1 or 0."}
	metricLocks      = metric{"apigw_sync_instance_locks", "Locks on the gateway."}
	metricFeatures   = metric{"apigw_sync_missing_features", "Features that the files need and the gateway lacks."}
	metricReferences = metric{"apigw_sync_lost_references", "References in the files that lead nowhere."}
	metricExpiry     = metric{"apigw_sync_certificate_not_after_timestamp_seconds", "When a certificate expires, in seconds since 1970, for those that expire soon or have expired."}
	metricDiffers    = metric{"apigw_sync_difference", "Always 1: one difference between gateway and files, or an extra object; the first 1,000."}
	metricDeclared   = metric{"apigw_sync_declared_objects", "Objects that the files declare, by kind."}
	metricUncovered  = metric{"apigw_sync_undeclared_objects", "Objects on the gateway that no file declares, by kind; kinds that the gateway does not show are missing."}
	metricLapsed     = metric{"apigw_sync_lapsed_ignore_rules", "Ignore rules past their last day."}
	metricCalls      = metric{"apigw_sync_group_calls", "Calls of the last hour to an API group that a change affects."}
	metricFailed     = metric{"apigw_sync_group_errors", "Failed calls of the last hour to an API group that a change affects."}
	metricPeak       = metric{"apigw_sync_group_peak_calls", "Calls in the busiest minute of the last hour to an API group that a change affects."}
)

// exposition collects samples and writes them family by family, as the format requires, in the order of their first
// samples.
type exposition struct {
	families []metric
	samples  map[metric][]string // lines
	seen     map[string]bool     // names with labels: a repeated sample makes the whole file invalid
	common   []string            // labels of every sample, as name and value in turn
}

func newExposition() *exposition {
	return &exposition{samples: map[metric][]string{}, seen: map[string]bool{}}
}

func writeMetrics(w io.Writer, v *view, _ Style) error {
	e := newExposition()
	e.document(v)
	return e.write(w)
}

// document collects the samples of one document.
func (e *exposition) document(v *view) {
	e.common = []string{"command", v.Command, "instance_id", v.InstanceID}
	found := map[*rule]int{}
	for i := range v.Findings {
		found[v.Findings[i].Rule]++
	}
	g := document.Gateway{}
	if v.Gateway != nil {
		g = *v.Gateway
	}
	if v.ID != "" { // every sample names its target
		e.common = append(e.common, "target", g.Target)
		e.sample(metricInfo, 1, "version", v.ToolVersion, "name", g.Name, "region", g.Region, "environment", g.Environment)
	} else {
		e.sample(metricInfo, 1, "version", v.ToolVersion, "name", g.Name, "region", g.Region, "target", g.Target, "environment", g.Environment)
	}
	e.sample(metricSuccess, boolValue(found[ruleError] == 0))
	if v.Health == nil && !v.Failed {
		for level, n := range v.ImpactTable.All() {
			e.sample(metricImpact, float64(n), "level", string(level))
		}
	}
	for _, r := range allRules() {
		if actionRules[diff.Action(r.ID)] == nil && !r.isDivergence() && !r.isImpact() && (!v.Failed || found[r] > 0) {
			e.sample(metricFindings, float64(found[r]), "rule", r.ID, "severity", r.Level.String())
		}
	}
	if !v.Failed {
		e.outcome(v)
	}
}

// outcome collects the result of a comparison or an apply.
func (e *exposition) outcome(v *view) {
	e.changes(v.Items)
	e.sample(metricRequests, float64(v.Requests.Read), "direction", "read")
	e.sample(metricRequests, float64(v.Requests.Write), "direction", "write")
	if v.Applied {
		for _, t := range v.Tallies {
			e.sample(metricResults, float64(t.N), "status", t.Name)
		}
		if v.Converged != nil {
			e.sample(metricConverged, boolValue(*v.Converged))
		}
	} else {
		e.sample(metricExtra, float64(len(v.Extra)))
		e.sample(metricIgnored, float64(v.Ignored))
		e.sample(metricUnchanged, float64(v.Unchanged))
	}
	if v.Health != nil {
		e.health(v.Health)
	}
	for i := range v.Traffic {
		t := &v.Traffic[i]
		e.sample(metricCalls, float64(t.Calls), "group", t.Group)
		e.sample(metricFailed, float64(t.Errors), "group", t.Group)
		e.sample(metricPeak, float64(t.Peak), "group", t.Group)
	}
}

// changes counts changes by kind and action, including actions that do not occur.
func (e *exposition) changes(items []item) {
	type cell struct {
		kind   string
		action diff.Action
	}
	n := map[cell]int{}
	for i := range items {
		n[cell{items[i].Kind, items[i].Action}]++
	}
	count := func(kindName string, actions ...diff.Action) {
		for _, a := range actions {
			e.sample(metricChanges, float64(n[cell{kindName, a}]), "kind", kindName, "action", string(a))
		}
	}
	for _, k := range kind.All {
		count(k.Name, diff.Create, diff.Update, diff.Replace, diff.Delete)
	}
	for _, l := range kind.Links {
		count(l.Name, diff.Bind, diff.Unbind)
	}
}

func (e *exposition) health(d *document.Drift) {
	e.sample(metricTime, float64(d.At.Unix()))
	e.sample(metricDrifted, boolValue(d.Drifted))
	if m := d.Moved; m != nil {
		e.sample(metricMoved, float64(m.Gateway), "side", string(drift.Gateway))
		e.sample(metricMoved, float64(m.Files), "side", string(drift.Files))
		e.sample(metricMoved, float64(m.Both), "side", string(drift.Both))
		e.sample(metricMoved, float64(m.Unknown), "side", "unknown")
	}
	e.differences(d)
	if c := d.Coverage; c != nil {
		for _, k := range slices.Sorted(maps.Keys(c.ByKind)) {
			e.sample(metricDeclared, float64(c.ByKind[k].Declared), "kind", k)
			e.sample(metricUncovered, float64(c.ByKind[k].Undeclared), "kind", k)
		}
	}
	e.sample(metricHealthy, boolValue(d.Instance.Healthy))
	e.sample(metricLocks, float64(len(d.Instance.Locks)))
	e.sample(metricFeatures, float64(len(d.Instance.MissingFeatures)))
	e.sample(metricReferences, float64(len(d.References)))
	e.sample(metricLapsed, float64(len(d.LapsedIgnores)))
	for _, c := range d.Certificates {
		e.sample(metricExpiry, float64(c.NotAfter.Unix()), "group", c.Group, "domain", c.Domain, "name", c.Name)
	}
}

// differences names what differs, up to a number of series that a collector can handle.
func (e *exposition) differences(d *document.Drift) {
	const most = 1000
	for i := range d.Changes[:min(most, len(d.Changes))] {
		e.sample(metricDiffers, 1, "address", d.Changes[i].Address, "action", string(d.Changes[i].Action))
	}
	for _, x := range d.Extra[:min(max(0, most-len(d.Changes)), len(d.Extra))] {
		e.sample(metricDiffers, 1, "address", x.Address, "action", "extra")
	}
}

var labelText = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample adds a value; labels are names and values in turn.
func (e *exposition) sample(m metric, value float64, labels ...string) {
	var pairs []string
	for label := range slices.Chunk(slices.Concat(e.common, labels), 2) {
		pairs = append(pairs, label[0]+`="`+labelText.Replace(document.Clean(label[1]))+`"`)
	}
	series := m.name + "{" + strings.Join(pairs, ",") + "}"
	if e.seen[series] {
		return
	}
	e.seen[series] = true
	if e.samples[m] == nil {
		e.families = append(e.families, m)
	}
	e.samples[m] = append(e.samples[m], series+" "+strconv.FormatFloat(value, 'f', -1, 64))
}

func (e *exposition) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, m := range e.families {
		_, _ = fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n%s\n", m.name, m.help, m.name, strings.Join(e.samples[m], "\n")) // Flush tells
	}
	return out.Flush()
}

func boolValue(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
