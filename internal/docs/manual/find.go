package manual

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Question asks for a key.
type Question struct {
	Path string // throttles.time_unit, throttles[].time_unit or /throttles/0/time_unit; "" is the document
	Type string // of the plugin, if the path does not name it as plugins.content(cors) does; may be ""
	Deep bool   // with all keys below, not only those of the next level
}

// Unknown is the error for a path that names no key.
type Unknown struct {
	Path    string   // the path up to its first unknown step
	Nearest []string // paths that may have been meant
	Known   []string // the keys that exist there
}

func (u *Unknown) Error() string { return "there is no key " + u.Path }

// Untyped is the error for a path whose meaning depends on a type that the path does not name.
type Untyped struct {
	Path  string
	Types []string // types that have the rest of the path
}

func (u *Untyped) Error() string { return u.Path + " differs by type" }

// Find answers a question. Errors are *Unknown and *Untyped.
func Find(q Question) (*Entry, error) {
	steps := parse(q.Path)
	found, err := resolve(steps, q.Type)
	if unknown, ok := errors.AsType[*Unknown](err); ok {
		unknown.Nearest = suggestions(steps, unknown, q.Type)
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if q.Type != "" && !slices.ContainsFunc(found.steps, func(s step) bool { return s.by != "" }) {
		return nil, fmt.Errorf("%s does not differ by type", cmp.Or(found.path, "a document"))
	}
	depth := 1
	if q.Deep {
		depth = -1
	}
	e := entryOf(found.path, found.name, found.shape, depth)
	e.Required = found.required
	if found.cases != nil {
		e.addTypes(found.cases, depth-1)
	}
	e.Example, err = example(found)
	return e, err
}

// step is one step of a path: a key, and the type in parentheses after it.
type step struct{ name, by string }

// parse splits a path into steps. It ignores indexes of lists, since all entries have the same keys.
func parse(path string) (out []step) {
	for _, word := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '/' }) {
		name, by, _ := strings.Cut(word, "(")
		by = strings.TrimRight(by, ")[]")
		if i := strings.IndexByte(name, '['); i >= 0 {
			name = name[:i]
		}
		if strings.Trim(name, "0123456789$") != "" {
			out = append(out, step{name, by})
		}
	}
	return out
}

// target is what a path names.
type target struct {
	path, name string
	shape      *shape.Shape
	required   bool
	cases      *shape.Cases // the cases of a key if the path does not name the type
	steps      []step       // all steps, with types filled in
}

func resolve(steps []step, by string) (*target, error) {
	at := &target{shape: spec.Document()}
	for i, s := range steps {
		if at.cases != nil {
			return typed(steps[:i], at.cases, steps[i:])
		}
		next, cases := fieldIn(at.shape, s.name)
		if next == nil {
			return nil, &Unknown{Path: join(at.path, at.shape, s.name), Known: keysIn(at.shape)}
		}
		path := join(at.path, at.shape, s.name)
		*at = target{path: path, name: s.name, shape: next.Shape, required: next.Required, cases: cases, steps: append(at.steps, s)}
		if s.by == "" {
			s.by = by
		}
		if cases == nil || s.by == "" {
			continue
		}
		if cases.Shapes[s.by] == nil {
			return nil, &Unknown{Path: path + "(" + s.by + ")", Known: sortedNames(cases.Shapes)}
		}
		at.path, at.shape, at.cases = path+"("+s.by+")", cases.Shapes[s.by], nil
		at.steps[len(at.steps)-1].by = s.by
	}
	return at, nil
}

// typed follows the rest of a path through the one type that has it.
func typed(before []step, cases *shape.Cases, rest []step) (*target, error) {
	var fit []string
	var found *target
	for _, by := range sortedNames(cases.Shapes) {
		whole := slices.Concat(before, rest)
		whole[len(before)-1].by = by
		if p, err := resolve(whole, ""); err == nil {
			fit, found = append(fit, by), p
		}
	}
	var names []string
	for _, s := range slices.Concat(before, rest) {
		names = append(names, s.name)
	}
	path := strings.Join(names, ".")
	switch len(fit) {
	case 0:
		return nil, &Unknown{Path: path}
	case 1:
		return found, nil
	}
	return nil, &Untyped{Path: path, Types: fit}
}

// fieldIn finds a key in a value, in the entries of a list, or in one of several forms.
func fieldIn(s *shape.Shape, name string) (*shape.Field, *shape.Cases) {
	for _, m := range mapsIn(s) {
		for i := range m.Fields {
			if f := &m.Fields[i]; f.Name == name {
				if m.Cases != nil && m.Cases.Field == name {
					return f, m.Cases
				}
				return f, nil
			}
		}
		if m.Each != nil && (m.Known == nil || name == shape.AnyName || slices.Contains(m.Known, name)) {
			return new(shape.Optional(name, m.Each)), nil
		}
	}
	return nil, nil
}

func keysIn(s *shape.Shape) (names []string) {
	for _, m := range mapsIn(s) {
		names = slices.Concat(names, m.Names(), m.Known)
	}
	return names
}

// suggestions guesses which paths were meant by an unknown one: the paths that end with it, or else the one whose words
// are, step by step, nearest to its words.
func suggestions(steps []step, u *Unknown, by string) []string {
	wanted := make([]string, len(steps))
	for i, s := range steps {
		wanted[i] = s.name
	}
	var out []string
	for _, path := range Paths() {
		if strings.HasSuffix(path, "."+strings.Join(wanted, ".")) {
			out = append(out, path)
		}
	}
	if len(out) > 0 && len(out) <= maxSuggestions {
		return out
	}
	return correctedPath(slices.Clone(steps), u, by)
}

// correctedPath replaces the words of a path that are not keys by the nearest keys, if there are any.
func correctedPath(steps []step, u *Unknown, by string) []string {
	good := ""
	for range steps {
		at := strings.Count(u.Path, ".")
		if at >= len(steps) {
			break
		}
		near := spec.Nearest(steps[at].name, u.Known)
		if near == "" {
			break
		}
		steps[at].name = near
		if found, err := resolve(steps[:at+1], by); err == nil {
			good = found.path
		}
		found, err := resolve(steps, by)
		if err == nil {
			return []string{found.path}
		}
		if !errors.As(err, &u) {
			break
		}
	}
	if good == "" {
		return nil
	}
	return []string{good}
}

// maxSuggestions is the largest number of guesses that are shown. A longer list would not help.
const maxSuggestions = 4

// Paths lists the paths of all keys, in the order in which files have them.
func Paths() (out []string) {
	var walk func(e *Entry)
	walk = func(e *Entry) {
		for _, k := range append(slices.Clone(e.Keys), e.Types...) {
			out = append(out, k.Path)
			walk(k)
		}
	}
	walk(entryOf("", "", spec.Document(), -1))
	return out
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Hint says which path to ask for instead.
func (u *Unknown) Hint() string {
	switch {
	case len(u.Nearest) > 0:
		return "did you mean " + strings.Join(u.Nearest, " or ") + "?"
	case len(u.Known) > 0:
		return "there are " + strings.Join(u.Known, ", ")
	}
	return "the command without a path lists what there is"
}

// Hint says how to name a type.
func (u *Untyped) Hint() string {
	return fmt.Sprintf("name one with --type: %s", strings.Join(u.Types, ", "))
}
