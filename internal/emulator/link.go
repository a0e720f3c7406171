package emulator

import (
	"slices"
	"time"
)

// target is an API in an environment. Policies are bound to targets.
type target struct {
	api *api
	env *environment
}

func (t target) asTarget() target { return t }

// targetHolder is a target, or a binding to one.
type targetHolder interface{ asTarget() target }

// link binds a policy (or an app) to a target.
type link[P object] struct {
	part
	target
	policy  P
	created time.Time
}

// pair is a policy and a target, which can have one link.
type pair struct {
	policy string
	target
}

// links holds the bindings of one kind, with indexes by id, by pair, by policy and by API.
type links[P object] struct {
	kind     string // in effects
	ids      map[string]*link[P]
	pairs    map[pair]*link[P]
	all      list[*link[P]]
	policies map[string]*list[*link[P]]
	apis     map[string]*list[*link[P]]
	delayed  map[string][]*delayedChange[P]
}

func newLinks[P object](kind string) *links[P] {
	return &links[P]{
		kind: kind, ids: map[string]*link[P]{}, pairs: map[pair]*link[P]{},
		policies: map[string]*list[*link[P]]{}, apis: map[string]*list[*link[P]]{},
		delayed: map[string][]*delayedChange[P]{},
	}
}

func (l *links[P]) key(x *link[P]) pair { return pair{x.policy.ident().id, x.target} }

func (l *links[P]) add(x *link[P]) {
	l.ids[x.id] = x
	l.pairs[l.key(x)] = x
	l.all.add(x)
	listAt(l.policies, x.policy.ident().id).add(x)
	listAt(l.apis, x.api.id).add(x)
}

func (l *links[P]) remove(x *link[P]) {
	delete(l.ids, x.id)
	delete(l.pairs, l.key(x))
	l.all.remove(x)
	listAt(l.policies, x.policy.ident().id).remove(x)
	listAt(l.apis, x.api.id).remove(x)
}

func listAt[P object](m map[string]*list[*link[P]], key string) *list[*link[P]] {
	if m[key] == nil {
		m[key] = &list[*link[P]]{}
	}
	return m[key]
}

// ofPolicy returns the links of a policy. The slice is only valid until the next write.
func (l *links[P]) ofPolicy(id string) []*link[P] { return valueOr(l.policies[id], nil) }

// ofAPI returns the links of an API. The slice is only valid until the next write.
func (l *links[P]) ofAPI(id string) []*link[P] { return valueOr(l.apis[id], nil) }

// holders returns the links of the policies that have the slot which this policy would take of the target.
func (l *links[P]) holders(policy P, t target, rivals func(a, b P) bool) []*link[P] {
	var found []*link[P]
	for _, x := range l.ofAPI(t.api.id) {
		if x.env == t.env && x.policy.ident() != policy.ident() && rivals(x.policy, policy) {
			found = append(found, x)
		}
	}
	return found
}

// effect returns the effect of creating or deleting a link.
func (l *links[P]) effect(x *link[P], action string) Effect {
	return Effect{
		Kind: l.kind, Action: action, ID: x.id, Policy: x.policy.ident().id, PolicyName: x.policy.ident().name,
		Type: slotOf(x.policy), API: x.api.label(), Env: x.env.name,
	}
}

// slotOf returns the type of a policy for kinds with a slot for each type, else "".
func slotOf(policy any) string {
	if p, divided := policy.(interface{ slot() string }); divided {
		return p.slot()
	}
	return ""
}

// bind links the policy to the target and removes the links in replaced. It does nothing if the link exists.
func bind[P object](g *Gateway, c *call, l *links[P], policy P, t target, replaced []*link[P]) *link[P] {
	if x := l.pairs[pair{policy.ident().id, t}]; x != nil {
		return x
	}
	x := &link[P]{part: part{seq: g.nextSeq()}, target: t, policy: policy, created: c.now}
	for _, old := range replaced {
		unbind(g, c, l, old)
		if g.behaviour.ReplaceKeepsBindingID {
			x.id = old.id
		}
	}
	if x.id == "" {
		x.id = g.newID()
	}
	l.add(x)
	l.delay(g.behaviour.BindingsVisibleAfter, x, true, c.now)
	c.effect(l.effect(x, "create"))
	return x
}

