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

// Plugin adds behaviour to the APIs that it is attached to, one plugin of a type for each API and
// environment. API reference: "Plug-in Management".
type Plugin struct {
	Name    string         `json:"name"`
	Type    string         `json:"type"` // fixed at creation
	Remark  string         `json:"remark"`
	Content map[string]any `json:"content"` // in the canonical form of its type
	Written map[string]any `json:"-"`       // as the file has it
	Odd     Odd            `json:"-"`
	Whole   bool           `json:"-"` // the gateway shall hold nothing that Written does not mention, but for secrets
}

type pluginWire struct {
	ID      string  `json:"plugin_id,omitempty"`
	Name    string  `json:"plugin_name"`
	Type    *string `json:"plugin_type"`
	Scope   string  `json:"plugin_scope"` // always global
	Content *string `json:"plugin_content"`
	Remark  *string `json:"remark,omitempty"`
}

// contentMax is the length of a plugin's content in characters.
const contentMax = 65535

var plugin = of(Def[Plugin, pluginWire]{
	Name: "plugin", Section: "plugins", Path: "plugins", ListField: "plugins", NameQuery: "plugin_name",
	Ops:     Operations{List: "ListPlugins", Create: "CreatePlugin", Update: "UpdatePlugin", Delete: "DeletePlugin"},
	Replace: []string{"/type"},
	Tree: func(p Plugin) map[string]any {
		t := content.Of(p.Type)
		return map[string]any{"name": p.Name, "type": p.Type, "remark": p.Remark, "content": withSecrets(t, t.Brief(p.Content))}
	},
	Named: func(p Plugin, name string) Plugin { p.Name = name; return p },
	Shape: pluginShape(),
	Key:   func(p Plugin) string { return p.Name },
	Normalize: func(p Plugin) Plugin {
		if p.Written == nil {
			p.Written, _ = numbers(p.Content).(map[string]any)
		}
		p.Content = content.Of(p.Type).Normalize(p.Written)
		p.Remark = strings.TrimSpace(p.Remark)
		return p
	},
	Written: func(p Plugin) Plugin {
		if p.Written != nil {
			p.Content, p.Written = p.Written, nil
		}
		return p
	},
	Place: func(p Plugin, pointer string) string {
		if inside, ok := strings.CutPrefix(pointer, "/content"); ok {
			return "/content" + content.Of(p.Type).Place(p.Written, inside)
		}
		return pointer
	},
	Features: func(p Plugin) []string { return content.Of(p.Type).Features },
	Settle:   settlePlugin,
	Sent:     sentPlugin,
	Loses:    lostByPlugin,
	Entire:   func(p Plugin) Plugin { p.Whole = true; return p },
	Hides: func(want, have Plugin) (out []string) {
		for _, path := range secretsOf(want) {
			wanted, _ := jsonptr.At(want.Content, path).(string)
			shown, _ := jsonptr.At(have.Content, path).(string)
			if wanted != "" && want.Type == have.Type && concealed(shown) {
				out = append(out, "/content"+path)
			}
		}
		return out
	},
	Check: func(p Plugin) []shape.Problem {
		var out []shape.Problem
		for _, found := range content.Of(p.Type).Problems(p.Written) {
			found.Path = "/content" + found.Path
			out = append(out, found)
		}
		if raw, _ := json.Marshal(p.Written); len([]rune(string(raw))) > contentMax {
			out = append(out, shape.Problem{Path: "/content", Text: "is longer than 65535 characters", Hint: "split it over several plugins"})
		}
		return out
	},
	Secrets: func(p Plugin) (out []string) {
		for _, s := range secretsOf(p) {
			out = append(out, "/content"+s)
		}
		return out
	},
	Values: func(p Plugin) (out []string) {
		for _, s := range secretsOf(p) {
			if v, _ := jsonptr.At(p.Written, s).(string); v != "" {
				out = append(out, v)
			}
		}
		return out
	},
	Encode: func(p Plugin, _ IDs) (pluginWire, error) { return pluginBody(p, &p.Remark) },
	Insist: func(p Plugin, got Plugin) (any, bool) {
		// Some versions keep the old remark when they are sent an empty one; a space they take.
		w, err := pluginBody(p, &space)
		return w, err == nil && p.Remark == "" && got.Remark != ""
	},
	Decode: func(_ string, w pluginWire) Found[Plugin] {
		p := Plugin{Name: w.Name, Type: value(w.Type), Remark: value(w.Remark), Content: map[string]any{}}
		f := Found[Plugin]{ID: w.ID, Bound: Unknown, Silent: silent(map[string]bool{
			"/type": w.Type != nil, "/content": w.Type != nil && w.Content != nil, // which means nothing without the type
		})}
		tree, err := wire.Tree([]byte(value(w.Content)))
		if m, ok := tree.(map[string]any); ok {
			p.Content = m
		} else if tree != nil || err != nil {
			raw, _ := json.Marshal(value(w.Content)) // a text can be written as JSON
			f.Strange = wire.Strange{"/content": raw}
		}
		f.Value = p
		return f
	},
	Odd: func(p *Plugin) *Odd { return &p.Odd },
})

