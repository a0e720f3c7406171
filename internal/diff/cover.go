package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// cover chooses the fewest requests that write each link exactly once, if one request can write either links of one
// owner or links of one API. In each environment, owners and APIs are the two sides of a bipartite graph, links are its
// edges, and a set of requests is a vertex cover. By Kőnig's theorem the smallest vertex cover is as large as a maximum
// matching, which the algorithm of Hopcroft and Karp finds.
func cover(ways []kind.Write, items []Item) (out []bundle) {
	for _, list := range byEnv(items) {
		out = append(out, coverOne(ways, list)...)
	}
	return out
}

func coverOne(ways []kind.Write, items []Item) (out []bundle) {
	g := newGraph(items)
	left, right := g.minimumCover()
	byOwner, byAPI := make([][]Item, len(g.edges)), make([][]Item, g.right)
	for i := range items {
		o, a := g.ends[i][0], g.ends[i][1]
		if left[o] && (!right[a] || len(byOwner[o]) > 0) {
			byOwner[o] = append(byOwner[o], items[i])
		} else {
			byAPI[a] = append(byAPI[a], items[i])
		}
	}
	for _, list := range byOwner {
		out = append(out, chunks(0, ways[0].Max, list)...)
	}
	for _, list := range byAPI {
		out = append(out, chunks(1, ways[1].Max, list)...)
	}
	return out
}

// graph is bipartite: owners on the left, APIs on the right.
type graph struct {
	edges [][]int  // right ends by left vertex
	right int      // number of right vertices
	ends  [][2]int // left and right end of each item
}

func newGraph(items []Item) *graph {
	g := &graph{ends: make([][2]int, len(items))}
	lefts, rights := map[string]int{}, map[string]int{}
	for i := range items {
		l := &items[i].Link
		o, a := numberOf(lefts, l.Owner), numberOf(rights, l.To.UniqueID().Key)
		if o == len(g.edges) {
			g.edges = append(g.edges, nil)
		}
		g.edges[o] = append(g.edges[o], a)
		g.ends[i] = [2]int{o, a}
	}
	g.right = len(rights)
	return g
}

const free = -1

// minimumCover marks the vertices of a smallest vertex cover. By Kőnig's theorem these are the right vertices that
// alternating paths from unmatched left vertices reach, and the left vertices that they do not reach.
func (g *graph) minimumCover() (left, right []bool) {
	ofLeft, ofRight := g.matching()
	seenLeft, seenRight := make([]bool, len(g.edges)), make([]bool, g.right)
	var queue []int
	for v := range g.edges {
		if ofLeft[v] == free {
			seenLeft[v] = true
			queue = append(queue, v)
		}
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range g.edges[v] {
			if seenRight[w] {
				continue
			}
			seenRight[w] = true
			if u := ofRight[w]; u != free && !seenLeft[u] {
				seenLeft[u] = true
				queue = append(queue, u)
			}
		}
	}
	left = make([]bool, len(g.edges))
	for v := range left {
		left[v] = !seenLeft[v] && len(g.edges[v]) > 0
	}
	return left, seenRight
}

// matching returns a maximum matching as the partner of each vertex, or free for a vertex without one.
func (g *graph) matching() (ofLeft, ofRight []int) {
	ofLeft, ofRight = slices.Repeat([]int{free}, len(g.edges)), slices.Repeat([]int{free}, g.right)
	level := make([]int, len(g.edges))
	for g.layers(ofLeft, ofRight, level) {
		for v := range g.edges {
			if ofLeft[v] == free {
				g.augment(v, ofLeft, ofRight, level)
			}
		}
	}
	return ofLeft, ofRight
}

// layers numbers left vertices by their distance from an unmatched one. It returns false when there is no augmenting
// path.
func (g *graph) layers(ofLeft, ofRight, level []int) bool {
	var queue []int
	for v := range g.edges {
		level[v] = free
		if ofLeft[v] == free {
			level[v] = 0
			queue = append(queue, v)
		}
	}
	found := false
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range g.edges[v] {
			u := ofRight[w]
			if u == free {
				found = true
			} else if level[u] == free {
				level[u] = level[v] + 1
				queue = append(queue, u)
			}
		}
	}
	return found
}

func (g *graph) augment(v int, ofLeft, ofRight, level []int) bool {
	for _, w := range g.edges[v] {
		u := ofRight[w]
		if u == free || level[u] == level[v]+1 && g.augment(u, ofLeft, ofRight, level) {
			ofLeft[v], ofRight[w] = w, v
			return true
		}
	}
	level[v] = free
	return false
}
