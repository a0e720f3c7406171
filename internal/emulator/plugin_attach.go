package emulator

import (
	"encoding/json"
	"net/http"
)

// mostAttached is how many ids one attach or detach takes.
const mostAttached = 500

var attachResource = resource{
	routes: []route{
		{op: "AttachApiToPlugin", method: http.MethodPost, path: "{I}/plugins/{plugin_id}/attach", do: attachAPIs, serial: attaches},
		{op: "DetachApiFromPlugin", method: http.MethodPut, path: "{I}/plugins/{plugin_id}/detach", do: detachAPIs, serial: attaches},
		{op: "AttachPluginToApi", method: http.MethodPost, path: "{I}/apis/{api_id}/plugins/attach", do: attachPlugins, serial: attaches},
		{op: "DetachPluginFromApi", method: http.MethodPut, path: "{I}/apis/{api_id}/plugins/detach", do: detachPlugins, serial: attaches},
		{op: "ListPluginAttachedApis", method: http.MethodGet, path: "{I}/plugins/{plugin_id}/attached-apis", do: of((*Gateway).pluginOf, listAttachedAPIs)},
		{op: "ListPluginAttachableApis", method: http.MethodGet, path: "{I}/plugins/{plugin_id}/attachable-apis", do: of((*Gateway).pluginOf, listAttachableAPIs)},
		{op: "ListApiAttachedPlugins", method: http.MethodGet, path: "{I}/apis/{api_id}/attached-plugins", do: of(theAPI, listAttachedPlugins)},
		{op: "ListApiAttachablePlugins", method: http.MethodGet, path: "{I}/apis/{api_id}/attachable-plugins", do: of(theAPI, listAttachablePlugins)},
	},
}

func (s *state) attached() *links[*plugin] { return linksOf[*plugin](s, "plugin_binding") }

// attachBody is what both sides send: one of the two lists, besides the environment.
type attachBody struct {
	EnvID string `json:"env_id"`
}

type attachAPIsBody struct {
	attachBody
	IDs []string `json:"api_ids"`
}

type attachPluginsBody struct {
	attachBody
	IDs []string `json:"plugin_ids"`
}

// attaches names what parallel attachments must not share: a plugin, and each API, in its environment.
func attaches(_ *Gateway, c *call) []string {
	var b struct {
		EnvID   string   `json:"env_id"`
		APIs    []string `json:"api_ids"`
		Plugins []string `json:"plugin_ids"`
	}
	if json.Unmarshal(c.raw, &b) != nil {
		return nil
	}
	if id := c.path["plugin_id"]; id != "" {
		b.Plugins = append(b.Plugins, id)
	}
	if id := c.path["api_id"]; id != "" {
		b.APIs = append(b.APIs, id)
	}
	var keys []string
	for _, id := range b.Plugins {
		keys = append(keys, "plugin "+id+" "+b.EnvID)
	}
	for _, id := range b.APIs {
		keys = append(keys, "api "+id+" "+b.EnvID)
	}
	return keys
}

// attachment is everything that an attach or detach names.
type attachment struct {
	plugins []*plugin
	apis    []*api
	env     *environment
}

// fromPlugin and fromAPI read the two spellings of the same request.
func fromPlugin(g *Gateway, c *call) (attachment, error) {
	p, err := g.pluginOf(c)
	if err != nil {
		return attachment{}, err
	}
	b, err := body[attachAPIsBody](c)
	if err != nil {
		return attachment{}, err
	}
	if len(b.IDs) < 1 || len(b.IDs) > mostAttached {
		return attachment{}, invalidAs("APIG.2012", "api_ids")
	}
	apis, err := g.apis().all(b.IDs, noAPI)
	if err != nil {
		return attachment{}, err
	}
	e, err := g.envs().get(b.EnvID, noEnv)
	return attachment{[]*plugin{p}, apis, e}, err
}

