package diff

import (
	"encoding/binary"
	"slices"
)

// crossProducts groups pairs of owner and API into full cross products, each of which one request can write. Finding the
// fewest products is NP-hard, so crosses tries three ways in each environment and takes the best:
//
//	by owner  owners with equal sets of APIs make one product
//	by API    APIs with equal sets of owners make one product
//	by cover  owners with equal sets of APIs are one vertex of a graph, and so are APIs with equal sets of owners; each
//	          vertex of a smallest vertex cover makes a product with its neighbours
//
// The best way never takes more than one request for each owner, unless a product is too large for one request.
func crossProducts(most int, items []Item) (out []bundle) {
	for _, list := range byEnv(items) {
		out = append(out, bestProducts(most, list)...)
	}
	return out
}

func bestProducts(most int, items []Item) (best []bundle) {
	g := newGraph(items)
	rows, columns := sets(g.edges), sets(g.flipped())
	pairs := make(map[[2]int][]int, len(items))
	for i, end := range g.ends {
		pairs[end] = append(pairs[end], i)
	}
	for i, way := range [][]product{byRow(rows), flip(byRow(columns)), byCover(g, rows, columns)} {
		var found []bundle
		for _, p := range way {
			for _, piece := range p.pieces(most) {
				found = append(found, bundle{items: piece.items(items, pairs)})
			}
		}
		if i == 0 || len(found) < len(best) {
			best = found
		}
	}
	return best
}

// flipped returns the left ends of the edges by right vertex.
func (g *graph) flipped() [][]int {
	out := make([][]int, g.right)
	for left, rights := range g.edges {
		for _, right := range rights {
			out[right] = append(out[right], left)
		}
	}
	return out
}

// set holds vertices of one side that have the same neighbours.
type set struct{ members, neighbours []int }

func sets(edges [][]int) (out []set) {
	at := map[string]int{}
	for v, neighbours := range edges {
		sorted := slices.Compact(slices.Sorted(slices.Values(neighbours)))
		var key []byte
		for _, n := range sorted {
			key = binary.AppendVarint(key, int64(n))
		}
		n := numberOf(at, string(key))
		if n == len(out) {
			out = append(out, set{neighbours: sorted})
		}
		out[n].members = append(out[n].members, v)
	}
	return out
}

// product pairs every row with every column.
type product struct{ rows, columns []int }

func byRow(rows []set) (out []product) {
	for _, r := range rows {
		out = append(out, product{r.members, r.neighbours})
	}
	return out
}

func flip(products []product) []product {
	for i, p := range products {
		products[i] = product{p.columns, p.rows}
	}
	return products
}

func byCover(g *graph, rows, columns []set) (out []product) {
	column := make([]int, g.right)
	for i, c := range columns {
		for _, v := range c.members {
			column[v] = i
		}
	}
	joined := &graph{edges: make([][]int, len(rows)), right: len(columns)}
	for i, r := range rows {
		for _, v := range r.neighbours {
			joined.edges[i] = append(joined.edges[i], column[v])
		}
		slices.Sort(joined.edges[i])
		joined.edges[i] = slices.Compact(joined.edges[i])
	}
	left, _ := joined.minimumCover()
	rest := make([][]int, len(columns)) // the rows of the product of each column
	for i, r := range rows {
		if left[i] {
			out = append(out, product{r.members, r.neighbours})
			continue
		}
		for _, c := range joined.edges[i] {
			rest[c] = append(rest[c], r.members...)
		}
	}
	for i, c := range columns {
		if len(rest[i]) > 0 {
			out = append(out, product{rest[i], c.members})
		}
	}
	return out
}

// pieces cuts a product into pieces of at most this many pairs. All pieces have the same height, apart from the last
// rows, and the height that makes the fewest pieces is chosen.
func (p product) pieces(most int) (out []product) {
	height, width, fewest := 0, 0, 0
	for h := 1; h <= min(len(p.rows), most); h++ {
		w := min(most/h, len(p.columns))
		n := ceilDiv(len(p.rows), h) * ceilDiv(len(p.columns), w)
		if height == 0 || n < fewest {
			height, width, fewest = h, w, n
		}
	}
	for band := range slices.Chunk(p.rows, height) {
		for columns := range slices.Chunk(p.columns, width) {
			out = append(out, product{band, columns})
		}
	}
	return out
}

func ceilDiv(n, of int) int { return (n + of - 1) / of }

func (p product) items(all []Item, pairs map[[2]int][]int) (out []Item) {
	for _, r := range p.rows {
		for _, c := range p.columns {
			for _, i := range pairs[[2]int{r, c}] {
				out = append(out, all[i])
			}
		}
	}
	return out
}
