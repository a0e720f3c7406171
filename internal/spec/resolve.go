package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Resolve finds the targets of all references: APIs in the catalog, other targets among the objects of the catalog and
// of s. When a finding is an error, the result must not be applied. It can still be compared, because the links that a
// wrong reference may stand for are spared. The links are sorted by address; everything else is shared with s.
func (s *State) Resolve(c *kind.Catalog) (kind.Desired, []Finding) {
	c = s.Renamed(c)
	r := resolver{
		matcher: newMatcher(c, s.Objects), owners: make(map[string]*kind.Declared, len(s.Objects)),
		links: make([]kind.DeclaredLink, 0, len(s.References)),
		seen:  make(map[linkID]bool, len(s.References)), occupied: make(map[slot]int, len(s.References)),
	}
	for i := range s.Objects {
		r.owners[s.Objects[i].Address()] = &s.Objects[i]
	}
	for i := range s.References {
		r.reference(&s.References[i])
	}
	spared := slices.DeleteFunc(r.kept, func(l kind.DeclaredLink) bool { return r.seen[idOf(&l.Link)] })
	out := s.WithoutLinks()
	out.Links, out.Spared = sortedLinks(r.links), spared
	return out, sortUnique(r.findings)
}

// Renamed is the catalog with groups and environments under the names that the files give them. A reference to the new
// name of a group that the files rename thus matches the group that still has the old name, even in a run that does not
// carry out the rename.
func (s *State) Renamed(c *kind.Catalog) *kind.Catalog {
	names := map[string]string{}
	for i := range s.Objects {
		d := &s.Objects[i]
		exists := d.Kind == kind.AGroup && len(c.InGroup(d.Key)) > 0 || d.Kind == kind.AnEnvironment && c.HasEnv(d.Key)
		if d.MovedFrom != "" && !exists {
			names[d.Kind+"/"+d.MovedFrom] = d.Key
		}
	}
	if len(names) == 0 {
		return c
	}
	return c.Renamed(func(kindName, key string) string { return names[kindName+"/"+key] })
}

// WithoutLinks is the desired state without links, which can be made without a catalog.
func (s *State) WithoutLinks() kind.Desired {
	return kind.Desired{Objects: s.Objects, Owns: s.Owns, Ignore: s.Ignore, MayDisplace: s.TakesOver}
}

type resolver struct {
	matcher  *matcher
	owners   map[string]*kind.Declared // by address
	links    []kind.DeclaredLink
	kept     []kind.DeclaredLink
	seen     map[linkID]bool
	occupied map[slot]int // index in links of the link that occupies the slot
	findings []Finding
}

// linkID identifies a link; two references may ask for the same one.
type linkID struct{ kind, owner, target, env string }

// slot is a slot of a target in an environment, which only one owner can occupy.
type slot struct{ kind, slot, target, env string }

func idOf(l *kind.Link) linkID {
	return linkID{l.Kind, l.Owner, cmp.Or(l.To.ListedBy(), l.To.Name), l.To.Env}
}

// report adds a finding about a reference; short is its problem in a few words.
func (r *resolver) report(ref *Reference, short, problem, hint string, warning bool) {
	r.findings = append(r.findings, Finding{
		Source: ref.Source, Path: ref.Pointer, Problem: problem, Hint: hint, Warning: warning,
		Unresolved: Unresolved{Owner: kind.LinkOf(ref.Kind).Owner + "/" + ref.Owner, Reference: ref.String(), Environment: ref.Environment, Problem: short},
	})
}

func (r *resolver) reference(ref *Reference) {
	m := r.matcher.matchReference(ref)
	for _, to := range m.unpublished {
		r.keepIfPresent(linkTo(ref, to, false))
	}
	switch {
	case ref.Target() != kind.APublication:
		r.unmatched(ref, m)
	case m.empty():
		r.report(ref, "no such API", "no API matches "+ref.String(), r.matcher.hint(ref), ref.Optional)
		return
	case len(m.ambiguous) > 0:
		r.report(ref, "several APIs", ref.Text+" can be read as "+readingList(m.ambiguous), "name group and API separately, as in {group: …, name: …}", false)
		return
	case len(m.unpublished) > 0:
		r.unpublished(ref, m)
	}
	for _, to := range m.published {
		r.addLink(ref, linkTo(ref, to, true))
	}
}

// linkTo is the link that a reference asks for.
func linkTo(ref *Reference, to *kind.Target, live bool) kind.DeclaredLink {
	return kind.DeclaredLink{
		Link:   kind.Link{Kind: ref.Kind, Owner: ref.Owner, To: to},
		Source: ref.Source, Offline: !live, Pattern: ref.Pattern(),
	}
}

