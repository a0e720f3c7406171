package emulator

import (
	"encoding/json"
	"net/http"
)

// maxAttached is the maximum number of ids in an attach or detach.
const maxAttached = 500

// pluginBinding binds plugins to APIs. An API can have one plugin of each type in an environment.
var pluginBinding = binding[*plugin]{
	links: (*state).pluginBindings, policies: (*state).plugins, id: "plugin_id", name: "plugin_name", policyNotFound: pluginNotFound,
	sameSlot: func(_ *Behaviour, a, b *plugin) bool { return a.kind == b.kind },
}

var attachResource = resource{
	routes: []route{
		{op: "AttachApiToPlugin", method: http.MethodPost, path: "{I}/plugins/{plugin_id}/attach", do: onPlugin(attach), writeKeys: attachKeys},
		{op: "DetachApiFromPlugin", method: http.MethodPut, path: "{I}/plugins/{plugin_id}/detach", do: onPlugin(detach), writeKeys: attachKeys},
		{op: "AttachPluginToApi", method: http.MethodPost, path: "{I}/apis/{api_id}/plugins/attach", do: onAPI(attach), writeKeys: attachKeys},
		{op: "DetachPluginFromApi", method: http.MethodPut, path: "{I}/apis/{api_id}/plugins/detach", do: onAPI(detach), writeKeys: attachKeys},
		{op: "ListPluginAttachedApis", method: http.MethodGet, path: "{I}/plugins/{plugin_id}/attached-apis", do: forObject(pluginInPath, listAttachedAPIs)},
		{op: "ListPluginAttachableApis", method: http.MethodGet, path: "{I}/plugins/{plugin_id}/attachable-apis", do: forObject(pluginInPath, listAttachableAPIs)},
		{op: "ListApiAttachedPlugins", method: http.MethodGet, path: "{I}/apis/{api_id}/attached-plugins", do: forObject(apiInPath, listAttachedPlugins)},
		{op: "ListApiAttachablePlugins", method: http.MethodGet, path: "{I}/apis/{api_id}/attachable-plugins", do: forObject(apiInPath, listAttachablePlugins)},
	},
}

func (s *state) pluginBindings() *links[*plugin] { return linksOf[*plugin](s, "plugin_binding") }

type attachAPIsBody struct {
	EnvID string   `json:"env_id"`
	IDs   []string `json:"api_ids"`
}

type attachPluginsBody struct {
	EnvID string   `json:"env_id"`
	IDs   []string `json:"plugin_ids"`
}

// attachKeys returns the keys that simultaneous attachments must not share: the plugins and the APIs in the environment.
func attachKeys(_ *Gateway, c *call) []string {
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
	return append(writeKeysOf("plugin", b.Plugins, b.EnvID), writeKeysOf("api", b.APIs, b.EnvID)...)
}

// attaching is an operation that attaches or detaches each plugin to or from each API in an environment.
type attaching func(*Gateway, *call, []*plugin, []target) (reply, error)

// onPlugin and onAPI read the two forms of the same request.
func onPlugin(do attaching) handler {
	return forObjectWithBody(pluginInPath, func(g *Gateway, c *call, p *plugin, b attachAPIsBody) (reply, error) {
		var v checks
		v.attached("api_ids", b.IDs)
		return inEnvironment(g, c, &v, do, []*plugin{p}, findAll(&v, g.apis(), b.IDs, apiNotFound), b.EnvID)
	})
}

func onAPI(do attaching) handler {
	return forObjectWithBody(apiInPath, func(g *Gateway, c *call, a *api, b attachPluginsBody) (reply, error) {
		var v checks
		v.attached("plugin_ids", b.IDs)
		return inEnvironment(g, c, &v, do, findAll(&v, g.plugins(), b.IDs, pluginNotFound), []*api{a}, b.EnvID)
	})
}

// attached refuses no ids, and too many.
func (c *checks) attached(parameter string, ids []string) {
	if len(ids) < 1 || len(ids) > maxAttached {
		c.fail(invalidAs("APIG.2012", parameter))
	}
}

// inEnvironment does the operation in the environment, unless a check has failed.
func inEnvironment(g *Gateway, c *call, v *checks, do attaching, plugins []*plugin, apis []*api, envID string) (reply, error) {
	e := find(v, g.envs(), envID, environmentNotFound)
	if v.err != nil {
		return reply{}, v.err
	}
	targets := make([]target, len(apis))
	for i, a := range apis {
		targets[i] = target{a, e}
	}
	return do(g, c, plugins, targets)
}

// attachView is an attachment in lists of plugins and in the answer to an attach.
type attachView struct {
	ID      string `json:"plugin_attach_id"`
	EnvID   string `json:"env_id"`
	EnvName string `json:"env_name"`
	Time    string `json:"attached_time"`
}