func fromAPI(g *Gateway, c *call) (attachment, error) {
	a, err := g.apis().get(c.path["api_id"], noAPI)
	if err != nil {
		return attachment{}, err
	}
	b, err := body[attachPluginsBody](c)
	if err != nil {
		return attachment{}, err
	}
	if len(b.IDs) < 1 || len(b.IDs) > mostAttached {
		return attachment{}, invalidAs("APIG.2012", "plugin_ids")
	}
	plugins, err := g.plugins().all(b.IDs, noPlugin)
	if err != nil {
		return attachment{}, err
	}
	e, err := g.envs().get(b.EnvID, noEnv)
	return attachment{plugins, []*api{a}, e}, err
}

func attachAPIs(g *Gateway, c *call) (reply, error)    { return attach(g, c, fromPlugin) }
func attachPlugins(g *Gateway, c *call) (reply, error) { return attach(g, c, fromAPI) }
func detachAPIs(g *Gateway, c *call) (reply, error)    { return detach(g, c, fromPlugin) }
func detachPlugins(g *Gateway, c *call) (reply, error) { return detach(g, c, fromAPI) }

// attach gives each API each plugin; another plugin of the same type gives way. An API that is not
// published fails the request as a whole.
func attach(g *Gateway, c *call, read func(*Gateway, *call) (attachment, error)) (reply, error) {
	what, err := read(g, c)
	if err != nil {
		return reply{}, err
	}
	for _, a := range what.apis {
		if a.live(what.env) == nil {
			return reply{}, refuse(http.StatusConflict, "APIG.3707", "Only published APIs can be bound to plugins,api_id:%s", a.id)
		}
		if no := g.strikeItem(c.route.op, "", a); no != nil {
			return reply{}, no
		}
	}
	views := []map[string]any{}
	for _, p := range what.plugins {
		for _, a := range what.apis {
			giveWay := g.attached().holders(p, a, what.env, func(a, b *plugin) bool { return a.kind == b.kind })
			x := bind(g, c, g.attached(), p, a, what.env, giveWay)
			v := attachView(x)
			v["api_id"], v["api_name"] = a.id, a.name
			v["attached_time"] = exactStamp(x.created)
			views = append(views, v)
		}
	}
	return created(map[string]any{"attached_plugins": views})
}

func attachView(x *link[*plugin]) map[string]any {
	return map[string]any{
		"plugin_attach_id": x.id, "plugin_id": x.policy.id, "plugin_name": x.policy.name, "plugin_type": x.policy.kind,
		"plugin_scope": "global", "env_id": x.env.id, "env_name": x.env.name, "attached_time": stamp(x.created),
	}
}

func detach(g *Gateway, c *call, read func(*Gateway, *call) (attachment, error)) (reply, error) {
	what, err := read(g, c)
	if err != nil {
		return reply{}, err
	}
	var gone []*link[*plugin]
	for _, p := range what.plugins {
		for _, a := range what.apis {
			x := g.attached().pairs[pair{p.id, a.id, what.env.id}]
			switch {
			case x != nil:
				gone = append(gone, x)
			case g.behaviour.DetachMissing == "404":
				return reply{}, refuse(http.StatusNotFound, "APIG.3068", "The plugin is not bound to the API,plugin_id:%s,api_id:%s", p.id, a.id)
			}
		}
	}
	for _, x := range gone {
		if g.attached().ids[x.id] == x { // an id may be named twice
			unbind(g, c, g.attached(), x)
		}
	}
	return noContent()
}

type pluginAPI struct {
	APIID          string   `json:"api_id"`
	APIName        string   `json:"api_name"`
	Type           int      `json:"type"`
	ReqProtocol    string   `json:"req_protocol"`
	ReqMethod      string   `json:"req_method"`
	ReqURI         string   `json:"req_uri"`
	AuthType       string   `json:"auth_type"`
	MatchMode      string   `json:"match_mode"`
	Remark         string   `json:"remark"`
	GroupID        string   `json:"group_id"`
	GroupName      string   `json:"group_name"`
	RomaAppID      string   `json:"roma_app_id"`
	EnvID          string   `json:"env_id"`
	EnvName        string   `json:"env_name"`
	PublishID      string   `json:"publish_id"`
	PluginAttachID string   `json:"plugin_attach_id,omitempty"`
	AttachedTime   string   `json:"attached_time,omitempty"`
	Tags           []string `json:"tags"`
}

