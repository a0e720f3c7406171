package emulator

import "time"

// releaseID is the id of the environment that every instance has.
const releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// state is all that a gateway holds; Load makes another and swaps.
type state struct {
	seed   uint64
	serial uint64 // ids made so far
	seq    uint64 // objects and bindings made so far

	instance  instance
	limits    map[string]int // quotas that differ from the defaults, by config name
	features  map[string]*feature
	traffic   []traffic
	envs      *table[*environment]
	groups    *table[*group]
	apis      *table[*api]
	pubs      map[string]*publication
	versions  map[string]*version
	certs     *table[*certificate]
	throttles *table[*throttle]
	acls      *table[*acl]
	plugins   *table[*plugin]
	apps      *table[*app]
	appKeys   map[string]*app
	appQuotas *table[*appQuota]

	throttled *links[*throttle]
	screened  *links[*acl]
	attached  *links[*plugin]
	auths     *links[*app]
}

// newState is the state of a gateway just bought.
func newState(o Options) *state {
	s := &state{
		seed:      o.Seed,
		instance:  newInstance(o),
		limits:    map[string]int{},
		features:  map[string]*feature{},
		envs:      newTable[*environment](),
		groups:    newTable[*group](),
		apis:      newTable[*api](),
		pubs:      map[string]*publication{},
		versions:  map[string]*version{},
		certs:     newTable[*certificate](),
		throttles: newTable[*throttle](),
		acls:      newTable[*acl](),
		plugins:   newTable[*plugin](),
		apps:      newTable[*app](),
		appKeys:   map[string]*app{},
		appQuotas: newTable[*appQuota](),
		throttled: newLinks[*throttle]("throttle_binding"),
		screened:  newLinks[*acl]("acl_binding"),
		attached:  newLinks[*plugin]("plugin_binding"),
		auths:     newLinks[*app]("app_authorization"),
	}
	now := o.Now()
	s.envs.add(&environment{identity: identity{seq: s.next(), id: releaseID, name: "RELEASE", created: now}})
	s.groups.add(&group{identity: s.identify("DEFAULT", "", now), isDefault: true, slAccess: true})
	return s
}

// next is the place of a new object in the order of creation.
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
