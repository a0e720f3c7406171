package trail

import (
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Author is who made a difference.
type Author struct {
	User      string
	At        time.Time
	Operation string // the name that the trail uses
	Source    string // address of the caller; "" for the system
	Certain   bool   // the record has the id of the object, and not only its name or its owner
	Own       bool   // the author was this tool, or somebody with the credentials of this run
}

// Run identifies what this tool did itself.
type Run struct {
	InstanceID string
	Requests   map[string]bool // ids of requests that earlier runs sent
	KeyID      string          // the access key of this run; "" if it has none
}

// Authors returns, by address, who made each difference: the author of the last record of an operation that can have
// caused it. Differences without such a record are missing.
func (t *Trail) Authors(plan *diff.Plan, have kind.Actual, run Run) map[string]Author {
	objects := map[string]*kind.Object{}
	for i := range have.Objects {
		objects[have.Objects[i].Address()] = &have.Objects[i]
	}
	records := t.sorted(plan, have)
	out := map[string]Author{}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		s := subjectOf(c)
		if c.Link != nil && s.owner == "" {
			if o := objects[kind.LinkOf(c.Kind).Owner+"/"+c.Link.Owner]; o != nil {
				s.owner = o.ID
			}
		}
		if by, ok := records.last(s, run); ok {
			out[c.Address] = by
		}
	}
	inheritAuthors(plan, out)
	for _, e := range plan.Extra {
		o := objects[e.Address]
		if o == nil {
			continue
		}
		if by, ok := records.last(ofObject(o, makes|changes), run); ok {
			out[e.Address] = by
		}
	}
	return out
}

// records are the records of a trail, by type of resource, newest first.
type records map[string][]*trace

// sorted returns the records by type of resource, and marks those that mention a target which the comparison knows.
func (t *Trail) sorted(plan *diff.Plan, have kind.Actual) records {
	targets := map[string]bool{}
	note := func(l *kind.Link) { targets[l.To.ListedBy()], targets[l.To.ID] = true, true }
	for i := range have.Links {
		note(&have.Links[i])
	}
	for i := range plan.Changes {
		if l := plan.Changes[i].Link; l != nil {
			note(l)
		}
	}
	delete(targets, "")
	out := records{}
	for i := range t.traces {
		r := &t.traces[i]
		for text := range r.texts {
			r.targeted = r.targeted || targets[text]
		}
		out[r.resource] = append(out[r.resource], r)
	}
	return out
}

// inheritAuthors attributes the removal of parts and links to whoever removed their owner.
func inheritAuthors(plan *diff.Plan, out map[string]Author) {
	gone := map[string]bool{}
	for i := range plan.Changes {
		gone[plan.Changes[i].Address] = plan.Changes[i].Action == diff.Create
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		owner := ""
		switch {
		case c.Link != nil && c.Action == diff.Bind:
			owner = kind.LinkOf(c.Kind).Owner + "/" + c.Name
		case c.Want != nil && c.Have == nil && c.Want.Owner != "":
			owner = c.Want.OwnerAddress()
		}
		if _, known := out[c.Address]; known || !gone[owner] {
			continue
		}
		if by, ok := out[owner]; ok {
			by.Certain = false
			out[c.Address] = by
		}
	}
}

// subject describes the records that can explain a change: their resource and their operation.
type subject struct {
	resource, word string // type of the resource, and a word in the operation; "" if the type alone identifies the kind
	verb           verb
	ids            []string // a record with one of these ids is certainly about the subject
	owner          string   // id of the owner
	targets        []string // a record with one of these ids and the owner is certainly about the subject
	names          []string // a record with one of these names is probably about the subject
	gateway        string   // id of the gateway, which some records have instead of the id of the resource
	displaceable   bool     // another object of the kind may have displaced it by a bind to the target
}

