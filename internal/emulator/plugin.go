package emulator

import (
	"cmp"
	"errors"
	"net/http"
)

// plugin is a policy whose content depends on its type.
type plugin struct {
	identity
	kind    string // its type
	content content
	remark  string
}

type pluginBody struct {
	Name    string `json:"plugin_name"`
	Type    string `json:"plugin_type"`
	Scope   string `json:"plugin_scope"`
	Content string `json:"plugin_content"`
	Remark  string `json:"remark"`
}

// pluginHead has the members of a plugin that all answers have.
type pluginHead struct {
	ID    string `json:"plugin_id"`
	Name  string `json:"plugin_name"`
	Type  string `json:"plugin_type"`
	Scope string `json:"plugin_scope"`
}

type pluginView struct {
	pluginHead
	Content    string `json:"plugin_content"`
	Remark     string `json:"remark"`
	CreateTime string `json:"create_time"`
	UpdateTime string `json:"update_time"`
}

// maxContent is the maximum length of a plugin's content in bytes.
const maxContent = 65535

var pluginNotFound = notFound("APIG.3068", "Plugin %s does not exist")

var pluginInPath = inPath("plugin_id", (*state).plugins, pluginNotFound)

var pluginResource = resource{
	routes: []route{
		{op: "ListPlugins", method: http.MethodGet, path: "{I}/plugins", do: listPlugins},
		{op: "CreatePlugin", method: http.MethodPost, path: "{I}/plugins", do: withBody(createPlugin)},
		{op: "ShowPlugin", method: http.MethodGet, path: "{I}/plugins/{plugin_id}", do: showObject(pluginInPath, (*Gateway).pluginView)},
		{op: "UpdatePlugin", method: http.MethodPut, path: "{I}/plugins/{plugin_id}", do: forObjectWithBody(pluginInPath, updatePlugin)},
		{op: "DeletePlugin", method: http.MethodDelete, path: "{I}/plugins/{plugin_id}", do: forObject(pluginInPath, deletePlugin)},
	},
	quotas: []quota{quotaPlugins},
	sections: []section{
		listSection("plugins", func(f filePlugin) string { return f.Name }, (*loader).plugin, dumpAll((*state).plugins, (*dumper).dumpPlugin)),
	},
}

var quotaPlugins = quota{name: "PLUGIN_NUM_LIMIT", code: "APIG.3100", description: "plugins", defaultLimit: 500, hidden: true}

func (s *state) plugins() *table[*plugin] { return tableOf[*plugin](s, "plugin") }

func (p *plugin) head() pluginHead { return pluginHead{p.id, p.name, p.kind, "global"} }

func (g *Gateway) pluginView(p *plugin) pluginView {
	return pluginView{
		pluginHead: p.head(), Content: p.content.view(p.kind, g.behaviour.PluginSecret == "masked"),
		Remark: p.remark, CreateTime: formatTime(p.created), UpdateTime: formatTime(p.updated),
	}
}

func (p *plugin) effect(action string) Effect {
	return Effect{Kind: "plugin", Action: action, ID: p.id, Name: p.name, Type: p.kind}
}

func listPlugins(g *Gateway, c *call) (reply, error) {
	exact := c.isExact("plugin_name") || c.isExact("name")
	name := ""
	if exact {
		name = c.queryArg("plugin_name")
	}
	var f filter[*plugin]
	f.where(c, "plugin_id", func(p *plugin) string { return p.id })
	f.like(c, "plugin_name", exact, func(p *plugin) string { return p.name })
	f.where(c, "plugin_type", func(p *plugin) string { return p.kind })
	f.where(c, "plugin_scope", func(*plugin) string { return "global" })
	return page(g, c, "plugins", g.plugins().candidates(c.queryArg("plugin_id"), name), f.condition(), g.pluginView)
}

