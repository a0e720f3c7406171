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
//	Unbind   -     -      Link goes; its ID is set
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
	Address string
	Kind    string
	Name    string // of the object, or of the owner of a link or part
	Action  Action
	Source  *kind.Source // nil for what no file declares
	Fields  []Field      // changed leaves as gateway and files write them; of a new object all that is sent, of one that goes what is not zero
	Along   []string     // of a delete: addresses of what goes with it, also of what goes by a change of its own
	Note    string       // what a person should know about it; may be empty

	Displaces []Displaced // of a bind: the policies whose slots it takes
	Had       int         // of an unbind: how many such links its owner has on the gateway in that environment
	Forced    bool        // of an unbind: of a policy that is not looked at, since a bind takes its place

	Have *kind.Object
	Next *kind.Object   // of a replace: the successor that an interrupted run left; nil when there is none
	Via  string         // of a replace: the name that the new object has until the old one is gone; "" when that goes first
	Heir string         // of a delete: the key of the declared object whose interrupted replace left what goes; else ""
	Want *kind.Declared // as it is sent
	Link *kind.Link
}

// InPlace is the gateway's object that a change gives other values: that of an update, or the successor with which
// an interrupted replace goes on. It is nil where there is none.
func (c *Change) InPlace() *kind.Object {
	switch c.Action {
	case Update:
		return c.Have
	case Replace:
		return c.Next
	}
	return nil
}

// Field is one changed leaf of an object. Of a set Before and After are all of it.
type Field struct {
	Path      string // JSON pointer, in which the elements of lists with keys go by these
	Before    any    // nil when it did not exist
	After     any    // nil when it ceases to exist
	Default   any    // what the gateway makes of nothing, where After is nil; nil when that is nothing, too
	Added     []any  // of a set: what comes to it; nil where the leaf is none, and of a sensitive one
	Removed   []any  // of a set: what goes from it; likewise
	Sensitive bool   // Before, After and Default are then Hidden or nil
}

// IsSet reports whether the leaf is a set, of which it tells what comes and what goes.
func (f *Field) IsSet() bool { return f.Added != nil }

// Hidden stands for a secret value in everything that leaves the program.
const Hidden = "(sensitive)"

// Extra is an object that the files own but do not declare.
type Extra struct{ Address string }

// Refusal is a guard that forbids to apply a plan.
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
	Refers  string       `json:"-"` // address of what an object refers to and nobody has; "" when it is about something else
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
	Displaced int `json:"displaced"` // binds that take the place of a policy that is not declared
	Ignored   int `json:"ignored"`
	Unchanged int `json:"unchanged"`
}

// Plan is all that separates a gateway from its files.
type Plan struct {
	Changes    []Change        // by kind, name and address
	Steps      []Step          // in an order that respects what each waits for
	Neighbours kind.Neighbours // what it takes away though it is about something else
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

// Options say what a comparison may look at and do.
type Options struct {
	Kinds      []string // sections or kinds to look at; none means all
	Names      []string // globs of names to look at; none means all
	Prune      bool     // delete what is owned and not declared
	AllowEmpty bool     // also when nothing that is owned of a kind is declared
	MaxDeletes int      // refuse more deletes and replaces than this; negative means no limit
	Today      string   // YYYY-MM-DD, for ignore rules with an end

	// Environments are those whose links are looked at, and what lives inside objects for one of them, such as variables;
	// none means all. All other objects are looked at in any case.
	Environments []string

	// ResendSecrets counts secrets that the gateway hides as changed, since they cannot be compared.
	ResendSecrets bool
}
