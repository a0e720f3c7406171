package emulator

import "net/http"

var aclBinding = binding[*acl]{
	links: (*state).aclBindings, policies: (*state).acls, id: "acl_id", name: "acl_name", policyNotFound: aclNotFound, bindingNotFound: aclBindingNotFound,
	sameSlot: func(how *Behaviour, a, b *acl) bool { return how.ACLSlot == "one" || a.EntityType == b.EntityType },
	canAdd:   true,
}

const aclBindingsPath = "{I}/acl-bindings"

var aclBindingNotFound = notFound("APIG.3010", "The access control policy binding record does not exist")

var aclBindingResource = resource{
	routes: []route{
		{op: "CreateApiAclBindingV2", method: http.MethodPost, path: aclBindingsPath, do: withBody(bindACL)},
		{op: "BatchDeleteApiAclBindingV2", method: http.MethodPut, path: aclBindingsPath, do: withBody(unbindACLs)},
		{op: "DeleteApiAclBindingV2", method: http.MethodDelete, path: aclBindingsPath + "/{acl_bindings_id}", do: aclBinding.unbindOne("acl_bindings_id")},
		{op: "ListApisBindedToAclPolicyV2", method: http.MethodGet, path: aclBindingsPath + "/binded-apis", do: listAPIsWithACL},
		{op: "ListApisUnbindedToAclPolicyV2", method: http.MethodGet, path: aclBindingsPath + "/unbinded-apis", do: aclBinding.listUnboundAPIs((*Gateway).apiWithoutACL)},
		{op: "ListAclPolicyBindedToApiV2", method: http.MethodGet, path: aclBindingsPath + "/binded-acls", do: aclBinding.listPolicies("acls", (*Gateway).aclOfAPI, byEnvironmentName)},
	},
}

func (s *state) aclBindings() *links[*acl] { return linksOf[*acl](s, "acl_binding") }

type aclBindBody struct {
	ACLID      string   `json:"acl_id"`
	PublishIDs []string `json:"publish_ids"`
}

type aclUnbindBody struct {
	IDs []string `json:"acl_bindings"`
}

type aclBindingView struct {
	ID         string `json:"id"`
	APIID      string `json:"api_id"`
	EnvID      string `json:"env_id"`
	ACLID      string `json:"acl_id"`
	CreateTime string `json:"create_time"`
}

// apiWithACL is an API in the list of those that have the ACL. As in the vendor's reference, it has neither a group id
// nor a path.
type apiWithACL struct {
	boundAPI
	ReqMethod string `json:"req_method"`
	BindID    string `json:"bind_id"`
	BindTime  string `json:"bind_time"`
}

// apiWithoutACL is an API in the list of those that lack the ACL. ACLName is the ACL of the same entity type that it
// has instead.
type apiWithoutACL struct {
	unboundAPIWithMethod
	ACLName string `json:"acl_name"`
}

type aclOfAPI struct {
	ACLID      string `json:"acl_id"`
	ACLName    string `json:"acl_name"`
	ACLType    string `json:"acl_type"`
	ACLValue   string `json:"acl_value"`
	EntityType string `json:"entity_type"`
	EnvID      string `json:"env_id"`
	EnvName    string `json:"env_name"`
	BindID     string `json:"bind_id"`
	BindTime   string `json:"bind_time"`
}

func bindACL(g *Gateway, c *call, b aclBindBody) (reply, error) {
	return aclBinding.bind(g, c, b.ACLID, b.PublishIDs, "acl_bindings", func(x *link[*acl]) any {
		return aclBindingView{x.id, x.api.id, x.env.id, x.policy.id, formatTimeExactly(x.created)}
	})
}

func unbindACLs(g *Gateway, c *call, b aclUnbindBody) (reply, error) {
	return aclBinding.unbindMany(g, c, "acl_bindings", b.IDs)
}

func listAPIsWithACL(g *Gateway, c *call) (reply, error) {
	if g.behaviour.OfflineOffset {
		c.query.Del("offset")
	}
	return aclBinding.listAPIs("apis", (*Gateway).apiWithACL)(g, c)
}

func (g *Gateway) apiWithACL(x *link[*acl]) any {
	return apiWithACL{g.boundAPI(x.target), x.api.ReqMethod, x.id, formatTime(x.created)}
}

func (g *Gateway) apiWithoutACL(t target, other string) any {
	return apiWithoutACL{g.unboundAPIWithMethod(t), other}
}

func (g *Gateway) aclOfAPI(x *link[*acl]) any {
	p := x.policy
	return aclOfAPI{p.id, p.name, p.Type, p.Value, p.EntityType, x.env.id, x.env.name, x.id, formatTime(x.created)}
}
