package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Resolve finds the APIs of all references in the catalog. The result is fit for use only when no
// finding is an error. The links are sorted by address; the rest is shared with s.
func (s *State) Resolve(c *kind.Catalog) (kind.Desired, []Finding) {
	r := resolver{
		state: s, matcher: newMatcher(c), owners: make(map[string]*kind.Declared, len(s.Objects)),
		links: make([]kind.DeclaredLink, 0, len(s.References)),
		done:  make(map[linkID]bool, len(s.References)), taken: make(map[slot]int, len(s.References)),
	}
	for i := range s.Objects {
		r.owners[s.Objects[i].Address()] = &s.Objects[i]
	}
	for i := range s.References {
		r.reference(&s.References[i])
	}
	return kind.Desired{Objects: s.Objects, Links: sortedLinks(r.links), Owns: s.Owns, Ignore: s.Ignore}, tidy(r.findings)
}

type resolver struct {
	state    *State
	matcher  *matcher
	owners   map[string]*kind.Declared // by address
	links    []kind.DeclaredLink
	done     map[linkID]bool
	taken    map[slot]int // to the index of the link that has it
	findings []Finding
}

// linkID tells links apart; two references may mean the same one.
type linkID struct{ kind, owner, api, env string }

// slot is a place at an API in an environment that one owner can have.
type slot struct{ kind, slot, api, env string }

func (r *resolver) report(ref *Reference, problem, hint string, warning bool) {
	r.findings = append(r.findings, Finding{Source: ref.Source, Path: ref.Pointer, Problem: problem, Hint: hint, Warning: warning})
}

func (r *resolver) reference(ref *Reference) {
	apis := r.matcher.match(ref)
	switch {
	case len(apis) == 0:
		r.report(ref, "no API matches "+ref.String(), r.matcher.hint(ref), ref.Optional)
		return
	case ref.Text != "" && len(apis) > 1:
		r.report(ref, ref.Text+" can be read as "+readings(apis), "name group and API apart, as in {group: …, name: …}", false)
		return
	}
	var absent []*kind.API
	for _, a := range apis {
		if p, ok := a.In(ref.Environment); ok {
			r.link(ref, a, p)
		} else {
			absent = append(absent, a)
		}
	}
	if len(absent) > 0 {
		r.unpublished(ref, absent)
	}
}

func readings(apis []*kind.API) string {
	var out []string
	for _, a := range apis {
		out = append(out, fmt.Sprintf("API %s of group %s", a.Name, a.Group))
	}
	slices.Sort(out)
	if len(slices.Compact(slices.Clone(out))) == 1 {
		return fmt.Sprintf("%d APIs of the same name", len(apis))
	}
	return strings.Join(out, ", or as ")
}

// listed is how many APIs a finding names.
const listed = 3

func (r *resolver) unpublished(ref *Reference, apis []*kind.API) {
	hint := "publish there first, or add optional: true"
	if ref.Text != "" {
		hint = "publish it there first, or write it as a mapping with optional: true"
	}
	if !r.matcher.catalog.HasEnv(ref.Environment) {
		r.report(ref, fmt.Sprintf("no API at all is published in the environment %s, which %s asks for", ref.Environment, ref), "check the name of the environment", ref.Optional)
		return
	}
	var names []string
	for i, a := range apis {
		if i == listed {
			names = append(names, fmt.Sprintf("and %d more", len(apis)-listed))
			break
		}
		names = append(names, a.Address()+" ("+publishedIn(a)+")")
	}
	are := " is"
	if len(apis) > 1 {
		are = " are"
	}
	r.report(ref, strings.Join(names, ", ")+are+" not published in "+ref.Environment, hint, ref.Optional)
}

func publishedIn(a *kind.API) string {
	if len(a.Published) == 0 {
		return "published nowhere"
	}
	var envs []string
	for _, p := range a.Published {
		envs = append(envs, p.Env)
	}
	slices.Sort(envs)
	return "published in " + strings.Join(envs, ", ")
}

// link adds a link, unless the API has it already or another owner has its slot.
func (r *resolver) link(ref *Reference, a *kind.API, p kind.Publication) {
	id := linkID{ref.Kind, ref.Owner, a.ID, p.Env}
	if r.done[id] {
		return
	}
	def := kind.LinkOf(ref.Kind)
	if owner := r.owners[def.Owner+"/"+ref.Owner]; owner != nil && def.Slot != nil {
		s := slot{ref.Kind, def.Slot(owner.Value), a.ID, p.Env}
		if first, ok := r.taken[s]; ok {
			r.conflict(ref, &r.links[first], s.slot)
			return
		}
		r.taken[s] = len(r.links)
	}
	r.done[id] = true
	r.links = append(r.links, kind.DeclaredLink{
		Link:   kind.Link{Kind: ref.Kind, Owner: ref.Owner, API: a, Env: p.Env, EnvID: p.EnvID, PublishID: p.PublishID},
		Source: ref.Source,
	})
}

func (r *resolver) conflict(ref *Reference, first *kind.DeclaredLink, slot string) {
	owner := kind.LinkOf(ref.Kind).Owner
	what := owner
	if slot != "" {
		what += " of type " + slot
	}
	r.report(ref, fmt.Sprintf("%s %s and %s %s are both bound to %s in %s; the other one at %s",
		owner, ref.Owner, owner, first.Owner, first.API.Address(), first.Env, place(first.Source)),
		"an API takes one "+what+" in an environment; remove it from one of them", false)
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
