package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A newer gateway may have members that the vendor's reference does not list yet. To emulate that, each object, and each
// part of one, gets a member "edition". With newer-members=kept it behaves like a documented member:
//
//   - an object that is created without one gets newEdition,
//   - an update stores the edition that it sends, and
//   - an update without one resets it to resetEdition, because an update replaces the whole object.
//
// The operations do not know about editions. removeEditions removes them from the body of a write before the operation
// sees it, storeEditions stores that body once the operation has succeeded, and addEditions puts the stored editions
// into answers. With newer-members=refused, answers have editions, but a write that sends one is refused like any
// other with an unknown member.
const (
	edition      = "edition"
	newEdition   = "premium"
	resetEdition = "standard"
)

// removeEditions returns the body of a write as it was sent, and removes all editions from the body that the operation
// will decode. It returns nil if there is nothing to keep.
func (g *Gateway) removeEditions(c *call) (sent any) {
	if g.behaviour.NewerMembers != "kept" || c.route.method == http.MethodGet || decodeJSON(c.raw, &sent) != nil {
		return nil
	}
	if bytes.Contains(c.raw, []byte(`"`+edition+`"`)) {
		var plain any
		_ = decodeJSON(c.raw, &plain) // it has just been decoded
		c.raw, _ = json.Marshal(omit(plain, []string{edition}))
	}
	return sent
}

// storeEditions stores the body of a successful create or update under the id of its object, so that answers can show
// the editions. Other writes, such as binds, concern no single object.
func (g *Gateway) storeEditions(c *call, sent any, done reply) {
	update := strings.HasPrefix(c.route.op, "Update") || c.route.op == "CreateFeatureV2" // which sets an existing feature
	if sent == nil || !update && c.route.method != http.MethodPost {
		return
	}
	raw, _ := json.Marshal(done.body) // every answer is made of plain values
	var answer any
	_ = decodeJSON(raw, &answer)
	id := writtenObject(c, answer)
	if id == "" {
		return
	}
	// A PUT of a part that an object has at most once, which is stored by its path, creates that part the first time.
	creates := !update || id == requestPath(c) && g.editions[id] == nil
	if creates {
		g.editions[id] = fillEditions(sent, newEdition)
	} else {
		g.editions[id] = fillEditions(sent, resetEdition)
	}
}

// writtenObject returns the id of the object that a write created or updated: the parameter that ends the path, or else
// the id in the answer. A part that an object has at most once, such as the access control of an app, has no id; the
// path of the request stands for it.
func writtenObject(c *call, answer any) string {
	path := segments(c.route.path)
	if last := path[len(path)-1]; strings.HasPrefix(last, "{") {
		return c.path[strings.Trim(last, "{}")]
	}
	object, _ := answer.(map[string]any)
	if id := objectID(object); id != "" || c.route.method == http.MethodPost {
		return id
	}
	return requestPath(c)
}

// requestPath returns the path of the call's route with the values of its parameters.
func requestPath(c *call) string {
	path := segments(c.route.path)
	for i, s := range path {
		if strings.HasPrefix(s, "{") {
			path[i] = c.path[strings.Trim(s, "{}")]
		}
	}
	return strings.Join(path, "/")
}

// objectID returns the id of an object in an answer, or "". The name of that member depends on the kind.
func objectID(m map[string]any) string {
	for _, name := range []string{"id", "app_quota_id", "plugin_id", "orchestration_id"} {
		if id, _ := m[name].(string); id != "" {
			return id
		}
	}
	return ""
}

// fillEditions sets the edition of each object and part in a body that does not have one.
func fillEditions(body any, missing string) any {
	switch v := body.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = fillEditions(member, missing)
		}
		if v[edition] == nil && !isDictionary(v) {
			v[edition] = missing
		}
	case []any:
		for i := range v {
			v[i] = fillEditions(v[i], missing)
		}
	}
	return body
}

// isDictionary reports whether a mapping only maps names to other mappings, as the responses of a gateway response do.
// Such a mapping is neither an object nor a part, so it has no edition.
func isDictionary(m map[string]any) bool {
	return len(m) > 0 && !slices.ContainsFunc(slices.Collect(maps.Values(m)), func(v any) bool { _, is := v.(map[string]any); return !is })
}

// addEditions returns the body of an answer with the editions that this gateway shows.
func (g *Gateway) addEditions(c *call, body []byte) []byte {
	var answer any
	if g.behaviour.NewerMembers == "" || g.behaviour.NewerMembers == "absent" || c.route == nil || decodeJSON(body, &answer) != nil {
		return body
	}
	stored, isPart := g.editions[requestPath(c)]
	out, _ := json.Marshal(g.withEditions(answer, stored, isPart)) // it has just been decoded
	return out
}

// withEditions adds editions to a value in an answer. stored is the value at the same position in the body that was
// stored for the object which the value belongs to, and nil if there is none. inside reports whether the value is an
// object or inside one, in contrast to the lists and envelopes around objects.
func (g *Gateway) withEditions(v, stored any, inside bool) any {
	switch v := v.(type) {
	case map[string]any:
		id := objectID(v)
		if own, known := g.editions[id]; known && id != "" {
			stored = own
		}
		storedMembers, _ := stored.(map[string]any)
		for key, member := range v {
			v[key] = g.withEditions(member, storedMembers[key], inside || id != "")
		}
		switch {
		case v["error_code"] != nil, isDictionary(v), !inside && id == "": // neither an object nor a part
		case storedMembers != nil:
			v[edition] = storedMembers[edition]
		case id != "" && !inside: // an object that was loaded, not written
			v[edition] = newEdition
		default: // a part that no write has sent: gateways return a stub of it
			v[edition] = ""
		}
	case []any:
		storedItems, _ := stored.([]any)
		for i := range v {
			var item any
			if i < len(storedItems) {
				item = storedItems[i]
			}
			v[i] = g.withEditions(v[i], item, inside)
		}
	}
	return v
}

// decodeJSON decodes a JSON value and keeps numbers as they are written.
func decodeJSON(raw []byte, into *any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