// numbers turns the numbers of a decoded tree into int64, or float64 where they are no whole numbers. Those that
// neither of them can hold stay as they are spelled.
func numbers(v any) any {
	switch t := v.(type) {
	case json.Number:
		return content.Number(t)
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, inner := range t {
			out[k] = numbers(inner)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, inner := range t {
			out[i] = numbers(inner)
		}
		return out
	}
	return v
}

func pluginBody(p Plugin, remark *string) (pluginWire, error) {
	raw, err := json.Marshal(p.Written)
	text := string(raw)
	return pluginWire{Name: p.Name, Type: &p.Type, Scope: "global", Content: &text, Remark: remark}, err
}

func pluginShape() *shape.Shape {
	shapes, types := map[string]*shape.Shape{}, []string{}
	for _, t := range content.Types {
		shapes[t.Name] = t.Shape.WithExample(content.Example(t.Name))
		types = append(types, t.Name)
	}
	return shape.OfMap("A plugin: behaviour added to the APIs that it is attached to.",
		shape.Need("name", name("plugin", "orders_cors", 255)),
		shape.Need("type", shape.OfText("Type of the plugin, which says what its content may be.", shape.Known(types...)).AsFixed()),
		shape.May("remark", remark()),
		shape.Need("content", content.Any),
	).WithCases(shape.Cases{By: "type", Field: "content", Shapes: shapes})
}

// secretsOf are the pointers of secrets in the content of p, as it is written and as it is compared.
func secretsOf(p Plugin) []string {
	return content.Of(p.Type).SecretsIn(p.Content, p.Written)
}

// withSecrets adds, as empty texts, the secrets that a content needs and a gateway does not show.
func withSecrets(t content.Type, c map[string]any) map[string]any {
	for _, path := range t.Secrets {
		if jsonptr.At(c, path) == nil && t.Needs(c, path) {
			c = jsonptr.Put(c, path, "")
		}
	}
	return c
}

// settlePlugin takes from want the secrets that the gateway does not show, or shows masked, and what the file
// leaves to the gateway: members that this version does not know, and those of which no document says what
// their absence means.
func settlePlugin(want, have Plugin) Plugin {
	if want.Type != have.Type {
		return have
	}
	t := content.Of(want.Type)
	if rest, some := t.Without(have.Written, want.Written, want.Whole); some {
		have.Written, have.Content = rest, t.Normalize(rest)
	}
	for _, path := range secretsOf(want) {
		wanted, _ := jsonptr.At(want.Content, path).(string)
		shown, _ := jsonptr.At(have.Content, path).(string)
		switch {
		case wanted == "":
			have.Content = jsonptr.Put(have.Content, path, nil)
		case shows(shown, wanted):
			have.Content = jsonptr.Put(have.Content, path, wanted)
		}
	}
	for _, name := range t.Unsure {
		if _, written := want.Written[name]; !written {
			have.Content = jsonptr.Put(have.Content, "/"+name, want.Content[name])
		}
	}
	return have
}

// sentPlugin adds what want does not mention and the gateway must not lose, since an update replaces the content.
func sentPlugin(want, have Plugin, _ func(string) bool) Plugin {
	if want.Type != have.Type {
		return want
	}
	t := content.Of(want.Type)
	want.Written, _ = t.Carry(want.Written, have.Written, want.Whole)
	for _, path := range t.Secrets {
		said, _ := jsonptr.At(want.Written, path).(string)
		if held, _ := jsonptr.At(have.Written, path).(string); said == "" && InClear(held) {
			want.Written = jsonptr.Put(want.Written, path, held)
		}
	}
	want.Content = t.Normalize(want.Written)
	return want
}

// lostByPlugin finds the secrets that have holds, that cannot be read, and that sending want would take away.
func lostByPlugin(want, have Plugin) (out []string) {
	if want.Type != have.Type {
		return nil
	}
	t := content.Of(want.Type)
	for _, path := range t.Secrets {
		said, _ := jsonptr.At(want.Written, path).(string)
		held, _ := jsonptr.At(have.Written, path).(string)
		if said == "" && !InClear(held) && (held != "" || t.Needs(want.Written, path)) {
			out = append(out, "/content"+path)
		}
	}
	_, masked := t.Carry(want.Written, have.Written, want.Whole)
	for _, path := range masked {
		out = append(out, "/content"+path)
	}
	return out
}

type attachRow struct {
	ID        string `json:"plugin_attach_id"`
	PluginID  string `json:"plugin_id"`
	Plugin    string `json:"plugin_name"`
	APIID     string `json:"api_id"`
	API       string `json:"api_name"`
	Group     string `json:"group_name"`
	EnvID     string `json:"env_id"`
	Env       string `json:"env_name"`
	PublishID string `json:"publish_id"`
	Method    string `json:"req_method"`
	Path      string `json:"req_uri"`
}

// attachMax is the ids of one attach or detach call.
const attachMax = 500

func (r attachRow) row() Row {
	return Row{ID: r.ID, OwnerID: r.PluginID, Owner: r.Plugin, APIID: r.APIID, API: r.API, Group: r.Group, EnvID: r.EnvID, Env: r.Env, PublishID: r.PublishID, Method: r.Method, Path: r.Path}
}

var pluginBinding = &LinkKind{
	Name: "plugin_binding", Owner: "plugin", Overwrites: true,
	Slot: func(owner any) string { return owner.(Plugin).Type },
	OfOwner: reading(Reading{
		Operation: "ListPluginAttachedApis", ListField: "apis",
		Path: func(id string) []string { return []string{"plugins", id, "attached-apis"} },
	}, attachRow.row),
	OfAPI: reading(Reading{
		Operation: "ListApiAttachedPlugins", ListField: "plugins",
		Path: func(id string) []string { return []string{"apis", id, "attached-plugins"} },
	}, attachRow.row),
	Answer: answer("attached_plugins", attachRow.row),
	Bind: []Write{
		{By: ByPlugin, Operation: "AttachApiToPlugin", Max: attachMax, Request: attach("AttachApiToPlugin", "POST", "attach", false)},
		{By: ByAPI, Operation: "AttachPluginToApi", Max: attachMax, Request: attach("AttachPluginToApi", "POST", "attach", true)},
	},
	Unbind: []Write{
		{By: ByPlugin, Operation: "DetachApiFromPlugin", Max: attachMax, Request: attach("DetachApiFromPlugin", "PUT", "detach", false)},
		{By: ByAPI, Operation: "DetachPluginFromApi", Max: attachMax, Request: attach("DetachPluginFromApi", "PUT", "detach", true)},
	},
	Lanes: func(l *Link) []string {
		return []string{"plugin/" + l.Owner + "@" + l.Env, "api/" + l.API.Address() + "@" + l.Env}
	},
}

// attach makes the request that attaches or detaches, from the side of the plugin or of the API.
func attach(operation, method, verb string, fromAPI bool) func([]Link) api.Request {
	return func(l []Link) api.Request {
		r := api.Request{Operation: operation, Method: method}
		if fromAPI {
			r.Path = []string{"apis", l[0].API.ID, "plugins", verb}
			r.Body = map[string]any{"env_id": l[0].EnvID, "plugin_ids": gather(l, ownerID)}
		} else {
			r.Path = []string{"plugins", l[0].OwnerID, verb}
			r.Body = map[string]any{"env_id": l[0].EnvID, "api_ids": gather(l, apiID)}
		}
		return r
	}
}
