package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// prometheus is the text exposition format, for the folder from which the node exporter reads *.prom
// files. Each sample has the labels command and instance_id, so that files of several commands and
// gateways can be read together. Zeros are written, too, since an alert on an increase needs a sample before it. After a
// comparison that failed only the failure is written, since nothing is known about the rest. For the age of a file,
// use node_textfile_mtime_seconds.
var prometheus = &Format{
	Name: "prometheus", Failures: true, Commands: []string{"diff", "apply", "undo", "drift"},
	Many: true, Write: func(w io.Writer, d document.Document, _ Style) error {
		if f, ok := d.(*document.Fleet); ok {
			return writeFleetMetrics(w, f)
		}
		return writeMetrics(w, viewOf(d))
	},
}

// metric is a family of samples, all of them gauges.
type metric struct{ name, help string }

// The metrics. Their names and meanings are an interface.
var (
	metricInfo      = metric{"apigw_sync_info", "Always 1; the labels hold the version of the tool, and which gateway it looked at."}
	metricSuccess   = metric{"apigw_sync_success", "Whether the command did its work: 1, or 0 when there are errors."}
	metricFindings  = metric{"apigw_sync_findings", "Findings, by rule and severity."}
	metricChanges   = metric{"apigw_sync_changes", "Differences between gateway and files, by kind and action; of an apply, the planned ones."}
	metricExtra     = metric{"apigw_sync_extra_objects", "Objects that the files own but do not declare."}
	metricIgnored   = metric{"apigw_sync_ignored_objects", "Objects and bindings that ignore rules leave alone."}
	metricUnchanged = metric{"apigw_sync_unchanged_objects", "Objects and bindings that are as the files say."}
	metricImpact    = metric{"apigw_sync_impact", "APIs in an environment for whose callers a plan changes something, by level: exposure, outage, change."}
	metricRequests  = metric{"apigw_sync_requests", "Requests to the gateway: read, or write (of a diff, those that an apply will make)."}
	metricResults   = metric{"apigw_sync_results", "Outcomes of an apply, by status."}
	metricConverged = metric{"apigw_sync_converged", "Whether the gateway matched the files after an apply: 1 or 0."}
	metricTime      = metric{"apigw_sync_compared_timestamp_seconds", "When the gateway was looked at, in seconds since 1970."}
	metricDrifted   = metric{"apigw_sync_drifted", "Whether something was changed on the gateway or needs attention: 1 or 0."}
	metricMoved     = metric{"apigw_sync_moved", "Differences by the side that moved since the baseline: gateway, files, both, unknown."}
	metricWell      = metric{"apigw_sync_instance_well", "Whether the gateway runs, is not locked and has what the files need: 1 or 0."}
	metricLocks     = metric{"apigw_sync_instance_locks", "Locks on the gateway."}
	metricFeatures  = metric{"apigw_sync_missing_features", "Features that the files need and the gateway lacks."}
	metricLost      = metric{"apigw_sync_lost_references", "References of the files that lead nowhere."}
	metricEnds      = metric{"apigw_sync_certificate_not_after_timestamp_seconds", "When a certificate that ends soon, or has ended, ends, in seconds since 1970."}
	metricDiffers   = metric{"apigw_sync_difference", "Always 1: one difference between gateway and files, or an extra object; the first 1,000."}
	metricDeclared  = metric{"apigw_sync_declared_objects", "Objects that the files declare, by kind."}
	metricUncovered = metric{"apigw_sync_undeclared_objects", "Objects on the gateway that no file declares, by kind; kinds that the gateway does not show are missing."}
	metricLapsed    = metric{"apigw_sync_lapsed_ignore_rules", "Ignore rules past their last day."}
	metricCalls     = metric{"apigw_sync_group_calls", "Calls of the last hour to an API group that a change affects."}
	metricFailed    = metric{"apigw_sync_group_errors", "Failed calls of the last hour to an API group that a change affects."}
	metricPeak      = metric{"apigw_sync_group_peak_calls", "Calls in the busiest minute of the last hour to an API group that a change affects."}
)

