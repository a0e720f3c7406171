package kind

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Operations are the vendor's names of the API calls for a kind; "" if there is no such call.
type Operations struct {
	List, Create, Update, Delete, BatchDelete string

	// Generate creates an object whose value the gateway generates. Files ask for N of them with {generate: N}. The
	// values of such a kind are secret texts.
	Generate string

	// Show reads one object. It is needed if the list does not return all fields of an object, or does so only on some
	// gateways (Facts.ListShowsAll).
	Show string
}

// Facts is the part of a kind's definition that is plain data.
//
// A kind that lives inside another one names its Owner, and the Field of the owner's mapping in files that lists it.
// Its Path then contains {KIND} for the id of the ancestor of that kind. What follows a ? in Path is only sent with the
// list. A Single kind has at most one object inside its owner. The object is at Path and has no id of its own.
type Facts struct {
	Name    string
	Section string // top-level key in files; "" for a kind inside an owner
	Rank    int    // order of the sections in files, from 1 for those that most people begin with; 0 comes last
	Owner   string
	Field   string
	Shape   *shape.Shape // of one item in files

	Scope        api.Scope // what Path is relative to: the instance or the project
	Path         string    // segments, separated by /
	ListPath     string    // path of the owner, if the answer about the owner contains the list; "" if the kind has a list of its own
	ListField    string    // the array in the answer; "" if there is no list
	NameQuery    string    // query parameter that searches by name; "" if the list has none
	ListShowsAll bool      // some gateways return everything in the list: an object is read with Ops.Show only if fields are missing

	UniqueName     bool // a name can exist only once on the gateway, not once in each owner
	DuplicateNames bool // several objects can have one name, so that a repeated create makes a second one
	Single         bool
	Ops            Operations
	BatchMax       int // number of ids in one BatchDelete

	// JSON pointers of fields (in ReadOnly, names of members), grouped by how the gateway treats them.
	Immutable       []string // cannot change in place: a change replaces the object
	KeptWhenEmpty   []string // some gateway versions keep the value if an update empties it; there, " " or the number 0 empties it
	KeptWhenOmitted []string // an update that leaves out the value keeps it, so no update can remove it
	ReadOnly        []string // names of members that answers have and that, by the API reference, no write accepts
	Generated       []string // the gateway generates the value if it is left out
	MaybeUnreported []string // some gateways do not return the value: it is nil then
	WriteOnly       []string // the gateway never returns the value and every write needs it; if files leave it out, the object keeps its value

	BuiltIn     []string // names of objects that every gateway, or every owner, has: they are never created, renamed or deleted
	AllExist    bool     // every gateway has all objects of the kind, listed or not, so they are only set; in files they are a mapping by name
	MaxPerOwner int      // most objects inside an owner: new ones are created before old ones are deleted, as far as this allows; 0: old ones are deleted first

	RefersTo   string // the kind of the objects that Refs returns; "" if there are none
	Codes      Codes
	RetryAfter time.Duration // how long to wait before a request that was refused with one of Codes.TooSoon can succeed

	LimitName    string // the gateway's name of the quota for these objects; "" if the gateway reports none
	DefaultLimit int    // the documented quota, for gateways that report none; 0 if none is documented
	Trail        string // resource type in the audit trail; TYPE:WORD if only operations with that word concern this kind; "" if the trail has none
}

