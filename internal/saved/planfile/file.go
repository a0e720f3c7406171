// Package planfile keeps plans in files: the document that diff prints, and all that it takes to carry the
// same plan out later. A file holds no secret, only digests of secrets, and no id that may change on its
// own, such as publish ids. It is pure: bytes, keys and the time come from the caller.
//
// A plan is not played back step by step. What it touches is read again, the plan is made again of that,
// and it must come out the same: what was looked at is what happens.
//
// An undo file begins with such a plan, what was there and what is to be written, on one line, and goes on with the lines
// that package journal adds before and after each write. What a run really did is not played back from that: the gateway
// is read again, and each object, part and binding that is as the run left it goes back to what it was before. What was
// announced and never answered is found out the same way.
package planfile

import (
	"encoding/json"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// The purposes of saved plans.
const (
	ForApply = "apply" // made of desired-state files
	ForUndo  = "undo"  // begins an undo file: what a run was about to do
)

// File is a saved plan.
type File struct {
	document.Plan
	Saved Saved `json:"saved"`

	secrets []leaf // what must not be in the file, while it is being made
}

// Saved is what a plan needs besides its document.
type Saved struct {
	Purpose   string `json:"purpose"`
	Created   string `json:"created"`  // RFC 3339
	Endpoint  string `json:"endpoint"` // scheme and host of the API, or "loopback"
	ProjectID string `json:"project_id"`
	Key       string `json:"key"`   // of all digests, in hex
	Check     string `json:"check"` // digest of the whole file, itself left out

	ResendSecrets bool `json:"resend_secrets,omitempty"`
	// Environments are those whose bindings were in sight; none means all.
	Environments []string `json:"only_environments,omitempty"`
	TakesBack    string   `json:"takes_back,omitempty"` // of an undo of an undo: name of the file that it takes back

	Steps   []Step   `json:"steps"`   // requests, in an order that respects what each waits for
	Objects []Object `json:"objects"` // what is wanted
	Links   []Link   `json:"links"`
	Gone    []Gone   `json:"gone"`   // objects that are not wanted
	Ignore  []Rule   `json:"ignore"` // differences that are left alone
	Held    []Held   `json:"held"`   // what the gateway held
	Bound   []Link   `json:"bound"`  // and what was bound to what
}

// Step is one request.
type Step struct {
	Op        string `json:"op"`
	Kind      string `json:"kind"`
	Operation string `json:"operation"`       // the vendor's name of the request
	After     []int  `json:"after,omitempty"` // steps that must have ended before, by their place
	Items     []Item `json:"items"`
}

// Item is what a step does for one change.
type Item struct {
	Change    int    `json:"change"`              // place among the changes
	Link      string `json:"link,omitempty"`      // address of what is bound or unbound
	Displaced bool   `json:"displaced,omitempty"` // the link goes because the step binds another one in its place
	Needs     []int  `json:"needs,omitempty"`     // steps that must have succeeded
}

// stored is an object as a file has it. An anchor has no value: it stands only for what lives inside it or is bound to it.
type stored struct {
	Kind   string          `json:"kind"`
	Key    string          `json:"key"`
	Owner  string          `json:"owner,omitempty"`
	ID     string          `json:"id,omitempty"` // of one that the gateway had
	Anchor bool            `json:"anchor,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"` // without secrets
}

// Object is a wanted object.
type Object struct {
	stored
	Secrets   []Secret     `json:"secrets,omitempty"`
	Source    *kind.Source `json:"source,omitempty"`
	Protected bool         `json:"protected,omitempty"`
	MovedFrom string       `json:"moved_from,omitempty"`
	Manages   []string     `json:"manages,omitempty"` // kinds of parts and links of which all are listed here
}

// Secret is a secret of a wanted object: where its value comes from, and how to know that it is the same.
type Secret struct {
	Path      string       `json:"path"` // JSON pointer inside the value
	Digest    string       `json:"digest"`
	Variables []string     `json:"variables,omitempty"` // whose values, one behind the other, are the secret
	Source    *kind.Source `json:"source,omitempty"`    // where the file has it
}

// Held is an object as the gateway had it. Of an anchor the id alone counts.
type Held struct {
	stored
	Secrets []Seal `json:"secrets,omitempty"`
}

// Seal is the fingerprint of a secret as the gateway showed it.
type Seal struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
	Masked bool   `json:"masked,omitempty"` // what it showed is not the secret itself
}

// Link is a binding. Publish ids change on their own and are looked up again.
type Link struct {
	Kind        string       `json:"kind"`
	Owner       string       `json:"owner"`
	OwnerID     string       `json:"owner_id,omitempty"`
	Target      string       `json:"target,omitempty"` // key of a target that is no API; then the fields about APIs are ""
	TargetID    string       `json:"target_id,omitempty"`
	Group       string       `json:"group,omitempty"`
	API         string       `json:"api,omitempty"`
	APIID       string       `json:"api_id,omitempty"`
	Method      string       `json:"method,omitempty"`
	Path        string       `json:"path,omitempty"`
	Environment string       `json:"environment,omitempty"`
	Offline     bool         `json:"offline,omitempty"` // of a wanted one: it stays, and cannot be made
	Source      *kind.Source `json:"source,omitempty"`
}

// Gone are objects of a kind that are not wanted.
type Gone struct {
	Kind string   `json:"kind"`
	Keys []string `json:"keys"`
}

// Rule leaves differences alone.
type Rule struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Fields []string `json:"fields,omitempty"`
}