// keepIfPresent keeps a link if the gateway has it, but does not ask for it.
func (r *resolver) keepIfPresent(l kind.DeclaredLink) {
	l.Offline = true
	r.kept = append(r.kept, l)
}

func readingList(apis []*kind.Target) string {
	var out []string
	for _, to := range apis {
		out = append(out, fmt.Sprintf("API %s of group %s", to.API.Name, to.API.Group))
	}
	slices.Sort(out)
	if len(slices.Compact(slices.Clone(out))) == 1 {
		return fmt.Sprintf("%d APIs of the same name", len(apis))
	}
	return strings.Join(out, ", or as ")
}

// maxNamed is how many APIs a finding names.
const maxNamed = 3

// unpublished reports the APIs that a reference matches but that are not published. For patterns and optional references
// that is a warning.
func (r *resolver) unpublished(ref *Reference, m matchResult) {
	c, env := r.matcher.catalog, ref.Environment
	them := "it"
	if len(m.unpublished) > 1 {
		them = "them"
	}
	hint := "existing bindings to " + them + " stay, and no new ones are made"
	switch {
	case m.refused && ref.Text != "":
		hint = "publish it there first, or write it as a mapping with optional: true"
	case m.refused:
		hint = "publish " + them + " there first, or add optional: true"
	}
	switch {
	case c.LacksEnv(env):
		r.report(ref, "no such environment", fmt.Sprintf("there is no environment %s, which %s asks for", env, ref), DidYouMean(env, c.Envs, "check its name"), !m.refused)
	case c.Complete && !c.HasEnv(env):
		r.report(ref, "not published", fmt.Sprintf("no API is published in the environment %s, which %s asks for", env, ref), "check the name of the environment", !m.refused)
	default:
		problem := notPublished(m.unpublished) + env
		if !m.refused && ref.Text == "" {
			problem += ", which " + ref.String() + " asks for"
		}
		r.report(ref, "not published", problem, hint, !m.refused)
	}
}

// notPublished is the start of a sentence that the name of an environment ends.
func notPublished(apis []*kind.Target) string {
	var names []string
	for _, to := range apis {
		names = append(names, to.Name+" ("+publishedIn(to.API)+")")
	}
	if len(apis) > 1 {
		return kind.FirstOf(names, maxNamed) + " are not published in "
	}
	return names[0] + " is not published in "
}

func publishedIn(a *kind.API) string {
	if len(a.Published) == 0 {
		return "published nowhere"
	}
	return "published in " + strings.Join(environmentsOf(a), ", ")
}

// environmentsOf are the environments in which an API is published, sorted.
func environmentsOf(a *kind.API) (out []string) {
	for i := range a.Published {
		out = append(out, a.Published[i].Env)
	}
	slices.Sort(out)
	return out
}

// addLink adds a link, unless it was added already or another owner occupies its slot.
func (r *resolver) addLink(ref *Reference, l kind.DeclaredLink) {
	id := idOf(&l.Link)
	if r.seen[id] {
		return
	}
	def := kind.LinkOf(ref.Kind)
	if owner := r.owners[def.Owner+"/"+ref.Owner]; owner != nil && def.Slot != nil {
		s := slot{ref.Kind, def.Slot(owner.Value), id.target, l.To.Env}
		if first, ok := r.occupied[s]; ok {
			r.slotConflict(ref, &r.links[first], s.slot)
			r.keepIfPresent(l)
			return
		}
		r.occupied[s] = len(r.links)
	}
	r.seen[id] = true
	r.links = append(r.links, l)
}

func (r *resolver) slotConflict(ref *Reference, first *kind.DeclaredLink, slot string) {
	link := kind.LinkOf(ref.Kind)
	owner := strings.ReplaceAll(link.Owner, "_", " ")
	what := owner
	if slot != "" {
		what += " of type " + slot
	}
	hint := "an API can have only one " + what + " in an environment"
	if link.Target != kind.APublication {
		hint = "each " + link.ToWord() + " can have only one " + what
	}
	r.report(ref, "place taken", fmt.Sprintf("%s %s and %s %s are both bound to %s; the other binding is at %s",
		owner, ref.Owner, owner, first.Owner, first.To, location(first.Source)), hint+"; remove it from one of them", false)
}

// sortedLinks sorts by address; links with the same address stay in the order of the files.
func sortedLinks(links []kind.DeclaredLink) []kind.DeclaredLink {
	type keyed struct {
		address string
		at      int
	}
	keys := make([]keyed, len(links))
	for i := range links {
		keys[i] = keyed{links[i].Address(), i}
	}
	slices.SortStableFunc(keys, func(a, b keyed) int { return strings.Compare(a.address, b.address) })
	out := make([]kind.DeclaredLink, len(links))
	for i, k := range keys {
		out[i] = links[k.at]
	}
	return out
}
