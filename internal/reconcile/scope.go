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

// outOfScope returns the links that the files declare for objects outside the scope of the run: binds of the run could
// displace them.
func outOfScope(state *spec.State, options diff.Options, catalog *kind.Catalog) []kind.DeclaredLink {
	others := state.OnlyReferences(func(k *kind.LinkKind, owner, env string) bool {
		return k.Slot != nil && options.CoversEnvironment(env) && !options.Covers(kind.Of(k.Owner), owner)
	})
	if len(others.References) == 0 {
		return nil
	}
	want, _ := others.Resolve(catalog) // unresolved references of objects out of scope do not matter
	return want.Links
}

// Kinds returns the kinds that a comparison with the files lists: those that the files declare, refer to or own.
func Kinds(options diff.Options, state *spec.State) (out []*kind.Kind) {
	for _, w := range (&Run{Options: options}).wanted(state) {
		out = append(out, w.Kind)
	}
	return out
}

// wanted returns the objects that must be listed, by kind: those that the files declare, those that the files refer to, and
// all objects of a kind if the files own names of it.
func (r *Run) wanted(state *spec.State) (out []fetch.Want) {
	names := needs{}
	add := func(kindName, key string) { names.add(kindName, key, true) }
	for i := range state.Objects {
		d := &state.Objects[i]
		k := kind.Of(d.Kind)
		if !r.Options.Covers(k, d.Name()) || k.Owner != "" && !r.Options.CoversEnvironmentOf(&d.Object) {
			continue
		}
		if k.Owner == "" {
			add(k.Name, d.Key)
			add(k.Name, d.MovedFrom)
		}
		names.addRefs(d)
	}
	patterns := map[string]bool{} // kinds whose objects files bind by a glob
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

// needs are the names of objects by kind, and whether more than their existence matters.
type needs map[string]map[string]bool

func (n needs) add(kindName, key string, whole bool) {
	if n[kindName] == nil {
		n[kindName] = map[string]bool{}
	}
	if key != "" {
		n[kindName][key] = n[kindName][key] || whole
	}
}

// addRefs adds what an object refers to. Only its existence matters.
func (n needs) addRefs(d *kind.Declared) {
	for _, ref := range kind.Of(d.Kind).Refs(d.Value) {
		kindName, key, _ := strings.Cut(kind.Of(ref.Kind).Root(ref.Key), "/")
		n.add(kindName, key, false)
	}
}

// wants requests exactly the objects with these names.
func (n needs) wants() (out []fetch.Want) {
	for _, k := range kind.All {
		if k.Owner == "" && len(n[k.Name]) > 0 {
			out = append(out, fetch.WantOf(k, false, n[k.Name]))
		}
	}
	return out
}

// ownedNames reports whether objects that the files own but do not declare must be looked for in the whole list or, if the run
// is limited to exact names, under which names.
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

// apisOf returns which APIs the references need: all, or those of some look-ups.
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

func lookupsByName(names []string) []kind.Lookup {
	out := make([]kind.Lookup, len(names))
	for i, n := range names {
		out[i].Name = n
	}
	return out
}

// lookup returns the narrowest look-up that finds all APIs of a reference; the zero value if there is none.
func lookup(ref *spec.Reference) (l kind.Lookup) {
	_, name, _ := strings.Cut(ref.Text, "/")
	switch {
	case ref.Text != "":
		if !strings.Contains(name, "/") { // a name with slashes can be split into group and API in more than one way
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

// environments lists the environments if a reference names one in which none of the listed APIs is published: the environment
// may be empty, or may not exist.
func environments(ctx context.Context, reader *fetch.Reader, state *spec.State, catalog *kind.Catalog, draft *diff.Draft) (_ *kind.Catalog, err error) {
	if slices.ContainsFunc(state.References, func(r spec.Reference) bool {
		return r.Target() == kind.APublication && !catalog.HasEnv(r.Environment)
	}) {
		catalog.Envs, err = reader.Environments(ctx)
	}
	if api.Refused(err) { // the comparison goes on without knowing the environments
		catalog.Envs, err = nil, nil
	}
	return withNewNames(catalog, draft), err
}
