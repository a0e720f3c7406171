package promote

import (
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
)

// leaves compares an object that both sides have.
func (c *promotion) leaves(k *kind.Kind, a, b *kind.Object) {
	fields := differingLeaves(k, a.Value, b.Value)
	c.noteHidden(k, a, b)
	equal, env := true, k.EnvironmentOf(a.Value)
	for _, f := range fields {
		switch {
		case env.Key != "" && f.Path == env.Path:
			continue // each object is for its side's own environment
		case c.rules.Field(k.Name, a.Key, f) || c.rules.Field(k.Name, b.Key, f):
			c.report.Ignored++
			continue
		case slices.Contains(k.Generated, f.Path) && c.generated(k, a.Address(), f.Path):
			c.report.Credentials = append(c.report.Credentials, Credential{Address: a.Address(), Path: f.Path})
			continue
		}
		equal = false
		c.add(Difference{
			Address: a.Address(), Kind: k.Name, Name: a.Name(), Path: f.Path, Sensitive: f.Sensitive,
			From: c.from.leaf(a, f.Path, f.Before, f.After), To: c.to.leaf(b, f.Path, f.After, f.Before),
			Added: f.Added, Removed: f.Removed,
		})
	}
	if equal {
		c.report.Equal++
	}
}

// differingLeaves lists the leaves in which the values of two gateways differ, if both show them. A member of a set
// that only one side has is a difference of its own, and so is each of two texts at the same index of a list, because
// the files may declare one and not the other.
func differingLeaves(k *kind.Kind, a, b any) (out []diff.Field) {
	back := map[string]bool{}
	for _, f := range diff.Leaves(k, k.ForComparison(b, a), b) {
		back[f.Path] = true
	}
	for _, f := range diff.Leaves(k, a, k.ForComparison(a, b)) {
		list, inside := jsonptr.ListOf(f.Path)
		entry := inside && strings.LastIndexByte(f.Path, '/') == len(list)
		switch {
		case !back[f.Path]:
		case f.IsSet():
			for _, v := range f.Added {
				out = append(out, diff.Field{Path: f.Path, After: v, Added: []any{v}, Removed: []any{}})
			}
			for _, v := range f.Removed {
				out = append(out, diff.Field{Path: f.Path, Before: v, Removed: []any{v}, Added: []any{}})
			}
		case entry && f.Before != nil && f.After != nil:
			out = append(out, diff.Field{Path: f.Path, Before: f.Before, Sensitive: f.Sensitive}, diff.Field{Path: f.Path, After: f.After, Sensitive: f.Sensitive})
		default:
			out = append(out, f)
		}
	}
	return out
}

// leftToGateway reports whether the files of the side leave a leaf to the gateway.
func (l *sideIndex) leftToGateway(k *kind.Kind, address, path string) bool {
	d := l.declared[address]
	return d == nil || k.LeavesOpen(d.Value, path)
}

// leaf compares a leaf of an object on this side with the files of this side. Value is the leaf on this side, other that on
// the other side.
func (l *sideIndex) leaf(o *kind.Object, path string, value, other any) Aspect {
	a := Aspect{Present: true, Value: value, State: AsDeclared}
	d := l.declared[o.Address()]
	if d == nil || leftOut(kind.Of(o.Kind), d.Value, o.Value, path) {
		a.State = NotDeclared
		return a
	}
	says := l.Places.DeclarationOf(d, path)
	a.Source, a.Variables, a.overlay, a.exact = &says.Source, says.Variables, says.Overlay, says.Exact
	ch := l.changes[o.Address()]
	if ch == nil {
		return a
	}
	for i := range ch.Fields {
		if files, departs, vague := concerns(&ch.Fields[i], path, value, other); departs {
			a.State, a.Files = Departs, files
			if vague {
				a.Note = "the list differs from the files"
			}
			l.reported[ch.Address] = true
			return a
		}
	}
	return a
}

// leftOut reports whether a declared value leaves out the whole field that contains a leaf, so that the gateway decides
// it.
func leftOut(k *kind.Kind, declared, have any, path string) bool {
	field := path
	if i := strings.IndexByte(path[1:], '/'); i >= 0 {
		field = path[:i+1]
	}
	at := func(v any) any { return jsonptr.At(k.Pack(v), field) }
	there := at(have) != nil
	if f := k.Shape.Field(field[1:]); f != nil && f.Unmanaged() {
		there = true // or could be there
	}
	return !slices.Contains(k.Generated, field) && at(declared) == nil && there && at(k.ForComparison(declared, have)) == nil
}

// concerns reports whether a change between a gateway (Before) and its files (After) concerns a leaf in which the
// gateways differ, and what the files declare there. Entries of sets and lists are matched by value, because their
// indexes change. vague means that the change concerns only other entries of the same list.
func concerns(f *diff.Field, path string, value, other any) (files any, departs, vague bool) {
	list, inside := jsonptr.ListOf(path)
	of, _ := jsonptr.ListOf(f.Path)
	switch {
	case f.IsSet() && f.Path == path && value != nil:
		return nil, slices.Contains(f.Removed, value), false
	case f.IsSet() && f.Path == path:
		return other, slices.Contains(f.Added, other), false
	case list != of:
		return nil, false, false
	case !inside:
		return f.After, f.Path == path, false
	case strings.LastIndexByte(path, '/') != len(list):
		return nil, true, true
	case value != nil:
		return nil, reflect.DeepEqual(f.Before, value), false
	}
	return f.After, reflect.DeepEqual(f.After, other), false
}

// noteHidden notes secrets that cannot be compared because a gateway hides them.
func (c *promotion) noteHidden(k *kind.Kind, a, b *kind.Object) {
	for _, x := range []struct {
		side        *sideIndex
		have, other *kind.Object
	}{{c.from, a, b}, {c.to, b, a}} {
		value := x.other.Value
		if d := x.side.declared[x.have.Address()]; d != nil {
			value = d.Value
		}
		for _, path := range k.HiddenSecrets(value, x.have.Value) {
			if !slices.Contains(k.Generated, path) || !c.generated(k, x.have.Address(), path) {
				x.side.hidden = append(x.side.hidden, x.have.Address()+" "+path)
			}
		}
	}
}

// generated reports whether the files of one side leave a leaf to its gateway, which then generates its own value.
func (c *promotion) generated(k *kind.Kind, address, path string) bool {
	return c.from.leftToGateway(k, address, path) || c.to.leftToGateway(k, address, path)
}

func sortedKeys(list []*kind.Object) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = o.Key
	}
	slices.Sort(out)
	return out
}
