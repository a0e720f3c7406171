package writeback

import (
	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// parts writes the parts of one kind of an owner to the files.
func (r *round) parts(k *kind.Kind, owner string, changes []*diff.Change) {
	field, ok := r.places.Item(r.declared[k.Owner+"/"+owner]).Key(k.Field)
	switch {
	case !ok, r.refusesAll(k.Name, owner, "/"+k.Field):
	case k.Single:
		r.single(k, field, changes[0])
	case k.Ops.Generate != "":
		r.secretValues(field, changes)
	default:
		r.elements(k, field, changes)
	}
}

// single writes a part that is the value of the key itself; {} stands for none.
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
	if !r.fromVariable(field, c.Address, "") {
		r.set(field.Place(), change, node)
	}
}

// elements writes parts that are entries of a list, each with a key.
func (r *round) elements(k *kind.Kind, field spec.Value, changes []*diff.Change) {
	for _, c := range changes {
		switch c.Action {
		case diff.Create:
			r.removeEntry(r.places.Part(c.Want), Change{Action: diff.Delete, Address: c.Address})
		case diff.Delete:
			place, node := field.Place(), r.snippets.Element(c.Have)
			r.editFile(place, Change{Action: diff.Create, Address: c.Address}, func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
		default:
			t := &target{kind: k, address: c.Address, value: r.places.Part(c.Want), tree: k.Tree(c.Have.Value), changed: c.Fields}
			r.leaves(t)
		}
	}
}

// removeEntry removes an entry of a list, unless it comes from a variable.
func (r *round) removeEntry(v spec.Value, c Change) {
	if !r.fromVariable(v, c.Address, "") {
		r.remove(v.Place(), c)
	}
}

// secretValues writes parts that are secret values. The values themselves are never written; {generate: N} counts those
// that only the gateway has. If a value from a variable differs, one of them may be its new value, so the variable is
// reported instead of counting that value.
func (r *round) secretValues(field spec.Value, changes []*diff.Change) {
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
		r.removeEntry(part, Change{Action: diff.Delete, Address: c.Address})
		if text := part.Variable(); text != "" && len(surplus) > 0 {
			r.keep(part.Place().Source, surplus[0].Address, "", "may be the new value of "+text+"; set the variable to it")
			surplus = surplus[1:]
		}
	}
	if len(surplus) > 0 {
		r.addGenerate(field, surplus)
	}
	if len(pending) > 0 {
		r.reduceGenerate(field, pending)
	}
}

// generateEntry finds the entry {generate: N}, and its number.
func generateEntry(field spec.Value) (counter, number spec.Value, found bool) {
	for _, v := range append(field.Items(), field) {
		if n, ok := v.Key("generate"); ok {
			return v, n, true
		}
	}
	return counter, number, false
}

// addGenerate adds {generate: N} for the values that only the gateway has.
func (r *round) addGenerate(field spec.Value, surplus []*diff.Change) {
	place, node := field.Place(), r.snippets.Generate(len(surplus))
	if _, _, found := generateEntry(field); found || !field.IsList() {
		for _, c := range surplus {
			r.keep(place.Source, c.Address, "", "the gateway has more values than the files allow for")
		}
		return
	}
	for i, c := range surplus {
		r.editFile(place, Change{Action: diff.Create, Address: c.Address}, func(f *edit.File) error {
			if i > 0 {
				return nil // included in the number that the first one wrote
			}
			return f.Append(place.Document, place.Path, node)
		})
	}
}

// reduceGenerate reduces the number in {generate: N} by the values that the gateway does not have.
func (r *round) reduceGenerate(field spec.Value, pending []*diff.Change) {
	counter, number, _ := generateEntry(field)
	n, _ := number.Plain().(int64)
	left := n - int64(len(pending))
	for i, c := range pending {
		change := Change{Action: diff.Delete, Address: c.Address}
		switch {
		case number.Variable() != "":
			r.keep(number.Place().Source, c.Address, "", "comes from "+number.Variable())
		case left > 0:
			r.set(number.Place(), change, r.snippets.Value(nil, left, c.Address, ""))
		case !field.IsList():
			r.set(field.Place(), change, &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle})
		case i == 0:
			r.removeEntry(counter, change)
		}
	}
}
