package spec

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// matcher finds the APIs that references mean. Each distinct reference is looked up once, and the
// whole catalog is gone through only for one that names neither group, name nor path exactly.
type matcher struct {
	catalog   *kind.Catalog
	addresses map[string][]*kind.API // by group/api: all readings of a text at once
	known     map[string][]*kind.API // by what the reference asks for
	declared  []kind.Declared
	others    map[string][]*kind.Target // targets of other kinds by kind; filled when they are needed
	hints     int                       // searches for similar names that are left
	names     []string                  // addresses, sorted; made when first needed
}

// Meaning tells what single references mean, as Resolve sees them.
type Meaning struct{ m *matcher }

// NewMeaning prepares to look references up in a catalog.
func NewMeaning(c *kind.Catalog) *Meaning { return &Meaning{newMatcher(c, nil)} }

// Of lists the links that a reference means, their owner's id left out: those that it asks for, and those that it lets
// be, since their API is not published there. Wrong reports whether Resolve refuses it by itself.
func (m *Meaning) Of(r *Reference) (links, spared []kind.Link, wrong bool) {
	means := m.m.meaning(r)
	for _, to := range means.live {
		links = append(links, linkTo(r, to, true).Link)
	}
	for _, to := range means.idle {
		spared = append(spared, linkTo(r, to, false).Link)
	}
	return links, spared, means.wrong
}

// meaning is what a reference matches, by what is published in its environment.
//
//	pattern or optional   those that are published; the others are idle
//	else                  all; one that is idle is wrong, unless another one is live
//
// A glob, a group alone and tags make a pattern: APIs may come and go, and drafts may lie around.
type meaning struct {
	live, idle []*kind.Target
	several    []*kind.Target // that one text may mean: all of them are idle
	wrong      bool           // the reference is refused
}

func (m *meaning) empty() bool { return len(m.live)+len(m.idle) == 0 }

func (m *matcher) meaning(r *Reference) (out meaning) {
	if r.Target() != kind.APublication {
		out.live = m.objects(r)
		out.wrong = out.empty() && !r.Pattern()
		return out
	}
	for _, a := range m.match(r) {
		if to, live := a.In(r.Environment); live {
			out.live = append(out.live, to)
		} else {
			out.idle = append(out.idle, to)
		}
	}
	if r.Text != "" && (len(out.live) > 1 || severalNames(out.live, out.idle)) {
		all := slices.Concat(out.live, out.idle)
		return meaning{idle: all, several: all, wrong: true}
	}
	switch {
	case r.Optional:
	case out.empty(), m.catalog.LacksEnv(r.Environment):
		out.wrong = true
	default:
		out.wrong = len(out.live) == 0 && !r.Pattern()
	}
	return out
}

// severalNames reports whether a text was split in several ways.
func severalNames(lists ...[]*kind.Target) bool {
	all := slices.Concat(lists...)
	return slices.ContainsFunc(all, func(t *kind.Target) bool { return t.API.Group != all[0].API.Group })
}

// maxHints bounds the searches for similar names: each goes through the whole catalog.
const maxHints = 100

func newMatcher(c *kind.Catalog, declared []kind.Declared) *matcher {
	m := &matcher{
		catalog: c, addresses: make(map[string][]*kind.API, len(c.APIs)), known: map[string][]*kind.API{}, hints: maxHints,
		declared: declared, others: map[string][]*kind.Target{},
	}
	for _, a := range c.APIs {
		m.addresses[a.Address()] = append(m.addresses[a.Address()], a)
	}
	return m
}

// Matches lists the APIs that each of the references means, published or not, in their order. A text that can be
// read in several ways has several. One that means no APIs has none.
func (s *State) Matches(c *kind.Catalog) [][]*kind.API {
	m := newMatcher(c, nil)
	out := make([][]*kind.API, len(s.References))
	for i := range s.References {
		if s.References[i].Target() == kind.APublication {
			out[i] = m.match(&s.References[i])
		}
	}
	return out
}

