package kind

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Apart is a part of an object that a request of its own writes, after the object itself is there. S is the kind's type;
// in a Kind it is any.
type Apart[S any] struct {
	Fields    []string // JSON pointers of what no other request writes
	Along     []string // JSON pointers of what it brings besides, so that a new object has none of it before
	Operation string
	Needed    func(want, have S, fresh bool) bool // fresh: it is a new object, and have is zero
	Times     func(have S) int                    // requests that it takes, one after another; nil means one
	Request   func(want, have S, of ObjectRef) (api.Request, error)
	Done      func(want, have, now S, of ObjectRef) bool // for a request whose answer was lost
}

// ObjectRef is the object that a request is about, by its id and by what it lives in.
type ObjectRef struct {
	ID     string
	Parent *Object
	IDs    IDs // of what it refers to
	Nth    int // which of the requests of Times, from 0 on
}

// IsApart reports whether no other request than one of its own writes what stands under a pointer.
func (k *Kind) IsApart(pointer string) bool {
	return slices.ContainsFunc(k.Apart, func(a Apart[any]) bool { return slices.Contains(a.Fields, pointer) })
}

// Midway reports whether an object may be without what stands under a pointer while some of its requests are still to come.
func (k *Kind) Midway(pointer string) bool {
	return k.IsApart(pointer) || slices.ContainsFunc(k.Apart, func(a Apart[any]) bool { return slices.Contains(a.Along, pointer) })
}

// apart erases the types of what a kind writes apart. What is missing of a new object is zero.
func apart[S any](list []Apart[S]) (out []Apart[any]) {
	typed := func(v any) S {
		s, _ := v.(S)
		return s
	}
	for _, a := range list {
		out = append(out, Apart[any]{
			Fields: a.Fields, Along: a.Along, Operation: a.Operation,
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
