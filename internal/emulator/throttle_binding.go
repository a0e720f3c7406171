package emulator

import (
	"net/http"
)

var throttleBinding = binding[*throttle]{
	links:   func(g *Gateway) *links[*throttle] { return g.throttled() },
	rivals:  func(*Gateway, *throttle, *throttle) bool { return true },
	missing: noThrottled,
}

const throttleBindingsPath = "{I}/throttle-bindings"

var noThrottled = missing("APIG.3012", "The request throttling policy binding record does not exist")

var throttleBindingResource = resource{
	routes: []route{
		{op: "AssociateRequestThrottlingPolicyV2", method: http.MethodPost, path: throttleBindingsPath, do: bindThrottle},
		{op: "BatchDisassociateThrottlingPolicyV2", method: http.MethodPut, path: throttleBindingsPath, do: unbindThrottles},
		{op: "DisassociateRequestThrottlingPolicyV2", method: http.MethodDelete, path: throttleBindingsPath + "/{throttle_binding_id}", do: throttleBinding.unbindOne("throttle_binding_id")},
		{op: "ListApisBindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-apis", do: of(inQuery("throttle_id", (*state).throttles, noThrottle), listThrottled)},
		{op: "ListApisUnbindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/unbinded-apis", do: of(inQuery("throttle_id", (*state).throttles, noThrottle), listUnthrottled)},
		{op: "ListRequestThrottlingPoliciesBindedToApiV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-throttles", do: of(needed("api_id"), listThrottlesOfAPI)},
	},
}

func (s *state) throttled() *links[*throttle] { return linksOf[*throttle](s, "throttle_binding") }

type throttleApply struct {
	ID         string `json:"id"`
	PublishID  string `json:"publish_id"`
	StrategyID string `json:"strategy_id"`
	Scope      int    `json:"scope"`
	ApplyTime  string `json:"apply_time"`
}

// throttledAPI is a row of the lists of APIs that have the throttle or lack it.
type throttledAPI struct {
	ID              string   `json:"id"`
	Name            string   `json:"name"`
	PublishID       string   `json:"publish_id"`
	ThrottleApplyID string   `json:"throttle_apply_id"`
	ApplyTime       string   `json:"apply_time"`
	RunEnvID        string   `json:"run_env_id"`
	RunEnvName      string   `json:"run_env_name"`
	GroupID         string   `json:"group_id"`
	GroupName       string   `json:"group_name"`
	ReqURI          string   `json:"req_uri"`
	ReqMethod       string   `json:"req_method"`
	ThrottleName    string   `json:"throttle_name"`
	AuthType        string   `json:"auth_type"`
	Type            int      `json:"type"`
	Remark          string   `json:"remark"`
	Tags            []string `json:"tags"`
}

type throttleOfAPI struct {
	throttleView
	EnvName  string `json:"env_name"`
	BindID   string `json:"bind_id"`
	BindTime string `json:"bind_time"`
}

// neverTime is how the API writes a time that has not been.
const neverTime = "0001-01-01T00:00:00Z"

func bindThrottle(g *Gateway, c *call) (reply, error) {
	b, err := body[struct {
		StrategyID string   `json:"strategy_id"`
		PublishIDs []string `json:"publish_ids"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	t, err := g.throttles().get(b.StrategyID, noThrottle)
	if err != nil {
		return reply{}, err
	}
	bound, err := throttleBinding.bindPublished(g, c, t, b.PublishIDs)
	if err != nil {
		return reply{}, err
	}
	applies := []throttleApply{}
	for _, x := range bound {
		applies = append(applies, throttleApply{
			ID: x.id, PublishID: x.api.liveID(x.env), StrategyID: t.id, Scope: 1, ApplyTime: exactStamp(x.created),
		})
	}
	return created(map[string]any{"throttle_applys": applies})
}

func unbindThrottles(g *Gateway, c *call) (reply, error) {
	if err := c.wantDelete(); err != nil {
		return reply{}, err
	}
	b, err := body[struct {
		IDs []string `json:"throttle_bindings"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	return throttleBinding.unbindMany(g, c, "throttle_bindings", b.IDs)
}

func (g *Gateway) throttledAPI(at place) throttledAPI {
	a := at.api
	return throttledAPI{
		ID: a.id, Name: a.name, PublishID: a.liveID(at.env), ApplyTime: neverTime,
		RunEnvID: at.env.id, RunEnvName: at.env.name, GroupID: a.group.id, GroupName: a.group.name,
		ReqURI: a.ReqURI, ReqMethod: a.ReqMethod, AuthType: a.AuthType, Type: a.Type, Remark: a.Remark, Tags: g.tags(a.Tags),
	}
}

func listThrottled(g *Gateway, c *call, policy *throttle) (reply, error) {
	f := placeFilter(c, (*link[*throttle]).place)
	rows := g.throttled().shown(lateAPIs+policy.id, g.throttled().ofPolicy(policy.id), c.now)
	return page(g, c, "apis", rows, f.keep(), func(x *link[*throttle]) throttledAPI {
		v := g.throttledAPI(x.place())
		v.ThrottleApplyID, v.ApplyTime, v.ThrottleName = x.id, stamp(x.created), x.policy.name
		return v
	})
}

func listUnthrottled(g *Gateway, c *call, policy *throttle) (reply, error) {
	return page(g, c, "apis", g.throttled().free(g, c, policy.id), placeFilter(c, place.place).keep(), func(at place) throttledAPI {
		v := g.throttledAPI(at)
		for _, x := range g.throttled().ofAPI(at.api.id) {
			if x.env == at.env {
				v.ThrottleName = x.policy.name
			}
		}
		return v
	})
}

func listThrottlesOfAPI(g *Gateway, c *call, id string) (reply, error) {
	var f filter[*link[*throttle]]
	f.where(c, "throttle_id", func(x *link[*throttle]) string { return x.policy.id })
	f.like(c, "throttle_name", false, func(x *link[*throttle]) string { return x.policy.name })
	f.where(c, "env_id", func(x *link[*throttle]) string { return x.env.id })
	rows := g.throttled().shown(latePolicies+id, g.throttled().ofAPI(id), c.now)
	return page(g, c, "throttles", rows, f.keep(), func(x *link[*throttle]) throttleOfAPI {
		return throttleOfAPI{throttleView: g.throttleView(x.policy), EnvName: x.env.name, BindID: x.id, BindTime: stamp(x.created)}
	})
}
