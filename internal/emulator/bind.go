package emulator

import (
	"cmp"
	"net/http"
)

// binding defines how a kind of policy is bound to publications, and the parameters of its requests.
type binding[P object] struct {
	links    func(*state) *links[P]
	policies func(*state) *table[P]
	id, name string                   // query parameters with the id and the name of the policy
	noPolicy func(id string) *refusal // the error if the policy does not exist
	missing  func(id string) *refusal // the error if the binding does not exist

	rivals  func(how *Behaviour, a, b P) bool // whether two policies take the same slot; nil: an API can have any number
	adds    bool                              // with Rebind "add", a bind adds a second policy to the slot
	always  bool                              // a bind replaces the policy in the slot, whatever Behaviour.Rebind is
	offline bool                              // the API need not be published
	auth    string                            // patterns in files match only APIs with this auth_type; "" means all
}

// oneOfAll is the value of rivals for kinds of which an API can have only one policy in an environment.
func oneOfAll[P object](*Behaviour, P, P) bool { return true }

// bind binds the policy to each publication. The answer lists the bindings in the order of the request.
func (k binding[P]) bind(g *Gateway, c *call, policyID string, publishIDs []string, member string, view func(*link[P]) any) (reply, error) {
	policy, err := k.policies(g.state).get(policyID, k.noPolicy)
	if err != nil {
		return reply{}, err
	}
	bound, err := k.bindPublished(g, c, policy, publishIDs)
	if err != nil {
		return reply{}, err
	}
	views := []any{}
	for _, x := range bound {
		views = append(views, view(x))
	}
	return created(map[string]any{member: views})
}

func (k binding[P]) bindPublished(g *Gateway, c *call, policy P, publishIDs []string) ([]*link[P], error) {
	if err := g.batch(len(publishIDs), "publish_ids"); err != nil {
		return nil, err
	}
	mode := g.behaviour.Rebind
	if k.always {
		mode = "replace"
	}
	var targets []target
	for _, id := range publishIDs {
		switch p := g.pubs[id]; {
		case p != nil:
			targets = append(targets, target{p.api, p.env})
		case g.behaviour.BindPartial != "fewer-items":
			return nil, noPublication(id)
		}
	}
	if mode == "reject" {
		for _, t := range targets {
			if held := k.holders(g, policy, t); len(held) > 0 {
				return nil, refuse(http.StatusBadRequest, "APIG.3309",
					"The API has been bound to another policy,api_id:%s,policy:%s", t.api.id, held[0].policy.ident().name)
			}
		}
	}
	bound := make([]*link[P], 0, len(targets))
	for _, t := range targets {
		giveWay := k.holders(g, policy, t)
		if mode == "add" && k.adds {
			giveWay = nil
		}
		bound = append(bound, bind(g, c, k.links(g.state), policy, t, giveWay))
	}
	return bound, nil
}

func (k binding[P]) holders(g *Gateway, policy P, t target) []*link[P] {
	return k.links(g.state).holders(policy, t, func(a, b P) bool { return k.rivals(&g.behaviour, a, b) })
}

// unbindOne handles the removal of the binding whose id is in the path.
func (k binding[P]) unbindOne(parameter string) handler {
	return func(g *Gateway, c *call) (reply, error) {
		l := k.links(g.state)
		x := l.ids[c.path[parameter]]
		if x == nil {
			return reply{}, k.missing(c.path[parameter])
		}
		unbind(g, c, l, x)
		return noContent()
	}
}

// unbindMany removes bindings. The answer lists those that it could not remove.
func (k binding[P]) unbindMany(g *Gateway, c *call, parameter string, ids []string) (reply, error) {
	l := k.links(g.state)
	return g.deleteBatch(c, parameter, ids, func(id string) (*refusal, map[string]any) {
		about, x := map[string]any{"bind_id": id}, l.ids[id]
		if x == nil {
			return cmp.Or(g.strikeItem(c.route.op, id, nil), k.missing(id)), about
		}
		no := g.strikeItem(c.route.op, id, x.api)
		if no == nil {
			unbind(g, c, l, x)
		}
		about["api_id"], about["api_name"] = x.api.id, x.api.name
		return no, about
	})
}

// deleteBatch removes the items of a batch. The answer lists those that could not be removed, each with its error.
func (g *Gateway) deleteBatch(c *call, parameter string, ids []string, remove func(id string) (*refusal, map[string]any)) (reply, error) {
	if err := cmp.Or(c.wantDelete(), g.batch(len(ids), parameter)); err != nil {
		return reply{}, err
	}
	failures, done := []map[string]any{}, 0
	for _, id := range ids {
		no, about := remove(id)
		if no == nil {
			done++
			continue
		}
		about["error_code"], about["error_msg"] = no.code, no.message
		failures = append(failures, about)
	}
	return ok(map[string]any{"success_count": done, "failure": failures})
}

// batch refuses a request without items, or with more than Behaviour.BatchMax.
func (g *Gateway) batch(n int, parameter string) error {
	most := g.behaviour.BatchMax
	switch {
	case n == 0:
		return invalid(parameter)
	case most > 0 && n > most:
		return invalidAs("APIG.2012", parameter)
	}
	return nil
}

// bound lists the APIs that the policy in the query is bound to.
func (k binding[P]) bound(member string, view func(*Gateway, *link[P]) any) handler {
	return of(inQuery(k.id, k.policies, k.noPolicy), func(g *Gateway, c *call, policy P) (reply, error) {
		rows := k.links(g.state).shownOfPolicy(policy.ident().id, c.now)
		return page(g, c, member, rows, targetFilter[*link[P]](c).keep(), func(x *link[P]) any { return view(g, x) })
	})
}

// unbound lists the APIs that the policy in the query is not bound to. view gets the name of the policy that has the slot.
func (k binding[P]) unbound(view func(g *Gateway, t target, rival string) any) handler {
	return of(inQuery(k.id, k.policies, k.noPolicy), func(g *Gateway, c *call, policy P) (reply, error) {
		rows := k.links(g.state).free(g, c, policy.ident().id)
		return page(g, c, "apis", rows, targetFilter[target](c).keep(), func(t target) any {
			rival := ""
			for _, x := range k.holders(g, policy, t) {
				rival = x.policy.ident().name
			}
			return view(g, t, rival)
		})
	})
}

// policiesOf lists the policies of the API in the query.
func (k binding[P]) policiesOf(member string, view func(*Gateway, *link[P]) any, more ...func(*call, *filter[*link[P]])) handler {
	return of(needed("api_id"), func(g *Gateway, c *call, api string) (reply, error) {
		f := k.policyFilter(c)
		for _, add := range more {
			add(c, f)
		}
		return page(g, c, member, k.links(g.state).shownOfAPI(api, c.now), f.keep(), func(x *link[P]) any { return view(g, x) })
	})
}

// policyFilter reads the filters that all lists of an API's policies have.
func (k binding[P]) policyFilter(c *call) *filter[*link[P]] {
	var f filter[*link[P]]
	f.where(c, k.id, func(x *link[P]) string { return x.policy.ident().id })
	f.like(c, k.name, false, func(x *link[P]) string { return x.policy.ident().name })
	f.where(c, "env_id", func(x *link[P]) string { return x.env.id })
	return &f
}

// byEnvironmentName reads a filter that only some of these lists have.
func byEnvironmentName[P object](c *call, f *filter[*link[P]]) {
	f.where(c, "env_name", func(x *link[P]) string { return x.env.name })
}
