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
	names map[string][]string // by kind: what references may name

	fixed []string                // JSON pointers of what the object does not say
	lasts bool                    // what cannot change in place is always there
	often int                     // in eighths, how many of the keys that can be left out are there; 0 means half
	name  string                  // of the object; a part of made-up texts, of which a gateway takes each once
	words map[*shape.Shape]string // of enumerations: drawn once, since what fits beside them differs
	most  map[string]int64        // by unit: what later numbers of the object may be at most
}

// tries is how often a value is drawn until no rule refuses it.
const tries = 200

// Example draws an object of a kind with nearly all of its keys and something of every kind that lives inside it, as an entry of
// its section. It refers to nothing.
func Example(k *kind.Kind, r *rand.Rand, name string) map[string]any {
	if k.Given {
		item := map[string]any{} // made-up names are none of theirs
		for _, f := range k.Shape.Fields {
			item[f.Name] = shape.Copy(f.Shape.Example)
		}
		return item
	}
	for {
		item := (&drawer{rand: r, often: 7}).object(k, name)
		if !slices.ContainsFunc(kind.Parts(k.Name), func(part *kind.Kind) bool { return !ownInside(item, part) }) {
			return item
		}
	}
}

// ownInside reports whether an object holds something of a kind that does not exist anyway.
func ownInside(item map[string]any, part *kind.Kind) bool {
	list, ok := item[part.Field].([]any)
	if !ok || len(part.Always) == 0 {
		return inside(item, part) > 0
	}
	return slices.ContainsFunc(list, func(x any) bool {
		return slices.ContainsFunc(part.Items("", x), func(o kind.Object) bool { return !part.Stays(&o) })
	})
}

// object draws an object, with what lives inside it and without links.
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
			return f.Required || d.lasts && f.Shape.Fixed || slices.Contains(k.Uploads, "/"+f.Name) || isCollection && managed || !isCollection && d.rand.IntN(8) < cmp.Or(d.often, 4)
		})
		item["name"] = name
		if refused = refusal(k, item); refused == "" {
			if d.opt.Newer && k.Shape.Cases != nil {
				d.renew(k.Shape.Cases, item)
			}
			return item
		}
	}
	panic(fmt.Sprintf("no %s could be drawn: %s; give its shape an example or samples that go together", k.Name, refused))
}

// lasting are the words that were drawn for what cannot change in place.
func (d *drawer) lasting(k *kind.Kind) map[*shape.Shape]string {
	out := map[*shape.Shape]string{}
	for _, f := range k.Shape.Fields {
		if word := d.words[f.Shape]; word != "" && f.Shape.Fixed {
			out[f.Shape] = word
		}
	}
	return out
}

// managed reports whether a collection is written down.
func (d *drawer) managed() bool { return !d.opt.Unmanaged || d.rand.IntN(4) > 0 }

// refusal is why a file should not hold an object; "" when there is nothing to say against it.
func refusal(k *kind.Kind, item map[string]any) string {
	anything := func(string) (string, bool) { return "aaaaaaaa", true }                       // for variables of examples
	raw, err := json.Marshal(map[string]any{"version": spec.Version, k.Section: []any{item}}) // which is YAML, too
	if err != nil {
		return err.Error()
	}
	_, findings := spec.Load([]spec.Input{{Data: raw}}, spec.Options{Lookup: anything})
	if len(findings) > 0 {
		return findings[0].String()
	}
	return ""
}

// fits reports whether the rules of s take v, those that merely doubt included.
func fits(s *shape.Shape, v any) bool {
	return !slices.ContainsFunc(s.Rules, func(r shape.Rule) bool { return r.Broken(v) != "" })
}

// value draws a value that the rules of s take, if there is one to be found.
func (d *drawer) value(s *shape.Shape) (v any) {
	for range tries {
		if v = d.once(s); fits(s, v) {
			break
		}
	}
	return v
}

func (d *drawer) once(s *shape.Shape) any {
	made := slices.Clone(s.Made[""])
	for _, word := range d.words {
		made = append(made, s.Made[word]...)
	}
	if len(made) > 0 {
		return shape.CopyWith(pick(d.rand, made), d.ofItsOwn)
	}
	switch s.Type {
	case shape.Text:
		return d.text(s)
	case shape.Whole, shape.Number:
		return d.number(s)
	case shape.Flag:
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

// ofItsOwn puts the name of the object into a text.
func (d *drawer) ofItsOwn(leaf any) any {
	if text, ok := leaf.(string); ok {
		return strings.ReplaceAll(text, "%s", strings.ReplaceAll(d.name, "_", "-"))
	}
	return leaf
}

func (d *drawer) text(s *shape.Shape) string {
	example, _ := s.Example.(string)
	least, _ := s.Keyword("minLength").(int)
	switch {
	case s.Refers != "":
		return pick(d.rand, d.names[s.Refers])
	case s.Words() != nil:
		if d.words[s] == "" {
			d.words[s] = pick(d.rand, s.Words())
		}
		return d.words[s]
	case example == "" || strings.Contains(example, "${"): // of its own for each object
		own, filler := fmt.Sprint(d.name, d.rand.IntN(4)), "c"
		if s.Secret {
			filler = "s" // no secret stands in what may be seen
		}
		return strings.Repeat(filler, max(1, least-len(own))) + own
	}
	return example
}

// number draws from the upper half of what is usual, judged by the example, and no more than the number before it of the
// same unit: those of parts are not above those of the whole.
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
		if d.never(f.Shape) || !drawn(f) || slices.Contains(d.opt.Without, f.Name) || slices.Contains(d.fixed, "/"+f.Name) {
			continue
		}
		switch inner := s.FieldIn(out, f.Name); {
		case s.Cases != nil && s.Cases.Field == f.Name:
			out[f.Name] = d.content(inner)
		case inner.Refers == "" || len(d.names[inner.Refers]) > 0:
			out[f.Name] = d.value(inner)
		}
	}
	return out
}

// never reports whether a value is left out of made-up states, or of those with a word that was drawn.
func (d *drawer) never(s *shape.Shape) bool {
	made, none := s.Made[""]
	none = none && len(made) == 0
	for _, word := range d.words {
		made, told := s.Made[word]
		if told && len(made) == 0 {
			return true
		}
		none = none && !told
	}
	return none
}

// named draws a mapping of free names: some of the known ones, or the example.
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
