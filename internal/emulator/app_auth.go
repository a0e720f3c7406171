package emulator

import (
	"encoding/json"
	"net/http"
)

const authsPath = "{I}/app-auths"

var noAuth = missing("APIG.3009", "The authorization record does not exist")

var authResource = resource{
	routes: []route{
		{op: "CreateAuthorizingAppsV2", method: http.MethodPost, path: authsPath, do: authorize, serial: authorizes},
		{op: "CancelingAuthorizationV2", method: http.MethodDelete, path: authsPath + "/{app_auth_id}", do: cancelAuth, serial: cancels},
		{op: "ListApisBindedToAppV2", method: http.MethodGet, path: authsPath + "/binded-apis", do: of(inQuery("app_id", (*state).apps, noApp), listAPIsOfApp)},
		{op: "ListAppsBindedToApiV2", method: http.MethodGet, path: authsPath + "/binded-apps", do: listAppsOfAPI},
		{op: "ListApisUnbindedToAppV2", method: http.MethodGet, path: authsPath + "/unbinded-apis", do: of(needed("app_id"), listUnauthorized)},
	},
}

func (s *state) auths() *links[*app] { return linksOf[*app](s, "app_authorization") }

type authBody struct {
	EnvID  string   `json:"env_id"`
	AppIDs []string `json:"app_ids"`
	APIIDs []string `json:"api_ids"`
}

// authorized is the outcome of one pair of an authorization.
type authorized struct {
	ID          string     `json:"id,omitempty"`
	APIID       string     `json:"api_id"`
	AppID       string     `json:"app_id"`
	AuthTime    string     `json:"auth_time,omitempty"`
	AuthRole    string     `json:"auth_role"`
	AuthTunnel  string     `json:"auth_tunnel"`
	Whitelist   []string   `json:"auth_whitelist"`
	Blacklist   []string   `json:"auth_blacklist"`
	VisitParams string     `json:"visit_params"`
	Result      authResult `json:"auth_result"`
}

type authResult struct {
	Status  string `json:"status"`
	Code    string `json:"error_code,omitempty"`
	Message string `json:"error_msg,omitempty"`
	APIName string `json:"api_name"`
	AppName string `json:"app_name"`
}

// authView is a row of the lists of authorizations.
type authView struct {
	ID          string   `json:"id"`
	APIID       string   `json:"api_id"`
	APIName     string   `json:"api_name"`
	APIType     int      `json:"api_type"`
	APIRemark   string   `json:"api_remark"`
	GroupID     string   `json:"group_id"`
	GroupName   string   `json:"group_name"`
	EnvID       string   `json:"env_id"`
	EnvName     string   `json:"env_name"`
	PublishID   string   `json:"publish_id"`
	AppID       string   `json:"app_id"`
	AppName     string   `json:"app_name"`
	AppRemark   string   `json:"app_remark"`
	AppType     string   `json:"app_type"`
	AppCreator  string   `json:"app_creator"`
	AuthRole    string   `json:"auth_role"`
	AuthTime    string   `json:"auth_time"`
	AuthTunnel  string   `json:"auth_tunnel"`
	Whitelist   []string `json:"auth_whitelist"`
	Blacklist   []string `json:"auth_blacklist"`
	VisitParam  string   `json:"visit_param"`
	RomaAppType string   `json:"roma_app_type"`
	Tags        []string `json:"tags"`
}

// authorizes names what parallel authorizations must not share: the app in its environment.
func authorizes(_ *Gateway, c *call) []string {
	var b authBody
	if json.Unmarshal(c.raw, &b) != nil {
		return nil
	}
	var keys []string
	for _, id := range b.AppIDs {
		keys = append(keys, "app "+id+" "+b.EnvID)
	}
	return keys
}

func cancels(g *Gateway, c *call) []string {
	if x := g.auths().ids[c.path["app_auth_id"]]; x != nil {
		return []string{"app " + x.policy.id + " " + x.env.id}
	}
	return nil
}

// authorize lets each app call each API in the environment. A pair that cannot be made fails alone,
// one that exists is skipped; a missing app or API fails the request.
func authorize(g *Gateway, c *call) (reply, error) {
	b, err := body[authBody](c)
	if err != nil {
		return reply{}, err
	}
	var v checks
	v.that(len(b.AppIDs) > 0, "app_ids")
	v.that(len(b.APIIDs) > 0, "api_ids")
	if v.err != nil {
		return reply{}, v.err
	}
	if err := g.batch(len(b.AppIDs)*len(b.APIIDs), "api_ids"); err != nil {
		return reply{}, err
	}
	e, err := g.envs().get(b.EnvID, noEnv)
	if err != nil {
		return reply{}, err
	}
	apps, err := g.apps().all(b.AppIDs, noApp)
	if err != nil {
		return reply{}, err
	}
	apis, err := g.apis().all(b.APIIDs, noAPI)
	if err != nil {
		return reply{}, err
	}
	outcomes := []authorized{}
	for _, x := range apps {
		for _, y := range apis {
			outcomes = append(outcomes, g.authorizePair(c, x, y, e))
		}
	}
	return created(map[string]any{"auths": outcomes})
}

