package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Irregular changes a state in ways that occur on gateways although files must not have them: APIs that are offline but have
// bindings, names, limits and values that a file could not declare, and lists with spaces and repeated entries. Some of the
// world's APIs are taken offline for it.
func (w *World) Irregular(s State) State {
	w.takeOffline(s)
	for _, k := range kinds() {
		for i, o := range objectsOf(s, k.Section) {
			if !referred(k) && k.RefersTo != k.Name && w.rand.IntN(8) == 0 {
				o["name"] = fmt.Sprintf(pick(w.rand, []string{"odd-%d", "%d_odd", "o%d", "a b %d"}), i)
			}
			w.irregularFields(k.Shape, o)
		}
	}
	return s
}

func (w *World) irregularFields(s *shape.Shape, m map[string]any) {
	most := map[string]int64{} // by unit, the number that a file must not exceed in the other fields
	for _, f := range s.Fields {
		longest, bounded := f.Shape.Keyword("maxLength").(int)
		switch v := m[f.Name].(type) {
		case map[string]any:
			w.irregularFields(f.Shape, v)
		case []any:
			if f.Shape.Type == shape.List && f.Shape.Items.Type == shape.Text {
				m[f.Name] = w.irregularValues(v)
			} else if first, ok := slices.Concat(v, []any{nil})[0].(map[string]any); ok && f.Shape.Type == shape.List {
				w.irregularFields(f.Shape.Items, first)
			}
		case string:
			if bounded && f.Shape.Keyword("pattern") == nil && f.Shape.RefersTo == "" && !strings.HasPrefix(v, "-----BEGIN ") && w.rand.IntN(6) == 0 {
				m[f.Name] = strings.Repeat(letter(f), longest+5)
			}
		}
		if bound := most[f.Shape.Unit]; f.Shape.Unit != "" && bound > 0 && !f.Required && w.rand.IntN(6) == 0 {
			m[f.Name] = bound + 1
		}
		if n, ok := m[f.Name].(int64); ok && f.Required {
			most[f.Shape.Unit] = n
		}
	}
}

// letter returns a letter that the field allows: texts for people may have any, other texts only ASCII.
func letter(f shape.Field) string {
	if f.Shape.Default == "" {
		return "长"
	}
	return "u"
}

func objectsOf(s State, section string) (out []map[string]any) {
	for _, o := range s[section].([]any) {
		out = append(out, o.(map[string]any))
	}
	return out
}

// takeOffline takes some APIs offline in one of their environments. What is bound to them stays bound.
func (w *World) takeOffline(s State) {
	gone := map[string]bool{} // by path and environment
	for i := range w.APIs {
		a := &w.APIs[i]
		if w.rand.IntN(3) > 0 {
			continue
		}
		at := w.rand.IntN(len(a.Published))
		gone[a.Path+" "+a.Published[at]] = true
		a.Published = slices.Delete(slices.Clone(a.Published), at, at+1)
	}
	for _, k := range kinds() {
		for _, o := range objectsOf(s, k.Section) {
			refs, _ := o["apis"].([]any)
			for i := range refs {
				if a, env := w.apiOf(refs[i]); gone[a.Path+" "+env] {
					refs[i] = map[string]any{"group": a.Group, "name": a.Name, "environment": env, "offline": true}
				}
			}
		}
	}
}

// apiOf returns the API and the environment of a reference that was made by the method reference.
func (w *World) apiOf(ref any) (API, string) {
	m, ok := ref.(map[string]any)
	env := spec.DefaultEnvironment
	if ok {
		env = m["environment"].(string)
	}
	at := slices.IndexFunc(w.APIs, func(a API) bool {
		return !ok && ref == a.Group+"/"+a.Name || ok && (m["path"] == a.Path || m["group"] == a.Group && m["name"] == a.Name)
	})
	return w.APIs[at], env
}

// irregularValues returns a list of values that somebody may have sent to the gateway.
func (w *World) irregularValues(values []any) []any {
	var texts []string
	for _, v := range values {
		texts = append(texts, v.(string))
	}
	switch w.rand.IntN(5) {
	case 0:
		return []any{" " + strings.Join(texts, " , ") + " "}
	case 1:
		return append(values, values[0])
	case 2:
		return append(values, pick(w.rand, []string{"192.168.1.*", "300.1.1.1", "10.0.0.9-10.0.0.1", "12345"}))
	case 3:
		return []any{""}
	}
	return values
}
