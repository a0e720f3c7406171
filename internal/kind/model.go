// Package kind defines the kinds of objects that a gateway has: what each looks like in files and in the API, how it is
// read and written, and how it is bound to APIs. Each kind is defined in one file. The rest of the program knows kinds
// only through Kind and LinkKind.
package kind

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Object is one object, either as a gateway holds it or as a file declares it.
type Object struct {
	Kind         string  // such as "throttle"
	Key          string  // unique within the kind: the name, or OWNER/… for a kind that lives inside another
	Owner        string  // key of the owner, for a kind that lives inside another; else ""
	Parent       *Object // the owner as the gateway has it; nil if it was not read, and for a kind without owners
	ID           string  // the gateway's id; "" if it has none (yet)
	Value        any     // the kind's own type, normalised
	Bound        int     // number of APIs that it is bound to by the gateway's report; Unknown when that is not reported
	MayHaveParts bool    // other objects live inside it, or may do so, since the gateway does not always report it

	// Foreign marks an object that files cannot name, such as a special limit for an object of an unknown type. It is
	// left alone, although the list in the files does not contain it.
	Foreign bool

	// PartLists holds, by kind, the lists of parts that the answer about this object contained (Facts.ListPath).
	PartLists map[string]json.RawMessage

	Extra *Extra // fields of the answer that the API reference does not describe; nil if there are none
}

// Unknown stands for a number that the gateway does not report, such as the number of bindings of an object.
const Unknown = -1

// Address returns the name of the object in everything that people and scripts see, such as "acl/orders_office".
func (o *Object) Address() string { return o.Kind + "/" + o.Key }

// OwnerAddress returns the address of the object that o lives in; "" for an object without an owner.
func (o *Object) OwnerAddress() string {
	if o.Owner == "" {
		return ""
	}
	return Of(o.Kind).Owner + "/" + o.Owner
}

// Root returns the address of the outermost object that o lives in, or of o itself if it has no owner.
func (o *Object) Root() string {
	if o.Owner == "" {
		return o.Address()
	}
	return Of(Of(o.Kind).Owner).Root(o.Owner)
}

// Name returns the name of the object; for an object inside an owner, the owner's key.
func (o *Object) Name() string {
	if o.Owner != "" {
		return o.Owner
	}
	return o.Key
}

// Source is a position in a file. Lines and columns are counted from 1, columns in characters.
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
	MovedFrom string   // the previous name; "" if it was not renamed
	Manages   []string // kinds of parts and links whose list in the file is complete, so those that it does not contain are removed
	Secrets   []Origin // where the secrets in Value come from
}

// Origin says where a secret comes from, without the secret itself.
type Origin struct {
	Path         string   // JSON pointer inside the value of the object
	Variables    []string // variables whose values, joined, are the secret; empty if the secret contains other text
	AllVariables []string // all variables that the secret refers to
	PlainText    bool     // the secret is written in the file in plain text
	Source       Source
}

// ManagesKind reports whether the file lists all parts or links of kind k.
func (d *Declared) ManagesKind(k string) bool {
	return slices.Contains(d.Manages, k)
}

// Link binds an owner, such as a policy or an app, to a target. The ids of objects that the run has yet to create are
// "" until a request needs them.
type Link struct {
	Kind    string // such as "acl_binding"
	Owner   string // key of the owner
	OwnerID string // the gateway's id of the owner
	To      *Target
	ID      string // the gateway's id of the binding; "" if it does not exist (yet)
}

// Address returns KIND/OWNER/TARGET.
func (l *Link) Address() string { return l.Kind + "/" + l.Owner + "/" + l.To.Key() }

// OwnerAddress returns the address of the owner.
func (l *Link) OwnerAddress() string { return LinkOf(l.Kind).Owner + "/" + l.Owner }

// DeclaredLink is a link that a file declares, with its reference to the target resolved.
type DeclaredLink struct {
	Link
	Source  Source
	Offline bool // nothing can be bound there now: the API is not published, or the reference is ambiguous
	Pattern bool // the reference is a pattern, so every target that matches is meant
}

// Ignore is a rule that leaves differences alone: those of whole objects, or of some of their fields.
type Ignore struct {
	Kind   string   // of the object or link
	Name   string   // glob for names of objects, or of the owners of links
	Fields []string // JSON pointers; empty means the whole object
	Reason string
	Until  string // the last day on which the rule applies, YYYY-MM-DD; "" if it has no end
	Source Source
}

// AppliesOn reports whether the rule applies on a day, YYYY-MM-DD; on "" every rule applies.
func (i *Ignore) AppliesOn(day string) bool { return i.Until == "" || day == "" || day <= i.Until }

// Desired is the desired state, with references resolved.
type Desired struct {
	Objects []Declared
	Links   []DeclaredLink
	Spared  []DeclaredLink      // links that stay bound if the gateway has them, but are never bound; all are Offline
	Owns    map[string][]string // by kind, globs of the names that the files own
	Ignore  []Ignore

	MayDisplace []string         // addresses of policies that may be displaced though they are not declared
	OutOfScope  []DeclaredLink   // links of declared objects that this run does not compare, if their APIs are known
	Claims      map[string]Claim // by address, for policies about which Objects and Owns cannot tell who manages them
}

// Claim is what the files say about who manages a policy.
type Claim struct {
	Declared bool // the files declare it, and no rule ignores it
	Owned    bool // the files own it but do not declare it, and no rule ignores it
	Ignored  bool // a rule ignores it, so it counts as neither declared nor owned
	Manages  bool // it is declared with a complete list of what it is bound to
}

// Actual is what the gateway holds, as far as it was read.
type Actual struct {
	Objects    []Object
	Links      []Link
	Neighbours Neighbours
}

// Neighbours are objects and links that a plan removes although they are not part of what it compares: parts of an
// object that stays, if they refer to an object that is deleted, and links in slots that other links take. Owners are
// the owners of those parts and links.
type Neighbours struct {
	Owners []Object
	Parts  []Object
	Links  []Link

	Complete map[string]bool // kinds whose Links are complete, so that the gateway has no other links than these and the compared ones
}

// Holders returns those Owners that have one of the Links.
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

// Unread is a list that the gateway refuses to show.
type Unread struct {
	Kind    string // a kind of objects, parts or links; AnyAPI for the list of APIs
	Owner   string // key of the owner of the parts or links; "" for the whole kind
	Message string // the gateway's message
	Err     error
}

// Names of kinds that code refers to. AnyAPI stands for APIs, which are not a kind of their own; APublication is an API
// as it is published in an environment, with the key GROUP/API@ENV.
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

// Rekey returns the new key of a part whose owner changes its key from owner to now.
func Rekey(key, owner, now string) string { return now + strings.TrimPrefix(key, owner) }
