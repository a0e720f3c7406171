package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// edition is a member that a newer gateway has in each object, and in each part of one. It makes one for what a create leaves
// it out of, keeps what an update sends, and goes back to its own where an update leaves it out: an update replaces the whole.
const (
	edition      = "edition"
	madeEdition  = "premium"  // of what was just made, or was always there
	resetEdition = "standard" // of what an update says nothing of
)

// takesEditions notes the editions of a write and takes them out of its body, which has none for the operation itself.
func (g *Gateway) takesEditions(c *call) (told any) {
	if g.behaviour.NewerMembers != "kept" || c.route.method == http.MethodGet || jsonTree(c.raw, &told) != nil {
		return nil
	}
	if bytes.Contains(c.raw, []byte(`"`+edition+`"`)) {
		var plain any
		_ = jsonTree(c.raw, &plain)
		c.raw, _ = json.Marshal(omit(plain, []string{edition})) // it was JSON
	}
	return told
}

// keepsEditions keeps those of a write that was carried out: of one object, as its own operations make and change it.
func (g *Gateway) keepsEditions(c *call, told any, yes reply) {
	updates := strings.HasPrefix(c.route.op, "Update") || c.route.op == "CreateFeatureV2" // which sets one that is there
	if told == nil || !updates && c.route.method != http.MethodPost {
		return
	}
	raw, _ := json.Marshal(yes.body) // plain values
	var answer any
	_ = jsonTree(raw, &answer)
	id, missing := objectOf(c, answer), madeEdition
	if updates && (id != pathOf(c) || g.newer[id] != nil) { // what an owner has one of is made by a PUT, too
		missing = resetEdition
	}
	if id != "" {
		g.newer[id] = withEditions(told, missing)
	}
}

// objectOf is the id of what a write was about: the last one in its path, else that of what it made, else its path, for what
// an owner has one of.
func objectOf(c *call, answer any) string {
	at := segments(c.route.path)
	if last := at[len(at)-1]; strings.HasPrefix(last, "{") {
		return c.path[strings.Trim(last, "{}")]
	}
	m, _ := answer.(map[string]any)
	if id := idIn(m); id != "" || c.route.method == http.MethodPost {
		return id
	}
	return pathOf(c)
}

// pathOf is the path of a call.
func pathOf(c *call) string {
	at := segments(c.route.path)
	for i, s := range at {
		if strings.HasPrefix(s, "{") {
			at[i] = c.path[strings.Trim(s, "{}")]
		}
	}
	return strings.Join(at, "/")
}

// idIn is the id of an object in an answer: under its own name, or else the first that is called one.
func idIn(m map[string]any) string {
	for _, name := range []string{"id", "app_quota_id", "plugin_id", "orchestration_id"} {
		if id, _ := m[name].(string); id != "" {
			return id
		}
	}
	return ""
}

// withEditions is a body with an edition wherever one is missing.
func withEditions(v any, missing string) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = withEditions(member, missing)
		}
		if v[edition] == nil && !dictionary(v) {
			v[edition] = missing
		}
	case []any:
		for i := range v {
			v[i] = withEditions(v[i], missing)
		}
	}
	return v
}

// dictionary reports whether a mapping is one of names to mappings, which is no object itself.
func dictionary(m map[string]any) bool {
	return len(m) > 0 && !slices.ContainsFunc(slices.Collect(maps.Values(m)), func(v any) bool { _, is := v.(map[string]any); return !is })
}

// tellsEditions is an answer of a newer gateway.
func (g *Gateway) tellsEditions(c *call, body []byte) []byte {
	var tree any
	if g.behaviour.NewerMembers == "" || g.behaviour.NewerMembers == "absent" || c.route == nil || jsonTree(body, &tree) != nil {
		return body
	}
	single, one := g.newer[pathOf(c)]
	out, _ := json.Marshal(g.edited(tree, single, one)) // it was JSON
	return out
}

// edited is a part of an answer with its editions; written is what a write said there of the object that the part is in.
func (g *Gateway) edited(v, written any, inside bool) any {
	switch v := v.(type) {
	case map[string]any:
		id := idIn(v)
		said, known := g.newer[id]
		if known && id != "" {
			written = said
		}
		w, _ := written.(map[string]any)
		for key, member := range v {
			v[key] = g.edited(member, w[key], inside || id != "")
		}
		switch {
		case v["error_code"] != nil, dictionary(v), !inside && id == "": // no object
		case w != nil:
			v[edition] = w[edition]
		case id != "" && !inside:
			v[edition] = madeEdition
		default:
			v[edition] = "" // of a stub
		}
	case []any:
		list, _ := written.([]any)
		for i := range v {
			var w any
			if i < len(list) {
				w = list[i]
			}
			v[i] = g.edited(v[i], w, inside)
		}
	}
	return v
}

func jsonTree(raw []byte, into *any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