// Hooks are functions that a kind defines for its values, which have the type S. All of them are optional: each comment
// ends with the default for a kind that leaves the hook out. In a Kind, where S is any, all hooks are set.
type Hooks[S any] struct {
	Normalize  func(S) S                            // the value with defaults filled in; default: the value itself
	Compared   func(S) S                            // the form in which values are compared; it need not sort sets and keyed lists, since the shape does; default: the value itself
	Display    func(S) S                            // the form that is shown to people, such as with a summary of a long text; default: the value itself
	Concise    func(S) S                            // the form that an export writes, without what need not be written, such as defaults; default: the value itself
	Explicit   func(S) S                            // the value in a form whose update also removes what the value does not mention; default: the value itself
	Adopt      func(want, have S) S                 // have, with the fields that want leaves open taken from want, so that they do not differ; default: have
	Check      func(S) []shape.Problem              // finds mistakes that no rule of a single field can find; default: none
	CheckIn    func(owner any, s S) []shape.Problem // finds mistakes that only show in the values of the owner and the part together; default: none
	Refs       func(S) []Ref                        // objects that must exist first; default: none
	Conflict   func(want, have S) []shape.Problem   // why the gateway's object cannot become the wanted one; a Warning if the gateway does not report enough to be sure; default: nothing
	LastDay    func(S) string                       // the last day on which the value can be written, YYYY-MM-DD; default: "", no end
	Excludes   func(a, b S) bool                    // for UniqueName: whether two objects of one name cannot exist together; default: they never can
	Features   func(S) []string                     // instance features of which the object certainly needs one; default: none
	Interrupts func(S) string                       // side effect of a change or delete on calls, as "is …" or "interrupts …"; default: none
	Secrets    func(S) []string                     // JSON pointers of secret values; default: those of the shape
	InnerQuota func(S) InnerQuota                   // the quota for what lives inside an owner; default: none is known

	// Sent returns want in the form that an update of have sends. lost are the JSON pointers of values that the gateway
	// holds but does not show, and that the update would remove. Default: want, and none.
	Sent func(want, have S, changed func(pointer string) bool) (sent S, lost []string)

	// Match pairs declared objects with objects of the gateway if keys cannot do it. Default: all of them are compared
	// by key.
	Match func(owner string, want []Declared, have []Object) Matched
}

// InnerQuota is a quota for the number of objects in one owner, or in one part of it.
type InnerQuota struct {
	LimitName string // the gateway's name of the quota
	What      string // what it limits, such as codes of an app
	Of        string // the part of the owner that it is for, such as an environment; "" for the whole owner
}