// exposition writes families one by one.
type exposition struct {
	*bufio.Writer
	common []string // labels of every sample, as name and value in turn
}

func writeMetrics(w io.Writer, v *view) error {
	e := &exposition{bufio.NewWriter(w), []string{"command", v.Command, "instance_id", v.InstanceID}}
	found := map[*rule]int{}
	for i := range v.Findings {
		found[v.Findings[i].Rule]++
	}
	g := document.Gateway{}
	if v.Gateway != nil {
		g = *v.Gateway
	}
	if v.ID != "" { // every sample tells which target it is about
		e.common = append(e.common, "target", g.Target)
		e.one(metricInfo, 1, "version", v.ToolVersion, "name", g.Name, "region", g.Region, "environment", g.Environment)
	} else {
		e.one(metricInfo, 1, "version", v.ToolVersion, "name", g.Name, "region", g.Region, "target", g.Target, "environment", g.Environment)
	}
	e.one(metricSuccess, truth(found[ruleError] == 0))
	if v.Health == nil && !v.Failed {
		e.family(metricImpact)
		e.sample(metricImpact, float64(v.Felt.Exposure), "level", string(impact.Exposure))
		e.sample(metricImpact, float64(v.Felt.Outage), "level", string(impact.Outage))
		e.sample(metricImpact, float64(v.Felt.Change), "level", string(impact.Change))
	}
	e.family(metricFindings)
	for _, r := range allRules() {
		if actionRules[diff.Action(r.ID)] == nil && !r.tellsApart() && !r.meansToCallers() && (!v.Failed || found[r] > 0) {
			e.sample(metricFindings, float64(found[r]), "rule", r.ID, "severity", r.Level.String())
		}
	}
	if !v.Failed {
		e.outcome(v)
	}
	return e.Flush()
}

// outcome writes what a comparison or an apply found.
func (e *exposition) outcome(v *view) {
	e.changes(v.Items)
	e.one(metricRequests, float64(v.Requests.Read), "direction", "read")
	e.sample(metricRequests, float64(v.Requests.Write), "direction", "write")
	if v.Applied {
		e.family(metricResults)
		for _, t := range v.Tallies {
			e.sample(metricResults, float64(t.N), "status", t.Name)
		}
		if v.Converged != nil {
			e.one(metricConverged, truth(*v.Converged))
		}
	} else {
		e.one(metricExtra, float64(len(v.Extra)))
		e.one(metricIgnored, float64(v.Ignored))
		e.one(metricUnchanged, float64(v.Unchanged))
	}
	if v.Health != nil {
		e.health(v.Health)
	}
	e.traffic(v.Traffic)
}

// changes counts them by kind and action, those included that do not occur.
func (e *exposition) changes(items []item) {
	type cell struct {
		kind   string
		action diff.Action
	}
	n := map[cell]int{}
	for i := range items {
		n[cell{items[i].Kind, items[i].Action}]++
	}
	e.family(metricChanges)
	for _, k := range kind.All {
		for _, a := range []diff.Action{diff.Create, diff.Update, diff.Replace, diff.Delete} {
			e.sample(metricChanges, float64(n[cell{k.Name, a}]), "kind", k.Name, "action", string(a))
		}
	}
	for _, l := range kind.Links {
		for _, a := range []diff.Action{diff.Bind, diff.Unbind} {
			e.sample(metricChanges, float64(n[cell{l.Name, a}]), "kind", l.Name, "action", string(a))
		}
	}
}

