package diff

import (
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bind groups the new links of a kind into as few requests as its ways to write allow.
func (b *builder) bind(k *kind.LinkKind) {
	var items []Item
	for i := range b.plan.Changes {
		if ch := &b.plan.Changes[i]; ch.Kind == k.Name && ch.Action == Bind {
			items = append(items, Item{Change: i, Link: *ch.Link})
		}
	}
	items = append(items, b.carried(k)...)
	for i := range items {
		if made, ok := b.create[k.Owner+"/"+items[i].Link.Owner]; ok {
			items[i].Needs = []int{made}
		}
	}
	displaced := b.displaced(k, items)
	for _, g := range group(k.Bind, items) {
		step := Step{Op: OpBind, Kind: k.Name, Operation: k.Bind[g.write].Operation, Write: g.write, Items: g.items, Lanes: lanes(k, g.items)}
		for i := range g.items {
			for _, d := range displaced[SpotOf(&g.items[i].Link)][b.slot(k, &g.items[i].Link)] {
				d.Needs = g.items[i].Needs
				step.Items = append(step.Items, d)
			}
		}
		s := b.add(step)
		for i := range g.items {
			at := SpotOf(&g.items[i].Link)
			b.binds[at] = append(b.binds[at], s)
		}
	}
}

// carried are the links that a replaced owner hands over to its successor.
func (b *builder) carried(k *kind.LinkKind) (out []Item) {
	for i := range b.plan.Changes {
		ch := &b.plan.Changes[i]
		if ch.Kind != k.Owner || ch.Action != Replace {
			continue
		}
		for _, l := range b.c.swaps[ch.Address].carried {
			out = append(out, Item{Change: i, Link: l})
		}
	}
	return out
}

// displaced finds, for kinds whose binds overwrite, the links that go because another takes their slot.
func (b *builder) displaced(k *kind.LinkKind, binds []Item) map[Spot]map[string][]Item {
	if !k.Overwrites {
		return nil
	}
	taken := map[Spot]map[string]bool{}
	for i := range binds {
		at := SpotOf(&binds[i].Link)
		if taken[at] == nil {
			taken[at] = map[string]bool{}
		}
		taken[at][b.slot(k, &binds[i].Link)] = true
	}
	out := map[Spot]map[string][]Item{}
	for i := range b.plan.Changes {
		ch := &b.plan.Changes[i]
		if ch.Kind != k.Name || ch.Action != Unbind {
			continue
		}
		at := SpotOf(ch.Link)
		slot := b.slot(k, ch.Link)
		if !taken[at][slot] {
			continue
		}
		if out[at] == nil {
			out[at] = map[string][]Item{}
		}
		out[at][slot] = append(out[at][slot], Item{Change: i, Link: *ch.Link, Displaced: true})
	}
	return out
}

// slot names what of an API a link takes, by the owner that it has, or will have.
func (b *builder) slot(k *kind.LinkKind, l *kind.Link) string {
	if k.Slot == nil {
		return ""
	}
	if l.ID == "" && l.OwnerID == "" {
		if w := b.c.wantKey[k.Owner][l.Owner]; w != nil {
			return k.Slot(w.Value)
		}
	}
	if h := b.c.haveKey[k.Owner][l.Owner]; h != nil {
		return k.Slot(h.Value)
	}
	if w := b.c.wantKey[k.Owner][l.Owner]; w != nil {
		return k.Slot(w.Value)
	}
	return ""
}

// unbind groups the links of a kind that go. What another link takes the place of waits for it, so that
// an API is never without a policy that it had and keeps.
func (b *builder) unbind(k *kind.LinkKind) {
	gone := map[int]bool{}
	for i := range b.steps {
		for _, item := range b.steps[i].Items {
			gone[item.Change] = gone[item.Change] || item.Displaced
		}
	}
	var items []Item
	for i := range b.plan.Changes {
		ch := &b.plan.Changes[i]
		switch {
		case ch.Kind == k.Name && ch.Action == Unbind && !gone[i]:
			items = append(items, Item{Change: i, Link: *ch.Link})
		case ch.Kind == k.Owner && ch.Action == Replace:
			items = append(items, b.released(k, i)...)
		}
	}
	for i := range items {
		if !k.Overwrites {
			items[i].Needs = slices.Clone(b.binds[SpotOf(&items[i].Link)])
		} else if b.plan.Changes[items[i].Change].Action == Replace {
			items[i].Needs = slices.Clone(b.binds[SpotOf(&items[i].Link)])
		}
	}
	// What waits for nothing goes first, so that only the last chunks wait.
	sort.SliceStable(items, func(i, j int) bool { return len(items[i].Needs) == 0 && len(items[j].Needs) > 0 })
	for _, g := range group(k.Unbind, items) {
		s := b.add(Step{Op: OpUnbind, Kind: k.Name, Operation: k.Unbind[g.write].Operation, Write: g.write, Items: g.items, Lanes: lanes(k, g.items)})
		for i := range g.items {
			owner := k.Owner + "/" + g.items[i].Link.OwnerID
			b.unbinds[owner] = append(b.unbinds[owner], s)
		}
	}
	for i := range b.steps {
		for _, item := range b.steps[i].Items {
			if item.Displaced && b.steps[i].Kind == k.Name {
				owner := k.Owner + "/" + item.Link.OwnerID
				b.unbinds[owner] = append(b.unbinds[owner], i)
			}
		}
	}
}

// released are the links of a replaced owner that are no changes of their own.
func (b *builder) released(k *kind.LinkKind, change int) (out []Item) {
	ch := &b.plan.Changes[change]
	for _, l := range b.c.swaps[ch.Address].released {
		if _, own := b.index[l.Address()+" "+string(Unbind)]; !own {
			out = append(out, Item{Change: change, Link: l})
		}
	}
	return out
}

func lanes(k *kind.LinkKind, items []Item) (out []string) {
	if k.Lanes == nil {
		return nil
	}
	for i := range items {
		out = append(out, k.Lanes(&items[i].Link)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bundle is the items of one request and the way to write them.
type bundle struct {
	write int
	items []Item
}

// group makes as few requests as the ways to write allow.
func group(ways []kind.Write, items []Item) []bundle {
	if len(items) == 0 {
		return nil
	}
	if len(ways) == 2 {
		return cover(ways, items)
	}
	switch way := ways[0]; way.By {
	case kind.Together:
		return chunks(0, way.Max, items)
	case kind.Cross:
		return crosses(way.Max, items)
	case kind.ByOwner:
		return each(items, way.Max, func(l *kind.Link) string { return l.Owner })
	default:
		return chunks(0, 1, items)
	}
}

// Batch is the links of one request and the way to write them.
type Batch struct {
	Write int
	Links []kind.Link
}

// Group makes as few requests for some links as the ways to write allow.
func Group(ways []kind.Write, links []kind.Link) (out []Batch) {
	items := make([]Item, len(links))
	for i := range links {
		items[i].Link = links[i]
	}
	for _, g := range group(ways, items) {
		b := Batch{Write: g.write}
		for i := range g.items {
			b.Links = append(b.Links, g.items[i].Link)
		}
		out = append(out, b)
	}
	return out
}

func chunks(write, most int, items []Item) (out []bundle) {
	for c := range slices.Chunk(items, most) {
		out = append(out, bundle{write: write, items: slices.Clip(c)})
	}
	return out
}

// each makes a bundle of the items of one key, in the order of their first appearance.
func each(items []Item, most int, key func(*kind.Link) string) (out []bundle) {
	by, order := map[string][]Item{}, []string{}
	for i := range items {
		k := key(&items[i].Link)
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], items[i])
	}
	for _, k := range order {
		out = append(out, chunks(0, most, by[k])...)
	}
	return out
}

// crosses groups pairs of owner and API into full cross products, by owners that want equal sets of
// APIs or by APIs that want equal sets of owners, whichever takes fewer requests.
func crosses(most int, items []Item) []bundle {
	byOwner := products(most, items, func(l *kind.Link) string { return l.Owner }, func(l *kind.Link) string { return apiKey(l.API) })
	byAPI := products(most, items, func(l *kind.Link) string { return apiKey(l.API) }, func(l *kind.Link) string { return l.Owner })
	if len(byAPI) < len(byOwner) {
		return byAPI
	}
	return byOwner
}

func products(most int, items []Item, row, column func(*kind.Link) string) (out []bundle) {
	rows, order := map[string][]Item{}, []string{}
	for i := range items {
		k := items[i].Link.Env + "\x00" + row(&items[i].Link)
		if rows[k] == nil {
			order = append(order, k)
		}
		rows[k] = append(rows[k], items[i])
	}
	sets, setOrder := map[string][][]Item{}, []string{}
	for _, k := range order {
		r := rows[k]
		sort.SliceStable(r, func(i, j int) bool { return column(&r[i].Link) < column(&r[j].Link) })
		set := r[0].Link.Env
		for i := range r {
			set += "\x00" + column(&r[i].Link)
		}
		if sets[set] == nil {
			setOrder = append(setOrder, set)
		}
		sets[set] = append(sets[set], r)
	}
	for _, set := range setOrder {
		out = append(out, rectangles(most, sets[set])...)
	}
	return out
}

// rectangles cuts rows of equal columns into products of at most that many pairs.
func rectangles(most int, rows [][]Item) (out []bundle) {
	width := min(len(rows[0]), most)
	height := max(1, most/width)
	for top := 0; top < len(rows); top += height {
		band := rows[top:min(top+height, len(rows))]
		for left := 0; left < len(rows[0]); left += width {
			var b bundle
			for _, r := range band {
				b.items = append(b.items, r[left:min(left+width, len(r))]...)
			}
			out = append(out, b)
		}
	}
	return out
}
