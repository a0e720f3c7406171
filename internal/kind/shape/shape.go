// Package shape describes the values that a desired-state file may contain: their types and rules, what it means to
// leave them out, and texts that explain them. One description serves the loader, which checks YAML nodes against it,
// the published JSON Schema and the reference documentation.
package shape

import "strings"

// Type is the type of a value.
type Type int

const (
	Text     Type = iota // a string
	Integer              // an integer
	Number               // an integer or a decimal number
	Bool                 // true or false
	List                 // a sequence of Items
	Map                  // a mapping with the keys in Fields
	AnyValue             // any value; passed through as it is
	Either               // one of Choices, which differ in their types
)

func (t Type) String() string {
	return [...]string{"text", "a whole number", "a number", "true or false", "a list", "a mapping", "any value", "one of several forms"}[t]
}

// Shape is the description of one value. Shapes are built once and never changed afterwards.
type Shape struct {
	Type      Type
	Doc       string    // one or two sentences for the person who edits the file
	Unit      string    // such as "seconds"; "" if it has none
	Default   any       // the value that leaving the key out means: string, int64, float64 or bool; nil if there is none
	Absent    string    // what leaving the key out means, such as "no such limit", if Default does not show it
	Context   []Setting // values that other keys of the same mapping must have for this one to have an effect
	Immutable bool      // a change replaces the object that the value belongs to
	Example   any       // a value worth copying; nil if the default or the allowed words are example enough

	// Samples are more values for generated states than the example. The key is the value of another key, with which the
	// values fit together; "" if they always fit. In a text, %s is the name of the object.
	Samples     map[string][]any
	RefersTo    string // Text: the kind of the object that it names; "" if it names none
	Secret      bool   // never shown, logged or saved
	NotReturned bool   // the gateway never returns it, so an export writes a variable in its place
	Nullable    bool   // null is allowed and means the same as absent
	Rules       []Rule

	Items       *Shape      // List
	Key         []string    // List: the members that identify its entries; nil if none do
	Ordered     bool        // List with a Key: the order of its entries counts, too
	Set         bool        // List of scalars, or Text with commas: neither order nor repetition counts
	Fields      []Field     // Map, in the order in which they are written
	UnknownKeys UnknownKeys // Map: how other keys are treated
	Each        *Shape      // Map: the shape of all other values if names are free; nil if they are not
	Known       []string    // Map with Each: the known names, if others give a warning; nil if all names are allowed
	Cases       *Cases      // Map: the value of one field decides the shape of another
	Choices     []*Shape    // Either
}

// UnknownKeys says how keys of a mapping are treated that its Fields do not list.
type UnknownKeys int

// Ways to treat other keys.
const (
	RejectUnknown UnknownKeys = iota // they are errors
	WarnUnknown                      // they are sent with a warning, since a newer gateway may know them
	AllowUnknown                     // they are sent
)

// Setting is a key with its value.
type Setting struct {
	Name  string
	Value any
}

// Field is one key of a mapping.
type Field struct {
	Name     string
	Shape    *Shape
	Required bool
}

// Cases gives Field the shape that the value of By selects, such as the content of a plugin by its type.
type Cases struct {
	By, Field string
	Shapes    map[string]*Shape
}

// OfText describes a string.
func OfText(doc string, rules ...Rule) *Shape { return &Shape{Type: Text, Doc: doc, Rules: rules} }

// OfInteger describes an integer.
func OfInteger(doc string, rules ...Rule) *Shape {
	return &Shape{Type: Integer, Doc: doc, Rules: rules}
}

// OfNumber describes an integer or decimal number.
func OfNumber(doc string, rules ...Rule) *Shape { return &Shape{Type: Number, Doc: doc, Rules: rules} }

// OfBool describes true or false.
func OfBool(doc string) *Shape { return &Shape{Type: Bool, Doc: doc} }

// OfAny describes a value that is passed through unchecked.
func OfAny(doc string) *Shape { return &Shape{Type: AnyValue, Doc: doc} }

// OfList describes a sequence of items.
func OfList(doc string, items *Shape, rules ...Rule) *Shape {
	return &Shape{Type: List, Doc: doc, Items: items, Rules: rules}
}

// OfMap describes a mapping with exactly these keys.
func OfMap(doc string, fields ...Field) *Shape { return &Shape{Type: Map, Doc: doc, Fields: fields} }

// OfEither describes a value that has one of several types.
func OfEither(doc string, choices ...*Shape) *Shape {
	return &Shape{Type: Either, Doc: doc, Choices: choices}
}

// Required is a key that must be present.
func Required(name string, s *Shape) Field { return Field{Name: name, Shape: s, Required: true} }

// Optional is a key that can be left out.
func Optional(name string, s *Shape) Field { return Field{Name: name, Shape: s} }

// WithDefault returns a copy of s whose absence means v.
func (s *Shape) WithDefault(v any) *Shape { c := *s; c.Default = v; return &c }

// WithAbsent returns a copy of s with what leaving the key out means, in words.
func (s *Shape) WithAbsent(means string) *Shape { c := *s; c.Absent = means; return &c }

// Outer begins a name in InContext that means a key of the enclosing mapping.
const Outer = "../"

// InContext returns a copy of s that has an effect only if the key name in the same mapping is v, or is absent if v is
// nil.
func (s *Shape) InContext(name string, v any) *Shape {
	c := *s
	c.Context = append(append([]Setting(nil), s.Context...), Setting{name, v})
	return &c
}