func (e *exposition) health(d *document.Drift) {
	e.one(metricTime, float64(d.At.Unix()))
	e.one(metricDrifted, truth(d.Drifted))
	if m := d.Moved; m != nil {
		e.one(metricMoved, float64(m.Gateway), "side", string(drift.Gateway))
		e.sample(metricMoved, float64(m.Files), "side", string(drift.Files))
		e.sample(metricMoved, float64(m.Both), "side", string(drift.Both))
		e.sample(metricMoved, float64(m.Unknown), "side", "unknown")
	}
	e.differences(d)
	e.coverage(d.Coverage)
	e.one(metricWell, truth(d.Instance.Well))
	e.one(metricLocks, float64(len(d.Instance.Locks)))
	e.one(metricFeatures, float64(len(d.Instance.MissingFeatures)))
	e.one(metricLost, float64(len(d.References)))
	e.one(metricLapsed, float64(len(d.LapsedIgnores)))
	type certificate struct{ group, domain, name string }
	told := map[certificate]bool{} // one sample for a set of labels
	for _, c := range d.Certificates {
		key := certificate{document.Clean(c.Group), document.Clean(c.Domain), document.Clean(c.Name)}
		if told[key] {
			continue
		}
		if len(told) == 0 {
			e.family(metricEnds)
		}
		told[key] = true
		e.sample(metricEnds, float64(c.NotAfter.Unix()), "group", c.Group, "domain", c.Domain, "name", c.Name)
	}
}

// differences name what differs, as long as the names of samples are not too many for who collects them.
func (e *exposition) differences(d *document.Drift) {
	const most = 1000
	told := map[[2]string]bool{} // a sample that comes twice spoils the whole file
	add := func(address, action string) {
		one := [2]string{document.Clean(address), action}
		if told[one] || len(told) == most {
			return
		}
		if len(told) == 0 {
			e.family(metricDiffers)
		}
		told[one] = true
		e.sample(metricDiffers, 1, "address", address, "action", action)
	}
	for i := range d.Changes {
		add(d.Changes[i].Address, string(d.Changes[i].Action))
	}
	for _, x := range d.Extra {
		add(x.Address, "extra")
	}
}

func (e *exposition) coverage(c *document.Coverage) {
	if c == nil {
		return
	}
	kinds := slices.Sorted(maps.Keys(c.ByKind))
	e.family(metricDeclared)
	for _, k := range kinds {
		e.sample(metricDeclared, float64(c.ByKind[k].Declared), "kind", k)
	}
	e.family(metricUncovered)
	for _, k := range kinds {
		e.sample(metricUncovered, float64(c.ByKind[k].Undeclared), "kind", k)
	}
}

func (e *exposition) traffic(groups []document.Traffic) {
	if len(groups) == 0 {
		return
	}
	for _, m := range []struct {
		metric
		of func(*document.Traffic) int64
	}{
		{metricCalls, func(t *document.Traffic) int64 { return t.Calls }},
		{metricFailed, func(t *document.Traffic) int64 { return t.Errors }},
		{metricPeak, func(t *document.Traffic) int64 { return t.Peak }},
	} {
		e.family(m.metric)
		for i := range groups {
			e.sample(m.metric, float64(m.of(&groups[i])), "group", groups[i].Group)
		}
	}
}

// one begins a family with a sample.
func (e *exposition) one(m metric, value float64, labels ...string) {
	e.family(m)
	e.sample(m, value, labels...)
}

func (e *exposition) family(m metric) {
	_, _ = fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name) // Flush tells
}

var labelText = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample writes a value; labels are names and values in turn.
func (e *exposition) sample(m metric, value float64, labels ...string) {
	all := append(append([]string{}, e.common...), labels...)
	_, _ = e.WriteString(m.name + "{")
	for i := 0; i < len(all); i += 2 {
		if i > 0 {
			_ = e.WriteByte(',')
		}
		_, _ = e.WriteString(all[i] + `="` + labelText.Replace(document.Clean(all[i+1])) + `"`)
	}
	_, _ = e.WriteString("} " + strconv.FormatFloat(value, 'f', -1, 64) + "\n")
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
