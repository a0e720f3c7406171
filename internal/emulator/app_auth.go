package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
)

const authsPath = "{I}/app-auths"

var authorizationNotFound = notFound("APIG.3009", "The authorization record does not exist")

// authBinding binds apps to APIs, which need not be published. An API can have any number of apps.
var authBinding = binding[*app]{
	links: (*state).authorizations, policies: (*state).apps, id: "app_id", name: "app_name", policyNotFound: appNotFound, bindingNotFound: authorizationNotFound,
	allowUnpublished: true, authType: "APP",
}

var authResource = resource{
	routes: []route{
		{op: "CreateAuthorizingAppsV2", method: http.MethodPost, path: authsPath, do: withBody(authorize), writeKeys: authorizeKeys},
		{op: "CancelingAuthorizationV2", method: http.MethodDelete, path: authsPath + "/{app_auth_id}", do: authBinding.unbindOne("app_auth_id"), writeKeys: cancelKeys},
		{op: "ListApisBindedToAppV2", method: http.MethodGet, path: authsPath + "/binded-apis", do: forObject(inQuery("app_id", (*state).apps, appNotFound), listAPIsOfApp)},
		{op: "ListAppsBindedToApiV2", method: http.MethodGet, path: authsPath + "/binded-apps", do: listAppsOfAPI},
		{op: "ListApisUnbindedToAppV2", method: http.MethodGet, path: authsPath + "/unbinded-apis", do: forObject(requiredQuery("app_id"), listUnauthorized)},
	},
}

func (s *state) authorizations() *links[*app] { return linksOf[*app](s, "app_authorization") }

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

// authorizeKeys returns the keys that simultaneous authorizations must not share: each app in the environment.
func authorizeKeys(_ *Gateway, c *call) []string {
	var b authBody
	if json.Unmarshal(c.raw, &b) != nil {
		return nil
	}
	return writeKeysOf("app", b.AppIDs, b.EnvID)
}

func cancelKeys(g *Gateway, c *call) []string {
	if x := g.authorizations().ids[c.path["app_auth_id"]]; x != nil {
		return writeKeysOf("app", []string{x.policy.id}, x.env.id)
	}
	return nil
}

// authorize authorizes each app for each API in the environment. If one pair fails, the others are still authorized. An existing
// pair is skipped. If an app or API does not exist, the whole request fails.
func authorize(g *Gateway, c *call, b authBody) (reply, error) {
	var v checks
	v.require(len(b.AppIDs) > 0, "app_ids")
	v.require(len(b.APIIDs) > 0, "api_ids")
	if err := cmp.Or(v.err, g.checkBatchSize(len(b.AppIDs)*len(b.APIIDs), "api_ids")); err != nil {
		return reply{}, err
	}
	e := find(&v, g.envs(), b.EnvID, environmentNotFound)
	apps := findAll(&v, g.apps(), b.AppIDs, appNotFound)
	apis := findAll(&v, g.apis(), b.APIIDs, apiNotFound)
	if v.err != nil {
		return reply{}, v.err
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
	refused := g.itemFault(c.route.op, "", y)
	if refused == nil && y.AuthType != "APP" {
		refused = refuse(http.StatusBadRequest, "APIG.2011", "The API does not use app authentication,api_id:%s", y.id)
	}
	if refused != nil {
		out.Result.Status, out.Result.Code, out.Result.Message = "FAILED", refused.code, refused.message
		return out
	}
	if g.authorizations().pairs[pair{x.id, t}] != nil {
		out.Result.Status = "SKIPPED"
	}
	l := bind(g, c, g.authorizations(), x, t, nil)
	out.ID, out.AuthTime = l.id, formatTimeExactly(l.created)
	return out
}

func (g *Gateway) authView(x *link[*app]) authView {
	a := x.policy
	return authView{
		authTerms: a.authTerms(), boundAPI: g.boundAPI(x.target), ID: x.id, GroupID: x.api.group.id, AppName: a.name, AppRemark: a.Remark,
		AppType: "apig", AppCreator: "USER", AuthTime: formatTime(x.created),
	}
}

func listAPIsOfApp(g *Gateway, c *call, a *app) (reply, error) {
	f := targetFilter[*link[*app]](c)
	f.like(c, "group_name", false, func(x *link[*app]) string { return x.api.group.name })
	return page(g, c, "auths", g.authorizations().visibleOfPolicy(a.id, c.now), f.condition(), g.authView)
}

func listAppsOfAPI(g *Gateway, c *call) (reply, error) {
	id := c.queryArg("api_id")
	if id == "" && g.behaviour.InstanceWideAuths == "refused" {
		return reply{}, invalidAs("APIG.2012", "api_id")
	}
	var rows []*link[*app]
	if id == "" {
		rows = g.authorizations().visible(allBindingsList, g.authorizations().all, c.now)
	} else {
		rows = g.authorizations().visibleOfAPI(id, c.now)
	}
	return page(g, c, "auths", rows, authBinding.policyFilter(c).condition(), g.authView)
}

// listUnauthorized lists the APIs of the environment that use app authentication and for which the app is not authorized.
func listUnauthorized(g *Gateway, c *call, id string) (reply, error) {
	if _, err := c.requiredArg("env_id"); err != nil {
		return reply{}, err
	}
	if _, err := g.apps().get(id, appNotFound); err != nil {
		return reply{}, err
	}
	f := targetFilter[target](c)
	*f = append(*f, func(t target) bool { return t.api.AuthType == "APP" })
	return page(g, c, "apis", g.authorizations().unboundTargets(g, c, id), f.condition(), g.unboundAPI)
}
