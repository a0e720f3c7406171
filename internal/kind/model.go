// Package kind says what the resources of a gateway are: how each looks in a file and on the wire,
// how it is read and written, and how it is bound to APIs. One file tells all of one kind; the rest
// of the program knows kinds only through Kind and LinkKind.
package kind

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Object is one resource, either as a gateway holds it or as a file declares it.
type Object struct {
	Kind   string  // such as "throttle"
	Key    string  // unique within the kind: the name, or OWNER/… for a kind that lives inside another
	Owner  string  // key of the owner, for a kind that lives inside another; else ""
	Parent *Object // the owner as the gateway has it; nil where it was not read, and for a kind that stands alone
	ID     string  // the gateway's id; "" when it has none (yet)
	Value  any     // the kind's own type, normalised
	Bound  int     // to how many APIs the gateway says it is bound; Unknown when it does not say
	Parts  bool    // the gateway says that, or cannot tell whether, other objects live inside it

	// Foreign is what files cannot name, such as a special limit for an object of a type that nobody knows: a list
	// in the files that does not name it leaves it alone.
	Foreign bool

	// Inside is what the gateway told with the object of what lives inside it: the list of each kind whose OwnerTells.
	Inside map[string]json.RawMessage

	Beyond *Beyond // what the gateway tells of it beyond the reference; nil where that is nothing
}

// Unknown is the number of what a gateway does not count, such as the bindings of an object.
const Unknown = -1

// Address names an object or link in everything that people and scripts see, such as "acl/orders_office".
func (o *Object) Address() string { return o.Kind + "/" + o.Key }

// OwnerAddress is the address of the object that it lives in; "" for one that stands alone.
func (o *Object) OwnerAddress() string {
	if o.Owner == "" {
		return ""
	}
	return Of(o.Kind).Owner + "/" + o.Owner
}

// Root is the address of the outermost object around it, or of itself.
func (o *Object) Root() string {
	if o.Owner == "" {
		return o.Address()
	}
	return Of(Of(o.Kind).Owner).Root(o.Owner)
}

// Name is the name of the object, or of its owner when it lives inside one.
func (o *Object) Name() string {
	if o.Owner != "" {
		return o.Owner
	}
	return o.Key
}

// Source is a place in a file, lines and columns counted from 1, columns in characters.
type Source struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"-"`
}

// Compare orders sources by file, line and column.
func (s Source) Compare(t Source) int {
	return cmp.Or(cmp.Compare(s.File, t.File), cmp.Compare(s.Line, t.Line), cmp.Compare(s.Column, t.Column))
}

// Declared is an object of a desired-state file.
type Declared struct {
	Object
	Source    Source
	Protected bool     // never deleted or replaced
	MovedFrom string   // the name it had before; "" when it was not renamed
	Manages   []string // kinds of parts and links of which the file lists all: what is not listed goes
	Secrets   []Origin // where the secrets in Value come from
}

// Origin tells where a secret comes from, without telling it.
type Origin struct {
	Path      string   // JSON pointer inside the value of the object
	Variables []string // whose values, one behind the other, are the secret; none when anything else is part of it
	Asks      []string // all variables that are part of it
	Clear     bool     // it can be read in the file
	Source    Source
}

// ManagesKind reports whether the file lists all parts or links of kind k.
func (d *Declared) ManagesKind(k string) bool {
	return slices.Contains(d.Manages, k)
}

// Link binds an owner, such as a policy or an app, to a target. Ids that are not known yet, since a run makes what they
// are of, are "" until a request needs them.
type Link struct {
	Kind    string // such as "acl_binding"
	Owner   string // key of the owner
	OwnerID string // the gateway's id of the owner
	To      *Target
	ID      string // the gateway's id of the binding; "" when it does not exist (yet)
}

// Address is KIND/OWNER/TARGET.
func (l *Link) Address() string { return l.Kind + "/" + l.Owner + "/" + l.To.Key() }

// DeclaredLink is a link of a desired-state file, its reference resolved.
type DeclaredLink struct {
	Link
	Source  Source
	Offline bool // nothing can be bound there now: the API is not published, or what is meant is not clear
	Pattern bool // the reference means whatever fits it, and no certain target
}

// Ignore leaves differences alone, whole objects or fields of them.
type Ignore struct {
	Kind   string   // of the object or link; links are named by their owner
	Name   string   // glob
	Fields []string // JSON pointers; none means the whole object
	Reason string
	Until  string // the last day on which it holds, YYYY-MM-DD; "" for ever
	Source Source
}

// Desired is what the files ask for, references resolved.
type Desired struct {
	Objects []Declared
	Links   []DeclaredLink
	Spared  []DeclaredLink      // that stay where the gateway has them, and are not made: all are Offline
	Owns    map[string][]string // kind to globs of names for which the files are the whole truth
	Ignore  []Ignore

	TakesOver  []string         // addresses of policies that may be displaced though they are not declared
	OutOfScope []DeclaredLink   // of objects that are declared and not looked at, as far as their APIs are known
	Claims     map[string]Claim // of policies by address, where Objects and Owns do not tell it
}

// Claim is what files say of a policy.
type Claim struct {
	Declared bool // and no rule ignores it
	Owned    bool // as above, though not declared
	Ignored  bool // a rule ignores it, so that it counts as neither
	Manages  bool // it is declared with all that it is bound to
}

// Actual is what the gateway holds, as far as it was read.
type Actual struct {
	Objects    []Object
	Links      []Link
	Neighbours Neighbours
}

// Neighbours is what a plan takes away though it is about something else: what lives in an object that stays, and
// refers to one that goes; and links in places that others take. Owners are told with what is theirs.
type Neighbours struct {
	Owners []Object
	Parts  []Object
	Links  []Link

	All map[string]bool // kinds of which Links, with those of what is compared, are all that the gateway has
}

// Holders are the owners of the links.
func (b *Neighbours) Holders() (out []Object) {
	ids := map[string]bool{}
	for i := range b.Links {
		ids[b.Links[i].OwnerID] = true
	}
	for _, o := range b.Owners {
		if ids[o.ID] && len(LinksFrom(o.Kind)) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// Unread is what a gateway refuses to show.
type Unread struct {
	Kind  string // of objects, of what lives inside one, or of links; AnyAPI for the list of APIs
	Owner string // key of the one whose it is; "" for all of the kind
	Why   string // in the gateway's words
	Err   error
}

// AnyAPI stands for APIs where kinds are named, AnEnvironment for environments, and APublication for what is live of
// an API in an environment, with the key GROUP/API@ENV. AGroup stands for groups of APIs.
const (
	AGroup        = "group"
	AnyAPI        = "api"
	AnEnvironment = "environment"
	APublication  = "publication"
)

// IDs finds the gateway's id of an object by kind and key.
type IDs interface {
	ID(kind, key string) (id string, ok bool)
}

// JoinKey makes the key of an object that lives inside an owner.
func JoinKey(owner, rest string) string { return owner + "/" + rest }

// Rekey is the key of what lives inside an owner once that has another key.
func Rekey(key, owner, now string) string { return now + strings.TrimPrefix(key, owner) }
