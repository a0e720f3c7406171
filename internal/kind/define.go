package kind

import "slices"

// Define makes a kind outside of this package. It is for tests that need kinds which no gateway has.
func Define[S, W any](d Def[S, W]) *Kind { return of(d) }

// AnswerOf makes an Answer whose items have the type R. Like Define, it is for tests.
func AnswerOf[R any](field string, row func(R) Row) Answer { return answer(field, row) }

// Add registers more kinds until remove is called. An owner must come before the kinds that live inside it. Add is for
// tests, and must not be called while other goroutines use kinds.
func Add(kinds []*Kind, links []*LinkKind) (remove func()) {
	all, bindings := All, Links
	set := func(k []*Kind, l []*LinkKind) {
		All, Links = k, l
		byName, linkByName, linkOfKind = indexes()
	}
	set(slices.Concat(all, kinds), slices.Concat(bindings, links))
	return func() { set(all, bindings) }
}
