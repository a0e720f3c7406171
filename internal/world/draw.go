package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// drawer draws one object from the shape of its kind.
type drawer struct {
	rand  *rand.Rand
	opt   Options
	names map[string][]string // by kind, the objects that references may name

	without []string                // JSON pointers of keys that the object does not have
	lasts   bool                    // keys that cannot change in place are always present
	often   int                     // probability in eighths that an optional key is present; 0 means one half
	name    string                  // of the object, part of texts that must be unique on a gateway
	words   map[*shape.Shape]string // the word drawn for each enumeration; other values of the object depend on it
	most    map[string]int64        // by unit, the maximum of the numbers that are drawn next
}

// tries limits how often a value is drawn again because a rule refuses it.
const tries = 200

// Example draws an object of a kind, as an entry of its section, with nearly all of its keys and at least one part of every kind
// of part. It has no references.
func Example(k *kind.Kind, r *rand.Rand, name string) map[string]any {
	if k.AllExist {
		item := map[string]any{} // the gateway decides which objects of such a kind exist
		for _, f := range k.Shape.Fields {
			item[f.Name] = shape.Copy(f.Shape.Example)
		}
		return item
	}
	for {
		item := (&drawer{rand: r, often: 7}).object(k, name)
		if !slices.ContainsFunc(kind.Parts(k.Name), func(part *kind.Kind) bool { return !hasOwnPart(item, part) }) {
			return item
		}
	}
}

// hasOwnPart reports whether an object has a part of a kind, not counting parts that every such object has anyway.
func hasOwnPart(item map[string]any, part *kind.Kind) bool {
	list, ok := item[part.Field].([]any)
	if !ok || len(part.BuiltIn) == 0 {
		return inside(item, part) > 0
	}
	return slices.ContainsFunc(list, func(x any) bool {
		return slices.ContainsFunc(part.Items("", x), func(o kind.Object) bool { return !part.IsBuiltIn(&o) })
	})
}

// object draws an object with its parts, but without bindings.
func (d *drawer) object(k *kind.Kind, name string) map[string]any {
	d.name = name
	if d.words == nil {
		d.words = map[*shape.Shape]string{}
	}
	collections := map[string]bool{}
	for _, part := range kind.Parts(k.Name) {
		collections[part.Field] = d.managed()
	}
	var refused string
	for range tries {
		d.most = map[string]int64{}
		item := d.mapping(k.Shape, func(f shape.Field) bool {
			managed, isCollection := collections[f.Name]
			if f.Shape.Unmanaged() {
				managed, isCollection = d.managed(), true
			}
			return f.Required || d.lasts && f.Shape.Immutable || slices.Contains(k.WriteOnly, "/"+f.Name) || isCollection && managed || !isCollection && d.rand.IntN(8) < cmp.Or(d.often, 4)
		})
		item["name"] = name
		if refused = refusal(k, item); refused == "" {
			if d.opt.Newer && k.Shape.Cases != nil {
				d.makeNewer(k.Shape.Cases, item)
			}
			return item
		}
	}
	panic(fmt.Sprintf("no %s could be drawn: %s; give its shape an example or samples that fit together", k.Name, refused))
}

// lasting returns the words that were drawn for keys that cannot change in place.
func (d *drawer) lasting(k *kind.Kind) map[*shape.Shape]string {
	out := map[*shape.Shape]string{}
	for _, f := range k.Shape.Fields {
		if word := d.words[f.Shape]; word != "" && f.Shape.Immutable {
			out[f.Shape] = word
		}
	}
	return out
}

// managed draws whether the object has a key for a collection, and so manages it.
func (d *drawer) managed() bool { return !d.opt.Unmanaged || d.rand.IntN(4) > 0 }

// refusal returns the first error or warning about a file with the object, "" if there is none.
func refusal(k *kind.Kind, item map[string]any) string {
	anything := func(string) (string, bool) { return "aaaaaaaa", true }                       // a value for all variables in examples
	raw, err := json.Marshal(map[string]any{"version": spec.Version, k.Section: []any{item}}) // JSON is YAML, too
	if err != nil {
		return err.Error()
	}
	_, findings := spec.Load([]spec.Input{{Data: raw}}, spec.Options{Lookup: anything})
	if len(findings) > 0 {
		return findings[0].String()
	}
	return ""
}

// fits reports whether v breaks no rule of s, including those that only cause a warning.
func fits(s *shape.Shape, v any) bool {
	return !slices.ContainsFunc(s.Rules, func(r shape.Rule) bool { return r.Check(v) != "" })
}

