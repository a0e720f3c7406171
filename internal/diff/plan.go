// Package diff compares what a gateway holds with what files declare and makes the plan that turns
// one into the other: the changes that people read and the steps, one request each, that carry them
// out. It is pure: it reads nothing, writes nothing, and gives the same plan for the same input.
package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Action is what happens to an object or link.
//
//	Action   Have  Want
//	Create   nil   set    the object is new
//	Update   set   set    fields change in place
//	Replace  set   set    a fixed field changes: a new object takes over the bindings of the old one
//	Delete   set   nil
//	Bind     -     -      Link is new
//	Unbind   -     -      Link is removed; its ID is set
type Action string

// The actions, in the words of the plan's JSON.
const (
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
	Bind    Action = "bind"
	Unbind  Action = "unbind"
)

// Change is one difference between gateway and files.
type Change struct {
	Address     string
	Kind        string
	Name        string // of the object, or of the owner of a link or part
	Action      Action
	Source      *kind.Source // nil if no file declares the object or link
	Fields      []Field      // changed leaves as gateway and files write them; for a new object all that is sent, for a deleted one all that is not zero
	AlsoRemoved []string     // of a delete: addresses of what is removed along with it, including what has a change of its own
	Note        string       // further information for people; may be empty

	Displaces   []Displaced // of a bind: the policies whose slots it takes
	BoundBefore int         // of an unbind: how many such links its owner has on the gateway in that environment
	Forced      bool        // of an unbind: its policy is not compared, but a bind takes its slot

	Have       *kind.Object
	Successor  *kind.Object   // of a replace: the successor that an interrupted run left; nil when there is none
	TempName   string         // of a replace: the name that the new object has until the old one is deleted; "" when the old one is deleted first
	LeftoverOf string         // of a delete: if an interrupted replace left the object, the key of the declared object that was replaced; else ""
	Want       *kind.Declared // as it is sent
	Link       *kind.Link
}

// InPlace returns the gateway's object that a change gives new values: the one that is updated, or the successor with which
// an interrupted replace continues; nil when there is none.
func (c *Change) InPlace() *kind.Object {
	switch c.Action {
	case Update:
		return c.Have
	case Replace:
		return c.Successor
	}
	return nil
}

// Field is one changed leaf of an object. For a set, Before and After are the whole set.
type Field struct {
	Path      string // JSON pointer, in which elements of keyed lists are named by their keys
	Before    any    // nil when the leaf did not exist
	After     any    // nil when the leaf is removed
	Default   any    // where After is nil: the value that the gateway then uses; nil when there is none
	Added     []any  // of a set: the elements that are added; nil for a leaf that is not a set, and for a sensitive one
	Removed   []any  // of a set: the elements that are removed; likewise
	Sensitive bool   // Before, After and Default are then Hidden or nil
}

// IsSet reports whether the leaf is a set, with Added and Removed.
func (f *Field) IsSet() bool { return f.Added != nil }

// Hidden replaces secret values in all output of the program.
const Hidden = "(sensitive)"

// Extra is an object that the files own but do not declare.
type Extra struct{ Address string }

// Refusal says that a guard forbids applying a plan.
type Refusal struct {
	Guard   string // short stable word, such as max-deletes
	Reason  string // what is wrong
	Would   string // what would have happened
	Flag    string // the flag that overrides it; "" when none does
	Address string // of the object concerned; "" when it is about the whole plan
}

// Note is a warning or an error about the comparison.
type Note struct {
	Address string       `json:"address,omitempty"`
	Source  *kind.Source `json:"source,omitempty"`
	Message string       `json:"message"`
	Refers  string       `json:"-"` // of a reference that leads nowhere: the address that it names; otherwise ""
}

// Summary counts changes by action.
type Summary struct {
	Create    int `json:"create"`
	Update    int `json:"update"`
	Replace   int `json:"replace"`
	Delete    int `json:"delete"`
	Bind      int `json:"bind"`
	Unbind    int `json:"unbind"`
	Extra     int `json:"extra"`
	Displaced int `json:"displaced"` // binds that displace a policy that is not declared
	Ignored   int `json:"ignored"`
	Unchanged int `json:"unchanged"`
}

// Plan is everything that makes a gateway match its files.
type Plan struct {
	Changes    []Change        // by kind, name and address
	Steps      []Step          // each after the steps that it waits for
	Neighbours kind.Neighbours // what it removes of objects that it does not compare
	Extra      []Extra
	Ignored    int
	Unchanged  int
	Refusals   []Refusal
	Warnings   []Note
	Errors     []Note
}

// Empty reports whether there is nothing to apply.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Summary counts the changes.
func (p *Plan) Summary() Summary {
	s := Summary{Extra: len(p.Extra), Ignored: p.Ignored, Unchanged: p.Unchanged}
	count := map[Action]*int{Create: &s.Create, Update: &s.Update, Replace: &s.Replace, Delete: &s.Delete, Bind: &s.Bind, Unbind: &s.Unbind}
	for _, ch := range pointers(p.Changes) {
		*count[ch.Action]++
		if slices.ContainsFunc(ch.Displaces, func(d Displaced) bool { return !d.Claim.Declared }) {
			s.Displaced++
		}
	}
	return s
}

// Options limit what a plan compares and what it may do.
type Options struct {
	Kinds      []string // sections or kinds to compare; none means all
	Names      []string // globs of names to compare; none means all
	Prune      bool     // delete what is owned and not declared
	AllowEmpty bool     // even if the files own objects of a kind and declare none of them
	MaxDeletes int      // refuse more deletes and replaces than this; negative means no limit
	Today      string   // YYYY-MM-DD, for ignore rules with an end

	// Environments limits the comparison to links in these environments, and to parts that are for one of them, such as
	// variables; none means all. Other objects are always compared.
	Environments []string

	// ResendSecrets counts secrets that the gateway hides as changed, since they cannot be compared.
	ResendSecrets bool
}

// Loss is something that an undo cannot bring back.
type Loss struct {
	Address string
	Path    string // JSON pointer inside the object; "" when the whole object is lost
	Reason  string
}
