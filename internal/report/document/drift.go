package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Drift is how a gateway differs from its files, and what else about it needs attention. Its changes would make the
// gateway match the files: Before is what the gateway has.
type Drift struct {
	Head
	At            time.Time      `json:"at"`      // when the gateway was read
	Drifted       bool           `json:"drifted"` // something was changed on the gateway, or needs attention
	Summary       diff.Summary   `json:"summary"`
	Moved         *Moved         `json:"moved,omitempty"` // nil without a baseline
	Changes       []Change       `json:"changes"`
	Extra         []Extra        `json:"extra"`
	Coverage      *Coverage      `json:"coverage,omitempty"`  // nil if nothing was compared
	Undeclared    []Undeclared   `json:"undeclared,omitzero"` // nil unless asked for
	References    []Reference    `json:"references"`          // references in the files that match nothing
	Instance      Instance       `json:"instance"`
	Certificates  []Certificate  `json:"certificates"` // that end soon or have ended; soonest first
	LapsedIgnores []LapsedIgnore `json:"lapsed_ignores"`
	Traffic       []Traffic      `json:"traffic"` // last hour of the API groups with a change
	Requests      Requests       `json:"requests"`
	Problems

	Managed []string `json:"-"` // addresses of everything that the files declare, for formats that also list what is unchanged
}

// Moved counts changes and extras by the side that changed since the baseline.
type Moved struct {
	Gateway int `json:"gateway"`
	Files   int `json:"files"` // not applied yet, which is no drift
	Both    int `json:"both"`  // conflicts
	Unknown int `json:"unknown"`
}

// Reference is a reference in the files that matches nothing.
type Reference struct {
	Source      *kind.Source `json:"source"`
	Address     string       `json:"address"` // of the object that contains it
	Reference   string       `json:"reference"`
	Environment string       `json:"environment"` // "" if it does not refer to an API
	Problem     string       `json:"problem"`     // in a few words
	Message     string       `json:"message"`     // in a sentence
	Hint        string       `json:"hint"`        // what to do about it; may be empty
}

// Instance is the state of the gateway itself.
type Instance struct {
	Name            string      `json:"name"`
	Status          string      `json:"status"` // Running is healthy
	Healthy         bool        `json:"well"`
	Locks           []kind.Lock `json:"locks"`
	MissingFeatures []string    `json:"missing_features"` // that the files need
}

// Certificate is the certificate of a domain of an API group, or one that the files declare and no such domain uses.
type Certificate struct {
	Group    string       `json:"group"`  // "" if no domain uses it
	Domain   string       `json:"domain"` // "" if no domain uses it
	Name     string       `json:"name"`
	NotAfter time.Time    `json:"not_after"`
	Days     int          `json:"days"` // until NotAfter, negative when it has passed
	Expired  bool         `json:"expired"`
	Source   *kind.Source `json:"source,omitempty"` // nil if the files do not declare it
}

// LapsedIgnore is an ignore rule past its last day.
type LapsedIgnore struct {
	Kind   string       `json:"kind"`
	Name   string       `json:"name"` // glob
	Fields []string     `json:"fields,omitempty"`
	Reason string       `json:"reason"`
	Until  string       `json:"until"` // YYYY-MM-DD
	Source *kind.Source `json:"source"`
}

// The calls of the last hour. The types are those of package drift.
type (
	// Traffic has the calls to the APIs of a group.
	Traffic = drift.Traffic
	// Minute has those of one minute.
	Minute = drift.Minute
	// APITraffic has the calls to one API.
	APITraffic = drift.APITraffic
	// TrafficSum has the calls to the APIs that a change affects.
	TrafficSum = drift.TrafficSum
)