// value draws a value until it breaks no rule of s, or gives up after some tries.
func (d *drawer) value(s *shape.Shape) (v any) {
	for range tries {
		if v = d.once(s); fits(s, v) {
			break
		}
	}
	return v
}

func (d *drawer) once(s *shape.Shape) any {
	made := slices.Clone(s.Samples[""])
	for _, word := range d.words {
		made = append(made, s.Samples[word]...)
	}
	if len(made) > 0 {
		return shape.CopyWith(pick(d.rand, made), d.insertName)
	}
	switch s.Type {
	case shape.Text:
		return d.text(s)
	case shape.Integer, shape.Number:
		return d.number(s)
	case shape.Bool:
		return d.rand.IntN(2) == 0
	case shape.List:
		return d.list(s)
	case shape.Map:
		if s.Each != nil {
			return d.named(s)
		}
		return d.mapping(s, func(f shape.Field) bool { return f.Required || d.rand.IntN(2) == 0 })
	case shape.Either:
		if other := len(s.Choices) - 1; d.opt.Generate && d.rand.IntN(3) == 0 {
			return d.value(s.Choices[other])
		}
		return d.value(s.Choices[0])
	}
	return s.Example
}

// insertName replaces %s in a text by the name of the object.
func (d *drawer) insertName(leaf any) any {
	if text, ok := leaf.(string); ok {
		return strings.ReplaceAll(text, "%s", strings.ReplaceAll(d.name, "_", "-"))
	}
	return leaf
}

func (d *drawer) text(s *shape.Shape) string {
	example, _ := s.Example.(string)
	least, _ := s.Keyword("minLength").(int)
	switch {
	case s.RefersTo != "":
		return pick(d.rand, d.names[s.RefersTo])
	case s.Words() != nil:
		if d.words[s] == "" {
			d.words[s] = pick(d.rand, s.Words())
		}
		return d.words[s]
	case example == "" || strings.Contains(example, "${"): // different for each object
		own, filler := fmt.Sprint(d.name, d.rand.IntN(4)), "c"
		if s.Secret {
			filler = "s" // so no visible text contains a secret
		}
		return strings.Repeat(filler, max(1, least-len(own))) + own
	}
	return example
}

// number draws a number from the upper half of a range around the example. It is not above the previous number of the same
// unit, because the API refuses, for example, a limit per user above the limit per API.
func (d *drawer) number(s *shape.Shape) int64 {
	least, _ := s.Keyword("minimum").(int64)
	most, limited := s.Keyword("maximum").(int64)
	example, _ := s.Example.(int64)
	if usual := example + example/4 + 2; !limited || most > usual {
		most = usual
	}
	if before, known := d.most[s.Unit]; known && s.Unit != "" {
		most = max(least, min(most, before))
	}
	n := most - d.rand.Int64N((most-least)/2+1)
	d.most[s.Unit] = n
	return n
}

func (d *drawer) list(s *shape.Shape) []any {
	least, _ := s.Keyword("minItems").(int)
	out := make([]any, least+d.rand.IntN(4-min(least, 1)))
	for i := range out {
		out[i] = d.value(s.Items)
	}
	return out
}

func (d *drawer) mapping(s *shape.Shape, drawn func(shape.Field) bool) map[string]any {
	out := map[string]any{}
	for _, f := range s.Fields {
		if d.never(f.Shape) || !drawn(f) || slices.Contains(d.opt.Without, f.Name) || slices.Contains(d.without, "/"+f.Name) {
			continue
		}
		switch inner := s.FieldIn(out, f.Name); {
		case s.Cases != nil && s.Cases.Field == f.Name:
			out[f.Name] = d.content(inner)
		case inner.RefersTo == "" || len(d.names[inner.RefersTo]) > 0:
			out[f.Name] = d.value(inner)
		}
	}
	return out
}

// never reports whether a key is always left out: its shape has an empty list of samples, for all objects or for those with
// one of the words that were drawn.
func (d *drawer) never(s *shape.Shape) bool {
	made, none := s.Samples[""]
	none = none && len(made) == 0
	for _, word := range d.words {
		made, listed := s.Samples[word]
		if listed && len(made) == 0 {
			return true
		}
		none = none && !listed
	}
	return none
}

// named draws a mapping whose keys are names: some of the known names, or the example.
func (d *drawer) named(s *shape.Shape) any {
	if s.Known == nil {
		return shape.Copy(s.Example)
	}
	out := map[string]any{}
	for range d.rand.IntN(4) {
		out[pick(d.rand, s.Known)] = d.value(s.Each)
	}
	return out
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