// checkPlugin checks the body of a create or update, and returns the content to store.
func (g *Gateway) checkPlugin(b pluginBody, ownID string) (content, error) {
	var v checks
	v.text("plugin_name", b.Name, 3, 255, pluginName)
	v.require(contents[b.Type] != nil || g.behaviour.PluginContents == "newer" && b.Type != "", "plugin_type")
	v.oneOf("plugin_scope", b.Scope, "global")
	v.text("remark", b.Remark, 0, maxRemark, nil)
	v.require(len(b.Content) <= maxContent, "plugin_content")
	if v.err != nil {
		return nil, v.err
	}
	if !g.supports(pluginFeature(b.Type)) {
		return nil, unsupported(pluginFeature(b.Type))
	}
	parsed, err := parseContent(b.Type, b.Content, g.behaviour.PluginContents == "newer")
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "APIG.2011",
			"Invalid parameter value,parameterName:plugin_content. Please refer to the support documentation: %v", err)
	}
	v.unique(g.plugins().nameTaken("", b.Name, ownID), "APIG.3326", "plugin", b.Name)
	return parsed, v.err
}

// pluginFeature returns the feature that a plugin type needs; "" means none.
func pluginFeature(kind string) string {
	switch kind {
	case "cors", "set_resp_headers", "kafka_log", "breaker", "third_auth", "proxy_cache":
		return kind
	case "rate_limit":
		return "rate_limit_plugin"
	}
	return ""
}

func createPlugin(g *Gateway, c *call, b pluginBody) (reply, error) {
	parsed, err := g.checkPlugin(b, "")
	if err := cmp.Or(err, g.pluginWithinQuota(b.Type)); err != nil {
		return reply{}, err
	}
	p := &plugin{kind: b.Type, content: parsed, remark: b.Remark}
	g.plugins().create(g, c, p, b.Name, "")
	v := g.pluginView(p)
	v.CreateTime = formatTimeExactly(p.created)
	return created(v)
}

// maxCostlyPlugins is the maximum number of kafka_log plugins, and of jwt_auth plugins, of an instance.
const maxCostlyPlugins = 5

func (g *Gateway) pluginWithinQuota(kind string) error {
	if kind == "kafka_log" || kind == "jwt_auth" {
		n := 0
		for _, p := range g.plugins().rows {
			if p.kind == kind {
				n++
			}
		}
		if n >= maxCostlyPlugins {
			return overQuota("APIG.3100", kind+" plugins", maxCostlyPlugins)
		}
	}
	return g.withinQuota(quotaPlugins, len(g.plugins().rows))
}

func updatePlugin(g *Gateway, c *call, p *plugin, b pluginBody) (reply, error) {
	if b.Type != p.kind {
		return reply{}, invalid("plugin_type")
	}
	parsed, err := g.checkPlugin(b, p.id)
	if err != nil {
		return reply{}, err
	}
	p.content, p.remark = parsed, g.remarkUnlessEmpty(c, p.remark, b.Remark)
	g.plugins().update(c, p, b.Name)
	return ok(g.pluginView(p))
}

func deletePlugin(g *Gateway, c *call, p *plugin) (reply, error) {
	if len(g.pluginBindings().ofPolicy(p.id)) > 0 {
		return reply{}, refuse(http.StatusConflict, "APIG.3462", "The plugin has been bound to APIs,id:%s", p.id)
	}
	return g.plugins().delete(c, p)
}

type filePlugin struct {
	fileObject
	Type    string   `json:"type"`
	Remark  string   `json:"remark,omitempty"`
	Content content  `json:"content"`
	APIs    []apiRef `json:"apis,omitempty"`
}

func (l *loader) plugin(f filePlugin) error {
	if f.Type == "" {
		return errors.New("type: is missing")
	}
	p := &plugin{kind: f.Type, content: f.Content.withDefaults(f.Type), remark: f.Remark}
	if err := addNew(l, l.plugins(), p, f.Name); err != nil {
		return err
	}
	return bindLoaded(l, pluginBinding, p, f.APIs)
}

func (d *dumper) dumpPlugin(p *plugin) filePlugin {
	return filePlugin{
		fileObject: fileObject{Name: p.name}, Type: p.kind, Remark: p.remark, Content: p.content, APIs: apiRefsOf(d, d.pluginBindings(), p.id),
	}
}

func (p *plugin) slot() string { return p.kind }
