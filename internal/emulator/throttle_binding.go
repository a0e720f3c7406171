package emulator

import "net/http"

var throttleBinding = binding[*throttle]{
	links: (*state).throttled, policies: (*state).throttles, id: "throttle_id", name: "throttle_name",
	noPolicy: noThrottle, missing: noThrottled, rivals: oneOfAll[*throttle],
}

const throttleBindingsPath = "{I}/throttle-bindings"

var noThrottled = missing("APIG.3012", "The request throttling policy binding record does not exist")

var throttleBindingResource = resource{
	routes: []route{
		{op: "AssociateRequestThrottlingPolicyV2", method: http.MethodPost, path: throttleBindingsPath, do: taking(bindThrottle)},
		{op: "BatchDisassociateThrottlingPolicyV2", method: http.MethodPut, path: throttleBindingsPath, do: taking(unbindThrottles)},
		{op: "DisassociateRequestThrottlingPolicyV2", method: http.MethodDelete, path: throttleBindingsPath + "/{throttle_binding_id}", do: throttleBinding.unbindOne("throttle_binding_id")},
		{op: "ListApisBindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-apis", do: throttleBinding.bound("apis", (*Gateway).throttledAPI)},
		{op: "ListApisUnbindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/unbinded-apis", do: throttleBinding.unbound((*Gateway).unthrottledAPI)},
		{op: "ListRequestThrottlingPoliciesBindedToApiV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-throttles", do: throttleBinding.policiesOf("throttles", (*Gateway).throttleOfAPI)},
	},
}

func (s *state) throttled() *links[*throttle] { return linksOf[*throttle](s, "throttle_binding") }

type throttleBindBody struct {
	ThrottleID string   `json:"strategy_id"`
	PublishIDs []string `json:"publish_ids"`
}

type throttleUnbindBody struct {
	IDs []string `json:"throttle_bindings"`
}

type throttleApply struct {
	ID         string `json:"id"`
	PublishID  string `json:"publish_id"`
	StrategyID string `json:"strategy_id"`
	Scope      int    `json:"scope"`
	ApplyTime  string `json:"apply_time"`
}

// throttledAPI is an item in the lists of APIs that have a throttle, and of those that do not have it.
type throttledAPI struct {
	freeRoute
	ThrottleApplyID string `json:"throttle_apply_id"`
	ApplyTime       string `json:"apply_time"`
	ThrottleName    string `json:"throttle_name"`
}

type throttleOfAPI struct {
	throttleView
	EnvName  string `json:"env_name"`
	BindID   string `json:"bind_id"`
	BindTime string `json:"bind_time"`
}

// neverTime is the text for the time of a bind that has not happened, in the list of APIs without the throttle.
const neverTime = "0001-01-01T00:00:00Z"

func bindThrottle(g *Gateway, c *call, b throttleBindBody) (reply, error) {
	return throttleBinding.bind(g, c, b.ThrottleID, b.PublishIDs, "throttle_applys", func(x *link[*throttle]) any {
		return throttleApply{x.id, x.api.liveID(x.env), x.policy.id, 1, exactStamp(x.created)}
	})
}

func unbindThrottles(g *Gateway, c *call, b throttleUnbindBody) (reply, error) {
	return throttleBinding.unbindMany(g, c, "throttle_bindings", b.IDs)
}

func (g *Gateway) throttledAPI(x *link[*throttle]) any {
	return throttledAPI{g.freeRoute(x.target), x.id, stamp(x.created), x.policy.name}
}

func (g *Gateway) unthrottledAPI(t target, other string) any {
	return throttledAPI{g.freeRoute(t), "", neverTime, other}
}

func (g *Gateway) throttleOfAPI(x *link[*throttle]) any {
	return throttleOfAPI{g.throttleView(x.policy), x.env.name, x.id, stamp(x.created)}
}
