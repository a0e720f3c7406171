package kind

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Operations are the vendor's names of what can be done with a kind; "" where there is no such call.
type Operations struct {
	List, Create, Update, Delete, BatchDelete string

	Generate string // creates an object whose value the gateway makes: files may ask for so many of those, {generate: N}; values of the kind are secret texts

	Show string // reads one object, where the list does not tell all of it, or not everywhere (ListTells)
}

// Facts are what a kind says as data.
//
// A kind that lives inside another names its Owner and the Field of the owner's mapping that lists it;
// its Path then holds {KIND} where the id of that ancestor stands, also behind a ?, in what its list alone is asked
// with. A Single kind exists at most once inside its owner, at its Path, and has no id of its own.
type Facts struct {
	Name       string
	Section    string // top-level key in files; "" for a kind inside an owner
	Rank       int    // of the section in files, from 1 on: those come first with which most people begin; 0 comes last
	Owner      string
	Field      string
	Shape      *shape.Shape // of one item
	Scope      api.Scope    // what Path is below: the instance, or the project
	Path       string       // segments joined by /
	ListField  string       // the array of the list's answer; "" when it has no list
	NameQuery  string       // query parameter for an exact name; "" when the list offers none
	OwnerTells string       // path of the owner itself, where that tells in ListField of all that lives inside it; "" when there is a list of its own
	ListTells  bool         // the list tells all of an object, but on some gateways: one about which it leaves something out is read with Ops.Show
	OnePlace   bool         // the gateway has one of a name, whatever the owner
	Single     bool
	Ops        Operations
	BatchMax   int      // ids in one BatchDelete
	Replace    []string // JSON pointers that cannot change in place
	Clings     []string // JSON pointers of what some versions keep when an update empties it, until it is a space, or 0, which is no number there
	Remains    []string // JSON pointers of what an update cannot take away: left out, it stays
	Tells      []string // members of answers, besides those of the wire form, that no write takes by the reference
	Makes      []string // JSON pointers of what the gateway makes where it is left out
	Always     []string // names of objects that every gateway, or every owner, has: they are never made, renamed or deleted
	Given      bool     // every gateway has each of them, listed or not: they are only set, by name, and files have them as a mapping
	Uploads    []string // JSON pointers of what the gateway never tells and every write needs; left out, what it has stays
	Quota      int      // at most so many inside an owner: new ones come before old ones go; 0 where old ones go first
	Refers     string   // the kind of what Refs names; "" when there are no Refs
	Codes      Codes
	Later      time.Duration // after which a refusal with one of Codes.Later is no more
	Limit      string        // the gateway's name of its quota of such objects; "" where it tells none
	Usual      int           // the quota that documents give, where the gateway tells none; 0 where they give none
	Trail      string        // type of the resource in the audit trail, TYPE:WORD where operations with that word alone are about it; "" where that records none
}

// Hooks are what a kind says in code about its values, which have the type S. It leaves out those for which the usual
// holds, which stands behind the semicolon. None is nil in a Kind, where S is any.
type Hooks[S any] struct {
	Normalize  func(S) S                            // defaults filled in; the value itself
	Compared   func(S) S                            // in the form in which values are compared; of sets and lists with keys the shape tells; the value itself
	InWords    func(S) S                            // as people are told of it, such as in words where the value is a long text; the value itself
	Brief      func(S) S                            // as an export writes it, without what is understood anyway; the value itself
	Entire     func(S) S                            // with nothing left in place by an update that it does not mention; the value itself
	Adopt      func(want, have S) S                 // have with what want leaves open taken from want; have
	Check      func(S) []shape.Problem              // what no single rule sees; nothing
	CheckIn    func(owner any, s S) []shape.Problem // why it cannot live in the owner, by the values of both; nothing
	Refs       func(S) []Ref                        // what must exist first; nothing
	Clash      func(want, have S) []shape.Problem   // why a gateway's object cannot become what is wanted; a Soft one: what of that it does not tell; nothing
	LastDay    func(S) string                       // the last day on which the value can be written, YYYY-MM-DD; "", for ever
	Excludes   func(a, b S) bool                    // whether there is no room for two of one name, where a gateway has it once (OnePlace); there never is
	Features   func(S) []string                     // instance features one of which it surely needs; none: any instance takes it
	Disturbs   func(S) string                       // what a change or the end of it does to calls besides, as "is …" or "interrupts …"; nothing
	Secrets    func(S) []string                     // JSON pointers of secret values; those of the shape
	InnerQuota func(S) InnerQuota                   // the quota for what lives inside an owner; none is known

	// Sent is want as an update of have sends it, and the JSON pointers of what have holds, the gateway does not tell and
	// a write of want takes away; want, and none.
	Sent func(want, have S, changed func(pointer string) bool) (sent S, lost []string)

	// Match pairs what keys cannot pair; everything is still to be compared by key.
	Match func(owner string, want []Declared, have []Object) Matched
}

