// Package manual describes the keys of desired-state files. It has no texts of its own: all descriptions come from the
// shapes that the loader checks files against.
package manual

import (
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Entry is one key, or the whole document.
type Entry struct {
	Path        string   `json:"path"` // such as throttles[].time_unit; "" is the document
	Name        string   `json:"name"` // name of the key or the type; "" for one of several forms
	Type        string   `json:"type"` // in words, such as "a whole number"
	Required    bool     `json:"required"`
	Description string   `json:"description"`
	Unit        string   `json:"unit,omitempty"`
	Default     any      `json:"default,omitempty"`
	Absent      string   `json:"absent,omitempty"` // what leaving it out means if it has no default
	Values      []string `json:"values,omitempty"` // the only texts that it can have
	Rules       []string `json:"rules,omitempty"`
	Replaces    bool     `json:"replaces"` // a change replaces the object
	Secret      bool     `json:"secret"`
	Nullable    bool     `json:"nullable"`
	Example     string   `json:"example,omitempty"` // a YAML file without the key version
	Forms       []*Entry `json:"forms,omitempty"`   // the forms that the value can have
	Types       []*Entry `json:"types,omitempty"`   // an entry for each type, if it depends on the type of the object
	Keys        []*Entry `json:"keys,omitempty"`    // the keys in the value
}

// entryOf describes s and depth levels of the keys in it. A negative depth means all levels.
func entryOf(path, name string, s *shape.Shape, depth int) *Entry {
	e := &Entry{
		Path: path, Name: name, Type: typeOf(s), Description: s.Doc, Unit: s.Unit, Default: s.Default, Absent: s.Absent,
		Values: s.Words(), Rules: s.RuleTexts(), Replaces: s.Immutable, Secret: s.Secret, Nullable: s.Nullable,
	}
	if depth == 0 {
		return e
	}
	for _, form := range formsIn(s) {
		e.Forms = append(e.Forms, entryOf(path, "", form, 0))
	}
	for _, m := range mapsIn(s) {
		for _, f := range m.Keys() {
			key := entryOf(join(path, s, f.Name), f.Name, f.Shape, depth-1)
			key.Required = f.Required
			if m.Cases != nil && m.Cases.Field == f.Name {
				key.addTypes(m.Cases, depth-1)
			}
			e.Keys = append(e.Keys, key)
		}
	}
	return e
}

// addTypes adds the description of a key for each type.
func (e *Entry) addTypes(c *shape.Cases, depth int) {
	e.Type = "by the " + c.By
	for _, name := range sortedNames(c.Shapes) {
		e.Types = append(e.Types, entryOf(e.Path+"("+name+")", name, c.Shapes[name], max(depth, -1)))
	}
}

// typeOf names the type of a value. For a list, it also names the type of the entries.
func typeOf(s *shape.Shape) string {
	if s.Type != shape.List {
		return s.Type.String()
	}
	switch s.Items.Type {
	case shape.Text:
		return "a list of texts"
	case shape.Integer, shape.Number:
		return "a list of numbers"
	case shape.Map:
		return "a list of mappings"
	default:
		return "a list"
	}
}

// formsIn returns the forms of a value, or of the entries of a list.
func formsIn(s *shape.Shape) []*shape.Shape {
	if s.Type == shape.List {
		return formsIn(s.Items)
	}
	return s.Choices
}

// mapsIn returns the mapping that a value is, or those that its entries or forms are.
func mapsIn(s *shape.Shape) (out []*shape.Shape) {
	switch s.Type {
	case shape.List:
		return mapsIn(s.Items)
	case shape.Map:
		return []*shape.Shape{s}
	}
	seen := map[string]bool{}
	for _, c := range s.Choices {
		for _, m := range mapsIn(c) {
			// {generate: N} may be alone or in a list
			if name := m.Doc; !seen[name] {
				seen[name] = true
				out = append(out, m)
			}
		}
	}
	return out
}

// join returns the path of a key in the value that s describes. Lists are marked with [].
func join(path string, s *shape.Shape, name string) string {
	if keysInEntries(s) {
		path += "[]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// keysInEntries reports whether the keys of a value are the keys of its list entries.
func keysInEntries(s *shape.Shape) bool {
	if s.Type == shape.List {
		return true
	}
	for _, c := range s.Choices {
		if c.Type == shape.List {
			return true
		}
	}
	return false
}
