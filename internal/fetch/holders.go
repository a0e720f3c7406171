package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Holders finds the links that take the slots that a question asks about. There are three ways to look for them: the
// links of each policy, the links of each target, and the lists of APIs that a policy is not bound to, which name the
// policy that each API has instead. It takes the way with the fewest requests.
func (r *Reader) Holders(ctx context.Context, q *diff.Question, l Lists) (kind.Neighbours, error) {
	h := r.holders(q, l)
	w := h.cheapest()
	const few = 2 // requests; below that, listing the policies first saves nothing
	if !h.whole && w.cost > few {
		if err := h.list(ctx, w.cost); err != nil {
			return kind.Neighbours{}, err
		}
		w = h.cheapest()
	}
	found, err := w.read(ctx)
	if errors.Is(err, errUnnamed) {
		h.unnamed = true
		found, err = h.cheapest().read(ctx)
	}
	if err != nil {
		return kind.Neighbours{}, err
	}
	return h.complete(ctx, found)
}

// HoldersOfLinks finds the owners of links that were read already and that take slots that a question asks about.
func (r *Reader) HoldersOfLinks(ctx context.Context, q *diff.Question, l Lists, links []kind.Link) (kind.Neighbours, error) {
	found := make([]Bound, len(links))
	for i, l := range links {
		found[i].Link = l
	}
	return r.holders(q, l).complete(ctx, found)
}

// Lists are what was listed of a gateway.
type Lists struct {
	Objects []kind.Object
	Whole   map[string]bool // kinds of which Objects are all
	Catalog *kind.Catalog
}

// Targets groups by kind the objects that links may lead to. A kind that was listed has an entry even if it has no object.
func Targets(wants []Want, objects []kind.Object) map[string][]kind.Object {
	out := map[string][]kind.Object{}
	for _, k := range kind.Links {
		if slices.ContainsFunc(wants, func(w Want) bool { return w.Kind.Name == k.Target }) {
			out[k.Target] = []kind.Object{}
		}
	}
	for _, o := range objects {
		if list, ok := out[o.Kind]; ok {
			out[o.Kind] = append(list, o)
		}
	}
	return out
}

func (r *Reader) holders(q *diff.Question, l Lists) *holders {
	h := &holders{r: r, q: q, catalog: l.Catalog, whole: l.Whole[q.Link.Owner], at: map[kind.UniqueID]bool{}}
	for i := range q.Binds {
		h.at[q.Binds[i].To.UniqueID()] = true
	}
	for i := range l.Objects {
		if l.Objects[i].Kind == q.Link.Owner {
			h.owners = append(h.owners, l.Objects[i])
		}
	}
	return h
}

// holders is the search for the links that take some slots.
type holders struct {
	r       *Reader
	q       *diff.Question
	catalog *kind.Catalog
	owners  []kind.Object // those that were listed
	whole   bool          // owners are all that the gateway has
	unnamed bool          // the lists of APIs that a policy is not bound to do not name the policy that each has
	at      map[kind.UniqueID]bool
}

// search is a way to find holders.
type search struct {
	cost int // requests
	read func(context.Context) ([]Bound, error)
}

func (h *holders) cheapest() search {
	ways := []search{h.byTarget()}
	if h.whole {
		ways = append(ways, h.byOwner())
	}
	if lists, ok := h.lists(); ok && !h.unnamed {
		ways = append(ways, h.byFree(lists))
	}
	return slices.MinFunc(ways, func(a, b search) int { return cmp.Compare(a.cost, b.cost) })
}

// list reads all owners, unless their list has more pages than that is worth.
func (h *holders) list(ctx context.Context, worth int) error {
	h.whole = true
	l := objectsOf(kind.Of(h.q.Link.Owner), "")
	l.enough = func(_ []kind.Object, pages int) bool {
		h.whole = pages <= worth
		return !h.whole
	}
	owners, err := readAll(ctx, h.r, l)
	if h.whole {
		h.owners = owners
	}
	return err
}