// subjectOf describes what must have happened on the gateway to make a change necessary.
func subjectOf(c *diff.Change) subject {
	switch c.Action {
	case diff.Bind:
		s := ofLink(c.Link, removes)
		s.displaceable = kind.LinkOf(c.Kind).Slot != nil
		return s
	case diff.Unbind:
		return ofLink(c.Link, makes)
	case diff.Create:
		s := ofObject(&c.Want.Object, removes)
		s.names = append(s.names, c.Want.MovedFrom)
		return s
	case diff.Delete:
		return ofObject(c.Have, makes|changes)
	}
	return ofObject(c.Have, makes|changes)
}

func ofObject(o *kind.Object, does verb) subject {
	s := subject{verb: does, ids: []string{o.ID}, names: []string{o.Key}}
	s.resource, s.word = splitType(kind.Of(o.Kind).Trail)
	if o.Owner != "" { // the trail uses its own name, or the name of its owner
		rest := strings.TrimPrefix(o.Key, o.Owner+"/")
		_, name, _ := strings.Cut(rest, ":")
		s.names = []string{rest, name, o.Owner}
		if o.Parent != nil {
			s.owner = o.Parent.ID
		}
	}
	return s
}

func ofLink(l *kind.Link, does verb) subject {
	s := subject{verb: does, ids: []string{l.ID}, owner: l.OwnerID, names: []string{l.Owner}, targets: []string{l.To.ListedBy(), l.To.ID}}
	s.resource, s.word = splitType(kind.LinkOf(l.Kind).Trail)
	return s
}

// splitType splits the name that the trail uses for a kind: TYPE, or TYPE:WORD.
func splitType(trail string) (resource, word string) {
	resource, word, _ = strings.Cut(strings.ToLower(trail), ":")
	return resource, word
}

// last returns the newest record that is certainly about a subject, or else the newest that probably is.
func (t records) last(s subject, run Run) (Author, bool) {
	s.gateway = run.InstanceID
	var likely *trace
	for _, r := range t[s.resource] {
		certain, probable := s.matches(r)
		switch {
		case certain:
			return r.author(true, run), true
		case probable && likely == nil:
			likely = r
		}
	}
	if likely == nil {
		return Author{}, false
	}
	return likely.author(false, run), true
}

// matches reports whether a record is about a subject, and how certain that is.
func (s *subject) matches(r *trace) (certain, probable bool) {
	if s.resource == "" || !s.sameKind(r) {
		return false, false
	}
	target := slices.ContainsFunc(s.targets, r.mentions)
	does := r.verb()
	if s.displaceable && does == makes && target && !r.mentions(s.owner) {
		return false, true
	}
	if does&s.verb == 0 {
		return false, false
	}
	if slices.ContainsFunc(s.ids, r.mentions) || target && r.mentions(s.owner) {
		return true, true
	}
	if len(s.targets) > 0 && r.targeted && !target { // it is about a binding of the same owner to another API
		return false, false
	}
	return false, r.mentions(s.owner) || slices.ContainsFunc(s.names, r.names) && !s.otherObject(r)
}

// sameKind reports whether an operation is about the kind of the subject, since two kinds may share a type of resource.
func (s *subject) sameKind(r *trace) bool {
	name := strings.ToLower(r.operation)
	if s.word != "" {
		return strings.Contains(name, s.word)
	}
	another := func(trail string) bool {
		resource, word := splitType(trail)
		return word != "" && resource == s.resource && strings.Contains(name, word)
	}
	return !slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return another(k.Trail) }) &&
		!slices.ContainsFunc(kind.Links, func(l *kind.LinkKind) bool { return another(l.Trail) })
}

// otherObject reports whether a record is about a different object with the same name, such as one of another gateway.
func (s *subject) otherObject(r *trace) bool {
	known := slices.ContainsFunc(s.ids, func(id string) bool { return id != "" })
	return known && r.id != "" && r.id != r.name && r.id != s.gateway && !slices.ContainsFunc(s.ids, r.mentions) && !r.mentions(s.owner)
}

func (t *trace) author(certain bool, run Run) Author {
	return Author{
		User: t.user, At: t.at, Operation: t.operation, Source: t.source, Certain: certain,
		Own: run.Requests[t.requestID] && t.requestID != "" || run.KeyID != "" && run.KeyID == t.keyID,
	}
}