// attach attaches each plugin to each API, and replaces other plugins of the same type. If one API is not published, the whole
// request fails.
func attach(g *Gateway, c *call, plugins []*plugin, targets []target) (reply, error) {
	for _, t := range targets {
		if t.api.publicationIn(t.env) == nil {
			return reply{}, refuse(http.StatusConflict, "APIG.3707", "Only published APIs can be bound to plugins,api_id:%s", t.api.id)
		}
		if refused := g.itemFault(c.route.op, "", t.api); refused != nil {
			return reply{}, refused
		}
	}
	views := []any{}
	for _, p := range plugins {
		for _, t := range targets {
			x := bind(g, c, g.pluginBindings(), p, t, pluginBinding.holders(g, p, t))
			views = append(views, struct {
				attachView
				pluginHead
				APIID   string `json:"api_id"`
				APIName string `json:"api_name"`
			}{attachView{x.id, t.env.id, t.env.name, formatTimeExactly(x.created)}, p.head(), t.api.id, t.api.name})
		}
	}
	return created(map[string]any{"attached_plugins": views})
}

func detach(g *Gateway, c *call, plugins []*plugin, targets []target) (reply, error) {
	var gone []*link[*plugin]
	for _, p := range plugins {
		for _, t := range targets {
			x := g.pluginBindings().pairs[pair{p.id, t}]
			switch {
			case x != nil:
				gone = append(gone, x)
			case g.behaviour.DetachMissing == "404":
				return reply{}, refuse(http.StatusNotFound, "APIG.3068", "The plugin is not bound to the API,plugin_id:%s,api_id:%s", p.id, t.api.id)
			}
		}
	}
	for _, x := range gone {
		if g.pluginBindings().ids[x.id] == x { // the request may contain an id twice
			unbind(g, c, g.pluginBindings(), x)
		}
	}
	return noContent()
}

type pluginTarget struct {
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

func (g *Gateway) pluginTarget(t target) pluginTarget {
	a := t.api
	return pluginTarget{
		APIID: a.id, APIName: a.name, Type: a.Type, ReqProtocol: a.ReqProtocol, ReqMethod: a.ReqMethod, ReqURI: a.ReqURI,
		AuthType: a.AuthType, MatchMode: a.MatchMode, Remark: a.Remark, GroupID: a.group.id, GroupName: a.group.name,
		EnvID: t.env.id, EnvName: t.env.name, PublishID: a.publishIDIn(t.env), Tags: g.tags(a.Tags),
	}
}

// pluginTargets returns the filter that the lists of a plugin's APIs have.
func pluginTargets[T targetHolder](c *call) func(T) bool {
	f := targetFilter[T](c)
	f.where(c, "req_method", func(x T) string { return x.asTarget().api.ReqMethod })
	f.like(c, "req_uri", false, func(x T) string { return x.asTarget().api.ReqURI })
	return f.condition()
}

func listAttachedAPIs(g *Gateway, c *call, p *plugin) (reply, error) {
	return page(g, c, "apis", g.pluginBindings().visibleOfPolicy(p.id, c.now), pluginTargets[*link[*plugin]](c), func(x *link[*plugin]) pluginTarget {
		v := g.pluginTarget(x.target)
		v.PluginAttachID, v.AttachedTime = x.id, formatTime(x.created)
		return v
	})
}

func listAttachableAPIs(g *Gateway, c *call, p *plugin) (reply, error) {
	if _, err := c.requiredArg("env_id"); err != nil {
		return reply{}, err
	}
	return page(g, c, "apis", g.pluginBindings().unboundTargets(g, c, p.id), pluginTargets[target](c), g.pluginTarget)
}

func listAttachedPlugins(g *Gateway, c *call, a *api) (reply, error) {
	f := pluginBinding.policyFilter(c)
	byEnvironmentName(c, f)
	f.where(c, "plugin_type", func(x *link[*plugin]) string { return x.policy.kind })
	return page(g, c, "plugins", g.pluginBindings().visibleOfAPI(a.id, c.now), f.condition(), func(x *link[*plugin]) any {
		return struct {
			attachView
			pluginView
		}{attachView{x.id, x.env.id, x.env.name, formatTime(x.created)}, g.pluginView(x.policy)}
	})
}

func listAttachablePlugins(g *Gateway, c *call, a *api) (reply, error) {
	env, err := c.requiredArg("env_id")
	if err != nil {
		return reply{}, err
	}
	f := filter[*plugin]{func(p *plugin) bool { return g.pluginBindings().pairs[pair{p.id, target{a, g.envs().ids[env]}}] == nil }}
	f.where(c, "plugin_id", func(p *plugin) string { return p.id })
	f.where(c, "plugin_type", func(p *plugin) string { return p.kind })
	f.like(c, "plugin_name", false, func(p *plugin) string { return p.name })
	return page(g, c, "plugins", g.plugins().rows, f.condition(), g.pluginView)
}
