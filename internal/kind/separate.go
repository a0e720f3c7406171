package kind

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// SeparateWrite is a set of fields of an object that a separate request writes, after the object itself exists. S is the kind's
// type; in a Kind it is any.
type SeparateWrite[S any] struct {
	Fields    []string // JSON pointers of fields that no other request writes
	AlsoSets  []string // JSON pointers of fields that it also sets; a new object lacks them until it was sent
	Operation string
	Needed    func(want, have S, fresh bool) bool // fresh: the object is new, and have is zero
	Times     func(have S) int                    // number of requests, sent one after another; nil means one
	Request   func(want, have S, of ObjectRef) (api.Request, error)
	Done      func(want, have, now S, of ObjectRef) bool // whether a request whose answer was lost was carried out; now is the value read after it
}

// ObjectRef is the object that a request is about.
type ObjectRef struct {
	ID     string
	Parent *Object
	IDs    IDs // ids of the objects that this one refers to
	Nth    int // index of the request among those of Times
}

// IsSeparate reports whether the field at a pointer is written only by a separate request.
func (k *Kind) IsSeparate(pointer string) bool {
	return slices.ContainsFunc(k.SeparateWrites, func(a SeparateWrite[any]) bool { return slices.Contains(a.Fields, pointer) })
}

// SetAfterCreate reports whether an object can lack the field at a pointer because a run stopped before it had sent all
// requests for the object.
func (k *Kind) SetAfterCreate(pointer string) bool {
	return k.IsSeparate(pointer) || slices.ContainsFunc(k.SeparateWrites, func(a SeparateWrite[any]) bool { return slices.Contains(a.AlsoSets, pointer) })
}

// WrittenLater reports whether, after an update from have to want, a separate request has yet to write the field at a pointer.
func (k *Kind) WrittenLater(want, have any, pointer string) bool {
	return slices.ContainsFunc(k.SeparateWrites, func(a SeparateWrite[any]) bool {
		return (slices.Contains(a.Fields, pointer) || slices.Contains(a.AlsoSets, pointer)) && a.Needed(want, have, false)
	})
}

// separateWrites erases the types of a kind's separate requests. For a new object, have is the zero value.
func separateWrites[S any](list []SeparateWrite[S]) (out []SeparateWrite[any]) {
	typed := func(v any) S {
		s, _ := v.(S)
		return s
	}
	for _, a := range list {
		out = append(out, SeparateWrite[any]{
			Fields: a.Fields, AlsoSets: a.AlsoSets, Operation: a.Operation,
			Needed: func(want, have any, fresh bool) bool { return a.Needed(typed(want), typed(have), fresh) },
			Times: func(have any) int {
				if a.Times == nil {
					return 1
				}
				return a.Times(typed(have))
			},
			Request: func(want, have any, of ObjectRef) (api.Request, error) {
				return a.Request(typed(want), typed(have), of)
			},
			Done: func(want, have, now any, of ObjectRef) bool { return a.Done(typed(want), typed(have), typed(now), of) },
		})
	}
	return out
}
