package emulator

import (
	"net/http"
)

var aclBinding = binding[*acl]{
	links: func(g *Gateway) *links[*acl] { return g.screened() },
	rivals: func(g *Gateway, a, b *acl) bool {
		return g.behaviour.ACLSlot == "one" || a.EntityType == b.EntityType
	},
	missing: noACLBinding,
	adds:    true,
}

const aclBindingsPath = "{I}/acl-bindings"

var noACLBinding = missing("APIG.3010", "The access control policy binding record does not exist")

var aclBindingResource = resource{
	routes: []route{
		{op: "CreateApiAclBindingV2", method: http.MethodPost, path: aclBindingsPath, do: bindACL},
		{op: "BatchDeleteApiAclBindingV2", method: http.MethodPut, path: aclBindingsPath, do: unbindACLs},
		{op: "DeleteApiAclBindingV2", method: http.MethodDelete, path: aclBindingsPath + "/{acl_bindings_id}", do: aclBinding.unbindOne("acl_bindings_id")},
		{op: "ListApisBindedToAclPolicyV2", method: http.MethodGet, path: aclBindingsPath + "/binded-apis", do: of(inQuery("acl_id", (*state).acls, noACL), listScreened)},
		{op: "ListApisUnbindedToAclPolicyV2", method: http.MethodGet, path: aclBindingsPath + "/unbinded-apis", do: of(inQuery("acl_id", (*state).acls, noACL), listUnscreened)},
		{op: "ListAclPolicyBindedToApiV2", method: http.MethodGet, path: aclBindingsPath + "/binded-acls", do: of(needed("api_id"), listACLsOfAPI)},
	},
}

func (s *state) screened() *links[*acl] { return linksOf[*acl](s, "acl_binding") }

type aclBindingView struct {
	ID         string `json:"id"`
	APIID      string `json:"api_id"`
	EnvID      string `json:"env_id"`
	ACLID      string `json:"acl_id"`
	CreateTime string `json:"create_time"`
}

// screenedAPI is an API that has the ACL. It has neither group id nor path.
type screenedAPI struct {
	APIID     string   `json:"api_id"`
	APIName   string   `json:"api_name"`
	APIType   int      `json:"api_type"`
	APIRemark string   `json:"api_remark"`
	EnvID     string   `json:"env_id"`
	EnvName   string   `json:"env_name"`
	PublishID string   `json:"publish_id"`
	BindID    string   `json:"bind_id"`
	BindTime  string   `json:"bind_time"`
	GroupName string   `json:"group_name"`
	ReqMethod string   `json:"req_method"`
	Tags      []string `json:"tags"`
}

// unscreenedAPI is an API that lacks the ACL; ACLName is the one in its place.
type unscreenedAPI struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	GroupID    string   `json:"group_id"`
	GroupName  string   `json:"group_name"`
	Type       int      `json:"type"`
	Remark     string   `json:"remark"`
	RunEnvID   string   `json:"run_env_id"`
	RunEnvName string   `json:"run_env_name"`
	PublishID  string   `json:"publish_id"`
	ACLName    string   `json:"acl_name"`
	ReqURI     string   `json:"req_uri"`
	ReqMethod  string   `json:"req_method"`
	AuthType   string   `json:"auth_type"`
	Tags       []string `json:"tags"`
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

func bindACL(g *Gateway, c *call) (reply, error) {
	b, err := body[struct {
		ACLID      string   `json:"acl_id"`
		PublishIDs []string `json:"publish_ids"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	a, err := g.acls().get(b.ACLID, noACL)
	if err != nil {
		return reply{}, err
	}
	bound, err := aclBinding.bindPublished(g, c, a, b.PublishIDs)
	if err != nil {
		return reply{}, err
	}
	views := []aclBindingView{}
	for _, x := range bound {
		views = append(views, aclBindingView{ID: x.id, APIID: x.api.id, EnvID: x.env.id, ACLID: a.id, CreateTime: exactStamp(x.created)})
	}
	return created(map[string]any{"acl_bindings": views})
}

func unbindACLs(g *Gateway, c *call) (reply, error) {
	if err := c.wantDelete(); err != nil {
		return reply{}, err
	}
	b, err := body[struct {
		IDs []string `json:"acl_bindings"`
	}](c)
	if err != nil {
		return reply{}, err
	}
	return aclBinding.unbindMany(g, c, "acl_bindings", b.IDs)
}

func listScreened(g *Gateway, c *call, policy *acl) (reply, error) {
	offset, limit := c.bounds()
	if g.behaviour.OfflineOffset {
		offset = 0
	}
	f := placeFilter(c, (*link[*acl]).place)
	rows := g.screened().shown(lateAPIs+policy.id, g.screened().ofPolicy(policy.id), c.now)
	return pageAt(g, "apis", rows, f.keep(), func(x *link[*acl]) screenedAPI {
		a := x.api
		return screenedAPI{
			APIID: a.id, APIName: a.name, APIType: a.Type, APIRemark: a.Remark, EnvID: x.env.id, EnvName: x.env.name,
			PublishID: a.liveID(x.env), BindID: x.id, BindTime: stamp(x.created), GroupName: a.group.name,
			ReqMethod: a.ReqMethod, Tags: g.tags(a.Tags),
		}
	}, offset, limit)
}

func listUnscreened(g *Gateway, c *call, policy *acl) (reply, error) {
	return page(g, c, "apis", g.screened().free(g, c, policy.id), placeFilter(c, place.place).keep(), func(at place) unscreenedAPI {
		a := at.api
		v := unscreenedAPI{
			ID: a.id, Name: a.name, GroupID: a.group.id, GroupName: a.group.name, Type: a.Type, Remark: a.Remark,
			RunEnvID: at.env.id, RunEnvName: at.env.name, PublishID: a.liveID(at.env), ReqURI: a.ReqURI,
			ReqMethod: a.ReqMethod, AuthType: a.AuthType, Tags: g.tags(a.Tags),
		}
		for _, x := range g.screened().ofAPI(a.id) {
			if x.env == at.env && aclBinding.rivals(g, x.policy, policy) {
				v.ACLName = x.policy.name
			}
		}
		return v
	})
}

func listACLsOfAPI(g *Gateway, c *call, id string) (reply, error) {
	var f filter[*link[*acl]]
	f.where(c, "env_id", func(x *link[*acl]) string { return x.env.id })
	f.where(c, "env_name", func(x *link[*acl]) string { return x.env.name })
	f.where(c, "acl_id", func(x *link[*acl]) string { return x.policy.id })
	f.like(c, "acl_name", false, func(x *link[*acl]) string { return x.policy.name })
	rows := g.screened().shown(latePolicies+id, g.screened().ofAPI(id), c.now)
	return page(g, c, "acls", rows, f.keep(), func(x *link[*acl]) aclOfAPI {
		return aclOfAPI{
			ACLID: x.policy.id, ACLName: x.policy.name, ACLType: x.policy.Type, ACLValue: x.policy.Value,
			EntityType: x.policy.EntityType, EnvID: x.env.id, EnvName: x.env.name, BindID: x.id, BindTime: stamp(x.created),
		}
	})
}