// erased returns hooks for values of any type, with defaults for those that are nil.
func erased[S any](h Hooks[S]) Hooks[any] {
	out := Hooks[any]{
		Normalize: self(h.Normalize), Compared: self(h.Compared), Display: self(h.Display), Concise: self(h.Concise), Explicit: self(h.Explicit),
		Check: one(h.Check), Refs: one(h.Refs), Features: one(h.Features), Secrets: one(h.Secrets), InnerQuota: one(h.InnerQuota), Interrupts: one(h.Interrupts),
		LastDay: one(h.LastDay), Match: h.Match,
		Adopt: func(want, have any) any {
			if h.Adopt == nil {
				return have
			}
			return h.Adopt(want.(S), have.(S))
		},
		Conflict: func(want, have any) []shape.Problem {
			if h.Conflict == nil {
				return nil
			}
			return h.Conflict(want.(S), have.(S))
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

// self erases the type of a hook that returns another value of the same type; without a hook, it returns the value
// itself.
func self[S any](f func(S) S) func(any) any {
	if f == nil {
		return func(v any) any { return v }
	}
	return func(v any) any { return f(v.(S)) }
}

// one erases the type of a hook that returns something about a value; without a hook, it returns the zero value.
func one[S, R any](f func(S) R) func(any) R {
	if f == nil {
		return func(any) (none R) { return none }
	}
	return func(v any) R { return f(v.(S)) }
}

// Def defines a kind. S is the type of a value in files, W that of an object in the API. Each kind has a source file
// with its Def, from which the function of makes a Kind.
type Def[S, W any] struct {
	Facts
	Hooks[S]
	Key func(owner string, s S) string // unique within the kind; see Object.Key

	// Names fills in the names of objects to which the API refers only by id; nil if there are no such references.
	Names          func(s S, name func(kindName, id string) string) S
	Items          func(element any) []S         // the values that one element of Field declares; if nil, one value, and none for {}
	Encode         func(Writing[S]) (any, error) // the body of a create or an update; a nil body for a value that the gateway makes (Ops.Generate)
	Decode         func(W) Found[S]
	SeparateWrites []SeparateWrite[S] // fields that separate requests write, in this order; nil if there are none
}

// Writing is the input from which Encode makes the body of a request.
type Writing[S any] struct {
	Want   S
	Parent *Object // the owner, with its id if that is known; nil for an object without an owner
	Have   *S      // for an update: the value on the gateway, if that is known; nil for a create
	IDs    IDs
}

// Ref is a reference to an object that must exist first.
type Ref struct {
	Kind, Key string
	Path      string // JSON pointer of the field with the reference
}

// Address returns the address of the object that is referred to.
func (r *Ref) Address() string { return r.Kind + "/" + r.Key }

// EnvironmentOf returns the reference to the environment that an object is for, such as that of a variable; the zero Ref if
// the object is for all environments. Environments themselves are for all: their own fields hold everywhere.
func (k *Kind) EnvironmentOf(value any) Ref {
	for _, ref := range k.Refs(value) {
		if ref.Kind == AnEnvironment {
			return ref
		}
	}
	return Ref{}
}

// Found is an object that Decode has read from an answer.
type Found[S any] struct {
	ID           string
	Value        S
	Bound        int
	Unrecognized wire.Unrecognized
	Omitted      []string // JSON pointers of fields that every object has and that the answer leaves out
	Foreign      bool     // see Object
	NoParts      bool     // the gateway reports that nothing lives inside the object
	Absent       bool     // the gateway reports that there is no such object

	PartLists map[string]json.RawMessage // see Object
}

// Matched has the parts of one owner that are left to be compared by key, after some were paired.
type Matched struct {
	Want []Declared
	Have []Object
}

// Kind is a Def without its types.
type Kind struct {
	Facts
	Hooks[any]
	Declare        func(item any) (Object, error)           // the object that an item of Section declares
	Items          func(owner string, element any) []Object // the objects that an element of Field declares
	SeparateWrites []SeparateWrite[any]
	Unpack         func(tree map[string]any) (any, error) // the inverse of Pack; the value is normalised
	decode         func(owner string, page *Page) ([]Object, error)
	decodeOne      func(owner string, raw json.RawMessage) (o Object, plain bool, err error) // plain: the answer has the expected form
	encode         func(want, have any, parent *Object, ids IDs) (any, error)

	// WithNames fills in the names of objects to which o refers only by id; nil if the kind has no such references.
	WithNames func(o Object, name func(kindName, id string) string) Object

	keyed func(o Object) string // the key that follows from the value of an object
	form  *shape.Shape          // the known members of answers about one object; nil for kinds without an update
}

// of erases the types of d. Only this function and those that it calls assert the type of a value.
func of[S, W any](d Def[S, W]) *Kind {
	k := &Kind{Facts: d.Facts, Hooks: erased(d.Hooks), SeparateWrites: separateWrites(d.SeparateWrites)}
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

// object makes an object of the kind from a value.
func (d *Def[S, W]) object(s S, owner string) Object {
	if d.Normalize != nil {
		s = d.Normalize(s)
	}
	return Object{Kind: d.Name, Key: d.Key(owner, s), Owner: owner, Value: s, Bound: Unknown}
}

// onWire sets the functions that turn values into request bodies and answers into objects.
func (d *Def[S, W]) onWire(k *Kind) {
	if d.Ops.Update != "" {
		k.form = wireForm[W](&d.Facts)
	}
	found := func(owner string, w *W, raw []byte, unrecognized wire.Unrecognized) Object {
		f := d.Decode(*w)
		if f.Absent {
			return Object{}
		}
		if holder, ok := any(&f.Value).(interface{ setUnclear(Unclear) }); ok {
			holder.setUnclear(k.unclearOf(unrecognized, f.Unrecognized, f.Omitted))
		}
		o := d.object(f.Value, owner)
		o.ID, o.Bound, o.Foreign, o.MayHaveParts, o.PartLists = f.ID, f.Bound, f.Foreign, !f.NoParts, f.PartLists
		if k.form != nil {
			o.Extra = extra(k.form, raw)
		}
		return o
	}
	k.decode = func(owner string, page *Page) ([]Object, error) {
		list, unrecognized, err := entries[W](page, d.ListField)
		out, raw := make([]Object, len(list)), parts(page.fields[d.ListField])
		for i, w := range list {
			out[i] = found(owner, w, raw[i], unrecognized[i])
		}
		return out, err
	}
	k.decodeOne = func(owner string, raw json.RawMessage) (Object, bool, error) {
		var w W
		unrecognized, err := wire.Decode(raw, &w)
		return found(owner, &w, raw, unrecognized), unrecognized == nil, err
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
		return k.Unclear(want).addTo(body)
	}
}
