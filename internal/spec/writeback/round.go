package writeback

import (
	"errors"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// round is one comparison of the files with the gateway, and the edits that result from it.
type round struct {
	number     int
	inputs     []spec.Input
	options    spec.Options
	gateway    Gateway
	compared   diff.Options
	state      *spec.State
	places     *spec.Places
	declared   map[string]*kind.Declared // by address
	unresolved []*spec.Reference         // that match nothing, or whose slot is taken

	references map[string][]*spec.Reference // by LINK-KIND OWNER
	bound      map[string][]*kind.Link      // the gateway's links, by LINK-KIND OWNER

	plan       *diff.Plan
	snippets   *spec.Snippets
	linkFinder *spec.LinkFinder // made when first needed
	files      *files

	refusals map[string]map[string]string // by address: see refused
	unedited map[string]string            // why objects stay as they are, by address

	removed   map[string]bool // addresses of objects that are removed from the files
	unwritten map[string]bool // addresses of objects that only the gateway has and that are not added to the files
	done      map[string]bool // ADDRESS PATH of values that need no further edits
	kept      []Kept
	notes     []Kept
}

// newRound compares the files with the gateway. The round is nil when a finding is an error.
func newRound(number int, inputs []spec.Input, o spec.Options, g Gateway, p diff.Options) (*round, []spec.Finding) {
	r := &round{
		number: number, inputs: inputs, options: o, gateway: g, compared: p, files: newFiles(inputs),
		declared: map[string]*kind.Declared{}, removed: map[string]bool{}, unwritten: map[string]bool{}, done: map[string]bool{}, refusals: map[string]map[string]string{},
	}
	var findings []spec.Finding
	r.state, r.places, findings = spec.LoadPlaces(inputs, o, "")
	if firstError(findings) != "" {
		return nil, findings
	}
	r.excludeUnread()
	for i := range r.state.Objects {
		r.declared[r.state.Objects[i].Address()] = &r.state.Objects[i]
	}
	r.index()
	desired, wrong := r.resolve()
	if firstError(wrong) != "" {
		return nil, wrong
	}
	if g.Adopt {
		desired.Owns = ownEverything()
	}
	r.plan = diff.Between(g.Actual, desired, p)
	e := spec.Export{Objects: g.Actual.Objects, Links: g.Actual.Links, Known: g.Catalog.APIs, Unread: g.Unread}
	r.snippets = spec.NewSnippets(e, variablesIn(inputs))
	return r, findings
}

// ownEverything makes files own all objects of a gateway, so that the comparison includes those that no file declares.
func ownEverything() map[string][]string {
	out := map[string][]string{}
	for _, k := range kind.All {
		if k.Owner == "" && !k.AllExist {
			out[k.Name] = []string{"*"}
		}
	}
	return out
}

// index groups references and links by their owner.
func (r *round) index() {
	r.references, r.bound = map[string][]*spec.Reference{}, map[string][]*kind.Link{}
	for i := range r.state.References {
		ref := &r.state.References[i]
		r.references[ref.Kind+" "+ref.Owner] = append(r.references[ref.Kind+" "+ref.Owner], ref)
	}
	for i := range r.gateway.Actual.Links {
		l := &r.gateway.Actual.Links[i]
		r.bound[l.Kind+" "+l.Owner] = append(r.bound[l.Kind+" "+l.Owner], l)
	}
}

// resolve resolves the references. Those that are wrong, because APIs changed or because another policy occupies the slot,
// are collected in r.broken, to be edited.
func (r *round) resolve() (kind.Desired, []spec.Finding) {
	state := *r.state
	for {
		desired, findings := state.Resolve(r.gateway.Catalog)
		wrong := map[string]bool{}
		for _, f := range findings {
			if !f.Warning {
				wrong[placeID(f.Source, f.Path)] = true
			}
		}
		var left []spec.Reference
		for i := range state.References {
			ref := &state.References[i]
			if wrong[placeID(ref.Source, ref.Pointer)] {
				r.unresolved = append(r.unresolved, ref)
			} else {
				left = append(left, *ref)
			}
		}
		if len(left) == len(state.References) {
			return diff.WithSpared(r.gateway.Actual, desired), findings
		}
		state.References = left
	}
}

func placeID(s kind.Source, path string) string {
	return spec.Finding{Source: s, Path: path}.String()
}

// ownerOf is the address of the object that a change is about, or that owns the part or link it is about.
func ownerOf(c *diff.Change) string {
	if l := kind.LinkOf(c.Kind); l != nil {
		return l.Owner + "/" + c.Name
	}
	if k := kind.Of(c.Kind); k.Owner != "" {
		return k.Owner + "/" + c.Name
	}
	return c.Address
}

// edit records the edits that make the files match the gateway.
func (r *round) edit() {
	r.objects()
	parts, links := map[string][]*diff.Change{}, map[string]bool{}
	for i := range r.plan.Changes {
		c := &r.plan.Changes[i]
		owner := ownerOf(c)
		switch {
		case owner == c.Address || r.removed[owner] || r.declared[owner] == nil:
		case c.Link != nil:
			links[c.Kind+" "+c.Name] = true
		default:
			parts[c.Kind+" "+c.Name] = append(parts[c.Kind+" "+c.Name], c)
		}
	}
	for _, ref := range r.unresolved {
		owner := kind.LinkOf(ref.Kind).Owner
		if r.compared.Covers(kind.Of(owner), ref.Owner) && !r.removed[owner+"/"+ref.Owner] {
			links[ref.Kind+" "+ref.Owner] = true
		}
	}
	for _, id := range sortedKeys(parts) {
		kindName, owner, _ := strings.Cut(id, " ")
		r.parts(kind.Of(kindName), owner, parts[id])
	}
	for _, id := range sortedKeys(links) {
		kindName, owner, _ := strings.Cut(id, " ")
		r.links(kind.LinkOf(kindName), owner)
	}
}

// objects edits the objects that are not parts: changed fields, objects that only the files have, and new ones.
func (r *round) objects() {
	fresh := map[string][]*kind.Object{}
	for i := range r.plan.Changes {
		c := &r.plan.Changes[i]
		if k := kind.Of(c.Kind); k == nil || k.Owner != "" {
			continue
		}
		switch {
		case c.Action == diff.Create:
			r.removeObject(c)
		case c.Action == diff.Delete && c.Note != "":
			r.keep(kind.Source{}, c.Address, "", "it was "+c.Note+"; apply removes it")
		case c.Action == diff.Delete:
			fresh[c.Kind] = append(fresh[c.Kind], c.Have)
		default:
			r.object(c)
		}
	}
	r.create(fresh)
}

func (r *round) keep(at kind.Source, address, path, why string) {
	r.kept = append(r.kept, Kept{at, address, path, why})
}

// unexplained is an error if a difference remains that is not among those kept. That means that the edited files
// contradict each other, or that this package has a bug.
func (r *round) unexplained() error {
	reported := func(address, path string) bool {
		return slices.ContainsFunc(r.kept, func(k Kept) bool {
			return k.Address == address && (k.Path == "" || path == k.Path || strings.HasPrefix(path, k.Path+"/"))
		})
	}
	var open []string
	for i := range r.plan.Changes {
		c := &r.plan.Changes[i]
		if reported(c.Address, "") || reported(ownerOf(c), "") {
			continue
		}
		if c.Action != diff.Update && c.Action != diff.Replace {
			open = append(open, c.Address)
			continue
		}
		for _, f := range c.Fields {
			if !reported(c.Address, f.Path) {
				open = append(open, c.Address+" "+f.Path)
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	return errors.New("the edited files would still differ from the gateway; nothing was written: " + strings.Join(open, ", "))
}

func (r *round) note(at kind.Source, address, text string) {
	r.notes = append(r.notes, Kept{Source: at, Address: address, Text: text})
}