// NewDrift returns the document of r. The caller adds warnings and errors from outside of r.
func NewDrift(h Head, r *drift.Report) *Drift {
	d := EmptyDrift(h, r.At)
	d.Drifted, d.Summary, d.Requests = r.Drifted(), r.Plan.Summary(), Requests{Read: r.Requests, Write: len(r.Plan.Steps)}
	d.Changes, d.Managed = Changes(r.Plan.Changes), r.Managed
	for _, e := range r.Plan.Extra {
		d.Extra = append(d.Extra, Extra{Address: e.Address})
	}
	d.addMoved(r)
	d.setCoverage(r.Coverage)
	for i := range r.References {
		x := &r.References[i]
		d.References = append(d.References, Reference{
			Source: &x.Source, Address: x.Owner, Reference: x.Reference, Environment: x.Environment, Problem: x.Problem, Message: x.Message, Hint: x.Hint,
		})
	}
	d.Instance = Instance{
		Name: r.Instance.Name, Status: r.Instance.Status, Healthy: r.Instance.Healthy(),
		Locks: append(d.Instance.Locks, r.Instance.Locks...), MissingFeatures: append(d.Instance.MissingFeatures, r.Instance.Missing...),
	}
	for _, c := range r.Certificates {
		d.Certificates = append(d.Certificates, Certificate{Group: c.Group, Domain: c.Domain, Name: c.Name, NotAfter: c.NotAfter, Days: c.Days, Expired: c.Expired(), Source: c.Source})
	}
	for i := range r.Lapsed {
		l := &r.Lapsed[i]
		d.LapsedIgnores = append(d.LapsedIgnores, LapsedIgnore{Kind: l.Kind, Name: l.Name, Fields: l.Fields, Reason: l.Reason, Until: l.Until, Source: &l.Source})
	}
	d.Traffic = append(d.Traffic, r.Traffic...)
	d.Warnings = append(append(d.Warnings, Notes(r.Plan.Warnings)...), Notes(r.Warnings)...)
	d.Errors = append(d.Errors, Notes(slices.DeleteFunc(slices.Clone(r.Plan.Errors), func(n diff.Note) bool { return n.Refers != "" }))...)
	return d
}

// EmptyDrift returns the document of a run that failed or found no drift.
func EmptyDrift(h Head, at time.Time) *Drift {
	return &Drift{
		Head: h, At: at.UTC(), Changes: []Change{}, Extra: []Extra{}, References: []Reference{}, Certificates: []Certificate{}, LapsedIgnores: []LapsedIgnore{},
		Instance: Instance{Locks: []kind.Lock{}, MissingFeatures: []string{}}, Traffic: []Traffic{}, Problems: noProblems(),
	}
}

// addMoved adds to changes and extras which side changed, and to changes the traffic of the APIs that they affect.
func (d *Drift) addMoved(r *drift.Report) {
	AddTraffic(d.Changes, r.ChangeTraffic)
	if r.Moved == nil {
		return
	}
	d.Moved = &Moved{}
	count := func(m drift.Side) drift.Side {
		switch m {
		case drift.Gateway:
			d.Moved.Gateway++
		case drift.Files:
			d.Moved.Files++
		case drift.Both:
			d.Moved.Both++
		default:
			d.Moved.Unknown++
		}
		return m
	}
	for i := range d.Changes {
		d.Changes[i].Moved = count(r.Moved[d.Changes[i].Address])
	}
	for i := range d.Extra {
		d.Extra[i].Moved = count(r.Moved[d.Extra[i].Address])
	}
}

// AddTraffic adds to changes the traffic of the APIs that they affect.
func AddTraffic(changes []Change, hits map[string]drift.TrafficSum) {
	for i := range changes {
		if h, ok := hits[changes[i].Address]; ok {
			changes[i].Traffic = &h
		}
	}
}

