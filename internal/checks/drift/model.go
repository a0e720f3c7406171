// Package drift reports how a gateway differs from its files, and what else about it needs attention: its health,
// certificates that expire, ignore rules that have expired, and the calls that a change affects.
package drift

import (
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Report is one look at a gateway.
type Report struct {
	At   time.Time
	Plan *diff.Plan // differences, extras, warnings and errors; changes turn the gateway into the files

	// Moved is the side that changed since the baseline, by the address of each change and extra in Plan; nil without a
	// baseline. Differences that existed when the baseline was written and have not changed since are missing.
	Moved map[string]Side

	References   []Reference // that lead nowhere; in the order of the files
	Coverage     *Coverage
	Instance     Instance
	Certificates []Certificate // that end within the days asked for, or have ended; soonest first
	Lapsed       []kind.Ignore // ignore rules past their last day
	Traffic      []Traffic     // of the API groups with a change; by group
	Requests     int           // reads made

	ChangeTraffic map[string]TrafficSum // the traffic that each change in Plan affects, by its address; nil when traffic was not asked for
	Managed       []string              // addresses of all objects and links that the files declare, sorted
	Warnings      []diff.Note           // in addition to those of Plan
}

// Reference is a reference of the files that matches nothing. Diff and apply refuse such files; drift compares the
// rest.
type Reference struct {
	spec.Unresolved
	Source  kind.Source
	Message string // the problem in a sentence
	Hint    string // what to do about it; may be empty
}

// TrafficSum is the traffic of the last hour of the APIs that one change affects.
type TrafficSum struct {
	APIs   int      `json:"apis"`   // how many it affects
	Groups []string `json:"groups"` // theirs, sorted
	Calls  int64    `json:"calls"`
	Errors int64    `json:"errors"`
	Peak   int64    `json:"peak"`  // calls of all of them together in the busiest minute
	Exact  bool     `json:"exact"` // the figures count only these APIs, not their whole groups
}

// Side is the side that changed since the baseline.
type Side string

// Changes on the gateway are drift. Changes in the files are merely not applied yet. Changes on both sides are a
// conflict.
const (
	Gateway Side = "gateway"
	Files   Side = "files"
	Both    Side = "both"
)

// Instance is the state of the gateway itself.
type Instance struct {
	Name    string
	Status  string // Running is well
	Locks   []kind.Lock
	Missing []string // features that the files need and the gateway lacks
}

// Running is the status of an instance that is well and takes configuration.
const Running = kind.Running

// Healthy reports whether the gateway can accept what the files declare.
func (i *Instance) Healthy() bool {
	return i.Status == Running && len(i.Locks) == 0 && len(i.Missing) == 0
}

// Certificate is one of a domain of an API group, or one that the files declare.
type Certificate struct {
	Group, Domain, Name string       // no Group and Domain: the files declare it, and none of the domains looked at has it
	Source              *kind.Source // where the files declare it; nil when they do not
	NotAfter            time.Time
	Days                int // until NotAfter, negative when it has passed
}

// Expired reports whether the certificate has ended.
func (d *Certificate) Expired() bool { return d.Days < 0 }

// Traffic is the traffic of an API group in the last hour.
type Traffic struct {
	Group   string       `json:"group"`
	Calls   int64        `json:"calls"`
	Errors  int64        `json:"errors"`
	Peak    int64        `json:"peak"`           // calls in the busiest minute
	PeakAt  *time.Time   `json:"peak_at"`        // when that minute began; nil without calls
	Minutes []Minute     `json:"minutes"`        // oldest first; minutes without calls may be missing; never nil
	APIs    []APITraffic `json:"apis,omitempty"` // affected ones, where they were asked for
}

// Minute is one minute of traffic.
type Minute = kind.Minute

// APITraffic is the traffic of one API in the last hour.
type APITraffic struct {
	API    string `json:"api"` // group/api
	Calls  int64  `json:"calls"`
	Errors int64  `json:"errors"`
	Peak   int64  `json:"peak"`
}

// Drifted reports whether the gateway differs from its files by something that was changed on the gateway,
// or otherwise needs attention.
func (r *Report) Drifted() bool {
	if !r.Instance.Healthy() || len(r.References) > 0 || len(r.Certificates) > 0 || len(r.Lapsed) > 0 {
		return true
	}
	for i := range r.Plan.Changes {
		if r.Moved[r.Plan.Changes[i].Address] != Files {
			return true
		}
	}
	for _, e := range r.Plan.Extra {
		if r.Moved[e.Address] != Files {
			return true
		}
	}
	return false
}
