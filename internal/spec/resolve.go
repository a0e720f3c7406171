package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Resolve finds what all references mean: APIs in the catalog, other targets among what it has and what s declares. Findings that are errors mean that the result is not to be
// applied; it is still fit to be compared, since what a reference may mean is then spared. The links are sorted by
// address; the rest is shared with s.
func (s *State) Resolve(c *kind.Catalog) (kind.Desired, []Finding) {
	c = s.Called(c)
	r := resolver{
		matcher: newMatcher(c, s.Objects), owners: make(map[string]*kind.Declared, len(s.Objects)),
		links: make([]kind.DeclaredLink, 0, len(s.References)),
		done:  make(map[linkID]bool, len(s.References)), taken: make(map[slot]int, len(s.References)),
	}
	for i := range s.Objects {
		r.owners[s.Objects[i].Address()] = &s.Objects[i]
	}
	for i := range s.References {
		r.reference(&s.References[i])
	}
	spared := slices.DeleteFunc(r.spared, func(l kind.DeclaredLink) bool { return r.done[idOf(&l.Link)] })
	out := s.Unbound()
	out.Links, out.Spared = sortedLinks(r.links), spared
	return out, tidy(r.findings)
}

// Called is the catalog with groups and environments under the names that the files give them. A reference to the new name of
// what the files rename means what still has the old one, whether the run that resolves it renames it or not.
func (s *State) Called(c *kind.Catalog) *kind.Catalog {
	names := map[string]string{}
	for i := range s.Objects {
		d := &s.Objects[i]
		there := d.Kind == kind.AGroup && len(c.InGroup(d.Key)) > 0 || d.Kind == kind.AnEnvironment && c.HasEnv(d.Key)
		if d.MovedFrom != "" && !there {
			names[d.Kind+"/"+d.MovedFrom] = d.Key
		}
	}
	if len(names) == 0 {
		return c
	}
	return c.Calling(func(kindName, key string) string { return names[kindName+"/"+key] })
}

// Unbound is the desired state but for what objects are bound to, which needs no catalog.
func (s *State) Unbound() kind.Desired {
	return kind.Desired{Objects: s.Objects, Owns: s.Owns, Ignore: s.Ignore, TakesOver: s.TakesOver}
}

type resolver struct {
	matcher  *matcher
	owners   map[string]*kind.Declared // by address
	links    []kind.DeclaredLink
	spared   []kind.DeclaredLink
	done     map[linkID]bool
	taken    map[slot]int // to the index of the link that has it
	findings []Finding
}

// linkID tells links apart; two references may mean the same one.
type linkID struct{ kind, owner, target, env string }

// slot is a place at a target that one owner can have.
type slot struct{ kind, slot, target, env string }

func idOf(l *kind.Link) linkID {
	return linkID{l.Kind, l.Owner, cmp.Or(l.To.ListedBy(), l.To.Name), l.To.Env}
}

// report tells about a reference. Short says it in a few words.
func (r *resolver) report(ref *Reference, short, problem, hint string, warning bool) {
	r.findings = append(r.findings, Finding{
		Source: ref.Source, Path: ref.Pointer, Problem: problem, Hint: hint, Warning: warning,
		Lost: Lost{Owner: kind.LinkOf(ref.Kind).Owner + "/" + ref.Owner, Reference: ref.String(), Environment: ref.Environment, Problem: short},
	})
}

func (r *resolver) reference(ref *Reference) {
	m := r.matcher.meaning(ref)
	for _, to := range m.idle {
		r.spare(linkTo(ref, to, false))
	}
	switch {
	case ref.Target() != kind.APublication:
		r.unmatched(ref, m)
	case m.empty():
		r.report(ref, "no such API", "no API matches "+ref.String(), r.matcher.hint(ref), ref.Optional)
		return
	case len(m.several) > 0:
		r.report(ref, "several APIs", ref.Text+" can be read as "+readings(m.several), "name group and API apart, as in {group: …, name: …}", false)
		return
	case len(m.idle) > 0:
		r.unpublished(ref, m)
	}
	for _, to := range m.live {
		r.take(ref, linkTo(ref, to, true))
	}
}

