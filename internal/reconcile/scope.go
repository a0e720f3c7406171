package reconcile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// outOfScope are the links that files declare for objects which the options leave out, where binds of others could displace them.
func outOfScope(state *spec.State, options diff.Options, catalog *kind.Catalog) []kind.DeclaredLink {
	others := state.OnlyReferences(func(k *kind.LinkKind, owner, env string) bool {
		return k.Slot != nil && options.Sees(env) && !options.Covers(kind.Of(k.Owner), owner)
	})
	if len(others.References) == 0 {
		return nil
	}
	want, _ := others.Resolve(catalog) // what leads nowhere is none of this run's business
	return want.Links
}

// Kinds are the kinds that a comparison with the files lists: those that the files declare, refer to or own.
func Kinds(options diff.Options, state *spec.State) (out []*kind.Kind) {
	for _, w := range (&Run{Options: options}).wanted(state) {
		out = append(out, w.Kind)
	}
	return out
}

// wanted tells which objects of which kinds must be listed: those that the files declare, those that
// they refer to, and all of a kind of which they own names.
func (r *Run) wanted(state *spec.State) (out []fetch.Want) {
	names := needs{}
	add := func(kindName, key string) { names.add(kindName, key, true) }
	for i := range state.Objects {
		d := &state.Objects[i]
		k := kind.Of(d.Kind)
		if !r.Options.Covers(k, d.Name()) || k.Owner != "" && !r.Options.SeesObject(&d.Object) {
			continue
		}
		if k.Owner == "" {
			add(k.Name, d.Key)
			add(k.Name, d.MovedFrom)
		}
		names.addRefs(d)
	}
	patterns := map[string]bool{} // kinds of which files bind whatever has a certain name
	for i := range state.References {
		if ref := &state.References[i]; ref.Target() != kind.APublication && ref.Pattern() {
			patterns[ref.Target()] = true
		} else if ref.Target() != kind.APublication {
			add(ref.Target(), ref.Text)
		}
	}
	for _, k := range kind.All {
		if k.Owner != "" {
			continue
		}
		owned, exact := r.ownedNames(k, state.Owns[k.Name])
		for _, n := range exact {
			add(k.Name, n)
		}
		if whole := owned || patterns[k.Name]; whole || len(names[k.Name]) > 0 {
			out = append(out, fetch.WantOf(k, whole, names[k.Name]))
		}
	}
	return out
}

// needs are the names of objects by kind, with whether more is needed of them than that they exist.
type needs map[string]map[string]bool

func (n needs) add(kindName, key string, whole bool) {
	if n[kindName] == nil {
		n[kindName] = map[string]bool{}
	}
	if key != "" {
		n[kindName][key] = n[kindName][key] || whole
	}
}

// addRefs adds what an object refers to. That it exists is enough.
func (n needs) addRefs(d *kind.Declared) {
	for _, ref := range kind.Of(d.Kind).Refs(d.Value) {
		kindName, key, _ := strings.Cut(kind.Of(ref.Kind).Root(ref.Key), "/")
		n.add(kindName, key, false)
	}
}

// wants asks for the objects of these names, and for no others.
func (n needs) wants() (out []fetch.Want) {
	for _, k := range kind.All {
		if k.Owner == "" && len(n[k.Name]) > 0 {
			out = append(out, fetch.WantOf(k, false, n[k.Name]))
		}
	}
	return out
}

// ownedNames tells whether objects that the files own but do not declare must be looked for in the whole
// list, or, when the run is narrowed to exact names, under which names.
func (r *Run) ownedNames(k *kind.Kind, globs []string) (whole bool, exact []string) {
	if len(globs) == 0 || !r.Options.Covers(k, "") {
		return false, nil
	}
	switch {
	case len(r.Options.Names) > 0 && !slices.ContainsFunc(r.Options.Names, kind.IsGlob):
		return false, r.Options.Names
	case !slices.ContainsFunc(globs, kind.IsGlob):
		return false, globs
	}
	return true, nil
}

// apisOf tells which APIs the references need: all, or those of some look-ups.
func apisOf(state *spec.State) (everything bool, lookups []kind.Lookup) {
	set, formerGroups := map[kind.Lookup]bool{}, map[string]string{}
	for i := range state.Objects {
		if d := &state.Objects[i]; d.Kind == kind.AGroup {
			formerGroups[d.Key] = d.MovedFrom
		}
	}
	for i := range state.References {
		if state.References[i].Target() != kind.APublication {
			continue
		}
		l := lookup(&state.References[i])
		if l == (kind.Lookup{}) {
			return true, nil
		}
		set[l] = true
		if before := formerGroups[l.Group]; before != "" {
			set[kind.Lookup{Group: before}] = true
		}
	}
	return false, slices.SortedFunc(maps.Keys(set), func(a, b kind.Lookup) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Path, b.Path), strings.Compare(a.Group, b.Group))
	})
}

func byName(names []string) []kind.Lookup {
	out := make([]kind.Lookup, len(names))
	for i, n := range names {
		out[i].Name = n
	}
	return out
}

// lookup is the narrowest look-up that finds all APIs of a reference, as far as one is known; else zero.
func lookup(ref *spec.Reference) (l kind.Lookup) {
	_, name, _ := strings.Cut(ref.Text, "/")
	switch {
	case ref.Text != "":
		if !strings.Contains(name, "/") { // else it has more than one reading
			l.Name = name
		}
	case ref.Name != "" && !kind.IsGlob(ref.Name):
		l.Name = ref.Name
	case ref.Path != "":
		l.Path = ref.Path
	case ref.Group != "" && !kind.IsGlob(ref.Group):
		l.Group = ref.Group
	}
	return l
}

// environments reads which environments there are, where references ask for one in which none of the listed APIs is
// published: it may be empty, or not exist.
func environments(ctx context.Context, reader *fetch.Reader, state *spec.State, catalog *kind.Catalog, draft *diff.Draft) (_ *kind.Catalog, err error) {
	if slices.ContainsFunc(state.References, func(r spec.Reference) bool {
		return r.Target() == kind.APublication && !catalog.HasEnv(r.Environment)
	}) {
		catalog.Envs, err = reader.Environments(ctx)
	}
	if api.Refused(err) { // then nothing is known of them
		catalog.Envs, err = nil, nil
	}
	return calling(catalog, draft), err
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