func (h *holders) byTarget() search {
	var at []*kind.Target
	seen := map[string]bool{}
	for i := range h.q.Binds {
		to := h.q.Binds[i].To
		if key := to.UniqueID().Key; !seen[key] {
			seen[key] = true
			at = append(at, to)
		}
	}
	return search{len(at), func(ctx context.Context) ([]Bound, error) {
		return inParallel(ctx, h.r, at, func(ctx context.Context, to **kind.Target) ([]Bound, error) {
			return h.r.BoundTo(ctx, h.q.Link, *to, h.catalog)
		})
	}}
}

func (h *holders) byOwner() search {
	unread := h.q.Unread(h.owners)
	return search{linkPages(unread), func(ctx context.Context) ([]Bound, error) { return h.of(ctx, unread) }}
}

// linkPages is how many requests it takes to read the links of owners one by one.
func linkPages(owners []kind.Object) (n int) {
	for i := range owners {
		n += max(1, pages(owners[i].Bound))
	}
	return n
}

// of reads the links of owners.
func (h *holders) of(ctx context.Context, owners []kind.Object) ([]Bound, error) {
	rows, err := h.r.perOwner(ctx, h.q.Link, owners, nil)
	return h.bound(rows), err
}

func (h *holders) bound(rows []kind.Row) []Bound {
	out := make([]Bound, len(rows))
	for i, l := range Join([]Rows{{Kind: h.q.Link, Rows: rows}}, h.catalog) {
		out[i].Link = l
	}
	return out
}

// freeList is a list of the APIs that an owner is not bound to.
type freeList struct {
	owner          kind.Object
	envID, groupID string
	apis           int // about how many
}

// lists are the lists of unbound APIs that together answer the question; ok is false when it is not known whether they
// do. Each of them answers for one slot.
func (h *holders) lists() (out []freeList, ok bool) {
	if h.q.Link.Unbound.Operation == "" {
		return nil, false
	}
	scopes, ok := h.scopes()
	askers, all := h.cheapestOwners()
	for _, o := range askers {
		for _, s := range scopes {
			s.owner = o
			out = append(out, s)
		}
	}
	return out, ok && all
}

// cheapestOwners are one owner for each slot that matters: the one whose own links are known or fewest.
func (h *holders) cheapestOwners() (out []kind.Object, all bool) {
	best := map[string]*kind.Object{}
	cost := func(o *kind.Object) int {
		if h.q.Known(o) {
			return 0
		}
		return max(1, o.Bound)
	}
	matters := map[string]bool{} // slots that an unread owner may have; used where all owners are known
	for _, o := range h.q.Unread(h.owners) {
		matters[h.q.Link.Slot(o.Value)] = true
	}
	for i := range h.owners {
		o := &h.owners[i]
		slot := h.q.Link.Slot(o.Value)
		if h.q.MayHold(o) && (!h.whole || matters[slot]) && (best[slot] == nil || cost(o) < cost(best[slot])) {
			best[slot] = o
		}
	}
	for _, o := range best {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b kind.Object) int { return cmp.Compare(a.Key, b.Key) })
	return out, h.whole || !h.q.Link.SharedSlot && len(out) > 0 && len(out) == h.q.Slots()
}

// scopes are what the lists are narrowed to: the environment, if all binds share one, and their groups, if that takes
// fewer pages.
func (h *holders) scopes() ([]freeList, bool) {
	env, envID, groups := h.q.Binds[0].To.Env, h.q.Binds[0].To.EnvID, map[string]string{}
	for i := range h.q.Binds {
		to := h.q.Binds[i].To
		if to.Env != env {
			env, envID = "", ""
		}
		groups[to.API.Group] = to.API.GroupID
	}
	apis, known := h.catalog.Published("", env)
	whole := []freeList{{envID: envID, apis: apis}}
	var parts []freeList
	n, apart := 0, true
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		inGroup, told := h.catalog.Published(name, env)
		parts = append(parts, freeList{envID: envID, groupID: groups[name], apis: inGroup})
		n += max(1, pages(inGroup))
		apart = apart && told && groups[name] != ""
	}
	if apart && (!known || n < max(1, pages(apis))) {
		return parts, true
	}
	return whole, known
}