func (m *matcher) match(r *Reference) []*kind.API {
	if r.Text != "" {
		return m.addresses[r.Text]
	}
	key := r.key()
	found, ok := m.known[key]
	if !ok {
		found = m.search(r)
		m.known[key] = found
	}
	return found
}

// key is equal for references that mean the same APIs.
func (r *Reference) key() string {
	return strings.Join(append([]string{r.Group, r.Name, r.Method, r.Path}, r.Tags...), "\x00")
}

func (m *matcher) search(r *Reference) (found []*kind.API) {
	for _, a := range m.candidates(r) {
		if r.matches(a) {
			found = append(found, a)
		}
	}
	return found
}

// candidates is the shortest list that surely holds all matches.
func (m *matcher) candidates(r *Reference) []*kind.API {
	out := m.catalog.APIs
	shorter := func(l []*kind.API) {
		if len(l) < len(out) {
			out = l
		}
	}
	if r.Path != "" {
		shorter(m.catalog.AtPath(r.Path))
	}
	if r.Group != "" && !kind.IsGlob(r.Group) {
		shorter(m.catalog.InGroup(r.Group))
	}
	if r.Name != "" && !kind.IsGlob(r.Name) {
		shorter(m.catalog.Named(r.Name))
	}
	return out
}

func (r *Reference) matches(a *kind.API) bool {
	switch {
	case r.Method != "" && r.Method != a.Method,
		r.Path != "" && r.Path != a.Path,
		r.Group != "" && !kind.Glob(r.Group, a.Group),
		r.Name != "" && !kind.Glob(r.Name, a.Name):
		return false
	}
	for _, t := range r.Tags {
		if !slices.Contains(a.Tags, t) {
			return false
		}
	}
	return true
}

// hint helps with a reference that matches nothing.
func (m *matcher) hint(r *Reference) string {
	otherwise := "check the spelling, or add optional: true to a mapping"
	if r.Optional {
		otherwise = ""
	}
	if kind.IsGlob(r.Text) {
		return "globs are for mappings, as in {group: orders, name: \"get_*\"}"
	}
	if m.hints == 0 {
		return otherwise
	}
	m.hints--
	near := ""
	switch {
	case r.Text != "":
		near = Nearest(r.Text, m.sortedAddresses())
	case r.Group != "" && !kind.IsGlob(r.Group) && len(m.catalog.InGroup(r.Group)) == 0:
		if near = Nearest(r.Group, m.sortedGroups()); near != "" {
			near = "group " + near
		}
	case r.Name != "" && !kind.IsGlob(r.Name):
		near = m.nearestName(r)
	}
	if near == "" {
		return otherwise
	}
	return "did you mean " + near + "?"
}

func (m *matcher) sortedAddresses() []string {
	if m.names == nil {
		for address := range m.addresses {
			m.names = append(m.names, address)
		}
		slices.Sort(m.names)
	}
	return m.names
}

func (m *matcher) sortedGroups() []string {
	groups := m.catalog.Groups()
	slices.Sort(groups)
	return groups
}

// nearestName looks among the APIs that have all the rest of what is asked for.
func (m *matcher) nearestName(r *Reference) string {
	other := *r
	other.Name = ""
	var names []string
	addresses := map[string]string{}
	for _, a := range m.search(&other) {
		if addresses[a.Name] == "" || a.Address() < addresses[a.Name] {
			addresses[a.Name] = a.Address()
		}
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return addresses[Nearest(r.Name, names)]
}

// String is the reference as findings show it.
func (r *Reference) String() string {
	if r.Text != "" {
		return r.Text
	}
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+": "+value)
		}
	}
	add("group", r.Group)
	add("name", r.Name)
	add("method", r.Method)
	add("path", r.Path)
	add("tags", strings.Join(r.Tags, ", "))
	return "{" + strings.Join(parts, ", ") + "}"
}