func (g *Gateway) authorizePair(c *call, x *app, y *api, e *environment) authorized {
	out := authorized{
		APIID: y.id, AppID: x.id, AuthRole: "PROVIDER", AuthTunnel: "NORMAL", Whitelist: []string{}, Blacklist: []string{},
		Result: authResult{Status: "SUCCESS", APIName: y.name, AppName: x.name},
	}
	no := g.strikeItem(c.route.op, "", y)
	if no == nil && y.AuthType != "APP" {
		no = refuse(http.StatusBadRequest, "APIG.2011", "The API does not use app authentication,api_id:%s", y.id)
	}
	if no != nil {
		out.Result.Status, out.Result.Code, out.Result.Message = "FAILED", no.code, no.message
		return out
	}
	if g.auths().pairs[pair{x.id, y.id, e.id}] != nil {
		out.Result.Status = "SKIPPED"
	}
	l := bind(g, c, g.auths(), x, y, e, nil)
	out.ID, out.AuthTime = l.id, exactStamp(l.created)
	return out
}

// all finds the objects with these ids, or says which is missing.
func (t *table[T]) all(ids []string, missing func(string) *refusal) ([]T, error) {
	found := make([]T, 0, len(ids))
	for _, id := range ids {
		x, err := t.get(id, missing)
		if err != nil {
			return nil, err
		}
		found = append(found, x)
	}
	return found, nil
}

func cancelAuth(g *Gateway, c *call) (reply, error) {
	x := g.auths().ids[c.path["app_auth_id"]]
	if x == nil {
		return reply{}, noAuth(c.path["app_auth_id"])
	}
	unbind(g, c, g.auths(), x)
	return noContent()
}

func (g *Gateway) authView(x *link[*app]) authView {
	a, y := x.policy, x.api
	return authView{
		ID: x.id, APIID: y.id, APIName: y.name, APIType: y.Type, APIRemark: y.Remark, GroupID: y.group.id, GroupName: y.group.name,
		EnvID: x.env.id, EnvName: x.env.name, PublishID: y.liveID(x.env), AppID: a.id, AppName: a.name, AppRemark: a.remark,
		AppType: "apig", AppCreator: "USER", AuthRole: "PROVIDER", AuthTime: stamp(x.created), AuthTunnel: "NORMAL",
		Whitelist: []string{}, Blacklist: []string{}, Tags: g.tags(y.Tags),
	}
}

func listAPIsOfApp(g *Gateway, c *call, policy *app) (reply, error) {
	f := placeFilter(c, (*link[*app]).place)
	f.like(c, "group_name", false, func(x *link[*app]) string { return x.api.group.name })
	rows := g.auths().shown(lateAPIs+policy.id, g.auths().ofPolicy(policy.id), c.now)
	return page(g, c, "auths", rows, f.keep(), g.authView)
}

func listAppsOfAPI(g *Gateway, c *call) (reply, error) {
	id := c.arg("api_id")
	if id == "" && g.behaviour.InstanceWideAuths == "refused" {
		return reply{}, invalidAs("APIG.2012", "api_id")
	}
	var f filter[*link[*app]]
	f.where(c, "app_id", func(x *link[*app]) string { return x.policy.id })
	f.where(c, "env_id", func(x *link[*app]) string { return x.env.id })
	f.like(c, "app_name", false, func(x *link[*app]) string { return x.policy.name })
	list, rows := lateAll, []*link[*app](g.auths().all)
	if id != "" {
		list, rows = latePolicies+id, g.auths().ofAPI(id)
	}
	return page(g, c, "auths", g.auths().shown(list, rows, c.now), f.keep(), g.authView)
}

// listUnauthorized shows the APIs of the environment that use app authentication and that the app
// may not call.
func listUnauthorized(g *Gateway, c *call, id string) (reply, error) {
	if _, err := c.need("env_id"); err != nil {
		return reply{}, err
	}
	if _, err := g.apps().get(id, noApp); err != nil {
		return reply{}, err
	}
	f := placeFilter(c, place.place)
	*f = append(*f, func(at place) bool { return at.api.AuthType == "APP" })
	return page(g, c, "apis", g.auths().free(g, c, id), f.keep(), func(at place) map[string]any {
		a := at.api
		return map[string]any{
			"id": a.id, "name": a.name, "group_id": a.group.id, "group_name": a.group.name, "run_env_id": at.env.id,
			"run_env_name": at.env.name, "publish_id": a.liveID(at.env), "req_uri": a.ReqURI, "auth_type": a.AuthType,
			"remark": a.Remark, "tags": g.tags(a.Tags),
		}
	})
}

// loadAuth is what authorizations ask of the APIs that a file binds.
var loadAuth = loadRules[*app]{unbounded: true, authType: "APP"}
