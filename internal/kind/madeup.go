package kind

import "slices"

// Define is how a kind is made outside of this package: for tests, which want kinds that no gateway has.
func Define[S, W any](d Def[S, W]) *Kind { return of(d) }

// AnswerOf is an Answer whose items have a type of their own, for tests as Define is.
func AnswerOf[R any](field string, row func(R) Row) Answer { return answer(field, row) }

// Add makes kinds known besides those that there are, until remove is called. Kinds stand before what lives inside
// them. It is for tests, and must not be called while anybody looks kinds up.
func Add(kinds []*Kind, links []*LinkKind) (remove func()) {
	all, bindings := All, Links
	set := func(k []*Kind, l []*LinkKind) {
		All, Links = k, l
		byName, linkByName, linkOfKind = indexes()
	}
	set(slices.Concat(all, kinds), slices.Concat(bindings, links))
	return func() { set(all, bindings) }
}
