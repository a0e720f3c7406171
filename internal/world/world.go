// Package world makes up gateways and files for tests and measurements: random states of a few objects (World), and
// estates of any size (Estate). Objects are drawn from the shapes of their kinds, and obey the API's rules, so that a
// gateway takes all of them and every pair of states is one that a tool must be able to bring together.
package world

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// API is one API of a random gateway.
type API struct {
	Group, Name, Method, Path string
	Published                 []string
}

// Environments of every gateway.
var Environments = []string{"RELEASE", "STAGING"}

// Options bound a world.
type Options struct {
	Groups, APIs int      // APIs in each group
	Policies     int      // objects of each kind at most
	OneSlot      bool     // for gateways on which a link of a Mixed kind takes an API whatever its slot
	Without      []string // keys that no object has
	Unmanaged    bool     // some objects leave collections out
	Generate     bool     // some values are left to the gateway, such as codes of apps
	Features     bool     // features of the gateway are set
	Newer        bool     // contents of plugins have members, and plugins types, that no document lists
}

// World is the APIs of a gateway.
type World struct {
	APIs  []API
	opt   Options
	rand  *rand.Rand
	fixed map[string]map[*shape.Shape]string // words of objects that are never replaced
}

// New makes the APIs of a gateway.
func New(r *rand.Rand, o Options) *World {
	w := &World{opt: o, rand: r, fixed: map[string]map[*shape.Shape]string{}}
	for g := range o.Groups {
		for a := range o.APIs {
			w.APIs = append(w.APIs, API{
				Group: fmt.Sprintf("group%d", g), Name: fmt.Sprintf("api%d_%d", g, a), Method: "GET", Path: fmt.Sprintf("/g%d/a%d", g, a),
				Published: Environments[:1+r.IntN(2)],
			})
		}
	}
	return w
}

// State is the sections of a file: objects with their bindings.
type State map[string]any

// kinds are those whose objects are listed in a section of their own, in the order of files.
func kinds() (out []*kind.Kind) {
	for _, f := range spec.Document().Fields {
		for _, k := range kind.All {
			if k.Section == f.Name && !k.Given {
				out = append(out, k)
			}
		}
	}
	return out
}

// Draw makes a random state of objects of all kinds, bound to the world's APIs.
func (w *World) Draw() State {
	s, names := State{}, map[string][]string{}
	for _, k := range kinds() {
		names[k.Name] = w.there(k)
		for i := range w.opt.Policies {
			name := fmt.Sprintf("%s_%d", k.Name, i)
			held := w.opt.Unmanaged && len(k.Replace) > 0 && lasts(k, name) // perhaps by what no file manages
			if w.rand.IntN(3) > 0 || held {
				names[k.Name] = append(names[k.Name], name)
			}
		}
	}
	lasting := map[string][]string{}
	for _, k := range kinds() {
		for _, name := range names[k.Name] {
			if lasts(k, name) {
				lasting[k.Name] = append(lasting[k.Name], name)
			}
		}
	}
	for _, k := range kinds() {
		list, taken := []any{}, map[string]bool{}
		known := lasting
		if k.Refers == k.Name {
			known = maps.Clone(lasting)
			known[k.Name] = slices.DeleteFunc(slices.Clone(names[k.Name]), func(name string) bool { return !referable(name) })
		}
		for _, name := range names[k.Name] {
			d := &drawer{rand: w.rand, opt: w.opt, names: known, lasts: lasts(k, name), words: maps.Clone(w.fixed[k.Name+"/"+name])}
			if k.Refers == k.Name && referable(name) {
				d.fixed = k.Replace
			}
			item := d.object(k, name)
			if d.lasts {
				w.fixed[k.Name+"/"+name] = d.lasting(k)
			}
			for _, link := range kind.LinksFrom(k.Name) {
				if link.Target != kind.APublication || d.managed() { // what an object that goes takes along in others is not read
					item[link.Field] = w.links(link, item, names[link.Target], taken)
				}
			}
			list = append(list, item)
		}
		s[k.Section] = list
	}
	for _, k := range kind.All {
		if k.Given && w.opt.Features {
			s[k.Section] = w.settings(k)
		}
	}
	return s
}

// referable reports whether others of its kind may refer to an object: to every other one, which is never replaced, since that
// takes that nobody refers to it, and refers to none itself.
func referable(name string) bool { return strings.HasSuffix(name, "0") || strings.HasSuffix(name, "2") }

// lasts reports whether all states agree about what cannot change in place in an object of that name, so that none replaces
// it: others may refer to it, which would hold the old one. Of kinds that can be replaced that is every second one.
func lasts(k *kind.Kind, name string) bool {
	return referred(k) && (len(k.Replace) == 0 || name[len(name)-1]%2 == 0)
}

// referred reports whether objects of other kinds refer to those of a kind.
func referred(k *kind.Kind) bool {
	return slices.ContainsFunc(kind.All, func(other *kind.Kind) bool { return other.Refers == k.Name && other.Name != k.Name })
}