func (g *Gateway) pluginAPI(at place) pluginAPI {
	a := at.api
	return pluginAPI{
		APIID: a.id, APIName: a.name, Type: a.Type, ReqProtocol: a.ReqProtocol, ReqMethod: a.ReqMethod, ReqURI: a.ReqURI,
		AuthType: a.AuthType, MatchMode: a.MatchMode, Remark: a.Remark, GroupID: a.group.id, GroupName: a.group.name,
		EnvID: at.env.id, EnvName: at.env.name, PublishID: a.liveID(at.env), Tags: g.tags(a.Tags),
	}
}

// pluginPlaces is the filter of the lists of APIs of a plugin.
func pluginPlaces[T any](c *call, of func(T) place) func(T) bool {
	f := placeFilter(c, of)
	f.where(c, "req_method", func(x T) string { return of(x).api.ReqMethod })
	f.like(c, "req_uri", false, func(x T) string { return of(x).api.ReqURI })
	return f.keep()
}

func listAttachedAPIs(g *Gateway, c *call, p *plugin) (reply, error) {
	rows := g.attached().shown(lateAPIs+p.id, g.attached().ofPolicy(p.id), c.now)
	return page(g, c, "apis", rows, pluginPlaces(c, (*link[*plugin]).place), func(x *link[*plugin]) pluginAPI {
		v := g.pluginAPI(x.place())
		v.PluginAttachID, v.AttachedTime = x.id, stamp(x.created)
		return v
	})
}

func listAttachableAPIs(g *Gateway, c *call, p *plugin) (reply, error) {
	if _, err := c.need("env_id"); err != nil {
		return reply{}, err
	}
	return page(g, c, "apis", g.attached().free(g, c, p.id), pluginPlaces(c, place.place), g.pluginAPI)
}

func listAttachedPlugins(g *Gateway, c *call, a *api) (reply, error) {
	var f filter[*link[*plugin]]
	f.where(c, "env_id", func(x *link[*plugin]) string { return x.env.id })
	f.where(c, "env_name", func(x *link[*plugin]) string { return x.env.name })
	f.where(c, "plugin_id", func(x *link[*plugin]) string { return x.policy.id })
	f.where(c, "plugin_type", func(x *link[*plugin]) string { return x.policy.kind })
	f.like(c, "plugin_name", false, func(x *link[*plugin]) string { return x.policy.name })
	rows := g.attached().shown(latePolicies+a.id, g.attached().ofAPI(a.id), c.now)
	return page(g, c, "plugins", rows, f.keep(), func(x *link[*plugin]) map[string]any {
		v, whole := attachView(x), g.pluginView(x.policy)
		v["plugin_content"], v["remark"] = whole.Content, whole.Remark
		v["create_time"], v["update_time"] = whole.CreateTime, whole.UpdateTime
		return v
	})
}

func listAttachablePlugins(g *Gateway, c *call, a *api) (reply, error) {
	env, err := c.need("env_id")
	if err != nil {
		return reply{}, err
	}
	f := filter[*plugin]{func(p *plugin) bool { return g.attached().pairs[pair{p.id, a.id, env}] == nil }}
	f.where(c, "plugin_id", func(p *plugin) string { return p.id })
	f.where(c, "plugin_type", func(p *plugin) string { return p.kind })
	f.like(c, "plugin_name", false, func(p *plugin) string { return p.name })
	return page(g, c, "plugins", g.plugins().rows, f.keep(), g.pluginView)
}
