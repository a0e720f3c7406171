// Package bench measures the tool against what the API makes unavoidable: requests against lower bounds,
// time against requests × latency ÷ parallelism, processor time and memory against size. It writes
// docs/performance.md; see `make bench`.
//
// The bounds are computed from estates and from the API's rules alone, by other ways than the planners
// of packages fetch and diff go, so that a mistake in a planner shows.
package bench

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// calls is how many requests n items take: a list returns 500 at most, and a write of links carries 500.
func calls(n int) int { return (n + 499) / 500 }

// Bound is how many requests are unavoidable, by what they are for.
type Bound map[string]int

// Sum is all of them.
func (b Bound) Sum() (n int) {
	for _, m := range b {
		n += m
	}
	return n
}

// Reads is what it takes to know that a gateway matches the files of an estate: each list once, and each
// kind of binding from the side that takes fewer pages.
func Reads(e *world.Estate) Bound {
	b := Bound{"instance": 1}
	bound := 0
	names := map[int]bool{}
	for _, s := range e.Sections {
		if len(s.Objects) == 0 {
			continue
		}
		b[s.Name] = calls(len(s.Objects))
		l, empty := kind.LinkFrom(s.Name), listed(s.Kind, s.Objects[0].Item)
		byOwner, total, byAPI := 0, 0, map[int]int{}
		for i := range s.Objects {
			o := &s.Objects[i]
			n := calls(len(o.Links))
			if empty.Bound == kind.Unknown { // it is not told who is bound to nothing
				n = max(1, n)
			}
			byOwner += n
			total += len(o.Links)
			for _, at := range o.Links {
				byAPI[at.API]++
				names[at.API] = true
			}
			for _, part := range kind.Parts(s.Name) {
				if o.Inside(part) > 0 || !e.Sparse && empty.Parts {
					b[part.Name]++
				}
			}
		}
		fromAPIs := e.APIs - len(byAPI)
		for _, n := range byAPI {
			fromAPIs += calls(n)
		}
		b[l.Name] = min(byOwner, fromAPIs)
		if l.OfAll.Operation != "" {
			b[l.Name] = min(b[l.Name], calls(total))
		}
		bound += total
	}
	if bound > 0 {
		b["apis"] = min(calls(e.APIs), len(names))
	}
	return b
}

// listed is an object that is bound to nothing, and in which nothing lives, as a list tells it: what was sent to create it,
// with an id, and numbers where the API has some.
func listed(k *kind.Kind, item map[string]any) kind.Object {
	o, err := k.Declare(item)
	if err != nil {
		panic(err) // it is in an estate
	}
	q, err := k.Create(o.Value, nil, nil)
	if err != nil {
		panic(err) // likewise
	}
	raw, err := json.Marshal(q.Body)
	if err != nil {
		panic(err) // bodies are plain
	}
	wire := map[string]any{}
	_ = json.Unmarshal(raw, &wire)
	maps.Copy(wire, map[string]any{"id": "1", "plugin_id": "1", "bind_num": 0, "is_inclu_special_throttle": 2})
	raw, _ = json.Marshal(map[string]any{"size": 1, "total": 1, k.ListField: []any{wire}})
	var page kind.Page
	_ = json.Unmarshal(raw, &page)
	objects, err := k.Objects("", page)
	if err != nil {
		panic(err) // lists are like this
	}
	return objects[0]
}

// Places is what it takes to know whose places a run takes with links of one kind: the bindings of the policies that
// no file declares (foreign: how many each has; nil where the list of policies was not read), the policies of the
// APIs that are to be bound, or the lists of APIs that a policy is not bound to, whichever is cheapest.
// A kind without such lists has none, and so has a run that does not know how many APIs there are. Nothing when
// nothing is bound.
func Places(foreign []int, apis int, places []int) int {
	if apis == 0 {
		return 0
	}
	ways := []int{apis}
	if foreign != nil {
		n := 0
		for _, bound := range foreign {
			n += calls(bound)
		}
		ways = append(ways, n)
	}
	if places != nil {
		n := 0
		for _, list := range places {
			n += max(1, calls(list))
		}
		ways = append(ways, n)
	}
	return slices.Min(ways)
}

// FirstWrites is what it takes to make an empty gateway match an world.
func FirstWrites(e *world.Estate) Bound {
	b := Bound{}
	for _, s := range e.Sections {
		b[s.Name] = len(s.Objects)
		for _, part := range kind.Parts(s.Name) {
			for i := range s.Objects {
				b[part.Name] += s.Objects[i].Inside(part)
			}
		}
	}
	maps.Copy(b, Binds(nil, e))
	return b
}