// settings draws some of the objects that every gateway has, and how each is set.
func (w *World) settings(k *kind.Kind) map[string]any {
	out, made := map[string]any{}, spec.Document().Field(k.Section).Each.Made
	for _, name := range slices.Sorted(maps.Keys(made)) {
		if w.rand.IntN(2) == 0 {
			out[name] = shape.Copy(pick(w.rand, made[name]))
		}
	}
	return out
}

// there are the names of objects of a kind without which the world's APIs would not be where they are.
func (w *World) there(k *kind.Kind) (names []string) {
	if k.Name == kind.AnEnvironment {
		return slices.Clone(Environments)
	}
	if k.Name == kind.AGroup {
		for _, a := range w.APIs {
			if !slices.Contains(names, a.Group) {
				names = append(names, a.Group)
			}
		}
	}
	return names
}

// links draws APIs, or targets of those names, to bind an object to, each of which is drawn once for a slot.
func (w *World) links(k *kind.LinkKind, item map[string]any, names []string, taken map[string]bool) []any {
	slot, out := slotOf(k, item), []any{}
	if w.opt.OneSlot && k.Mixed {
		slot = ""
	}
	if k.Target != kind.APublication {
		for _, name := range names {
			if key := slot + " " + name; w.rand.IntN(2) == 0 && !taken[key] {
				taken[key], out = true, append(out, name)
			}
		}
		return out
	}
	for _, a := range w.APIs {
		for _, env := range a.Published {
			key := slot + " " + a.Group + "/" + a.Name + "@" + env
			if w.rand.IntN(4) > 0 || taken[key] {
				continue
			}
			taken[key] = true
			out = append(out, w.reference(a, env))
		}
	}
	return out
}

// slotOf is what an object takes of a target: its own name where a target takes any number.
func slotOf(k *kind.LinkKind, item map[string]any) string {
	if k.Slot == nil {
		return fmt.Sprint(item["name"])
	}
	o, err := kind.Of(k.Owner).Declare(item)
	if err != nil {
		panic(err) // it was drawn from the shape
	}
	return k.Slot(o.Value)
}

func (w *World) reference(a API, env string) any {
	if env == spec.DefaultEnvironment && w.rand.IntN(2) == 0 {
		return a.Group + "/" + a.Name
	}
	if w.rand.IntN(3) == 0 {
		return map[string]any{"method": a.Method, "path": a.Path, "environment": env}
	}
	return map[string]any{"group": a.Group, "name": a.Name, "environment": env}
}

// Gateway renders a state as the emulator loads it.
func (w *World) Gateway(s State) []byte {
	groups := []map[string]any{}
	for _, a := range w.APIs {
		i := slices.IndexFunc(groups, func(g map[string]any) bool { return g["name"] == a.Group })
		if i < 0 {
			i, groups = len(groups), append(groups, map[string]any{"name": a.Group, "apis": []any{}})
		}
		groups[i]["apis"] = append(groups[i]["apis"].([]any), map[string]any{"name": a.Name, "method": a.Method, "path": a.Path, "auth_type": "APP", "published": a.Published})
	}
	return render(made(s), map[string]any{"gateway": map[string]any{"environments": Environments, "groups": groups}})
}

// made is a state with what a gateway would make: a value for each object of which files say only that there be one.
func made(s State) State {
	out := maps.Clone(s)
	for _, part := range kind.All {
		owner := kind.Of(part.Owner)
		if owner == nil || part.Shape.Type != shape.Either {
			continue
		}
		list := slices.Clone(out[owner.Section].([]any))
		for i, x := range list {
			item := maps.Clone(x.(map[string]any))
			if inside, managed := item[part.Field]; managed {
				item[part.Field] = given(part, fmt.Sprint(item["name"]), inside)
			}
			list[i] = item
		}
		out[owner.Section] = list
	}
	return out
}

// given are the entries of a collection, with texts in place of those that say how many shall be made.
func given(part *kind.Kind, owner string, inside any) any {
	entries, several := inside.([]any)
	if !several {
		entries = []any{inside}
	}
	out := []any{}
	for _, entry := range entries {
		if _, ok := entry.(string); ok {
			out = append(out, entry)
			continue
		}
		for i := range part.Items(owner, entry) {
			out = append(out, strings.Repeat("m", 64)+owner+fmt.Sprint(i))
		}
	}
	return out
}

// File renders a state as a desired-state file that owns everything.
func (w *World) File(s State) []byte { return render(s, map[string]any{"owns": everything()}) }

// everything is what a file owns that is the whole truth.
func everything() map[string]any {
	out := map[string]any{}
	for _, k := range kinds() {
		out[k.Section] = []string{"*"}
	}
	return out
}

func render(s State, more map[string]any) []byte {
	doc := map[string]any{"version": spec.Version}
	maps.Copy(doc, s)
	maps.Copy(doc, more)
	raw, err := yaml.Marshal(doc)
	if err != nil {
		panic(err) // plain maps always render
	}
	return raw
}

// Fewer is one part of n random cases with the race detector, which makes them slow. Without it, as in a plain go test,
// all are tried.
func Fewer(n, parts uint64) uint64 {
	if Raced {
		return (n + parts - 1) / parts
	}
	return n
}
