package emulator

import (
	"slices"
	"time"
)

// link binds a policy (or an app) to an API in an environment.
type link[P object] struct {
	seq     uint64
	id      string
	policy  P
	api     *api
	env     *environment
	created time.Time
}

func (l *link[P]) order() uint64 { return l.seq }

// pair is what can be linked once.
type pair struct{ policy, api, env string }

// links holds the bindings of one kind, found by id, by pair, by policy and by API.
type links[P object] struct {
	kind     string // of effects
	ids      map[string]*link[P]
	pairs    map[pair]*link[P]
	all      list[*link[P]]
	policies map[string]*list[*link[P]]
	apis     map[string]*list[*link[P]]
	late     map[string][]*lateness[P]
}

func newLinks[P object](kind string) *links[P] {
	return &links[P]{
		kind: kind, ids: map[string]*link[P]{}, pairs: map[pair]*link[P]{},
		policies: map[string]*list[*link[P]]{}, apis: map[string]*list[*link[P]]{},
		late: map[string][]*lateness[P]{},
	}
}

func (l *links[P]) key(x *link[P]) pair { return pair{x.policy.ident().id, x.api.id, x.env.id} }

func (l *links[P]) add(x *link[P]) {
	l.ids[x.id] = x
	l.pairs[l.key(x)] = x
	l.all.add(x)
	under(l.policies, x.policy.ident().id).add(x)
	under(l.apis, x.api.id).add(x)
}

func (l *links[P]) remove(x *link[P]) {
	delete(l.ids, x.id)
	delete(l.pairs, l.key(x))
	l.all.remove(x)
	under(l.policies, x.policy.ident().id).remove(x)
	under(l.apis, x.api.id).remove(x)
}

func under[P object](m map[string]*list[*link[P]], key string) *list[*link[P]] {
	if m[key] == nil {
		m[key] = &list[*link[P]]{}
	}
	return m[key]
}

// ofPolicy are the links of a policy; the slice must not be kept.
func (l *links[P]) ofPolicy(id string) []*link[P] {
	if rows := l.policies[id]; rows != nil {
		return *rows
	}
	return nil
}

// ofAPI are the links of an API; the slice must not be kept.
func (l *links[P]) ofAPI(id string) []*link[P] {
	if rows := l.apis[id]; rows != nil {
		return *rows
	}
	return nil
}

// holders are the links that take the place which policy wants on the API, as rivals says.
func (l *links[P]) holders(policy P, a *api, e *environment, rivals func(a, b P) bool) []*link[P] {
	var found []*link[P]
	for _, x := range l.ofAPI(a.id) {
		if x.env == e && x.policy.ident() != policy.ident() && rivals(x.policy, policy) {
			found = append(found, x)
		}
	}
	return found
}

// effect is the note of a link that came or went.
func (l *links[P]) effect(x *link[P], action string) Effect {
	return Effect{
		Kind: l.kind, Action: action, ID: x.id, Policy: x.policy.ident().id, PolicyName: x.policy.ident().name,
		Type: typeOf(x.policy), API: x.api.label(), Env: x.env.name,
	}
}

// typeOf is what divides policies of one kind into those that share a place and those that do not.
func typeOf(policy any) string {
	if p, divided := policy.(interface{ slot() string }); divided {
		return p.slot()
	}
	return ""
}

// bind links the policy to the API after taking away the links that give way. An existing link stays.
func bind[P object](g *Gateway, c *call, l *links[P], policy P, a *api, e *environment, giveWay []*link[P]) *link[P] {
	if x := l.pairs[pair{policy.ident().id, a.id, e.id}]; x != nil {
		return x
	}
	x := &link[P]{seq: g.next(), policy: policy, api: a, env: e, created: c.now}
	for _, old := range giveWay {
		unbind(g, c, l, old)
		if g.behaviour.ReplaceKeepsBindingID {
			x.id = old.id
		}
	}
	if x.id == "" {
		x.id = g.newID()
	}
	l.add(x)
	l.lag(g.behaviour.BindingsVisibleAfter, x, true, c.now)
	c.effect(l.effect(x, "create"))
	return x
}

// unbind takes a link away.
func unbind[P object](g *Gateway, c *call, l *links[P], x *link[P]) {
	l.remove(x)
	l.lag(g.behaviour.BindingsVisibleAfter, x, false, c.now)
	c.effect(l.effect(x, "delete"))
}

func (l *links[P]) drop(g *Gateway, c *call, a *api, e *environment) {
	rows := []*link[P](l.all)
	if a != nil {
		rows = l.ofAPI(a.id)
	}
	for _, x := range slices.Clone(rows) {
		if a != nil || x.env == e {
			unbind(g, c, l, x)
		}
	}
}
