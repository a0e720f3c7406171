package intent

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Model is the state of a gateway after the files are applied, which answers to questions are based on. It is not safe
// for concurrent use.
type Model struct {
	suite    *Suite
	apis     []API // the known ones
	complete bool  // apis has all APIs of the gateway
	exported bool  // an export says what the gateway has besides the files
	objects  map[string]*kind.Declared
	renamed  map[string]*kind.Declared   // by their former address
	owners   map[string][]*kind.Declared // by kind, in the order of the files
	links    map[string][]link           // by owner's address
	ignores  []kind.Ignore
	bound    map[string][]bound // by kind of links, API and environment; filled while questions are answered
	today    string             // YYYY-MM-DD
}

// link is a reference of an owner, as it is after the files are applied.
type link struct {
	*spec.Reference
	exported bool // it is from the export, and the files do not manage it
}

// New makes the model of checked files. Held is an export of the gateway, or nil. Whatever it contains and the files do
// not manage remains on the gateway, and the gateway has no other APIs than it lists. Today, YYYY-MM-DD, decides
// whether ignore rules with a last day still apply.
func New(files *spec.State, held *Held, suite *Suite, today string) *Model {
	w := &Model{
		suite: suite, apis: slices.Clone(suite.APIs), renamed: map[string]*kind.Declared{},
		objects: map[string]*kind.Declared{}, owners: map[string][]*kind.Declared{}, links: map[string][]link{},
		ignores: files.Ignore, today: today, bound: map[string][]bound{},
	}
	for i := range files.Objects {
		d := &files.Objects[i]
		w.object(d)
		if d.MovedFrom != "" {
			w.renamed[d.Kind+"/"+d.MovedFrom] = d
		}
	}
	for i := range files.References {
		r := &files.References[i]
		w.link(r, r.Owner, false)
	}
	if held != nil {
		w.addExport(held, files.Owns)
	}
	return w
}

func (w *Model) object(d *kind.Declared) {
	w.objects[d.Address()] = d
	w.owners[d.Kind] = append(w.owners[d.Kind], d)
}

func (w *Model) link(r *spec.Reference, owner string, exported bool) {
	address := kind.LinkOf(r.Kind).Owner + "/" + owner
	w.links[address] = append(w.links[address], link{r, exported})
}

// addExport adds what an export contains and the files do not manage.
func (w *Model) addExport(held *Held, owns map[string][]string) {
	w.exported, w.complete = true, held.APIs != nil
	for i := range held.APIs {
		same := func(a API) bool { return a.Address() == held.APIs[i].Address() && a.Path == held.APIs[i].Path }
		if !slices.ContainsFunc(w.suite.APIs, same) {
			w.apis = append(w.apis, held.APIs[i])
		}
	}
	there := map[string]bool{}
	for i := range held.State.Objects {
		there[held.State.Objects[i].Address()] = true
	}
	maps.DeleteFunc(w.renamed, func(_ string, d *kind.Declared) bool {
		return there[d.Address()] // the rename was made already, and the former name may now belong to another object
	})
	declared := maps.Clone(w.objects)
	maps.Copy(declared, w.renamed)
	pruned := func(kindName, name string) bool {
		return held.Prune && declared[kindName+"/"+name] == nil && !w.ignoresObject(kindName, name) &&
			slices.ContainsFunc(owns[kindName], func(glob string) bool { return kind.Glob(glob, name) })
	}
	for i := range held.State.Objects {
		d := held.State.Objects[i]
		ownerKind := kind.Of(d.Kind).Owner
		owner := declared[ownerKind+"/"+d.Owner]
		switch {
		case ownerKind == "" && pruned(d.Kind, d.Key), ownerKind != "" && pruned(ownerKind, d.Owner):
			continue
		case declared[d.Address()] != nil, owner != nil && owner.ManagesKind(d.Kind):
			continue
		case owner != nil: // the files may have renamed the owner
			d.Key, d.Owner = owner.Key+strings.TrimPrefix(d.Key, d.Owner), owner.Key
		}
		w.object(&d)
	}
	for i := range held.State.References {
		r := &held.State.References[i]
		switch owner := declared[kind.LinkOf(r.Kind).Owner+"/"+r.Owner]; {
		case pruned(kind.LinkOf(r.Kind).Owner, r.Owner): // pruned with the owner
		case owner == nil:
			w.link(r, r.Owner, true)
		case !owner.ManagesKind(r.Kind):
			w.link(r, owner.Key, true)
		}
	}
}