// errUnnamed is why such a list is of no use: it does not name the policy that each API has.
var errUnnamed = errors.New("the list does not say which policy each API has")

func (h *holders) byFree(lists []freeList) search {
	var unknown []kind.Object
	n := 0
	for i, l := range lists {
		n += max(1, pages(l.apis))
		if o := &lists[i].owner; !h.q.Known(o) && (i == 0 || lists[i-1].owner.ID != o.ID) {
			unknown = append(unknown, *o)
		}
	}
	return search{n + linkPages(unknown), func(ctx context.Context) ([]Bound, error) {
		found := make([][]Bound, len(lists)+1)
		g, gctx := h.r.group(ctx)
		for i, l := range lists {
			g.Go(func() (err error) {
				found[i], err = h.free(gctx, l)
				return err
			})
		}
		g.Go(func() (err error) {
			found[len(lists)], err = h.of(gctx, unknown)
			return err
		})
		err := g.Wait()
		return slices.Concat(found...), err
	}}
}

// free reads one list of the APIs that an owner is not bound to, and returns the links that they have instead.
func (h *holders) free(ctx context.Context, l freeList) ([]Bound, error) {
	reading := h.q.Link.Unbound.Within(l.envID, l.groupID)
	rows, err := readAll(ctx, h.r, listing[kind.Row]{
		how:  "APIs that a " + h.q.Link.Owner + " is not bound to",
		ask:  func(offset int) api.Request { return reading.Read(l.owner.ID, offset) },
		take: reading.Rows,
		id:   (*kind.Row).Key,
	})
	if err == nil && slices.ContainsFunc(rows, func(r kind.Row) bool { return r.HolderUnknown || r.APIID == "" || r.Env == "" }) {
		err = errUnnamed // asking again would not help
	}
	if err != nil {
		return nil, fmt.Errorf("read the bindings of APIs that %s/%s is not bound to: %w", l.owner.Kind, l.owner.Key, err)
	}
	return h.bound(slices.DeleteFunc(rows, func(r kind.Row) bool { return r.Owner == "" })), nil
}

// complete keeps the links that take slots that the question asks about, and fills them in: it reads owners of which only
// the name is known, and the ids of links that the plan unbinds itself.
func (h *holders) complete(ctx context.Context, found []Bound) (out kind.Neighbours, err error) {
	found = slices.DeleteFunc(found, func(b Bound) bool { return !h.at[b.Link.To.UniqueID()] || !h.q.MayHold(&b.Object) })
	names := map[string]bool{}
	for i := range found {
		names[found[i].Owner] = true
	}
	owners := map[string]kind.Object{}
	note := func(list []kind.Object) {
		for _, o := range list {
			if names[o.Key] {
				owners[o.Key] = o
				delete(names, o.Key)
			}
		}
	}
	note(h.owners)
	missing, err := h.r.Objects(ctx, []Want{{Kind: kind.Of(h.q.Link.Owner), Names: slices.Sorted(maps.Keys(names))}})
	if err != nil {
		return out, err
	}
	note(missing)
	var nameless []kind.Object
	for i := range found {
		b := &found[i]
		o, ok := owners[b.Owner]
		if !ok || h.q.Compared(&o) {
			continue // it was deleted in the meantime, or its links are compared anyway
		}
		b.OwnerID = o.ID
		out.Links = append(out.Links, b.Link)
		if b.ID == "" && h.q.Managed[o.Key] {
			nameless = append(nameless, o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(owners)) {
		out.Owners = append(out.Owners, owners[name])
	}
	return out, h.identify(ctx, out.Links, nameless)
}

// identify reads the links of owners, and fills in the ids that their links lack here.
func (h *holders) identify(ctx context.Context, links []kind.Link, owners []kind.Object) error {
	owners = slices.CompactFunc(owners, func(a, b kind.Object) bool { return a.ID == b.ID })
	if len(owners) == 0 {
		return nil
	}
	told, err := h.of(ctx, owners)
	for i := range links {
		for j := range told {
			if links[i].OwnerID == told[j].OwnerID && links[i].To.UniqueID() == told[j].Link.To.UniqueID() {
				links[i] = told[j].Link
			}
		}
	}
	return err
}
