package kind

import (
	"encoding/json"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/api/wire"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Plugin adds behaviour to the APIs that it is bound to. An API has at most one plugin of each type in an environment.
// API reference: "Plug-in Management".
type Plugin struct {
	Name    string         `json:"name"`
	Type    string         `json:"type"` // fixed at creation
	Remark  string         `json:"remark"`
	Content map[string]any `json:"content"`
	Whole   bool           `json:"-"` // the gateway must keep nothing that Content does not mention, except secrets
	Unclear `json:"-"`
}

type pluginWire struct {
	ID      string  `json:"plugin_id,omitempty"`
	Name    string  `json:"plugin_name"`
	Type    *string `json:"plugin_type"`
	Scope   string  `json:"plugin_scope"` // always global
	Content *string `json:"plugin_content"`
	Remark  *string `json:"remark,omitempty"`
}

// contentMax is the most characters of a plugin's content.
const contentMax = 65535

var plugin = of(Def[Plugin, pluginWire]{
	Facts: Facts{
		Name: "plugin", Trail: "Plugin", Section: "plugins", Rank: 3, Path: "plugins", ListField: "plugins", NameQuery: "plugin_name",
		Codes: Codes{Bound: []string{"APIG.3462"}}, DefaultLimit: 500,
		Ops:       Operations{List: "ListPlugins", Create: "CreatePlugin", Update: "UpdatePlugin", Delete: "DeletePlugin"},
		Immutable: []string{"/type"}, KeptWhenEmpty: []string{"/remark"},
		Shape: pluginShape(),
	}, Hooks: Hooks[Plugin]{
		Normalize: func(p Plugin) Plugin { p.Remark = strings.TrimSpace(p.Remark); return p },
		Compared:  func(p Plugin) Plugin { p.Content = content.Of(p.Type).Normalize(p.Content); return p },
		Concise: func(p Plugin) Plugin {
			t := content.Of(p.Type)
			p.Content = withSecrets(t, t.Concise(p.Content))
			return p
		},
		Explicit: func(p Plugin) Plugin { p.Whole = true; return p },
		Features: func(p Plugin) []string { return content.Of(p.Type).Features },
		Secrets:  func(p Plugin) []string { return inContent(content.Of(p.Type).SecretsIn(p.Content)) },
		Check: func(p Plugin) (out []shape.Problem) {
			for _, found := range content.Of(p.Type).Problems(p.Content) {
				found.Path = "/content" + found.Path
				out = append(out, found)
			}
			if raw, _ := json.Marshal(p.Content); len([]rune(string(raw))) > contentMax {
				out = append(out, shape.Problem{Path: "/content", Text: "is longer than 65535 characters", Hint: "split it over several plugins"})
			}
			return out
		},
		Adopt: adoptPlugin,
		Sent:  sentPlugin,
	},
	Key: func(_ string, p Plugin) string { return p.Name },
	Encode: func(w Writing[Plugin]) (any, error) {
		raw, err := json.Marshal(w.Want.Content)
		text := string(raw)
		return pluginWire{Name: w.Want.Name, Type: &w.Want.Type, Scope: "global", Content: &text, Remark: &w.Want.Remark}, err
	},
	Decode: func(w pluginWire) Found[Plugin] {
		p := Plugin{Name: w.Name, Type: value(w.Type), Remark: value(w.Remark), Content: map[string]any{}}
		f := Found[Plugin]{ID: w.ID, Bound: Unknown, Omitted: omitted(map[string]bool{
			"/type": w.Type != nil, "/content": w.Type != nil && w.Content != nil, // without the type, the content cannot be interpreted
		})}
		tree, err := wire.Tree([]byte(value(w.Content)))
		if m, ok := numbers(tree).(map[string]any); ok {
			p.Content = m
		} else if tree != nil || err != nil {
			raw, _ := json.Marshal(value(w.Content)) // cannot fail for a text
			f.Unrecognized = wire.Unrecognized{"/content": raw}
		}
		f.Value = p
		return f
	},
})

func pluginShape() *shape.Shape {
	shapes, types := map[string]*shape.Shape{}, []string{}
	for _, t := range content.Types {
		shapes[t.Name] = t.Shape.WithExample(content.Example(t.Name))
		types = append(types, t.Name)
	}
	return shape.OfMap("A plugin: behaviour added to the APIs that it is attached to.",
		shape.Required("name", name("plugin", "orders_cors", 255)),
		shape.Required("type", shape.OfText("Type of the plugin, which decides what content may hold.", shape.Known(types...)).AsImmutable()),
		shape.Optional("remark", remark()),
		shape.Required("content", content.Any),
	).WithCases(shape.Cases{By: "type", Field: "content", Shapes: shapes})
}

// inContent turns pointers inside the content into pointers inside the plugin.
func inContent(pointers []string) []string {
	out := make([]string, len(pointers))
	for i, p := range pointers {
		out[i] = "/content" + p
	}
	return out
}

// withSecrets adds an empty text for each secret that a content needs and that the gateway does not show.
func withSecrets(t content.Type, c map[string]any) map[string]any {
	for _, path := range t.Secrets {
		if jsonptr.At(c, path) == nil && t.Needs(c, path) {
			c = jsonptr.Put(c, path, "")
		}
	}
	return c
}

// adoptPlugin returns have without the members that want leaves to the gateway: those that this version does not know,
// and those for which it is not documented what leaving them out means.
func adoptPlugin(want, have Plugin) Plugin {
	if want.Type != have.Type {
		return have
	}
	t := content.Of(want.Type)
	have.Content, _ = t.Without(have.Content, want.Content, want.Whole)
	for _, name := range t.Unsure {
		if _, written := want.Content[name]; !written {
			have.Content = jsonptr.Put(have.Content, "/"+name, nil)
		}
	}
	return have
}

// sentPlugin adds to want the members that it does not mention and that the gateway must keep, since an update replaces
// the content. lost names secrets that the gateway has but does not show, so they cannot be sent back.
func sentPlugin(want, have Plugin, _ func(string) bool) (sent Plugin, lost []string) {
	if want.Type != have.Type {
		return want, nil
	}
	t := content.Of(want.Type)
	carried, masked := t.KeepUnknown(want.Content, have.Content, want.Whole)
	for _, path := range t.Secrets {
		said, _ := jsonptr.At(want.Content, path).(string)
		held, _ := jsonptr.At(have.Content, path).(string)
		switch {
		case said != "":
		case InClear(held):
			carried = jsonptr.Put(carried, path, held)
		case held != "" || t.Needs(want.Content, path):
			lost = append(lost, path)
		}
	}
	want.Content = carried
	return want, inContent(append(lost, masked...))
}

type attachRow struct {
	ID       string `json:"plugin_attach_id"`
	PluginID string `json:"plugin_id"`
	Plugin   string `json:"plugin_name"`
	boundAPI
}

func attached(r attachRow) Row { return r.row(r.ID, r.PluginID, r.Plugin) }

// attachMax is the most ids in one request to attach or detach.
const attachMax = 500

var pluginBinding = &LinkKind{
	Name: "plugin_binding", Trail: "Plugin:tach", Owner: "plugin", Target: APublication, Field: "apis", Overwrites: true,
	Slot: func(owner any) string { return owner.(Plugin).Type },
	OfOwner: reading(LinkList{
		Operation: "ListPluginAttachedApis", ListField: "apis",
		Path: func(id string) []string { return []string{"plugins", id, "attached-apis"} },
	}, attached),
	OfTarget: reading(LinkList{
		Operation: "ListApiAttachedPlugins", ListField: "plugins",
		Path: func(id string) []string { return []string{"apis", id, "attached-plugins"} },
	}, attached),
	Answer: answer("attached_plugins", attached),
	Bind: []Write{
		{By: ByOwnerInEnv, Operation: "AttachApiToPlugin", Max: attachMax, Request: attach("AttachApiToPlugin", "POST", "attach", false)},
		{By: ByAPIInEnv, Operation: "AttachPluginToApi", Max: attachMax, Request: attach("AttachPluginToApi", "POST", "attach", true)},
	},
	Unbind: []Write{
		{By: ByOwnerInEnv, Operation: "DetachApiFromPlugin", Max: attachMax, Request: attach("DetachApiFromPlugin", "PUT", "detach", false)},
		{By: ByAPIInEnv, Operation: "DetachPluginFromApi", Max: attachMax, Request: attach("DetachPluginFromApi", "PUT", "detach", true)},
	},
	Lanes: func(l *Link) []string {
		return []string{"plugin/" + l.Owner + "@" + l.To.Env, "api/" + l.To.Key()}
	},
}

// attach returns a function that makes requests to attach or detach: several APIs to a plugin or, if fromAPI is true,
// several plugins to an API.
func attach(operation, method, verb string, fromAPI bool) func([]Link) api.Request {
	return func(l []Link) api.Request {
		r := api.Request{Operation: operation, Method: method}
		if fromAPI {
			r.Path = []string{"apis", l[0].To.API.ID, "plugins", verb}
			r.Body = map[string]any{"env_id": l[0].To.EnvID, "plugin_ids": gather(l, ownerID)}
		} else {
			r.Path = []string{"plugins", l[0].OwnerID, verb}
			r.Body = map[string]any{"env_id": l[0].To.EnvID, "api_ids": gather(l, apiID)}
		}
		return r
	}
}
