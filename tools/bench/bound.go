// Package bench compares what the tool does with the minimum that the API requires: requests with lower bounds, time with
// requests × latency ÷ parallelism, processor time and memory with size. `make bench` writes the results to
// docs/performance.md.
//
// The bounds are computed only from estates and the rules of the API. They share no code with the planners in packages fetch and
// diff, so that a mistake in a planner shows as a difference.
package bench

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/world"
)

// calls returns the number of requests for n items: a page of a list has at most 500 items, and so has a write of bindings.
func calls(n int) int { return (n + 499) / 500 }

// Bound is the smallest possible number of requests, by their purpose.
type Bound map[string]int

// Sum returns the number of all requests.
func (b Bound) Sum() (n int) {
	for _, m := range b {
		n += m
	}
	return n
}

// Reads returns the reads that are needed to find out that a gateway matches the files of an estate: each list once, and each
// kind of binding from the side that needs fewer pages.
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
			if empty.Bound == kind.Unknown { // the list of objects does not report which of them have no bindings
				n = max(1, n)
			}
			byOwner += n
			total += len(o.Links)
			for _, at := range o.Links {
				byAPI[at.API]++
				names[at.API] = true
			}
			for _, part := range kind.Parts(s.Name) {
				if o.Inside(part) > 0 || !e.Sparse && empty.MayHaveParts {
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

// listed returns an object without bindings and parts, as it is read from a list: the body of its create, with an id and the
// counts that the API adds.
func listed(k *kind.Kind, item map[string]any) kind.Object {
	o, err := k.Declare(item)
	if err != nil {
		panic(err) // objects of estates are valid
	}
	q, err := k.Create(o.Value, nil, nil)
	if err != nil {
		panic(err) // objects of estates are valid
	}
	raw, err := json.Marshal(q.Body)
	if err != nil {
		panic(err) // bodies are made of plain values
	}
	wire := map[string]any{}
	_ = json.Unmarshal(raw, &wire)
	maps.Copy(wire, map[string]any{"id": "1", "plugin_id": "1", "bind_num": 0, "is_inclu_special_throttle": 2})
	raw, _ = json.Marshal(map[string]any{"size": 1, "total": 1, k.ListField: []any{wire}})
	var page kind.Page
	_ = json.Unmarshal(raw, &page)
	objects, err := k.Objects("", page)
	if err != nil {
		panic(err) // the page is valid
	}
	return objects[0]
}

// Slots returns the reads that are needed to find out which policies the binds of a run displace, for one kind and that many APIs
// to bind. It is the cheapest of three ways: the bindings of the policies that no file declares (foreign has their numbers, and is
// nil if the list of policies was not read), the policies of each of the APIs, or the lists of APIs that a policy is not bound to
// (unbound has their lengths, and is nil if the kind has no such list, or the run does not know how many APIs there are).
func Slots(foreign []int, apis int, unbound []int) int {
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
	if unbound != nil {
		n := 0
		for _, list := range unbound {
			n += max(1, calls(list))
		}
		ways = append(ways, n)
	}
	return slices.Min(ways)
}

// FirstWrites returns the writes that are needed to make an empty gateway match an estate.
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

// Binds returns the writes that are needed to turn the bindings of one estate into those of another one with the same objects.
// from is nil if there are no bindings yet.
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
			removed = withoutOverwritten(removed, added)
		}
		b[Bind(l)], b[Unbind(l)] = writes(l.Bind, added), writes(l.Unbind, removed)
	}
	return b
}

// Bind returns the key in bounds of the writes that create links of a kind.
func Bind(l *kind.LinkKind) string { return l.Name + " bind" }

// Unbind returns the key in bounds of the writes that remove links of a kind.
func Unbind(l *kind.LinkKind) string { return l.Name + " unbind" }

// writes returns the number of requests that write the links. ways defines what one request can contain.
func writes(ways []kind.Write, links []edge) (n int) {
	switch {
	case len(ways) > 1:
		return vertexCoverSize(links)
	case ways[0].By == kind.Cross:
		return foolingSetSize(links)
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

// withoutOverwritten leaves out bindings that need no unbind, because a plugin of the same type that is attached
// replaces them.
func withoutOverwritten(removed, added []edge) (out []edge) {
	type slot struct {
		slot string
		at   world.Target
	}
	taken := map[slot]bool{}
	for _, x := range added {
		taken[slot{x.slot, x.at}] = true
	}
	for _, x := range removed {
		if !taken[slot{x.slot, x.at}] {
			out = append(out, x)
		}
	}
	return out
}

// vertexCoverSize returns the size of a minimum vertex cover, summed over environments, because one request attaches
// either the APIs of one plugin or the plugins of one API. By Kőnig's theorem it is the size of a maximum matching,
// which is found here by augmenting paths.
func vertexCoverSize(links []edge) (n int) {
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

// foolingSetSize returns a lower bound for the number of full products that are needed to cover the pairs exactly: the
// size of a set of pairs of which no two fit into one product (a fooling set). Finding the largest such set is a hard
// problem. This one is grown greedily, so the true minimum may be higher.
func foolingSetSize(links []edge) (n int) {
	for env := range world.Environments {
		wanted := map[edge]bool{}
		ofOwner, ofAPI := map[string]int{}, map[int]int{}
		var list []edge
		for _, x := range links {
			if x.at.Env == env {
				list = append(list, x)
				wanted[x] = true
				ofOwner[x.owner]++
				ofAPI[x.at.API]++
			}
		}
		slices.SortStableFunc(list, func(a, b edge) int {
			return ofOwner[a.owner]*ofAPI[a.at.API] - ofOwner[b.owner]*ofAPI[b.at.API]
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
