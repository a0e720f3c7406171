package promote

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Compare compares the sides object by object, leaf by leaf, and binding by binding.
func Compare(from, to *Side) *Report {
	shared := from.Gateway != "" && from.Gateway == to.Gateway
	c := &promotion{from: newSideIndex(from, to, shared), to: newSideIndex(to, from, shared), report: &Report{}}
	c.rules = diff.NewIgnores(slices.Concat(c.from.desired.Ignore, c.to.desired.Ignore), from.Options.Today)
	if shared {
		c.report.Warnings = append(c.report.Warnings, diff.Note{
			Message: "both targets are the same gateway; bindings and variables in " + from.Env + " are compared with those in " + to.Env,
		})
	}
	c.report.Warnings = append(c.report.Warnings, slices.Concat(c.from.notes, c.to.notes)...)
	for _, k := range kind.All {
		if k.Owner == "" {
			c.objects(k)
		}
	}
	c.warnHidden()
	c.addMissing()
	c.unapplied()
	c.sort()
	c.report.Next = Next{c.to.Have, c.to.desired, c.to.plan}
	return c.report
}

// promotion is one run of Compare.
type promotion struct {
	from, to *sideIndex
	rules    diff.Ignores
	report   *Report
}

// covers reports whether objects or links of a kind are in the scope of both sides.
func (c *promotion) covers(kindName, name string) bool {
	return c.from.Options.Includes(kindName, name) && c.to.Options.Includes(kindName, name)
}

// ignored reports whether a rule ignores an object or link, and counts it.
func (c *promotion) ignored(kindName, name string) bool {
	if !c.rules.Object(kindName, name) {
		return false
	}
	c.report.Ignored++
	return true
}

