package kind

import (
	"bytes"
	"encoding/json"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Operations are the vendor's names of what can be done with a kind; "" where there is no such call.
type Operations struct{ List, Create, Update, Delete, BatchDelete string }

// Def defines a kind: S is the value as files write it, W is the object as the wire carries it. It is
// written in the kind's own file and erased by of.
//
// A kind that lives inside another names its Owner and the Field of the owner's mapping that lists it;
// its Path then holds {KIND} where the id of that ancestor stands, also behind a ?, in what its list alone is asked with. A Single kind exists at most once inside its
// owner, at its Path, and has no id of its own.
type Def[S, W any] struct {
	Name        string
	Section     string // top-level key in files; "" for a kind inside an owner
	Owner       string
	Field       string
	Shape       *shape.Shape // of one item
	Path        string       // below the instance, segments joined by /
	ListField   string       // the array of the list's answer; "" when it has no list
	NameQuery   string       // query parameter for an exact name; "" when the list offers none
	Single      bool
	Ops         Operations
	BatchMax    int                       // ids in one BatchDelete
	Replace     []string                  // JSON pointers that cannot change in place
	Unset       []string                  // JSON pointers of numbers whose 0 means that there is none
	Makes       []string                  // JSON pointers of what the gateway makes where it is left out
	Quota       int                       // at most so many inside an owner: new ones come before old ones go; 0 where old ones go first
	Named       func(s S, name string) S  // s under another name; for kinds with Replace
	Tree        func(S) map[string]any    // the value as files write it, where that is not how it is compared
	BeforeOwner func(have, want any) bool // what lives inside must change before the owner goes from have to want
	Refs        func(S) []Ref
	Refers      string // the kind of what Refs names; "" when there are no Refs

	Key       func(S) string
	Items     func(owner string, element any) []S                        // what one element of Field declares
	Normalize func(S) S                                                  // defaults filled in, sets ordered; idempotent
	Written   func(S) S                                                  // s as its file has it; Normalize makes it s again
	Settle    func(want, have S) S                                       // have as want can see it: what the gateway hides or what want leaves open is taken from want
	Sent      func(want, have S, changed func(pointer string) bool) S    // want as an update of have sends it
	Entire    func(s S) S                                                // s as a whole: an update leaves nothing in place that s does not mention
	Loses     func(want, have S) []string                                // JSON pointers of secrets that have hides, and an update that sends want would take away
	Place     func(s S, pointer string) string                           // where, in s as it is written, stands what a JSON pointer means in the form that is compared
	Hides     func(want, have S) []string                                // JSON pointers of wanted secrets that the gateway does not let compare
	Check     func(S) []shape.Problem                                    // what no single rule sees
	CheckIn   func(owner any, s S) []shape.Problem                       // what depends on the owner, too
	Insist    func(want, got S) (body any, ok bool)                      // a second body for an update that kept what it should have cleared
	Features  func(S) []string                                           // instance features one of which it surely needs; none means that any instance takes it
	Secrets   func(S) []string                                           // JSON pointers of secret values
	Values    func(S) []string                                           // the secret values themselves, for redaction
	Encode    func(S, IDs) (W, error)                                    // for create and update
	Patch     func(S, IDs) (any, error)                                  // for update, where it takes another body
	Decode    func(owner string, w W) Found[S]                           //
	Creating  func(S, api.Request) api.Request                           // adjusts the request of a create
	Match     func(owner string, want []Declared, have []Object) Matched // pairs what keys cannot pair
	HasParts  func(W) bool
	Odd       func(*S) *Odd // where S keeps what is odd; nil for kinds of which nothing can be
}

// Ref is a reference to an object that must exist first.
type Ref struct {
	Kind, Key string
	Path      string // JSON pointer of the field that names it
}

// Address is that of the object that is referred to.
func (r *Ref) Address() string { return r.Kind + "/" + r.Key }

// Found is an object as read from the wire.
type Found[S any] struct {
	ID      string
	Value   S
	Bound   int
	Strange wire.Strange
	Silent  []string // JSON pointers of what every object has and the gateway does not tell of this one
	Foreign bool     // see Object
}

// Matched is the outcome of pairing the parts of one owner.
type Matched struct {
	Want []Declared // what is still to be compared by key
	Have []Object
}

// Kind is a Def without its types.
type Kind struct {
	Name, Section, Owner, Field string
	Shape                       *shape.Shape
	ListField                   string
	NameQuery                   string
	Single                      bool
	Ops                         Operations
	BatchMax                    int
	Quota                       int
	Replace                     []string
	Unset                       []string
	Makes                       []string
	Refers                      string
	BeforeOwner                 func(have, want any) bool

	Named    func(value any, name string) any
	Tree     func(value any) map[string]any
	Odd      func(value any) Odd
	Refs     func(value any) []Ref
	Declare  func(item any) (Object, error)
	Items    func(owner string, element any) []Object
	Settle   func(want, have any) any
	Sent     func(want, have any, changed func(pointer string) bool) any
	Hides    func(want, have any) []string
	Loses    func(want, have any) []string
	Entire   func(value any) any
	Said     func(value any) any                    // the value as its file has it: what is sent
	Place    func(value any, pointer string) string // nil where the form that is compared is the written one
	Check    func(value any) []shape.Problem
	CheckIn  func(owner, value any) []shape.Problem
	Insist   func(want, got any) (body any, ok bool)
	Features func(value any) []string
	Secrets  func(value any) []string
	Values   func(value any) []string
	Match    func(owner string, want []Declared, have []Object) Matched
	decode   func(owner string, page *Page) ([]Object, error)
	decode1  func(owner string, raw json.RawMessage) (o Object, plain bool, err error) // plain: in the expected form
	encode   func(value any, ids IDs) (any, error)
	patch    func(value any, ids IDs) (any, error)
	creating func(value any, r api.Request) api.Request
	pack     func(value any) (map[string]any, error)
	unpack   func(tree map[string]any) (any, error)
	path     string
}

// of erases the types of d. Its methods below are the only place where a value meets a type assertion.
func of[S, W any](d Def[S, W]) *Kind {
	k := &Kind{
		Name: d.Name, Section: d.Section, Owner: d.Owner, Field: d.Field, Shape: d.Shape, ListField: d.ListField,
		NameQuery: d.NameQuery, Single: d.Single, Ops: d.Ops, BatchMax: d.BatchMax, Quota: d.Quota, path: d.Path,
		BeforeOwner: d.BeforeOwner, Replace: d.Replace, Unset: d.Unset, Makes: d.Makes, Refers: d.Refers, Match: d.Match,
		Refs:     func(v any) []Ref { return call(d.Refs, v) },
		Check:    func(v any) []shape.Problem { return call(d.Check, v) },
		Features: func(v any) []string { return call(d.Features, v) },
		Secrets:  func(v any) []string { return call(d.Secrets, v) },
		Values:   func(v any) []string { return call(d.Values, v) },
	}
	d.inFiles(k)
	d.compared(k)
	d.onWire(k)
	return k
}

// object is a value as an object of the kind.
func (d *Def[S, W]) object(s S, owner string) Object {
	if d.Normalize != nil {
		s = d.Normalize(s)
	}
	return Object{Kind: d.Name, Key: d.Key(s), Owner: owner, Value: s, Bound: Unknown}
}

// inFiles sets what reads and writes values as files have them.
func (d *Def[S, W]) inFiles(k *Kind) {
	k.Declare = func(item any) (Object, error) {
		s, err := recode[S](item)
		return d.object(s, ""), err
	}
	k.Items = func(owner string, element any) []Object {
		var out []Object
		for _, s := range d.Items(owner, element) {
			out = append(out, d.object(s, owner))
		}
		return out
	}
	k.Named = func(v any, name string) any { return d.Named(v.(S), name) }
	k.Tree = func(v any) map[string]any {
		if d.Tree != nil {
			return d.Tree(v.(S))
		}
		tree, _ := recode[any](v) // a kind's own type is always a mapping
		m, _ := numbers(tree).(map[string]any)
		return m
	}
	k.Said = func(v any) any {
		if d.Written == nil {
			return v
		}
		return d.Written(v.(S))
	}
	if d.Place != nil {
		k.Place = func(v any, pointer string) string { return d.Place(v.(S), pointer) }
	}
	k.pack = func(v any) (map[string]any, error) { return packed(k.Said(v).(S)) }
	k.unpack = func(tree map[string]any) (any, error) {
		s, err := unpacked[S](tree)
		return d.object(s, "").Value, err
	}
}

// compared sets what looks at two values at a time: what is wanted and what there is.
func (d *Def[S, W]) compared(k *Kind) {
	k.Odd = func(v any) Odd {
		s := v.(S)
		return d.odd(&s)
	}
	k.Settle = func(want, have any) any {
		if d.Settle != nil {
			have = d.Settle(want.(S), have.(S))
		}
		return k.guess(want, have)
	}
	k.Sent = func(want, have any, changed func(pointer string) bool) any {
		if d.Sent == nil {
			return want
		}
		return d.Sent(want.(S), have.(S), changed)
	}
	k.Entire = func(v any) any {
		if d.Entire == nil {
			return v
		}
		return d.Entire(v.(S))
	}
	k.Hides, k.Loses = pointers(d.Hides), pointers(d.Loses)
	k.CheckIn = func(owner, v any) []shape.Problem {
		if d.CheckIn == nil {
			return nil
		}
		return d.CheckIn(owner, v.(S))
	}
	k.Insist = func(want, got any) (any, bool) {
		if d.Insist == nil {
			return nil, false
		}
		return d.Insist(want.(S), got.(S))
	}
}

// onWire sets what turns values into bodies, and answers into objects.
func (d *Def[S, W]) onWire(k *Kind) {
	found := func(owner string, w *W, strange wire.Strange) Object {
		f := d.Decode(owner, *w)
		if d.Odd != nil {
			*d.Odd(&f.Value) = d.oddities(strange, f.Strange, f.Silent)
		}
		o := d.object(f.Value, owner)
		o.ID, o.Bound, o.Foreign = f.ID, f.Bound, f.Foreign
		o.Parts = d.HasParts == nil || d.HasParts(*w)
		return o
	}
	k.decode = func(owner string, page *Page) ([]Object, error) {
		list, strange, err := entries[W](page, d.ListField)
		out := make([]Object, len(list))
		for i, w := range list {
			out[i] = found(owner, w, strange[i])
		}
		return out, err
	}
	k.decode1 = func(owner string, raw json.RawMessage) (Object, bool, error) {
		var w W
		strange, err := wire.Decode(raw, &w)
		return found(owner, &w, strange), strange == nil, err
	}
	k.encode = func(v any, ids IDs) (any, error) {
		w, err := d.Encode(v.(S), ids)
		if err != nil {
			return nil, err
		}
		return d.body(v.(S), w)
	}
	k.patch = k.encode
	if d.Patch != nil {
		k.patch = func(v any, ids IDs) (any, error) {
			w, err := d.Patch(v.(S), ids)
			if err != nil {
				return nil, err
			}
			return d.body(v.(S), w)
		}
	}
	k.creating = func(v any, r api.Request) api.Request {
		if d.Creating == nil {
			return r
		}
		return d.Creating(v.(S), r)
	}
}

// Open reports whether a declared value leaves what stands under a pointer of Makes to the gateway.
func (k *Kind) Open(value any, pointer string) bool {
	v := jsonptr.At(k.Tree(value), pointer)
	return v == nil || v == ""
}

func pointers[S any](f func(want, have S) []string) func(want, have any) []string {
	return func(want, have any) []string {
		if f == nil {
			return nil
		}
		return f(want.(S), have.(S))
	}
}

func call[S, R any](f func(S) R, v any) (zero R) {
	if f == nil {
		return zero
	}
	return f(v.(S))
}

// recode turns a checked tree of maps, lists and scalars into a kind's own type.
func recode[S any](tree any) (s S, err error) {
	raw, err := json.Marshal(tree)
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&s)
	return s, err
}

// strict decodes JSON, numbers kept as they are written; keys that nobody knows are errors.
func strict(raw []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(to)
}
