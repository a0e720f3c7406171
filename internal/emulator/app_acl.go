package emulator

import (
	"net/http"
)

// appAccess restricts the addresses from which an app may be used.
type appAccess struct {
	Type   string   `json:"app_acl_type"`
	Values []string `json:"app_acl_values"`
}

const appACLPath = "{I}/apps/{app_id}/app-acl"

var appACLResource = resource{
	routes: []route{
		{op: "ShowDetailsOfAppAcl", method: http.MethodGet, path: appACLPath, do: showObject((*Gateway).appWithACL, accessView)},
		{op: "UpdateAppAcl", method: http.MethodPut, path: appACLPath, do: forObjectWithBody((*Gateway).appWithACL, setAppACL)},
		{op: "DeleteAppAcl", method: http.MethodDelete, path: appACLPath, do: forObject((*Gateway).appWithACL, deleteAppACL)},
	},
}

func accessView(_ *Gateway, a *app) map[string]any {
	if a.access == nil {
		return map[string]any{}
	}
	return map[string]any{"app_id": a.id, "app_acl_type": a.access.Type, "app_acl_values": a.access.Values}
}

// appWithACL finds the app of a request about access control, which needs the feature app_acl.
func (g *Gateway) appWithACL(c *call) (*app, error) {
	if !g.supports("app_acl") {
		return nil, unsupported("app_acl")
	}
	return appInPath(g, c)
}

// setAppACL answers 201 even to an update, as documented.
func setAppACL(g *Gateway, c *call, a *app, b appAccess) (reply, error) {
	var v checks
	v.oneOf("app_acl_type", b.Type, "PERMIT", "DENY")
	v.require(len(b.Values) > 0 && len(b.Values) <= maxAddresses, "app_acl_values")
	for _, entry := range b.Values {
		v.require(address(entry), "app_acl_values")
	}
	if v.err != nil {
		return reply{}, v.err
	}
	a.access = &b
	c.effect(a.partEffect("app_access_control", "update", a.id))
	return created(accessView(g, a))
}

func deleteAppACL(_ *Gateway, c *call, a *app) (reply, error) {
	a.access = nil
	c.effect(a.partEffect("app_access_control", "delete", a.id))
	return noContent()
}

type fileAccess struct {
	Type   string   `json:"type"`
	Values []string `json:"values"`
}
