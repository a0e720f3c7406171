// Package planfile keeps plans in files: the document that diff prints, and everything that is needed to carry out the same
// plan later. A file contains no secrets, only digests of secrets, and no ids that may change on their own, such as publish
// ids. The package does no I/O: bytes, keys and the time come from the caller.
//
// A plan is not replayed step by step. Instead, what it affects is read again, the plan is made again from that, and it must
// be the same: what a person approved is what happens.
//
// An undo file begins with such a plan, with the former state and what is to be written, on one line. Package journal adds
// lines before and after each write. An undo does not replay these: the gateway is read again, and each object, part and
// binding that is as the run left it is changed back to what it was before. The outcome of requests without an answer is found
// in the same way.
package planfile

import (
	"encoding/json"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// The purposes of saved plans.
const (
	ForApply = "apply" // made from desired-state files
	ForUndo  = "undo"  // begins an undo file: what a run was about to do
)

// File is a saved plan.
type File struct {
	document.Plan
	Saved Saved `json:"saved"`

	secrets []secretText // secrets that must not get into the file while it is made
}

// Saved is the part of a saved plan that is not in its document.
type Saved struct {
	Purpose   string `json:"purpose"`
	Created   string `json:"created"`  // RFC 3339
	Endpoint  string `json:"endpoint"` // scheme and host of the API, or "loopback"
	ProjectID string `json:"project_id"`
	Key       string `json:"key"`   // of all digests, in hex
	Check     string `json:"check"` // digest of the whole file, itself left out

	ResendSecrets bool `json:"resend_secrets,omitempty"`
	// Environments are the only ones whose bindings were compared; empty means all.
	Environments []string `json:"only_environments,omitempty"`
	TakesBack    string   `json:"takes_back,omitempty"` // for the undo of an undo: the name of the undo file that it takes back

	Steps   []Step   `json:"steps"`   // requests; each follows those that it waits for
	Objects []Object `json:"objects"` // the wanted objects
	Links   []Link   `json:"links"`
	Gone    []Gone   `json:"gone"`   // objects that are not wanted
	Ignore  []Rule   `json:"ignore"` // rules for differences that the plan does not change
	Held    []Held   `json:"held"`   // the former objects of the gateway
	Bound   []Link   `json:"bound"`  // and its former bindings
}

// Step is one request.
type Step struct {
	Op        string `json:"op"`
	Kind      string `json:"kind"`
	Operation string `json:"operation"`       // the vendor's name of the request
	After     []int  `json:"after,omitempty"` // indexes of the steps that must have ended before
	Items     []Item `json:"items"`
}

// Item is what a step does for one change.
type Item struct {
	Change    int    `json:"change"`              // index among the changes
	Link      string `json:"link,omitempty"`      // address of what is bound or unbound
	Displaced bool   `json:"displaced,omitempty"` // the step removes the link by binding another policy in its slot
	Needs     []int  `json:"needs,omitempty"`     // indexes of the steps that must have succeeded
}

// stored is an object in a file. An anchor has no value: the file contains it only because of its parts and links.
type stored struct {
	Kind   string          `json:"kind"`
	Key    string          `json:"key"`
	Owner  string          `json:"owner,omitempty"`
	ID     string          `json:"id,omitempty"` // if the gateway had the object
	Anchor bool            `json:"anchor,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"` // without secrets

	Secrets []Secret `json:"secrets,omitempty"`
}

// Secret is a secret of an object, by a digest that recognises it.
type Secret struct {
	Path   string `json:"path"` // JSON pointer inside the value
	Digest string `json:"digest"`
	Masked bool   `json:"masked,omitempty"` // of a former object: the gateway showed a mask, not the secret itself

	// Of a wanted object: where the value comes from.
	Variables []string     `json:"variables,omitempty"` // the secret is the concatenation of their values
	Source    *kind.Source `json:"source,omitempty"`    // where the file has it
}

// Object is a wanted object.
type Object struct {
	stored
	Source    *kind.Source `json:"source,omitempty"`
	Protected bool         `json:"protected,omitempty"`
	MovedFrom string       `json:"moved_from,omitempty"`
	Manages   []string     `json:"manages,omitempty"` // kinds of parts and links that are listed here completely
}

// Held is a former object of the gateway. Of an anchor only the id matters.
type Held struct{ stored }

// Link is a binding. Publish ids are left out, since they change on their own: they are looked up again.
type Link struct {
	Kind        string       `json:"kind"`
	Owner       string       `json:"owner"`
	OwnerID     string       `json:"owner_id,omitempty"`
	Target      string       `json:"target,omitempty"` // key of a target that is not an API; then the fields about APIs are ""
	TargetID    string       `json:"target_id,omitempty"`
	Group       string       `json:"group,omitempty"`
	API         string       `json:"api,omitempty"`
	APIID       string       `json:"api_id,omitempty"`
	Method      string       `json:"method,omitempty"`
	Path        string       `json:"path,omitempty"`
	Environment string       `json:"environment,omitempty"`
	Offline     bool         `json:"offline,omitempty"` // a wanted link to an API that is offline: it stays, but cannot be made
	Source      *kind.Source `json:"source,omitempty"`
}

// Gone are objects of a kind that are not wanted.
type Gone struct {
	Kind string   `json:"kind"`
	Keys []string `json:"keys"`
}

// Rule is an ignore rule.
type Rule struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Fields []string `json:"fields,omitempty"`
}