// Unmanaged reports whether leaving the key out leaves the value to the gateway. No value of the key has the same
// meaning.
func (s *Shape) Unmanaged() bool { return strings.HasPrefix(s.Absent, "not managed") }

// AsImmutable returns a copy of s whose value cannot change: a change replaces the object.
func (s *Shape) AsImmutable() *Shape { c := *s; c.Immutable = true; return &c }

// WithExample returns a copy of s with an example.
func (s *Shape) WithExample(v any) *Shape { c := *s; c.Example = v; return &c }

// WithSamples returns a copy of s with values for generated states that fit whatever the other keys are.
func (s *Shape) WithSamples(samples ...any) *Shape {
	return s.WithSamplesFor(map[string][]any{"": samples})
}

// WithSamplesFor returns a copy of s with values for generated states, by the value of another key with which they fit
// together.
func (s *Shape) WithSamplesFor(samples map[string][]any) *Shape {
	c := *s
	c.Samples = samples
	return &c
}

// AsNameOf returns a copy of s whose value is the name of an object of a kind.
func (s *Shape) AsNameOf(kind string) *Shape { c := *s; c.RefersTo = kind; return &c }

// WithUnit returns a copy of s measured in unit.
func (s *Shape) WithUnit(unit string) *Shape { c := *s; c.Unit = unit; return &c }

// AsSecret returns a copy of s whose value is never shown.
func (s *Shape) AsSecret() *Shape { c := *s; c.Secret = true; return &c }

// AsNotReturned returns a copy of s whose value no gateway returns.
func (s *Shape) AsNotReturned() *Shape { c := *s; c.NotReturned = true; return &c }

// OrNull returns a copy of s that may also be null.
func (s *Shape) OrNull() *Shape { c := *s; c.Nullable = true; return &c }

// OfEach describes a mapping of free names to values.
func OfEach(doc string, value *Shape) *Shape { return &Shape{Type: Map, Doc: doc, Each: value} }

// WithKnownNames returns a copy of a mapping of free names of which only some are known. Another name gives a warning, since a
// newer gateway may know it; a name that is very similar to a known one is an error.
func (s *Shape) WithKnownNames(names ...string) *Shape { c := *s; c.Known = names; return &c }

// AllowingUnknown returns a copy of a mapping in which other keys are allowed and not checked.
func (s *Shape) AllowingUnknown() *Shape { c := *s; c.UnknownKeys = AllowUnknown; return &c }

// Lenient returns a copy of s for values that may be newer than their description: unknown keys, at any depth, and
// unknown values give a warning instead of an error.
func (s *Shape) Lenient() *Shape {
	c := *s
	if c.Type == Map && c.UnknownKeys == RejectUnknown {
		c.UnknownKeys = WarnUnknown
	}
	c.Rules = nil
	for _, r := range s.Rules {
		if words := r.words(); words != nil && !r.Warning {
			c.Rules = append(c.Rules, misspelt(words...))
			r = Known(words...)
		}
		c.Rules = append(c.Rules, r)
	}
	c.Fields = append([]Field(nil), s.Fields...)
	for i := range c.Fields {
		c.Fields[i].Shape = c.Fields[i].Shape.Lenient()
	}
	c.Choices = append([]*Shape(nil), s.Choices...)
	for i := range c.Choices {
		c.Choices[i] = c.Choices[i].Lenient()
	}
	if c.Items != nil {
		c.Items = c.Items.Lenient()
	}
	return &c
}

// KeyedBy returns a copy of a list whose entries are mappings, identified by some of their members. Their order does
// not count.
func (s *Shape) KeyedBy(names ...string) *Shape { c := *s; c.Key = names; return &c }

// InOrder returns a copy of a list with keys in which the order counts, too.
func (s *Shape) InOrder() *Shape { c := *s; c.Ordered = true; return &c }

// AsSet returns a copy of a list of scalars, or of a comma list in a text, whose order and repeats do not count.
func (s *Shape) AsSet() *Shape { c := *s; c.Set = true; return &c }

// WithCases returns a copy of a mapping in which the value of one field decides the shape of another.
func (s *Shape) WithCases(c Cases) *Shape { m := *s; m.Cases = &c; return &m }

// WithRules returns a copy of s with more rules.
func (s *Shape) WithRules(rules ...Rule) *Shape {
	c := *s
	c.Rules = append(append([]Rule(nil), s.Rules...), rules...)
	return &c
}

// And returns a copy of a mapping with more keys at its end.
func (s *Shape) And(fields ...Field) *Shape {
	c := *s
	c.Fields = append(append([]Field(nil), s.Fields...), fields...)
	return &c
}

// Field returns the shape of a key of a mapping; nil if there is no such key.
func (s *Shape) Field(name string) *Shape {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return s.Fields[i].Shape
		}
	}
	return nil
}

// AnyName stands for every name in a mapping of free names.
const AnyName = "*"

// Keys returns the keys of a mapping as documentation lists them: if names are free, Any stands for them.
func (s *Shape) Keys() []Field {
	if s.Each == nil {
		return s.Fields
	}
	return append(append([]Field(nil), s.Fields...), Optional(AnyName, s.Each))
}

// FieldIn returns the shape of a key in the mapping m, where the value of another key may decide it; nil if there is
// none.
func (s *Shape) FieldIn(m map[string]any, name string) *Shape {
	if s.Cases != nil && s.Cases.Field == name {
		by, _ := m[s.Cases.By].(string)
		if selected := s.Cases.Shapes[by]; selected != nil {
			return selected
		}
	}
	return s.Field(name)
}

// Names returns the keys of a mapping, in their order.
func (s *Shape) Names() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}