// Sum returns a drift report in one sentence, without text from outside.
func (d *Drift) Sum() string {
	parts := counted(part{len(d.Errors), "error", "errors"})
	if !d.Instance.Healthy && d.Instance.Status != "" {
		parts = append(parts, "the gateway is unhealthy")
	}
	waiting := 0
	if d.Moved != nil {
		waiting = d.Moved.Files
	}
	parts = append(parts, counted(
		part{len(d.Changes) + len(d.Extra) - waiting, "difference from the files", "differences from the files"},
		part{waiting, "change not applied yet", "changes not applied yet"},
		part{len(d.References), "reference that leads nowhere", "references that lead nowhere"},
		part{len(d.Certificates), "certificate to renew", "certificates to renew"},
		part{len(d.LapsedIgnores), "lapsed ignore rule", "lapsed ignore rules"},
	)...)
	if len(parts) == 0 {
		return d.Coverage.noDrift()
	}
	word := "No drift: "
	if d.Drifted || len(d.Errors) > 0 {
		word = "Drift: "
	}
	return word + strings.Join(parts, ", ") + "."
}

// ExpiryText returns a sentence that says when a certificate expires.
func (c *Certificate) ExpiryText() string {
	when := c.NotAfter.UTC().Format(time.DateOnly)
	what := "certificate " + c.Name
	if c.Domain != "" {
		what += " of " + c.Domain
	}
	switch {
	case c.Expired:
		return what + " expired on " + when + ", " + c.TimeLeft()
	case c.Days == 0:
		return what + " expires today"
	}
	return what + " expires on " + when + ", " + c.TimeLeft()
}

// TimeLeft returns, in words, how long the certificate is still valid, or how long ago it expired.
func (c *Certificate) TimeLeft() string {
	switch {
	case c.Expired:
		return Count(-c.Days, "day", "days") + " ago"
	case c.Days == 0:
		return "today"
	}
	return "in " + Count(c.Days, "day", "days")
}

// AsProblem returns the certificate as a problem, at the position where the files declare it.
func (c *Certificate) AsProblem() Problem {
	p := Problem{Address: "certificate/" + c.Name, Message: c.ExpiryText()}
	if c.Domain != "" {
		p.Address = "certificate/" + c.Group + "/" + c.Domain
	}
	return p.At(c.Source)
}

// AsProblem returns the reference as a problem, at its position in the files.
func (r *Reference) AsProblem() Problem {
	return Problem{Address: r.Address, Message: r.Message, Hint: r.Hint}.At(r.Source)
}

// AsProblem returns the rule as a problem, at its position in the files.
func (l *LapsedIgnore) AsProblem() Problem {
	p := Problem{Message: fmt.Sprintf("the ignore rule for %s %s ended on %s", l.Kind, l.Name, l.Until)}
	if len(l.Fields) > 0 {
		p.Message += ", fields " + strings.Join(l.Fields, ", ")
	}
	if l.Reason != "" {
		p.Hint = "its reason: " + l.Reason
	}
	return p.At(l.Source)
}

// TrafficSumText returns the traffic of the last hour of the APIs that a change affects, in words and made harmless.
func TrafficSumText(h *TrafficSum) string {
	if h.APIs == 0 {
		return "affects no API"
	}
	what := "affects " + Count(h.APIs, "API", "APIs")
	if h.Calls == 0 {
		return what + ", no calls"
	}
	to := ""
	if !h.Exact {
		to = " to all of " + Clean(strings.Join(h.Groups, ", "))
	}
	return fmt.Sprintf("%s: %s in the last hour%s, %s, %d in the busiest minute", what, Count(int(h.Calls), "call", "calls"), to, Count(int(h.Errors), "error", "errors"), h.Peak)
}

// TrafficText returns the last hour of a group, in words and made harmless.
func TrafficText(t *Traffic) string {
	out := fmt.Sprintf("%s: %s, %s", Clean(t.Group), Count(int(t.Calls), "call", "calls"), Count(int(t.Errors), "error", "errors"))
	if t.PeakAt != nil {
		out += fmt.Sprintf(", %d in the busiest minute (%s)", t.Peak, t.PeakAt.UTC().Format("15:04 UTC"))
	}
	return out
}
