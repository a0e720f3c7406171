package emulator

import (
	"cmp"
	"net/http"
)

// binding defines how a kind of policy is bound to publications, and the parameters of its requests.
type binding[P object] struct {
	links           func(*state) *links[P]
	policies        func(*state) *table[P]
	id, name        string                   // query parameters with the id and the name of the policy
	policyNotFound  func(id string) *refusal // the error if the policy does not exist
	bindingNotFound func(id string) *refusal // the error if the binding does not exist

	sameSlot         func(how *Behaviour, a, b P) bool // whether two policies take the same slot; nil: an API can have any number
	canAdd           bool                              // with Rebind "add", a bind adds a second policy to the slot
	alwaysReplaces   bool                              // a bind replaces the policy in the slot, whatever Behaviour.Rebind is
	allowUnpublished bool                              // the API need not be published
	authType         string                            // patterns in files match only APIs with this auth_type; "" means all
}

// anyTwo is the value of sameSlot for kinds of which an API can have only one policy in an environment.
func anyTwo[P object](*Behaviour, P, P) bool { return true }

// bind binds the policy to each publication. The answer lists the bindings in the order of the request.
func (k binding[P]) bind(g *Gateway, c *call, policyID string, publishIDs []string, member string, view func(*link[P]) any) (reply, error) {
	policy, err := k.policies(g.state).get(policyID, k.policyNotFound)
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
	if err := g.checkBatchSize(len(publishIDs), "publish_ids"); err != nil {
		return nil, err
	}
	mode := g.behaviour.Rebind
	if k.alwaysReplaces {
		mode = "replace"
	}
	var targets []target
	for _, id := range publishIDs {
		switch p := g.publications[id]; {
		case p != nil:
			targets = append(targets, target{p.api, p.env})
		case g.behaviour.BindPartial != "fewer-items":
			return nil, publicationNotFound(id)
		}
	}
	if mode == "reject" {
		for _, t := range targets {
			if holders := k.holders(g, policy, t); len(holders) > 0 {
				return nil, refuse(http.StatusBadRequest, "APIG.3309",
					"The API has been bound to another policy,api_id:%s,policy:%s", t.api.id, holders[0].policy.ident().name)
			}
		}
	}
	bound := make([]*link[P], 0, len(targets))
	for _, t := range targets {
		replaced := k.holders(g, policy, t)
		if mode == "add" && k.canAdd {
			replaced = nil
		}
		bound = append(bound, bind(g, c, k.links(g.state), policy, t, replaced))
	}
	return bound, nil
}

func (k binding[P]) holders(g *Gateway, policy P, t target) []*link[P] {
	return k.links(g.state).holders(policy, t, func(a, b P) bool { return k.sameSlot(&g.behaviour, a, b) })
}

// unbindOne handles the removal of the binding whose id is in the path.
func (k binding[P]) unbindOne(parameter string) handler {
	return func(g *Gateway, c *call) (reply, error) {
		l := k.links(g.state)
		x := l.ids[c.path[parameter]]
		if x == nil {
			return reply{}, k.bindingNotFound(c.path[parameter])
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
			return cmp.Or(g.itemFault(c.route.op, id, nil), k.bindingNotFound(id)), about
		}
		refused := g.itemFault(c.route.op, id, x.api)
		if refused == nil {
			unbind(g, c, l, x)
		}
		about["api_id"], about["api_name"] = x.api.id, x.api.name
		return refused, about
	})
}

// deleteBatch removes the items of a batch. The answer lists those that could not be removed, each with its error.
func (g *Gateway) deleteBatch(c *call, parameter string, ids []string, remove func(id string) (*refusal, map[string]any)) (reply, error) {
	if err := cmp.Or(c.requireDeleteAction(), g.checkBatchSize(len(ids), parameter)); err != nil {
		return reply{}, err
	}
	failures, done := []map[string]any{}, 0
	for _, id := range ids {
		refused, about := remove(id)
		if refused == nil {
			done++
			continue
		}
		about["error_code"], about["error_msg"] = refused.code, refused.message
		failures = append(failures, about)
	}
	return ok(map[string]any{"success_count": done, "failure": failures})
}

// checkBatchSize refuses a request without items, or with more than Behaviour.BatchMax.
func (g *Gateway) checkBatchSize(n int, parameter string) error {
	limit := g.behaviour.BatchMax
	switch {
	case n == 0:
		return invalid(parameter)
	case limit > 0 && n > limit:
		return invalidAs("APIG.2012", parameter)
	}
	return nil
}

// listAPIs lists the APIs that the policy in the query is bound to.
func (k binding[P]) listAPIs(member string, view func(*Gateway, *link[P]) any) handler {
	return forObject(inQuery(k.id, k.policies, k.policyNotFound), func(g *Gateway, c *call, policy P) (reply, error) {
		rows := k.links(g.state).visibleOfPolicy(policy.ident().id, c.now)
		return page(g, c, member, rows, targetFilter[*link[P]](c).condition(), func(x *link[P]) any { return view(g, x) })
	})
}

// listUnboundAPIs lists the APIs that the policy in the query is not bound to. view gets the name of the policy that has the slot.
func (k binding[P]) listUnboundAPIs(view func(g *Gateway, t target, other string) any) handler {
	return forObject(inQuery(k.id, k.policies, k.policyNotFound), func(g *Gateway, c *call, policy P) (reply, error) {
		rows := k.links(g.state).unboundTargets(g, c, policy.ident().id)
		return page(g, c, "apis", rows, targetFilter[target](c).condition(), func(t target) any {
			other := ""
			for _, x := range k.holders(g, policy, t) {
				other = x.policy.ident().name
			}
			return view(g, t, other)
		})
	})
}

// listPolicies lists the policies of the API in the query.
func (k binding[P]) listPolicies(member string, view func(*Gateway, *link[P]) any, more ...func(*call, *filter[*link[P]])) handler {
	return forObject(requiredQuery("api_id"), func(g *Gateway, c *call, api string) (reply, error) {
		f := k.policyFilter(c)
		for _, add := range more {
			add(c, f)
		}
		return page(g, c, member, k.links(g.state).visibleOfAPI(api, c.now), f.condition(), func(x *link[P]) any { return view(g, x) })
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