// InnerQuota is one on how many of something one object, or a part of it, holds.
type InnerQuota struct {
	Limit string // the gateway's name of the quota
	What  string // that it counts, such as codes of an app
	Of    string // the part of the owner, such as an environment; "" for all of it
}

// erased are hooks without their types.
func erased[S any](h Hooks[S]) Hooks[any] {
	out := Hooks[any]{
		Normalize: self(h.Normalize), Compared: self(h.Compared), InWords: self(h.InWords), Brief: self(h.Brief), Entire: self(h.Entire),
		Check: one(h.Check), Refs: one(h.Refs), Features: one(h.Features), Secrets: one(h.Secrets), InnerQuota: one(h.InnerQuota), Disturbs: one(h.Disturbs),
		LastDay: one(h.LastDay), Match: h.Match,
		Adopt: func(want, have any) any {
			if h.Adopt == nil {
				return have
			}
			return h.Adopt(want.(S), have.(S))
		},
		Clash: func(want, have any) []shape.Problem {
			if h.Clash == nil {
				return nil
			}
			return h.Clash(want.(S), have.(S))
		},
		Excludes: func(a, b any) bool { return h.Excludes == nil || h.Excludes(a.(S), b.(S)) },
		CheckIn: func(owner, v any) []shape.Problem {
			if h.CheckIn == nil {
				return nil
			}
			return h.CheckIn(owner, v.(S))
		},
		Sent: func(want, have any, changed func(pointer string) bool) (any, []string) {
			if h.Sent == nil {
				return want, nil
			}
			return h.Sent(want.(S), have.(S), changed)
		},
	}
	if h.Match == nil {
		out.Match = func(_ string, want []Declared, have []Object) Matched { return Matched{want, have} }
	}
	return out
}

// self erases a hook that makes another value of one.
func self[S any](f func(S) S) func(any) any {
	if f == nil {
		return func(v any) any { return v }
	}
	return func(v any) any { return f(v.(S)) }
}

// one erases a hook that tells something of a value.
func one[S, R any](f func(S) R) func(any) R {
	if f == nil {
		return func(any) (none R) { return none }
	}
	return func(v any) R { return f(v.(S)) }
}

// Def defines a kind: S is the value as files write it, W is the object as the wire carries it. It is written in the
// kind's own file and erased by of.
type Def[S, W any] struct {
	Facts
	Hooks[S]
	Key func(owner string, s S) string

	// Names gives what the wire tells by an id alone its name; nil where there is nothing such.
	Names  func(s S, name func(kindName, id string) string) S
	Items  func(element any) []S         // what one element of Field declares; nil where that is one value, and {} none
	Encode func(Writing[S]) (any, error) // the body of a create or an update; nil for what the gateway makes (Ops.Generate)
	Decode func(W) Found[S]
	Apart  []Apart[S] // parts of it that requests of their own write, in their order; nil where there are none
}

// Writing is what a body is made of.
type Writing[S any] struct {
	Want   S
	Parent *Object // that it lives in, with its id as far as it is known; nil for one that stands alone
	Have   *S      // what the gateway holds when an update is sent, as far as it is known; nil for a create
	IDs    IDs
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
	Empty   bool     // the gateway says that nothing lives inside it
	None    bool     // the gateway says that there is no such object

	Inside map[string]json.RawMessage // see Object
}

// Matched is the outcome of pairing the parts of one owner.
type Matched struct {
	Want []Declared // what is still to be compared by key
	Have []Object
}