// linkTo is the link that a reference asks for.
func linkTo(ref *Reference, to *kind.Target, live bool) kind.DeclaredLink {
	return kind.DeclaredLink{
		Link:   kind.Link{Kind: ref.Kind, Owner: ref.Owner, To: to},
		Source: ref.Source, Offline: !live, Pattern: ref.Pattern(),
	}
}

// spare leaves a link alone where the gateway has it.
func (r *resolver) spare(l kind.DeclaredLink) {
	l.Offline = true
	r.spared = append(r.spared, l)
}

func readings(apis []*kind.Target) string {
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

// listed is how many APIs a finding names.
const listed = 3

// unpublished tells about APIs that a reference means and that are not published. Patterns and optional references do
// without them.
func (r *resolver) unpublished(ref *Reference, m meaning) {
	c, env := r.matcher.catalog, ref.Environment
	them := "it"
	if len(m.idle) > 1 {
		them = "them"
	}
	hint := "what is bound to " + them + " stays, and nothing new is bound"
	switch {
	case m.wrong && ref.Text != "":
		hint = "publish it there first, or write it as a mapping with optional: true"
	case m.wrong:
		hint = "publish " + them + " there first, or add optional: true"
	}
	switch {
	case c.LacksEnv(env):
		r.report(ref, "no such environment", fmt.Sprintf("there is no environment %s, which %s asks for", env, ref), Meant(env, c.Envs, "check its name"), !m.wrong)
	case c.Complete && !c.HasEnv(env):
		r.report(ref, "not published", fmt.Sprintf("no API at all is published in the environment %s, which %s asks for", env, ref), "check the name of the environment", !m.wrong)
	default:
		problem := notPublished(m.idle) + env
		if !m.wrong && ref.Text == "" {
			problem += ", which " + ref.String() + " asks for"
		}
		r.report(ref, "not published", problem, hint, !m.wrong)
	}
}

// notPublished is the beginning of a sentence about some APIs.
func notPublished(apis []*kind.Target) string {
	var names []string
	for i, to := range apis {
		if i == listed {
			names = append(names, fmt.Sprintf("and %d more", len(apis)-listed))
			break
		}
		names = append(names, to.Name+" ("+publishedIn(to.API)+")")
	}
	if len(apis) > 1 {
		return strings.Join(names, ", ") + " are not published in "
	}
	return names[0] + " is not published in "
}

func publishedIn(a *kind.API) string {
	if len(a.Published) == 0 {
		return "published nowhere"
	}
	var envs []string
	for i := range a.Published {
		envs = append(envs, a.Published[i].Env)
	}
	slices.Sort(envs)
	return "published in " + strings.Join(envs, ", ")
}

// take adds a link, unless the target has it already or another owner has its slot.
func (r *resolver) take(ref *Reference, l kind.DeclaredLink) {
	id := idOf(&l.Link)
	if r.done[id] {
		return
	}
	def := kind.LinkOf(ref.Kind)
	if owner := r.owners[def.Owner+"/"+ref.Owner]; owner != nil && def.Slot != nil {
		s := slot{ref.Kind, def.Slot(owner.Value), id.target, l.To.Env}
		if first, ok := r.taken[s]; ok {
			r.conflict(ref, &r.links[first], s.slot)
			r.spare(l)
			return
		}
		r.taken[s] = len(r.links)
	}
	r.done[id] = true
	r.links = append(r.links, l)
}

func (r *resolver) conflict(ref *Reference, first *kind.DeclaredLink, slot string) {
	link := kind.LinkOf(ref.Kind)
	owner := strings.ReplaceAll(link.Owner, "_", " ")
	what := owner
	if slot != "" {
		what += " of type " + slot
	}
	hint := "an API takes one " + what + " in an environment"
	if link.Target != kind.APublication {
		hint = "only one " + what + " holds for one " + link.ToWord()
	}
	r.report(ref, "place taken", fmt.Sprintf("%s %s and %s %s are both bound to %s; the other one at %s",
		owner, ref.Owner, owner, first.Owner, first.To, location(first.Source)), hint+"; remove it from one of them", false)
}

// sortedLinks sorts by address, links of one address in the order of the files.
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
