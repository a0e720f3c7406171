package document

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
)

// PlanSummary counts what a plan changes, and what that means to callers.
type PlanSummary struct {
	diff.Summary
	Impact impact.Counts `json:"impact"` // APIs in an environment, by the levels of what changes there
}

// ResultSummary counts the outcomes of changes, and what the plan meant to callers.
type ResultSummary struct {
	apply.Summary
	Impact impact.Counts `json:"impact"`
}

// SetImpact adds to a plan what it means to callers.
func (d *Plan) SetImpact(entries []impact.Entry) {
	d.Impact, d.ImpactTable, d.Summary.Impact = Impacts(entries), NewImpactTable(entries), impact.Count(entries)
}

// SetImpact adds to results what the plan meant to callers.
func (d *Results) SetImpact(entries []impact.Entry) {
	d.Impact, d.ImpactTable, d.Summary.Impact = Impacts(entries), NewImpactTable(entries), impact.Count(entries)
}

// Impact is what a plan means to the callers of an API in an environment. GROUP/* stands for all APIs of a group, */* for
// all APIs that apps call, and an empty environment with one of these for all environments. API and environment are both
// "" for the unknown APIs of a policy whose bindings the files do not manage.
type Impact struct {
	API         string       `json:"api"`
	Environment string       `json:"environment"`
	Level       impact.Level `json:"level"` // of the worst aspect
	Sure        *bool        `json:"sure,omitempty"`
	Aspects     []Aspect     `json:"aspects"`
	Because     []string     `json:"because"` // addresses of changes
	Calls       *int64       `json:"calls_last_hour,omitempty"`
}

// Aspect is one thing that changes for callers, in words.
type Aspect struct {
	Aspect string       `json:"aspect"`
	Level  impact.Level `json:"level"`
	Before string       `json:"before"`
	After  string       `json:"after"`
	Sure   *bool        `json:"sure,omitempty"` // false where the rules do not settle it, or something that was not read could make it untrue
}

// Impacts returns an impact in the form of the documents; never nil.
func Impacts(entries []impact.Entry) []Impact {
	out := make([]Impact, len(entries))
	for i := range entries {
		e := &entries[i]
		out[i] = Impact{API: e.API, Environment: e.Environment, Level: e.Level(), Sure: unlessSure(e.Sure()), Because: e.Because, Calls: e.Calls}
		for _, a := range e.Aspects {
			out[i].Aspects = append(out[i].Aspects, Aspect{a.Name, a.Level, a.Before, a.After, unlessSure(a.Sure)})
		}
	}
	return out
}

// Entries turns the entries of documents back into those of package impact.
func Entries(list []Impact) []impact.Entry {
	out := make([]impact.Entry, len(list))
	for i, d := range list {
		out[i] = impact.Entry{API: d.API, Environment: d.Environment, Because: d.Because, Calls: d.Calls}
		for _, a := range d.Aspects {
			out[i].Aspects = append(out[i].Aspects, impact.Aspect{Name: a.Aspect, Level: a.Level, Before: a.Before, After: a.After, Sure: a.Sure == nil})
		}
	}
	return out
}

func unlessSure(sure bool) *bool {
	if sure {
		return nil
	}
	return new(bool)
}

// ImpactTable is an impact for people: entries that are alike share a row.
type ImpactTable struct {
	impact.Counts
	Rows    []impact.Row
	Refused []impact.Level // levels for which a guard refuses the plan
	Target  string         // the target whose files would have to be applied; "" for the plan that is shown
}

// Headline counts the affected APIs by level.
func (f *ImpactTable) Headline() string {
	switch f.Target {
	case "":
		return "Impact: " + f.Counts.Headline()
	case wordOr(f.Target, ""):
		return "Impact of apply --target " + f.Target + ": " + f.Counts.Headline()
	}
	return "Impact of applying the second target: " + f.Counts.Headline()
}

// NewImpactTable rolls an impact up.
func NewImpactTable(entries []impact.Entry) ImpactTable {
	return ImpactTable{Counts: impact.Count(entries), Rows: impact.Rollup(entries)}
}

// Words returns the aspects of a row, one after another.
func Words(r *impact.Row) string {
	return Clean(strings.Join(r.Lines(), "; "))
}

// RowText returns a row in a sentence: where, what changes, for which APIs, and how many calls these had.
func RowText(r *impact.Row) string {
	text := Clean(r.Where) + ": " + Words(r)
	if len(r.Names) > 0 {
		text += ": " + Clean(strings.Join(r.Names, ", "))
	}
	if r.Calls != nil {
		text += " (" + Calls(*r.Calls) + ")"
	}
	return text
}

// Calls returns how many calls there were in the last hour, in words.
func Calls(n int64) string { return Count(int(n), "call", "calls") + " in the last hour" }
