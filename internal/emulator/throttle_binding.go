package emulator

import "net/http"

var throttleBinding = binding[*throttle]{
	links: (*state).throttleBindings, policies: (*state).throttles, id: "throttle_id", name: "throttle_name",
	policyNotFound: throttleNotFound, bindingNotFound: throttleBindingNotFound, sameSlot: anyTwo[*throttle],
}

const throttleBindingsPath = "{I}/throttle-bindings"

var throttleBindingNotFound = notFound("APIG.3012", "The request throttling policy binding record does not exist")

var throttleBindingResource = resource{
	routes: []route{
		{op: "AssociateRequestThrottlingPolicyV2", method: http.MethodPost, path: throttleBindingsPath, do: withBody(bindThrottle)},
		{op: "BatchDisassociateThrottlingPolicyV2", method: http.MethodPut, path: throttleBindingsPath, do: withBody(unbindThrottles)},
		{op: "DisassociateRequestThrottlingPolicyV2", method: http.MethodDelete, path: throttleBindingsPath + "/{throttle_binding_id}", do: throttleBinding.unbindOne("throttle_binding_id")},
		{op: "ListApisBindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-apis", do: throttleBinding.listAPIs("apis", (*Gateway).apiWithThrottle)},
		{op: "ListApisUnbindedToRequestThrottlingPolicyV2", method: http.MethodGet, path: throttleBindingsPath + "/unbinded-apis", do: throttleBinding.listUnboundAPIs((*Gateway).apiWithoutThrottle)},
		{op: "ListRequestThrottlingPoliciesBindedToApiV2", method: http.MethodGet, path: throttleBindingsPath + "/binded-throttles", do: throttleBinding.listPolicies("throttles", (*Gateway).throttleOfAPI)},
	},
}

func (s *state) throttleBindings() *links[*throttle] {
	return linksOf[*throttle](s, "throttle_binding")
}

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

// throttleTarget is an item in the lists of APIs that have a throttle, and of those that do not have it.
type throttleTarget struct {
	unboundAPIWithMethod
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

// zeroTime is the text for the time of a bind that has not happened, in the list of APIs without the throttle.
const zeroTime = "0001-01-01T00:00:00Z"

func bindThrottle(g *Gateway, c *call, b throttleBindBody) (reply, error) {
	return throttleBinding.bind(g, c, b.ThrottleID, b.PublishIDs, "throttle_applys", func(x *link[*throttle]) any {
		return throttleApply{x.id, x.api.publishIDIn(x.env), x.policy.id, 1, formatTimeExactly(x.created)}
	})
}

func unbindThrottles(g *Gateway, c *call, b throttleUnbindBody) (reply, error) {
	return throttleBinding.unbindMany(g, c, "throttle_bindings", b.IDs)
}

func (g *Gateway) apiWithThrottle(x *link[*throttle]) any {
	return throttleTarget{g.unboundAPIWithMethod(x.target), x.id, formatTime(x.created), x.policy.name}
}

func (g *Gateway) apiWithoutThrottle(t target, other string) any {
	return throttleTarget{g.unboundAPIWithMethod(t), "", zeroTime, other}
}

func (g *Gateway) throttleOfAPI(x *link[*throttle]) any {
	return throttleOfAPI{g.throttleView(x.policy), x.env.name, x.id, formatTime(x.created)}
}