// objects compares the objects of a kind, with their parts and links.
func (c *promotion) objects(k *kind.Kind) {
	names := map[string]bool{}
	for _, l := range []*sideIndex{c.from, c.to} {
		for i := range l.Have.Objects {
			if o := &l.Have.Objects[i]; o.Kind == k.Name {
				names[o.Key] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if c.from.Options.Covers(k, name) && c.to.Options.Covers(k, name) && !c.ignored(k.Name, name) {
			c.objectPair(k, name)
		}
	}
}

func (c *promotion) objectPair(k *kind.Kind, name string) {
	address := k.Name + "/" + name
	a, b := c.from.byAddress[address], c.to.byAddress[address]
	if c.covers(k.Name, name) {
		if a == nil || b == nil {
			c.oneSided(k.Name, name, a, b)
			return
		}
		c.leaves(k, a, b)
	}
	for _, part := range kind.Parts(k.Name) {
		if c.covers(part.Name, name) {
			c.parts(part, name)
		}
	}
	for _, link := range kind.LinksFrom(k.Name) {
		if c.covers(link.Name, name) {
			c.links(link, name)
		}
	}
}

// oneSided adds the difference for an object that only one side has; the other is nil.
func (c *promotion) oneSided(kindName, name string, a, b *kind.Object) {
	o, has, lacks := a, c.from, c.to
	if a == nil {
		o, has, lacks = b, c.to, c.from
	}
	d := Difference{Address: o.Address(), Kind: kindName, Name: name, From: has.object(o.Address()), To: lacks.object(lacks.ownAddress(has.sharedAddress(o)))}
	if a == nil {
		d.From, d.To = d.To, d.From
	}
	if o.Owner == "" {
		d.Contains = has.contains(kindName, name)
	}
	c.add(d)
}

// contains counts the parts and links of an object by kind.
func (l *sideIndex) contains(kindName, name string) map[string]int {
	out := map[string]int{}
	for _, part := range kind.Parts(kindName) {
		if n := len(l.parts[collection{part.Name, name}]); n > 0 {
			out[part.Name] = n
		}
	}
	for _, link := range kind.LinksFrom(kindName) {
		if n := len(l.links[collection{link.Name, name}]); n > 0 {
			out[link.Name] = n
		}
	}
	return out
}

// parts compares the parts of an owner.
func (c *promotion) parts(k *kind.Kind, owner string) {
	at := collection{k.Name, owner}
	if len(c.from.parts[at])+len(c.to.parts[at]) == 0 || c.ignored(k.Name, owner) {
		return
	}
	if k.Ops.Generate != "" {
		c.secretNamedParts(k, at)
		return
	}
	ignored := func(o *kind.Object) bool { return c.ignored(k.Name, o.Key) }
	a, b := slices.DeleteFunc(slices.Clone(c.from.parts[at]), ignored), slices.DeleteFunc(slices.Clone(c.to.parts[at]), ignored)
	pairs, a, b := match(a, b, c.from.declaredAddress, c.to.declaredAddress)
	more, a, b := match(a, b, c.from.sharedAddress, c.to.sharedAddress)
	for _, p := range slices.Concat(pairs, more) {
		c.leaves(k, p[0], p[1])
	}
	for _, o := range a {
		c.oneSided(k.Name, owner, o, nil)
	}
	for _, o := range b {
		c.oneSided(k.Name, owner, nil, o)
	}
}

// secretNamedParts compares parts whose names derive from their secrets. These are expected to differ, so it is a
// difference only if one side has none.
func (c *promotion) secretNamedParts(k *kind.Kind, at collection) {
	a, b := c.from.parts[at], c.to.parts[at]
	switch {
	case len(a) > 0 && len(b) > 0 && slices.Equal(sortedKeys(a), sortedKeys(b)):
		c.report.Equal += len(a)
	case len(a) > 0 && len(b) > 0:
		c.report.Credentials = append(c.report.Credentials, Credential{Address: k.Name + "/" + at.owner})
	default:
		c.add(Difference{
			Address: k.Name + "/" + at.owner, Kind: k.Name, Name: at.owner, Contains: map[string]int{k.Name: len(a) + len(b)},
			From: c.from.allParts(k, at), To: c.to.allParts(k, at),
		})
	}
}

// links compares what an owner is bound to, by API. Each side's own environment corresponds to the other side's.
func (c *promotion) links(k *kind.LinkKind, owner string) {
	at := collection{k.Name, owner}
	a, b := c.from.links[at], c.to.links[at]
	if len(a)+len(b) == 0 || c.ignored(k.Name, owner) {
		return
	}
	same, a, b := match(a, b, c.from.edge, c.to.edge)
	more, a, b := match(a, b, c.from.declaredEdge, c.to.declaredEdge)
	c.report.Equal += len(same) + len(more)
	for _, x := range a {
		c.oneSidedLink(x, c.from.edge(x), true)
	}
	for _, x := range b {
		c.oneSidedLink(x, c.to.edge(x), false)
	}
}

// declaredEdge returns an edge with the environment of the link itself, if the files declare the link; otherwise the
// zero edge. Such an edge means the same environment on both sides, whatever each side's own environment is.
func (l *sideIndex) declaredEdge(x *kind.Link) edge {
	if l.bound[l.edge(x)] == nil {
		return edge{}
	}
	return edge{x.Kind, x.Owner, x.To.Name, x.To.Env}
}

// match pairs parts or links of the two sides by keys, and returns those without a counterpart. A zero key equals no other.
func match[T any, K comparable](a, b []*T, from, to func(*T) K) (pairs [][2]*T, onlyA, onlyB []*T) {
	there, both := map[K]*T{}, map[K]bool{}
	for _, x := range b {
		there[to(x)] = x
	}
	var none K
	delete(there, none)
	for _, x := range a {
		switch e := from(x); {
		case there[e] == nil:
			onlyA = append(onlyA, x)
		case !both[e]:
			both[e] = true
			pairs = append(pairs, [2]*T{x, there[e]})
		}
	}
	for _, x := range b {
		if !both[to(x)] {
			onlyB = append(onlyB, x)
		}
	}
	return pairs, onlyA, onlyB
}

// oneSidedLink adds the difference for a link that only one side has.
func (c *promotion) oneSidedLink(x *kind.Link, e edge, inFrom bool) {
	c.add(Difference{
		Address: x.Address(), Kind: x.Kind, Name: x.Owner, Link: x, From: c.from.link(e, inFrom), To: c.to.link(e, !inFrom),
	})
}

// add adds a difference, with its class.
func (c *promotion) add(d Difference) {
	switch {
	case d.From.State == AsDeclared && d.To.State == AsDeclared:
		d.Class = Declared
	case !d.To.Present:
		d.Class = OnlyFrom
	case !d.From.Present:
		d.Class = OnlyTo
	default:
		d.Class = Undeclared
	}
	c.report.Differences = append(c.report.Differences, d)
}

// warnHidden warns of the secrets that could not be compared.
func (c *promotion) warnHidden() {
	warn := func(who string, list []string) {
		if len(list) > 0 {
			c.report.Warnings = append(c.report.Warnings, diff.Note{Message: who + " secrets, so they cannot be compared: " + strings.Join(list, ", ")})
		}
	}
	if slices.Equal(c.from.hidden, c.to.hidden) {
		warn(c.from.Target+" and "+c.to.Target+" hide", c.from.hidden)
		return
	}
	warn(c.from.Target+" hides", c.from.hidden)
	warn(c.to.Target+" hides", c.to.hidden)
}

// addMissing lists the APIs that one side lacks, with the bindings that this side therefore cannot have.
func (c *promotion) addMissing() {
	c.report.APIs = append(c.missingAPIs(c.from, c.to), c.missingAPIs(c.to, c.from)...)
	if len(c.from.Options.Names)+len(c.from.Options.Kinds)+len(c.to.Options.Names)+len(c.to.Options.Kinds) > 0 {
		c.report.APIs = slices.DeleteFunc(c.report.APIs, func(a API) bool { return len(a.Bindings) == 0 })
	}
}

// unapplied lists differences between a side and its files that are not a difference between the two sides.
func (c *promotion) unapplied() {
	for _, l := range []*sideIndex{c.from, c.to} {
		for i := range l.plan.Changes {
			ch := &l.plan.Changes[i]
			if !l.reported[ch.Address] && !l.reported[collection{ownerKind(ch.Kind), ch.Name}.changesKey()] {
				c.report.Unapplied = append(c.report.Unapplied, Unapplied{Target: l.Target, Address: ch.Address, Action: ch.Action})
			}
		}
	}
}

// ownerKind returns the kind of the object that a part or link belongs to; "" for an object.
func ownerKind(kindName string) string {
	if l := kind.LinkOf(kindName); l != nil {
		return l.Owner
	}
	return kind.Of(kindName).Owner
}

// sort orders differences by class, kind, name and address. Leaves of an object keep the order of their paths.
func (c *promotion) sort() {
	slices.SortFunc(c.report.Credentials, func(a, b Credential) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Path, b.Path))
	})
	order := []Class{Undeclared, OnlyFrom, OnlyTo, Declared}
	slices.SortStableFunc(c.report.Differences, func(a, b Difference) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Class), slices.Index(order, b.Class)),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Path, b.Path))
	})
}
