package writeback

import (
	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// parts writes back what lives inside an owner under one key.
func (r *round) parts(k *kind.Kind, owner string, changes []*diff.Change) {
	field, ok := r.places.Item(r.declared[k.Owner+"/"+owner]).Key(k.Field)
	switch {
	case !ok, r.refusesAll(k.Name, owner, "/"+k.Field):
	case k.Single:
		r.single(k, field, changes[0])
	case k.Generates:
		r.values(field, changes)
	default:
		r.elements(k, field, changes)
	}
}

// single writes back a part that is the value of the key itself; {} stands for none.
func (r *round) single(k *kind.Kind, field spec.Value, c *diff.Change) {
	change := Change{Action: diff.Delete, Address: c.Address}
	node := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	switch c.Action {
	case diff.Create:
	case diff.Delete:
		change.Action, node = diff.Create, r.snippets.Element(c.Have)
	default:
		t := &target{kind: k, address: c.Address, value: field, tree: k.Tree(c.Have.Value), changed: c.Fields}
		r.leaves(t)
		return
	}
	if text := field.Varied(); text != "" {
		r.keep(field.Place().Source, c.Address, "", "comes from "+text)
		return
	}
	r.set(field.Place(), change, node)
}

// elements writes back parts that are entries of a list, each with a key.
func (r *round) elements(k *kind.Kind, field spec.Value, changes []*diff.Change) {
	for _, c := range changes {
		switch c.Action {
		case diff.Create:
			r.takeOut(r.places.Part(c.Want), Change{Action: diff.Delete, Address: c.Address})
		case diff.Delete:
			place, node := field.Place(), r.snippets.Element(c.Have)
			r.do(place, Change{Action: diff.Create, Address: c.Address}, func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
		default:
			t := &target{kind: k, address: c.Address, value: r.places.Part(c.Want), tree: k.Tree(c.Have.Value), changed: c.Fields}
			r.leaves(t)
		}
	}
}

// takeOut removes an entry of a list, unless a variable gave it.
func (r *round) takeOut(v spec.Value, c Change) {
	place := v.Place()
	if text := v.Varied(); text != "" {
		r.keep(place.Source, c.Address, "", "comes from "+text)
		return
	}
	r.do(place, c, func(f *edit.File) error { return f.Remove(place.Document, place.Path) })
}

// values writes back parts that are secret values. Their values are never written: those that only the gateway has
// are counted. A value from a variable stands for one of them: setting the variable is what brings the two together.
func (r *round) values(field spec.Value, changes []*diff.Change) {
	var surplus, pending []*diff.Change
	for _, c := range changes {
		if c.Action == diff.Delete {
			surplus = append(surplus, c)
		}
	}
	for _, c := range changes {
		if c.Action == diff.Delete {
			continue
		}
		part := r.places.Part(c.Want)
		if part.IsMap() {
			pending = append(pending, c)
			continue
		}
		r.takeOut(part, Change{Action: diff.Delete, Address: c.Address})
		if text := part.Varied(); text != "" && len(surplus) > 0 {
			r.keep(part.Place().Source, surplus[0].Address, "", "may be the new value of "+text+"; set the variable to it")
			surplus = surplus[1:]
		}
	}
	if len(surplus) > 0 {
		r.more(field, surplus)
	}
	if len(pending) > 0 {
		r.fewer(field, pending)
	}
}

// counterIn is the entry that tells how many values the gateway shall make.
func counterIn(field spec.Value) (counter, number spec.Value, found bool) {
	for _, v := range append(field.Items(), field) {
		if n, ok := v.Key("generate"); ok {
			return v, n, true
		}
	}
	return counter, number, false
}

// more counts values that only the gateway has.
func (r *round) more(field spec.Value, surplus []*diff.Change) {
	place, node := field.Place(), r.snippets.Generate(len(surplus))
	if _, _, found := counterIn(field); found || !field.IsList() {
		for _, c := range surplus {
			r.keep(place.Source, c.Address, "", "the gateway has more values than the files have room for")
		}
		return
	}
	for i, c := range surplus {
		r.do(place, Change{Action: diff.Create, Address: c.Address}, func(f *edit.File) error {
			if i > 0 {
				return nil // counted with the first
			}
			return f.Append(place.Document, place.Path, node)
		})
	}
}

// fewer takes back how many values the gateway shall make.
func (r *round) fewer(field spec.Value, pending []*diff.Change) {
	counter, number, _ := counterIn(field)
	n, _ := number.Plain().(int64)
	left := n - int64(len(pending))
	for i, c := range pending {
		change := Change{Action: diff.Delete, Address: c.Address}
		switch {
		case number.Varied() != "":
			r.keep(number.Place().Source, c.Address, "", "comes from "+number.Varied())
		case left > 0:
			r.set(number.Place(), change, r.snippets.Value(nil, left, c.Address, ""))
		case !field.IsList():
			r.set(field.Place(), change, &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle})
		case i == 0:
			r.takeOut(counter, change)
		}
	}
}
