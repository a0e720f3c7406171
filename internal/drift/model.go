// Package drift tells how a gateway departs from its files, and what else about it needs a person:
// health, certificates that end, rules that have lapsed, and whose traffic a change meets.
package drift

import (
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Report is one look at a gateway.
type Report struct {
	InstanceID string
	At         time.Time
	Plan       *diff.Plan // departures, extras, warnings and errors; changes turn the gateway into the files

	// Moved says of each change in Plan, by address, whose side moved since the baseline; nil without one.
	Moved map[string]Mover

	Instance     Instance
	Certificates []Certificate // that end within the days asked for, or have ended; soonest first
	Lapsed       []kind.Ignore // ignore rules past their last day
	Traffic      []Traffic     // of the API groups with a change; by group
	Requests     int           // reads made
}

// Mover is the side that changed since the baseline.
type Mover string

// Gateway-side changes are drift; files that are ahead are merely not applied yet; both is a conflict.
const (
	Gateway Mover = "gateway"
	Files   Mover = "files"
	Both    Mover = "both"
)

// Instance is the state of the gateway itself.
type Instance struct {
	Name    string
	Status  string // Running is well
	Locks   []kind.Lock
	Missing []string // features that the files need and the gateway lacks
}

// Certificate is one of a domain of an API group.
type Certificate struct {
	Group, Domain, Name string
	NotAfter            time.Time
	Days                int // until NotAfter, negative when it has passed
}

// Expired reports whether the certificate has ended.
func (c Certificate) Expired() bool { return c.Days < 0 }

// Traffic is the last hour of an API group.
type Traffic struct {
	Group         string
	Calls, Errors int64
	Peak          int64     // calls in the busiest minute
	PeakAt        time.Time // when that minute began
	Minutes       []Minute  // oldest first; minutes without calls may be missing
	APIs          []APITraffic
}

// Minute is one minute of traffic.
type Minute struct {
	At            time.Time
	Calls, Errors int64
}

// APITraffic is the last hour of one API.
type APITraffic struct {
	API                 string // group/api
	Calls, Errors, Peak int64
}

// Drifted reports whether the gateway departs from its files by something that was changed on the gateway,
// or otherwise needs a person.
func (r *Report) Drifted() bool {
	if len(r.Plan.Extra) > 0 || r.Instance.Status != "Running" || len(r.Instance.Locks) > 0 || len(r.Instance.Missing) > 0 || len(r.Certificates) > 0 || len(r.Lapsed) > 0 {
		return true
	}
	for i := range r.Plan.Changes {
		if r.Moved == nil || r.Moved[r.Plan.Changes[i].Address] != Files {
			return true
		}
	}
	return false
}