// Binds is what it takes to turn the bindings of one estate, nil when there are none, into those of another that has the
// same objects.
func Binds(from, to *world.Estate) Bound {
	b := Bound{}
	for i, s := range to.Sections {
		var before []edge
		if from != nil {
			before = edges(from.Sections[i].Objects)
		}
		l, after := kind.LinkFrom(s.Name), edges(s.Objects)
		added, removed := without(after, before), without(before, after)
		if l.Overwrites {
			removed = overwritten(removed, added)
		}
		b[Bind(l)], b[Unbind(l)] = writes(l.Bind, added), writes(l.Unbind, removed)
	}
	return b
}

// Bind is what bounds call the writes that make links of a kind.
func Bind(l *kind.LinkKind) string { return l.Name + " bind" }

// Unbind is what bounds call the writes that take links of a kind away.
func Unbind(l *kind.LinkKind) string { return l.Name + " unbind" }

// writes is what it takes to write links, by what one request can hold.
func writes(ways []kind.Write, links []edge) (n int) {
	switch {
	case len(ways) > 1:
		return covers(links)
	case ways[0].By == kind.Cross:
		return fooling(links)
	case ways[0].By == kind.Alone:
		return len(links)
	case ways[0].By == kind.Together:
		return calls(len(links))
	}
	owners := map[string]int{}
	for _, x := range links {
		owners[x.owner]++
	}
	for _, of := range owners {
		n += calls(of)
	}
	return n
}

// edge is one binding.
type edge struct {
	owner, slot string
	at          world.Target
}

func edges(objects []world.Object) (out []edge) {
	for i := range objects {
		for _, at := range objects[i].Links {
			out = append(out, edge{objects[i].Name, objects[i].Slot, at})
		}
	}
	return out
}

func without(all, some []edge) (out []edge) {
	has := make(map[edge]bool, len(some))
	for _, x := range some {
		has[x] = true
	}
	for _, x := range all {
		if !has[x] {
			out = append(out, x)
		}
	}
	return out
}

// overwritten leaves out what goes by itself when a plugin of the same type is attached in its place.
func overwritten(removed, added []edge) (out []edge) {
	type place struct {
		slot string
		at   world.Target
	}
	taken := map[place]bool{}
	for _, x := range added {
		taken[place{x.slot, x.at}] = true
	}
	for _, x := range removed {
		if !taken[place{x.slot, x.at}] {
			out = append(out, x)
		}
	}
	return out
}

// covers is the size of a minimum vertex cover, summed over environments: one request attaches either
// the APIs of one plugin or the plugins of one API. It equals that of a maximum matching (Kőnig), which
// is grown here path by path.
func covers(links []edge) (n int) {
	for env := range world.Environments {
		apis := map[string][]int{}
		for _, x := range links {
			if x.at.Env == env {
				apis[x.owner] = append(apis[x.owner], x.at.API)
			}
		}
		matched := map[int]string{}
		var augment func(owner string, seen map[int]bool) bool
		augment = func(owner string, seen map[int]bool) bool {
			for _, a := range apis[owner] {
				if seen[a] {
					continue
				}
				seen[a] = true
				if other, taken := matched[a]; !taken || augment(other, seen) {
					matched[a] = owner
					return true
				}
			}
			return false
		}
		for owner := range apis {
			if augment(owner, map[int]bool{}) {
				n++
			}
		}
	}
	return n
}

// fooling is a lower bound of the full products that pairs can be made of: the size of a set of pairs of
// which no two fit into one product. The largest such set is hard to find; this one is grown greedily,
// so that the truth may be higher.
func fooling(links []edge) (n int) {
	for env := range world.Environments {
		wanted := map[edge]bool{}
		degree, crowd := map[string]int{}, map[int]int{}
		var list []edge
		for _, x := range links {
			if x.at.Env == env {
				list = append(list, x)
				wanted[x] = true
				degree[x.owner]++
				crowd[x.at.API]++
			}
		}
		slices.SortStableFunc(list, func(a, b edge) int {
			return degree[a.owner]*crowd[a.at.API] - degree[b.owner]*crowd[b.at.API]
		})
		var chosen []edge
		for _, x := range list {
			if !slices.ContainsFunc(chosen, func(y edge) bool {
				return wanted[edge{x.owner, x.slot, y.at}] && wanted[edge{y.owner, y.slot, x.at}]
			}) {
				chosen = append(chosen, x)
			}
		}
		n += len(chosen)
	}
	return n
}
