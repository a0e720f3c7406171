package document

import (
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/checks/trail"
)

// ChangedBy is who made a difference, according to the audit trail.
type ChangedBy struct {
	User      string    `json:"user"`
	At        time.Time `json:"at"`
	Operation string    `json:"operation"`     // as the trail spells it
	SourceIP  string    `json:"source_ip"`     // "" for the system
	Certainty string    `json:"certainty"`     // certain: the record names the object by its id; probable: by a name, or by its owner
	Own       bool      `json:"own,omitempty"` // an earlier run of this tool, or somebody with the credentials of this one
}

// AddChangedBy adds to differences who made them.
func (d *Drift) AddChangedBy(by map[string]trail.Author) {
	for i := range d.Changes {
		d.Changes[i].ChangedBy = changedBy(by, d.Changes[i].Address)
	}
	for i := range d.Extra {
		d.Extra[i].ChangedBy = changedBy(by, d.Extra[i].Address)
	}
}

func changedBy(by map[string]trail.Author, address string) *ChangedBy {
	b, ok := by[address]
	if !ok {
		return nil
	}
	out := &ChangedBy{User: b.User, At: b.At, Operation: b.Operation, SourceIP: b.Source, Certainty: "probable", Own: b.Own}
	if b.Certain {
		out.Certainty = "certain"
	}
	return out
}

// text returns who made the difference, in words and made harmless.
func (b *ChangedBy) text() string {
	out := fmt.Sprintf("changed by %s, %s, %s", b.User, b.At.UTC().Format("2006-01-02 15:04 UTC"), b.Operation)
	if b.Certainty != "certain" {
		out = "probably " + out
	}
	if b.SourceIP != "" {
		out += " from " + b.SourceIP
	}
	if b.Own {
		out += ", with this tool or its credentials"
	}
	return Clean(out)
}

// changeReasons returns which side changed and who changed it, as far as known, in words and made harmless.
func changeReasons(side drift.Side, by *ChangedBy) (parts []string) {
	if text := Sides[side]; text != "" {
		parts = append(parts, text)
	}
	if by != nil {
		parts = append(parts, by.text())
	}
	return parts
}

// Reasons returns the side that changed and who changed it, made harmless.
func (e *Extra) Reasons() []string { return changeReasons(e.Moved, e.ChangedBy) }