// Kind is a Def without its types.
type Kind struct {
	Facts
	Hooks[any]
	Declare func(item any) (Object, error)           // what an item of Section declares
	Items   func(owner string, element any) []Object // what an element of Field declares
	Apart   []Apart[any]
	Unpack  func(tree map[string]any) (any, error) // the value that Pack made a tree of, normalised
	decode  func(owner string, page *Page) ([]Object, error)
	decode1 func(owner string, raw json.RawMessage) (o Object, plain bool, err error) // plain: in the expected form
	encode  func(want, have any, parent *Object, ids IDs) (any, error)

	// WithNames is an object with names for what the wire tells by an id alone; nil where there is nothing such.
	WithNames func(o Object, name func(kindName, id string) string) Object

	keyed func(o Object) string // the key that the value of an object gives it
	form  *shape.Shape          // what answers about one object are known to have; nil where no update replaces one
}

// of erases the types of d. It and what it calls are the only places where a value meets a type assertion.
func of[S, W any](d Def[S, W]) *Kind {
	k := &Kind{Facts: d.Facts, Hooks: erased(d.Hooks), Apart: apart(d.Apart)}
	if d.Secrets == nil && d.Shape != nil {
		secrets := d.Shape.Secrets()
		k.Secrets = func(any) []string { return secrets }
	}
	k.Declare = func(item any) (Object, error) {
		var s S
		err := Fill(item, &s)
		return d.object(s, ""), err
	}
	k.Items = func(owner string, element any) (out []Object) {
		for _, s := range d.items(element) {
			out = append(out, d.object(s, owner))
		}
		return out
	}
	k.Unpack = func(tree map[string]any) (any, error) {
		var s S
		err := fromTree(tree, reflect.ValueOf(&s).Elem(), true)
		return k.Normalize(s), err
	}
	k.keyed = func(o Object) string { return d.Key(o.Owner, o.Value.(S)) }
	d.onWire(k)
	return k
}

func (d *Def[S, W]) items(element any) []S {
	if d.Items != nil {
		return d.Items(element)
	}
	var s S
	if m, ok := element.(map[string]any); !ok || len(m) == 0 || Fill(m, &s) != nil {
		return nil
	}
	return []S{s}
}

// object is a value as an object of the kind.
func (d *Def[S, W]) object(s S, owner string) Object {
	if d.Normalize != nil {
		s = d.Normalize(s)
	}
	return Object{Kind: d.Name, Key: d.Key(owner, s), Owner: owner, Value: s, Bound: Unknown}
}

// onWire sets what turns values into bodies, and answers into objects.
func (d *Def[S, W]) onWire(k *Kind) {
	if d.Ops.Update != "" {
		k.form = wireForm[W](&d.Facts)
	}
	found := func(owner string, w *W, raw []byte, strange wire.Strange) Object {
		f := d.Decode(*w)
		if f.None {
			return Object{}
		}
		if keeper, ok := any(&f.Value).(interface{ keep(Odd) }); ok {
			keeper.keep(k.oddities(strange, f.Strange, f.Silent))
		}
		o := d.object(f.Value, owner)
		o.ID, o.Bound, o.Foreign, o.Parts, o.Inside = f.ID, f.Bound, f.Foreign, !f.Empty, f.Inside
		if k.form != nil {
			o.Beyond = beyond(k.form, raw)
		}
		return o
	}
	k.decode = func(owner string, page *Page) ([]Object, error) {
		list, strange, err := entries[W](page, d.ListField)
		out, raw := make([]Object, len(list)), parts(page.fields[d.ListField])
		for i, w := range list {
			out[i] = found(owner, w, raw[i], strange[i])
		}
		return out, err
	}
	k.decode1 = func(owner string, raw json.RawMessage) (Object, bool, error) {
		var w W
		strange, err := wire.Decode(raw, &w)
		return found(owner, &w, raw, strange), strange == nil, err
	}
	if d.Names != nil {
		k.WithNames = func(o Object, name func(kindName, id string) string) Object {
			named := d.object(d.Names(o.Value.(S), name), o.Owner)
			o.Key, o.Value = named.Key, named.Value
			return o
		}
	}
	k.encode = func(want, have any, parent *Object, ids IDs) (any, error) {
		w := Writing[S]{Want: want.(S), Parent: parent, IDs: ids}
		if s, ok := have.(S); ok {
			w.Have = &s
		}
		body, err := d.Encode(w)
		if err != nil {
			return nil, err
		}
		return k.Odd(want).in(body)
	}
}