// manages reports whether all parts, or links, of a kind that an object has are known.
func (w *Model) manages(d *kind.Declared, kindName string) bool {
	return (w.exported || w.suite.NoUnmanaged || d.ManagesKind(kindName)) && w.ignoreRule(kindName, d.Key) == nil
}

// bound is an owner that is, or may be, bound to an API.
type bound struct {
	owner          *kind.Declared
	truth          truth
	source         kind.Source // of the reference, or of the owner if there is none
	exported       bool
	needsPublished bool   // the reference needs the API to be published
	why, fix       string // why it is open, and how to settle it
}

// boundTo returns the owners of a kind of links that are, or may be, bound to the API in an environment.
func (w *Model) boundTo(k *kind.LinkKind, a *API, env string) []bound {
	key := strings.Join([]string{k.Name, env, a.Group, a.Name, a.Method, a.Path}, "\x00")
	found, ok := w.bound[key]
	if !ok {
		found = w.findOwners(k, func(l link) truth { return matches(l.Reference, a, env) }, func(l link) (why, fix string) {
			return "whether " + l.String() + " means " + a.Address() + " is not known", fixAPIs
		})
		w.bound[key] = found
	}
	return found
}

// findOwners finds the owners with a reference that matches, or may match, according to match. For references that only may
// match, unsure returns the reason and how to settle it.
func (w *Model) findOwners(k *kind.LinkKind, match func(link) truth, unsure func(link) (why, fix string)) (out []bound) {
	for _, d := range w.owners[k.Owner] {
		b := bound{owner: d, source: d.Source}
		for _, l := range w.links[d.Address()] {
			t := match(l)
			b.needsPublished = b.needsPublished || t == yes && !l.Optional && !l.Pattern() && !l.exported
			if t > b.truth {
				b.truth, b.source, b.exported = t, l.Source, l.exported
				b.why, b.fix = unsure(l)
			}
		}
		if b.truth == no && !w.manages(d, k.Name) {
			b.truth, b.why, b.fix = open, "the files do not manage what "+d.Address()+" is bound to", fixManage
		}
		w.applyIgnoreRules(k, &b)
		if b.truth > no {
			out = append(out, b)
		}
	}
	return w.resolveSlots(k, out)
}

// resolveSlots settles which of the policies for one slot of an API holds it. If the files surely bind one, the policies
// that only may be bound, and those of the export, are dropped. If several policies are surely bound, the files or the
// export contradict themselves, so all of them become open. The exception is a single allow list among them, which is
// then known to be the one that counts, see precedence.AllowListFirst.
func (w *Model) resolveSlots(k *kind.LinkKind, list []bound) []bound {
	if k.Slot == nil {
		return list
	}
	declared, exported, allowLists := map[string]int{}, map[string]int{}, map[string]int{} // surely bound, by slot
	for i := range list {
		if b := &list[i]; b.truth == yes && k.Guards != nil && k.Guards(b.owner.Value) {
			allowLists[k.Slot(b.owner.Value)]++
		}
		switch b := &list[i]; {
		case b.truth == yes && b.exported:
			exported[k.Slot(b.owner.Value)]++
		case b.truth == yes:
			declared[k.Slot(b.owner.Value)]++
		}
	}
	var out []bound
	for _, b := range list {
		slot := k.Slot(b.owner.Value)
		switch {
		case declared[slot] > 0 && (b.truth != yes || b.exported):
			continue
		case allowLists[slot] == 1 && b.truth == yes:
		case b.truth == yes && (declared[slot] > 1 || declared[slot] == 0 && exported[slot] > 1):
			b.truth, b.why, b.fix = open, "several of its type are bound to the API, which takes one", "bind one of them alone"
		}
		out = append(out, b)
	}
	return out
}

// part returns the part of an object, for a kind of which it can have at most one. Known is false if the object may
// have one that the files do not manage.
func (w *Model) part(owner *kind.Declared, kindName string) (d *kind.Declared, known bool) {
	if known = w.manages(owner, kindName); !known {
		return nil, false
	}
	for _, d := range w.owners[kindName] {
		if d.Owner == owner.Key {
			return d, true
		}
	}
	return nil, true
}
