package diff

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// randomItems draws distinct bindings of some owners to some APIs in one or two environments.
func randomItems(r *rand.Rand, owners, apis int) (items []Item) {
	share := 1 + r.IntN(9)
	for e := range 1 + r.IntN(2) {
		for o := range 1 + r.IntN(owners) {
			for a := range 1 + r.IntN(apis) {
				if r.IntN(10) >= share {
					continue
				}
				items = append(items, Item{Change: len(items), Link: kind.Link{
					Owner: fmt.Sprint("owner", o), OwnerID: fmt.Sprint("id", o),
					To: (&kind.API{ID: fmt.Sprint("api", a), Name: fmt.Sprint("api", a), Group: "group"}).Publication(fmt.Sprint("env", e), fmt.Sprint("env-id", e), ""),
				}})
			}
		}
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

type replayed struct{ owner, api, env string }

func placeOf(l *kind.Link) replayed { return replayed{l.Owner, l.To.API.ID, l.To.Env} }

// replay carries out bundles as the gateway does, which sees lists of ids instead of items, and checks that each
// wanted binding results exactly once.
func replay(t *testing.T, ways []kind.Write, items []Item, bundles []bundle) {
	t.Helper()
	want, got := map[replayed]int{}, map[replayed]int{}
	for i := range items {
		want[placeOf(&items[i].Link)]++
	}
	changes := map[int]bool{}
	for _, b := range bundles {
		if len(b.items) == 0 || len(b.items) > ways[b.write].Max {
			t.Errorf("a request carries %d items; %d may be", len(b.items), ways[b.write].Max)
		}
		owners, apis, envs := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for i := range b.items {
			l := &b.items[i].Link
			owners[l.Owner], apis[l.To.API.ID], envs[l.To.Env] = true, true, true
			if changes[b.items[i].Change] {
				t.Errorf("change %d is carried out twice", b.items[i].Change)
			}
			changes[b.items[i].Change] = true
		}
		by := ways[b.write].By
		switch {
		case by == kind.ByOwner && len(owners) > 1, by == kind.ByOwnerInEnv && len(owners)*len(envs) > 1,
			by == kind.ByAPIInEnv && len(apis)*len(envs) > 1, by == kind.Cross && len(envs) > 1, by == kind.Alone && len(b.items) > 1:
			t.Errorf("one request cannot write %d owners, %d APIs and %d environments %s", len(owners), len(apis), len(envs), by)
		}
		if by == kind.ByOwner || by == kind.Together || by == kind.Alone {
			for i := range b.items { // these requests list one id for each item
				got[placeOf(&b.items[i].Link)]++
			}
			continue
		}
		for o := range owners {
			for a := range apis {
				for e := range envs {
					got[replayed{o, a, e}]++
				}
			}
		}
	}
	for x, n := range got {
		if n != want[x] {
			t.Errorf("%v is written %d times, wanted %d times", x, n, want[x])
		}
	}
	for x := range want {
		if got[x] == 0 {
			t.Errorf("%v is not written", x)
		}
	}
}

var bothSides = []kind.Write{{By: kind.ByOwnerInEnv, Max: 500}, {By: kind.ByAPIInEnv, Max: 500}}

// smallestCover finds the smallest number of requests by trying all sets of vertices in each environment.
func smallestCover(items []Item) (sum int) {
	for _, list := range byEnv(items) {
		g := newGraph(list)
		best := len(list)
		for chosen := range uint(1) << (len(g.edges) + g.right) {
			covers := !slices.ContainsFunc(g.ends, func(end [2]int) bool {
				return chosen>>end[0]&1 == 0 && chosen>>(len(g.edges)+end[1])&1 == 0
			})
			if n := bits.OnesCount(chosen); covers && n < best {
				best = n
			}
		}
		sum += best
	}
	return sum
}

// TestCoverIsSmallestAndExact checks that bindings are written with the fewest requests, each exactly once.
func TestCoverIsSmallestAndExact(t *testing.T) {
	for seed := range uint64(2000) {
		items := randomItems(rand.New(rand.NewPCG(seed, 1)), 6, 6)
		found := group(bothSides, items)
		replay(t, bothSides, items, found)
		if want := smallestCover(items); len(found) != want {
			t.Errorf("seed %d: %d requests, %d are enough", seed, len(found), want)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestGroupsKeepToLimits checks for each sort of request that none has more items than allowed.
func TestGroupsKeepToLimits(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		items := randomItems(r, 8, 8)
		most := 1 + r.IntN(6)
		for _, by := range []kind.Grouping{kind.Alone, kind.ByOwner, kind.Cross, kind.Together} {
			ways := []kind.Write{{By: by, Max: most}}
			if by == kind.Alone {
				ways[0].Max = 1
			}
			replay(t, ways, items, group(ways, items))
		}
		narrow := []kind.Write{{By: kind.ByOwnerInEnv, Max: most}, {By: kind.ByAPIInEnv, Max: most}}
		replay(t, narrow, items, group(narrow, items))
		if t.Failed() {
			t.Fatalf("seed %d, limit %d", seed, most)
		}
	}
}

// TestCrossesAreFew checks that requests which bind several owners to several APIs write only wanted pairs, and that
// they are no more than one for each owner or one for each API.
func TestCrossesAreFew(t *testing.T) {
	ways := []kind.Write{{By: kind.Cross, Max: 500}}
	for seed := range uint64(1000) {
		items := randomItems(rand.New(rand.NewPCG(seed, 3)), 8, 8)
		found := group(ways, items)
		replay(t, ways, items, found)
		owners, apis := map[replayed]bool{}, map[replayed]bool{}
		for i := range items {
			x := placeOf(&items[i].Link)
			owners[replayed{owner: x.owner, env: x.env}], apis[replayed{api: x.api, env: x.env}] = true, true
		}
		if len(found) > min(len(owners), len(apis)) {
			t.Errorf("seed %d: %d requests for %d owners and %d APIs", seed, len(found), len(owners), len(apis))
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestCrossesMixSides checks a case in which some owners share APIs and some APIs share owners, so that grouping by
// one side alone is not best.
func TestCrossesMixSides(t *testing.T) {
	var items []Item
	pair := func(owner, name string) {
		items = append(items, Item{Change: len(items), Link: kind.Link{Owner: owner, To: (&kind.API{ID: name, Name: name, Group: "group"}).Publication("RELEASE", "", "")}})
	}
	for i := range 10 {
		pair("one", fmt.Sprint("wide", i))
		if i > 0 {
			pair("two", fmt.Sprint("wide", i))
		}
		pair(fmt.Sprint("caller", i), "popular")
		if i > 0 {
			pair(fmt.Sprint("caller", i), "second")
		}
	}
	ways := []kind.Write{{By: kind.Cross, Max: 500}}
	found := group(ways, items)
	replay(t, ways, items, found)
	if len(found) != 4 {
		t.Errorf("%d requests, want 4", len(found))
	}
}

// TestPiecesOfProducts checks the number of requests for a product that is too large for one.
func TestPiecesOfProducts(t *testing.T) {
	for _, tc := range []struct{ rows, columns, most, want int }{
		{3, 300, 500, 2}, {300, 3, 500, 2}, {30, 40, 500, 3}, {1, 1001, 500, 3}, {1001, 1, 500, 3}, {10, 50, 500, 1}, {7, 7, 1, 49},
	} {
		p := product{make([]int, tc.rows), make([]int, tc.columns)}
		if got := len(p.pieces(tc.most)); got != tc.want {
			t.Errorf("%d × %d in pieces of %d: %d, want %d", tc.rows, tc.columns, tc.most, got, tc.want)
		}
	}
}
