package emulator

import (
	"maps"
	"slices"
	"time"
)

// releaseID is the id of the environment that every instance has.
const releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// state is all that a gateway holds; Load makes another and swaps.
type state struct {
	seed   uint64
	serial uint64 // ids made so far
	seq    uint64 // objects and bindings made so far

	resources []resource

	instance instance
	limits   map[string]int // quotas that differ from the defaults, by config name
	features map[string]*feature
	traffic  []traffic
	told     []record // of the audit trail, by the state file
	pubs     map[string]*publication
	versions map[string]*version

	tables map[string]any         // *table[T], by the name of the resource
	bound  map[string]anyBindings // *links[P], by the name of the resource
}

// anyBindings are the bindings of one kind, whatever is bound.
type anyBindings interface {
	// drop removes those that rest on what is about to go: those of the API, or with a nil API all of the environment's.
	drop(g *Gateway, c *call, a *api, e *environment)
}

// newState is the state of a gateway just bought.
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

// tableOf holds the objects of a resource. It is made when somebody first asks for it.
func tableOf[T object](s *state, resource string) *table[T] {
	if t, made := s.tables[resource].(*table[T]); made {
		return t
	}
	t := newTable[T](resource)
	s.tables[resource] = t
	return t
}

// linksOf holds the bindings of a resource, made as tableOf makes its own.
func linksOf[P object](s *state, resource string) *links[P] {
	if l, made := s.bound[resource].(*links[P]); made {
		return l
	}
	l := newLinks[P](resource)
	s.bound[resource] = l
	return l
}

// dropLinks removes the bindings of every kind that rest on an API, or with a nil API on an environment.
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

// newID is an id that this gateway never gave before.
func (s *state) newID() string {
	s.serial++
	return mixID(s.seed, s.serial)
}

// identify makes the identity of a new object.
func (s *state) identify(name, scope string, now time.Time) identity {
	return identity{seq: s.next(), id: s.newID(), name: name, scope: scope, created: now, updated: now}
}
