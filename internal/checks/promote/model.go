// Package promote compares two gateways, and each of them with its own files, to find out which of their differences the
// files declare. It is pure: it reads and writes nothing.
package promote

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Side is one of the two targets.
type Side struct {
	Target  string // its name in the config file
	Env     string // its own environment: bindings and variables in it are compared with those in the other side's own
	State   *spec.State
	Places  *spec.Places // the lines of values in State
	Options diff.Options // the scope of the side; objects that are out of the scope of either side are left out

	// What the gateway holds, with all its APIs. APIs is nil if no gateway was read; the desired state is then
	// compared.
	Have kind.Actual
	APIs *kind.Catalog

	Gateway string // identifies the gateway: if it is not "" and equal on both sides, both targets have the same gateway
}

// Class groups differences by what a reviewer should make of them.
type Class string

// The classes, in the order in which they matter to a reviewer.
const (
	Undeclared Class = "undeclared" // both have it, they differ, and the files do not declare the difference
	OnlyFrom   Class = "only_from"  // only one gateway has it, and the files do not declare that
	OnlyTo     Class = "only_to"
	Declared   Class = "declared" // the two desired states differ in exactly this way
)

// State is the result of comparing one item of a gateway with its own files.
type State string

// The states.
const (
	AsDeclared  State = "declared"   // it matches the files, or is missing and the files do not ask for it
	Departs     State = "departs"    // the files declare something else
	NotDeclared State = "undeclared" // the files do not declare it; or it is missing and the files may ask for it
)

// Difference is a leaf in which the gateways differ, or an object or link that only one of them has.
type Difference struct {
	Class     Class  `json:"class"`
	Address   string `json:"address"` // under the name that it has on the side that has it
	Kind      string `json:"kind"`
	Name      string `json:"name"`           // the name of the object, or of the owner of a link or part
	Path      string `json:"path,omitempty"` // JSON pointer of a leaf; "" for an object or link as a whole
	Sensitive bool   `json:"sensitive"`      // values are then diff.Hidden or nil
	From      Aspect `json:"from"`
	To        Aspect `json:"to"`

	Added   []any `json:"added,omitzero"`   // for a set: the members that only To has; nil for any other leaf
	Removed []any `json:"removed,omitzero"` // for a set: the members that only From has

	// Contains counts, by kind, the parts and links of an object that only one side has.
	Contains map[string]int `json:"contains,omitempty"`
	Link     *kind.Link     `json:"-"` // the link, if the difference is about one
}

// Aspect is one side of a difference.
type Aspect struct {
	Present bool  `json:"present"` // the gateway has the object or link
	Value   any   `json:"value"`   // for a leaf; nil when it does not exist
	State   State `json:"state"`
	Files   any   `json:"files"` // for a leaf that departs: the declared value; nil if the files declare none

	Source    *kind.Source `json:"source"`              // the line in the files that decides it; nil if there is none
	Variables []string     `json:"variables,omitempty"` // the variables that decide it
	Note      string       `json:"note,omitempty"`      // additional information for people

	overlay bool // Source is a line of an overlay
	exact   bool // Source is the line of the leaf itself
}

// Deciders returns the sides whose files cause a declared difference: those whose line is in an overlay, or else those
// whose line sets the leaf itself, or else all that have a line.
func (d *Difference) Deciders() []Aspect {
	var sides []Aspect
	for _, a := range []Aspect{d.From, d.To} {
		if a.Source != nil && (len(sides) == 0 || *a.Source != *sides[0].Source) {
			sides = append(sides, a)
		}
	}
	for _, better := range []func(Aspect) bool{func(a Aspect) bool { return a.overlay }, func(a Aspect) bool { return a.exact }} {
		if slices.ContainsFunc(sides, better) {
			return slices.DeleteFunc(sides, func(a Aspect) bool { return !better(a) })
		}
	}
	return sides
}

// API is an API that a side lacks, or has not published in its own environment.
type API struct {
	Address  string   `json:"address"`
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Lacks    string   `json:"lacks"`    // target that lacks it
	Absent   bool     `json:"absent"`   // it does not exist there; if false, it is only not published
	Bindings []string `json:"bindings"` // addresses of the other side's bindings that this target cannot have
}

// Credential is a value that differs because each gateway generates its own.
type Credential struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"`
}

// Unapplied is a difference between a gateway and its files that is not a difference between the two gateways.
type Unapplied struct {
	Target  string      `json:"target"`
	Address string      `json:"address"`
	Action  diff.Action `json:"action"`
}

// Report is the outcome of a comparison. Lists are sorted.
type Report struct {
	Differences []Difference
	APIs        []API
	Credentials []Credential
	Unapplied   []Unapplied
	Equal       int // objects and links that are the same on both sides
	Ignored     int // differences that rules ignore
	Warnings    []diff.Note
	Next        Next
}

// Next is what applying the files of the second target would do to its gateway.
type Next struct {
	Have kind.Actual
	Want kind.Desired
	Plan *diff.Plan
}

// Count counts the differences of a class.
func (r *Report) Count(c Class) (n int) {
	for i := range r.Differences {
		if r.Differences[i].Class == c {
			n++
		}
	}
	return n
}
