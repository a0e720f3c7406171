package emulator

import (
	"encoding/json"
	"net/http"
)

const authsPath = "{I}/app-auths"

var noAuth = missing("APIG.3009", "The authorization record does not exist")

// authBinding binds apps to APIs, which need not be published. An API can have any number of apps.
var authBinding = binding[*app]{
	links: (*state).auths, policies: (*state).apps, id: "app_id", name: "app_name", noPolicy: noApp, missing: noAuth,
	offline: true, auth: "APP",
}

var authResource = resource{
	routes: []route{
		{op: "CreateAuthorizingAppsV2", method: http.MethodPost, path: authsPath, do: taking(authorize), serial: authorizes},
		{op: "CancelingAuthorizationV2", method: http.MethodDelete, path: authsPath + "/{app_auth_id}", do: authBinding.unbindOne("app_auth_id"), serial: cancels},
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

// authTerms has the members of an authorization that are the same in all answers.
type authTerms struct {
	AppID     string   `json:"app_id"`
	Role      string   `json:"auth_role"`
	Tunnel    string   `json:"auth_tunnel"`
	Whitelist []string `json:"auth_whitelist"`
	Blacklist []string `json:"auth_blacklist"`
}

func (a *app) authTerms() authTerms {
	return authTerms{a.id, "PROVIDER", "NORMAL", []string{}, []string{}}
}

// authorized is the result of a request for one of its apps and one of its APIs.
type authorized struct {
	authTerms
	ID          string     `json:"id,omitempty"`
	APIID       string     `json:"api_id"`
	AuthTime    string     `json:"auth_time,omitempty"`
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

// authView is an authorization as lists show it.
type authView struct {
	authTerms
	boundAPI
	ID          string `json:"id"`
	GroupID     string `json:"group_id"`
	AppName     string `json:"app_name"`
	AppRemark   string `json:"app_remark"`
	AppType     string `json:"app_type"`
	AppCreator  string `json:"app_creator"`
	AuthTime    string `json:"auth_time"`
	VisitParam  string `json:"visit_param"`
	RomaAppType string `json:"roma_app_type"`
}

// authorizes returns the keys that simultaneous authorizations must not share: each app in the environment.
func authorizes(_ *Gateway, c *call) []string {
	var b authBody
	if json.Unmarshal(c.raw, &b) != nil {
		return nil
	}
	return keysOf("app", b.AppIDs, b.EnvID)
}

func cancels(g *Gateway, c *call) []string {
	if x := g.auths().ids[c.path["app_auth_id"]]; x != nil {
		return keysOf("app", []string{x.policy.id}, x.env.id)
	}
	return nil
}

// authorize authorizes each app for each API in the environment. If one pair fails, the others are still authorized. An existing
// pair is skipped. If an app or API does not exist, the whole request fails.
func authorize(g *Gateway, c *call, b authBody) (reply, error) {
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
			outcomes = append(outcomes, g.authorizePair(c, x, target{y, e}))
		}
	}
	return created(map[string]any{"auths": outcomes})
}

func (g *Gateway) authorizePair(c *call, x *app, t target) authorized {
	y := t.api
	out := authorized{authTerms: x.authTerms(), APIID: y.id, Result: authResult{Status: "SUCCESS", APIName: y.name, AppName: x.name}}
	no := g.strikeItem(c.route.op, "", y)
	if no == nil && y.AuthType != "APP" {
		no = refuse(http.StatusBadRequest, "APIG.2011", "The API does not use app authentication,api_id:%s", y.id)
	}
	if no != nil {
		out.Result.Status, out.Result.Code, out.Result.Message = "FAILED", no.code, no.message
		return out
	}
	if g.auths().pairs[pair{x.id, t}] != nil {
		out.Result.Status = "SKIPPED"
	}
	l := bind(g, c, g.auths(), x, t, nil)
	out.ID, out.AuthTime = l.id, exactStamp(l.created)
	return out
}

// all finds the objects with these ids, or returns the error for the first that does not exist.
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

func (g *Gateway) authView(x *link[*app]) authView {
	a := x.policy
	return authView{
		authTerms: a.authTerms(), boundAPI: g.boundAPI(x.target), ID: x.id, GroupID: x.api.group.id, AppName: a.name, AppRemark: a.remark,
		AppType: "apig", AppCreator: "USER", AuthTime: stamp(x.created),
	}
}

func listAPIsOfApp(g *Gateway, c *call, a *app) (reply, error) {
	f := targetFilter[*link[*app]](c)
	f.like(c, "group_name", false, func(x *link[*app]) string { return x.api.group.name })
	return page(g, c, "auths", g.auths().shownOfPolicy(a.id, c.now), f.keep(), g.authView)
}

func listAppsOfAPI(g *Gateway, c *call) (reply, error) {
	id := c.arg("api_id")
	if id == "" && g.behaviour.InstanceWideAuths == "refused" {
		return reply{}, invalidAs("APIG.2012", "api_id")
	}
	var rows []*link[*app]
	if id == "" {
		rows = g.auths().shown(lateAll, g.auths().all, c.now)
	} else {
		rows = g.auths().shownOfAPI(id, c.now)
	}
	return page(g, c, "auths", rows, authBinding.policyFilter(c).keep(), g.authView)
}

// listUnauthorized lists the APIs of the environment that use app authentication and for which the app is not authorized.
func listUnauthorized(g *Gateway, c *call, id string) (reply, error) {
	if _, err := c.need("env_id"); err != nil {
		return reply{}, err
	}
	if _, err := g.apps().get(id, noApp); err != nil {
		return reply{}, err
	}
	f := targetFilter[target](c)
	*f = append(*f, func(t target) bool { return t.api.AuthType == "APP" })
	return page(g, c, "apis", g.auths().free(g, c, id), f.keep(), g.freeAPI)
}
