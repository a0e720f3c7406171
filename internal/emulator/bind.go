package emulator

import (
	"net/http"
	"slices"
)

// binding says how one kind of policy is bound to publications; throttles and ACLs share the rest.
type binding[P object] struct {
	links   func(*Gateway) *links[P]
	rivals  func(g *Gateway, a, b P) bool // do two policies want the same place on an API
	missing func(id string) *refusal      // of a binding
	adds    bool                          // may a rebind add a second policy
	always  bool                          // a rebind replaces the policy, whatever Behaviour says of others
}

// bindPublished binds the policy to each publication, and returns the links in the order asked for.
func (k binding[P]) bindPublished(g *Gateway, c *call, policy P, publishIDs []string) ([]*link[P], error) {
	if len(publishIDs) == 0 {
		return nil, invalid("publish_ids")
	}
	if err := g.batch(len(publishIDs), "publish_ids"); err != nil {
		return nil, err
	}
	l, mode := k.links(g), g.behaviour.Rebind
	if k.always {
		mode = "replace"
	}
	var targets []*publication
	for _, id := range publishIDs {
		switch p := g.pubs[id]; {
		case p != nil:
			targets = append(targets, p)
		case g.behaviour.BindPartial != "fewer-items":
			return nil, noPublication(id)
		}
	}
	if mode == "reject" {
		for _, p := range targets {
			if held := k.holders(g, policy, p); len(held) > 0 {
				return nil, refuse(http.StatusBadRequest, "APIG.3309",
					"The API has been bound to another policy,api_id:%s,policy:%s", p.api.id, held[0].policy.ident().name)
			}
		}
	}
	links := make([]*link[P], 0, len(targets))
	for _, p := range targets {
		giveWay := k.holders(g, policy, p)
		if mode == "add" && k.adds {
			giveWay = nil
		}
		links = append(links, bind(g, c, l, policy, p.api, p.env, giveWay))
	}
	return links, nil
}

func (k binding[P]) holders(g *Gateway, policy P, p *publication) []*link[P] {
	return k.links(g).holders(policy, p.api, p.env, func(a, b P) bool { return k.rivals(g, a, b) })
}

// unbindOne is the operation that removes the binding which the path parameter names.
func (k binding[P]) unbindOne(parameter string) func(*Gateway, *call) (reply, error) {
	return func(g *Gateway, c *call) (reply, error) {
		l := k.links(g)
		x := l.ids[c.path[parameter]]
		if x == nil {
			return reply{}, k.missing(c.path[parameter])
		}
		unbind(g, c, l, x)
		return noContent()
	}
}

// bindFailure is one binding that a batch could not remove.
type bindFailure struct {
	BindID  string `json:"bind_id"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
	APIID   string `json:"api_id,omitempty"`
	APIName string `json:"api_name,omitempty"`
}

// unbindMany removes the bindings that it can and lists the others.
func (k binding[P]) unbindMany(g *Gateway, c *call, parameter string, ids []string) (reply, error) {
	if len(ids) == 0 {
		return reply{}, invalid(parameter)
	}
	if err := g.batch(len(ids), parameter); err != nil {
		return reply{}, err
	}
	l, failures, done := k.links(g), []bindFailure{}, 0
	for _, id := range ids {
		x := l.ids[id]
		var of *api
		if x != nil {
			of = x.api
		}
		no := g.strikeItem(c.route.op, id, of)
		if no == nil && x == nil {
			no = k.missing(id)
		}
		if no == nil {
			unbind(g, c, l, x)
			done++
			continue
		}
		f := bindFailure{BindID: id, Code: no.code, Message: no.message}
		if of != nil {
			f.APIID, f.APIName = of.id, of.name
		}
		failures = append(failures, f)
	}
	return ok(map[string]any{"success_count": done, "failure": failures})
}

func unbindAll[P object](g *Gateway, c *call, l *links[P], rows []*link[P]) {
	for _, x := range slices.Clone(rows) {
		unbind(g, c, l, x)
	}
}

// batch refuses more items than Behaviour allows in one request.
func (g *Gateway) batch(n int, parameter string) error {
	if most := g.behaviour.BatchMax; most > 0 && n > most {
		return invalidAs("APIG.2012", parameter)
	}
	return nil
}

// place is an API in an environment: one row of the lists of what is bound or could be.
type place struct {
	api *api
	env *environment
}

// free lists where the policy could go: every publication that it is not bound to, as the list shows
// its bindings now.
func (l *links[P]) free(g *Gateway, c *call, policy string) []place {
	taken := map[place]bool{}
	for _, x := range l.shown(lateFree+policy, l.ofPolicy(policy), c.now) {
		taken[place{x.api, x.env}] = true
	}
	var rows []place
	for _, a := range g.apis().rows {
		for _, p := range a.pubs {
			if at := (place{a, p.env}); !taken[at] {
				rows = append(rows, at)
			}
		}
	}
	return rows
}

// placeFilter reads the filters that all lists of APIs by policy share.
func placeFilter[T any](c *call, of func(T) place) *filter[T] {
	var f filter[T]
	f.where(c, "env_id", func(x T) string { return of(x).env.id })
	f.where(c, "group_id", func(x T) string { return of(x).api.group.id })
	f.where(c, "api_id", func(x T) string { return of(x).api.id })
	f.like(c, "api_name", false, func(x T) string { return of(x).api.name })
	f.tagged(c, func(x T) *api { return of(x).api })
	return &f
}

func (l *link[P]) place() place { return place{l.api, l.env} }
func (p place) place() place    { return p }