// unbind removes a link.
func unbind[P object](g *Gateway, c *call, l *links[P], x *link[P]) {
	l.remove(x)
	l.delay(g.behaviour.BindingsVisibleAfter, x, false, c.now)
	c.effect(l.effect(x, "delete"))
}

func unbindAll[P object](g *Gateway, c *call, l *links[P], rows []*link[P]) {
	for _, x := range slices.Clone(rows) {
		unbind(g, c, l, x)
	}
}

func (l *links[P]) removeAllOf(g *Gateway, c *call, a *api, e *environment) {
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

// unboundTargets returns the publications that the policy is not bound to. Bindings that the list does not show yet are ignored.
func (l *links[P]) unboundTargets(g *Gateway, c *call, policy string) []target {
	taken := map[target]bool{}
	for _, x := range l.visible(apisWithoutPolicyList+policy, l.ofPolicy(policy), c.now) {
		taken[x.target] = true
	}
	var rows []target
	for _, a := range g.apis().rows {
		for _, p := range a.publications {
			if t := (target{a, p.env}); !taken[t] {
				rows = append(rows, t)
			}
		}
	}
	return rows
}

// targetFilter reads the filters that all lists of APIs by policy share.
func targetFilter[T targetHolder](c *call) *filter[T] {
	var f filter[T]
	f.where(c, "env_id", func(x T) string { return x.asTarget().env.id })
	f.where(c, "group_id", func(x T) string { return x.asTarget().api.group.id })
	f.where(c, "api_id", func(x T) string { return x.asTarget().api.id })
	f.like(c, "api_name", false, func(x T) string { return x.asTarget().api.name })
	f.tags(c, func(x T) *api { return x.asTarget().api })
	return &f
}

// boundAPI is an API in lists of bindings.
type boundAPI struct {
	APIID     string   `json:"api_id"`
	APIName   string   `json:"api_name"`
	APIType   int      `json:"api_type"`
	APIRemark string   `json:"api_remark"`
	GroupName string   `json:"group_name"`
	EnvID     string   `json:"env_id"`
	EnvName   string   `json:"env_name"`
	PublishID string   `json:"publish_id"`
	Tags      []string `json:"tags"`
}

func (g *Gateway) boundAPI(t target) boundAPI {
	a := t.api
	return boundAPI{a.id, a.name, a.Type, a.Remark, a.group.name, t.env.id, t.env.name, a.publishIDIn(t.env), g.tags(a.Tags)}
}

// unboundAPI is an API in lists of APIs that a policy is not bound to.
type unboundAPI struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Remark     string   `json:"remark"`
	GroupID    string   `json:"group_id"`
	GroupName  string   `json:"group_name"`
	RunEnvID   string   `json:"run_env_id"`
	RunEnvName string   `json:"run_env_name"`
	PublishID  string   `json:"publish_id"`
	ReqURI     string   `json:"req_uri"`
	AuthType   string   `json:"auth_type"`
	Tags       []string `json:"tags"`
}

func (g *Gateway) unboundAPI(t target) unboundAPI {
	a := t.api
	return unboundAPI{
		a.id, a.name, a.Remark, a.group.id, a.group.name, t.env.id, t.env.name, a.publishIDIn(t.env), a.ReqURI, a.AuthType, g.tags(a.Tags),
	}
}

// unboundAPIWithMethod is an unboundAPI with more members, which most of these lists have.
type unboundAPIWithMethod struct {
	unboundAPI
	Type      int    `json:"type"`
	ReqMethod string `json:"req_method"`
}

func (g *Gateway) unboundAPIWithMethod(t target) unboundAPIWithMethod {
	return unboundAPIWithMethod{g.unboundAPI(t), t.api.Type, t.api.ReqMethod}
}
