package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// matcher finds the APIs that references match. Each distinct reference is looked up once, and the whole
// catalog is searched only for one that names neither group, name nor path exactly.
type matcher struct {
	catalog       *kind.Catalog
	addresses     map[string][]*kind.API // by group/api: covers all ways to split a text
	known         map[string][]*kind.API // results by Reference.key
	declared      []kind.Declared
	targetsByKind map[string][]*kind.Target // targets of other kinds by kind; filled when they are needed
	hints         int                       // how many searches for similar names are left
	names         []string                  // addresses, sorted; made when first needed
}

// LinkFinder finds the links of single references, as Resolve does.
type LinkFinder struct{ m *matcher }

// NewLinkFinder prepares to look up references in a catalog.
func NewLinkFinder(c *kind.Catalog) *LinkFinder { return &LinkFinder{newMatcher(c, nil)} }

// Links returns the links of a reference, without the id of their owner: links are those that it asks for, and spared
// are those that it leaves alone because their API is not published in the environment. Wrong reports whether Resolve
// would refuse the reference, whatever other references there are.
func (m *LinkFinder) Links(r *Reference) (links, spared []kind.Link, wrong bool) {
	found := m.m.matchReference(r)
	for _, to := range found.published {
		links = append(links, linkTo(r, to, true).Link)
	}
	for _, to := range found.unpublished {
		spared = append(spared, linkTo(r, to, false).Link)
	}
	return links, spared, found.refused
}

// matchResult is what a reference matches: APIs that are published in the environment of the reference, and others.
//
//	optional              is never refused
//	pattern               is refused if it matches no API at all, or if the environment does not exist
//	any other reference   is also refused if it matches no published API
//
// A reference with a glob, with a group alone or with tags is a pattern: the set of APIs that it matches may change,
// and may include drafts.
type matchResult struct {
	published, unpublished []*kind.Target
	ambiguous              []*kind.Target // all APIs that an ambiguous text matches; they are in unpublished, too
	refused                bool           // Resolve refuses the reference
}

func (m *matchResult) empty() bool { return len(m.published)+len(m.unpublished) == 0 }

func (m *matcher) matchReference(r *Reference) (out matchResult) {
	if r.Target() != kind.APublication {
		out.published = m.objects(r)
		out.refused = out.empty() && !r.Pattern()
		return out
	}
	for _, a := range m.match(r) {
		if to, live := a.In(r.Environment); live {
			out.published = append(out.published, to)
		} else {
			out.unpublished = append(out.unpublished, to)
		}
	}
	if r.Text != "" && (len(out.published) > 1 || severalNames(out.published, out.unpublished)) {
		all := slices.Concat(out.published, out.unpublished)
		return matchResult{unpublished: all, ambiguous: all, refused: true}
	}
	switch {
	case r.Optional:
	case out.empty(), m.catalog.LacksEnv(r.Environment):
		out.refused = true
	default:
		out.refused = len(out.published) == 0 && !r.Pattern()
	}
	return out
}

// severalNames reports whether a text matched APIs by splitting it in different ways.
func severalNames(lists ...[]*kind.Target) bool {
	all := slices.Concat(lists...)
	return slices.ContainsFunc(all, func(t *kind.Target) bool { return t.API.Group != all[0].API.Group })
}

// maxHints limits the searches for similar names, since each walks the whole catalog.
const maxHints = 100

func newMatcher(c *kind.Catalog, declared []kind.Declared) *matcher {
	m := &matcher{
		catalog: c, addresses: make(map[string][]*kind.API, len(c.APIs)), known: map[string][]*kind.API{}, hints: maxHints,
		declared: declared, targetsByKind: map[string][]*kind.Target{},
	}
	for _, a := range c.APIs {
		m.addresses[a.Address()] = append(m.addresses[a.Address()], a)
	}
	return m
}

// Matches lists, for each reference in order, the APIs that it matches, published or not. The list is empty for
// references to other targets; an ambiguous text has all its matches.
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

// key is equal for references that ask for the same APIs.
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

// candidates is the shortest indexed list that contains all matches.
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

// hint says what to do about a reference that matches nothing.
func (m *matcher) hint(r *Reference) string {
	otherwise := "check the spelling, or add optional: true to a mapping"
	if r.Optional {
		otherwise = ""
	}
	if kind.IsGlob(r.Text) {
		return "a glob needs a mapping, as in {group: orders, name: \"get_*\"}"
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
		m.names = slices.Sorted(maps.Keys(m.addresses))
	}
	return m.names
}

func (m *matcher) sortedGroups() []string {
	groups := m.catalog.Groups()
	slices.Sort(groups)
	return groups
}

// nearestName searches the APIs that match everything but the name.
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

// String is the reference in the form that findings show.
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
