package emulator

import (
	"maps"
	"slices"
	"time"
)

// releaseID is the id of the environment that every instance has.
const releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// state is the content of a gateway. Load builds a new one and then replaces the old one.
type state struct {
	seed   uint64
	serial uint64 // number of ids generated so far
	seq    uint64 // number of objects and bindings created so far

	resources []resource

	instance instance
	limits   map[string]int // quotas that differ from the defaults, by config name
	features map[string]*feature
	traffic  []traffic
	told     []record // records of the audit trail from the state file
	pubs     map[string]*publication
	versions map[string]*version

	tables map[string]any         // *table[T], by the name of the resource
	bound  map[string]anyBindings // *links[P], by the name of the resource
}

// anyBindings is links[P] for any P.
type anyBindings interface {
	// drop removes the bindings to the API or, if that is nil, all bindings in the environment.
	drop(g *Gateway, c *call, a *api, e *environment)
}

// newState returns the state of a new gateway.
func newState(o Options) *state {
	s := &state{
		seed: o.Seed, resources: allResources(), instance: newInstance(o), limits: map[string]int{}, features: map[string]*feature{},
		pubs: map[string]*publication{}, versions: map[string]*version{}, tables: map[string]any{}, bound: map[string]anyBindings{},
	}
	now := o.Now()
	s.envs().add(&environment{identity: identity{seq: s.next(), id: releaseID, name: "RELEASE", created: now}})
	builtIn := &group{identity: s.identify("DEFAULT", "", now), isDefault: true, slAccess: true}
	builtIn.responses = builtIn.builtInResponses()
	s.groups().add(builtIn)
	return s
}

// tableOf returns the table with the objects of a resource, and creates it on first use.
func tableOf[T object](s *state, resource string) *table[T] {
	if t, made := s.tables[resource].(*table[T]); made {
		return t
	}
	t := newTable[T](resource)
	s.tables[resource] = t
	return t
}

// linksOf returns the bindings of a resource, and creates them on first use.
func linksOf[P object](s *state, resource string) *links[P] {
	if l, made := s.bound[resource].(*links[P]); made {
		return l
	}
	l := newLinks[P](resource)
	s.bound[resource] = l
	return l
}

// dropLinks removes the bindings of every kind to an API or, if that is nil, in an environment.
func (g *Gateway) dropLinks(c *call, a *api, e *environment) {
	for _, name := range slices.Sorted(maps.Keys(g.bound)) {
		g.bound[name].drop(g, c, a, e)
	}
}

// next numbers a new object in the order of creation.
func (s *state) next() uint64 {
	s.seq++
	return s.seq
}

// newID returns an id that this gateway has not used before.
func (s *state) newID() string {
	s.serial++
	return mixID(s.seed, s.serial)
}

// identify returns the identity of a new object.
func (s *state) identify(name, scope string, now time.Time) identity {
	return identity{seq: s.next(), id: s.newID(), name: name, scope: scope, created: now, updated: now}
}
