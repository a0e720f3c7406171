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

	instance     instance
	quotaLimits  map[string]int // quotas that differ from the defaults, by config name
	features     map[string]*feature
	traffic      []traffic
	fileTraces   []traceRecord // records of the audit trail from the state file
	publications map[string]*publication
	versions     map[string]*version

	tables   map[string]any         // *table[T], by the name of the resource
	bindings map[string]anyBindings // *links[P], by the name of the resource
}

// anyBindings is links[P] for any P.
type anyBindings interface {
	// drop removes the bindings to the API or, if that is nil, all bindings in the environment.
	removeAllOf(g *Gateway, c *call, a *api, e *environment)
}

// newState returns the state of a new gateway.
func newState(o Options) *state {
	s := &state{
		seed: o.Seed, resources: allResources(), instance: newInstance(o), quotaLimits: map[string]int{}, features: map[string]*feature{},
		publications: map[string]*publication{}, versions: map[string]*version{}, tables: map[string]any{}, bindings: map[string]anyBindings{},
	}
	now := o.Now()
	s.envs().add(&environment{
		identity: identity{part: part{s.nextSeq(), releaseID}, name: "RELEASE", created: now}, environmentBody: environmentBody{Name: "RELEASE"},
	})
	builtIn := &group{identity: s.newIdentity("DEFAULT", "", now), isDefault: true, slAccess: true}
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
	if l, made := s.bindings[resource].(*links[P]); made {
		return l
	}
	l := newLinks[P](resource)
	s.bindings[resource] = l
	return l
}

// dropLinks removes the bindings of every kind to an API or, if that is nil, in an environment.
func (g *Gateway) dropLinks(c *call, a *api, e *environment) {
	for _, name := range slices.Sorted(maps.Keys(g.bindings)) {
		g.bindings[name].removeAllOf(g, c, a, e)
	}
}

// nextSeq numbers a new object in the order of creation.
func (s *state) nextSeq() uint64 {
	s.seq++
	return s.seq
}

// newID returns an id that this gateway has not used before.
func (s *state) newID() string {
	s.serial++
	return generateID(s.seed, s.serial)
}

// newIdentity returns the identity of a new object.
func (s *state) newIdentity(name, scope string, now time.Time) identity {
	return identity{part: part{s.nextSeq(), s.newID()}, name: name, scope: scope, created: now, updated: now}
}
