package lint

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// binding is a policy or app bound to an API in an environment, once the files are applied.
type binding struct {
	kind, owner string
	api         *kind.API
	env         string
	ref         *spec.Reference // that declares it; nil if only the gateway has it
}

// slot is an API in an environment.
type slot struct{ api, env string }

func (b *binding) slot() slot { return slot{b.api.ID, b.env} }

// where names, for messages, the line that declares the binding.
func (b *binding) where() string {
	if b.ref == nil {
		return "on the gateway"
	}
	return position(b.ref.Source)
}

// target names the API for messages. An API that is only known from a reference is shown as that reference.
func (b *binding) target() string {
	if b.api.Name == "" && b.api.Group == "" || strings.HasPrefix(b.api.ID, assumedPrefix) {
		return b.ref.String() + " in " + b.env
	}
	return b.api.Address() + " in " + b.env
}

// bound are the bindings that will certainly exist once the files are applied: those that the files declare, and those
// of the gateway that the files leave alone. Without the gateway, the APIs are those that references name, and those
// that must exist if the references are right; see assumedCatalog.
func (s *subject) bound() []binding {
	if s.indexed {
		return s.bindings
	}
	s.indexed = true
	catalog := assumedCatalog(s.State.References)
	if s.Gateway != nil {
		catalog = s.Gateway.Catalog
	}
	done := map[binding]bool{} // without their references
	for i, apis := range s.State.Matches(catalog) {
		r := &s.State.References[i]
		if r.Text != "" && len(apis) > 1 {
			continue // two readings
		}
		for _, a := range apis {
			b := binding{r.Kind, r.Owner, a, r.Environment, nil}
			if _, ok := a.In(r.Environment); ok && certainlyMatches(r, a) && !done[b] {
				done[b] = true
				b.ref = r
				s.bindings = append(s.bindings, b)
			}
		}
	}
	s.addUndeclared()
	return s.bindings
}

// addUndeclared adds what the gateway has and the files leave alone.
func (s *subject) addUndeclared() {
	if s.Gateway == nil {
		return
	}
	for i := range s.Gateway.Links {
		l := &s.Gateway.Links[i]
		if l.To.API == nil {
			continue
		}
		b := binding{l.Kind, l.Owner, l.To.API, l.To.Env, nil}
		address := l.OwnerAddress()
		owner := s.byAddress[address]
		if moved := s.renamed[address]; moved != nil && s.onGateway[moved.Address()] == nil {
			owner, b.owner = moved, moved.Key
		}
		if owner == nil || !owner.ManagesKind(l.Kind) {
			s.bindings = append(s.bindings, b)
		}
	}
}

// assumedPrefix is the prefix of the ids of APIs that stand for whatever a reference matches.
const assumedPrefix = "\x00"

// assumedCatalog is a catalog of the APIs that the gateway must have if the references are right: those that they name,
// and one for each pattern, with only the properties that the pattern requires. Optional references need not match
// anything.
func assumedCatalog(refs []spec.Reference) *kind.Catalog {
	found := map[string]*kind.API{}
	var apis []*kind.API
	for i := range refs {
		r := &refs[i]
		if r.Target() != kind.APublication {
			continue
		}
		a := assumedAPI(r)
		if r.Optional || a == nil {
			continue
		}
		if found[a.ID] == nil {
			found[a.ID] = a
			apis = append(apis, a)
		}
		if _, ok := found[a.ID].In(r.Environment); !ok {
			found[a.ID].Publish(r.Environment, "", "")
		}
	}
	return kind.NewCatalog(apis)
}

// assumedAPI is nil for a text that can be read in several ways.
func assumedAPI(r *spec.Reference) *kind.API {
	group, name, _ := strings.Cut(r.Text, "/")
	switch {
	case strings.Contains(name, "/"):
		return nil
	case r.Text != "":
		return &kind.API{ID: group + "/" + name, Group: group, Name: name}
	case namesOneAPI(r):
		return &kind.API{ID: r.Group + "/" + r.Name, Group: r.Group, Name: r.Name}
	}
	id := strings.Join(append([]string{assumedPrefix, r.Group, r.Name, r.Method, r.Path}, r.Tags...), "\x00")
	return &kind.API{ID: id, Group: r.Group, Name: r.Name, Method: r.Method, Path: r.Path, Tags: r.Tags}
}

// namesOneAPI reports whether a reference names one API.
func namesOneAPI(r *spec.Reference) bool {
	return r.Group != "" && r.Name != "" && !kind.IsGlob(r.Group) && !kind.IsGlob(r.Name) && r.Method == "" && r.Path == "" && len(r.Tags) == 0
}

// certainlyMatches reports whether a reference certainly means an API. If the API stands for a pattern, the reference
// must have the same globs as that pattern, or none.
func certainlyMatches(r *spec.Reference, a *kind.API) bool {
	if !strings.HasPrefix(a.ID, assumedPrefix) {
		return true
	}
	same := func(glob, other string) bool { return glob == "" || glob == "*" || glob == other }
	return same(r.Group, a.Group) && same(r.Name, a.Name)
}
