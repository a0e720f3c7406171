package testworld

import (
	"fmt"
	"slices"
	"strings"
)

// Odd makes a state odd in ways that gateways are and rules of files are not: some APIs are offline with their bindings,
// names, limits and values are other than files may have them, lists hold spaces and repeats. The world's APIs change, too.
func (w *World) Odd(s State) State {
	w.takeOffline(s)
	for _, section := range []string{"throttles", "acls", "plugins"} {
		for i, o := range objectsOf(s, section) {
			if w.rand.IntN(8) == 0 {
				o["name"] = fmt.Sprintf(w.pick("odd-%d", "%d_odd", "o%d", "a b %d"), i)
			}
		}
	}
	for _, t := range objectsOf(s, "throttles") {
		if limit := t["api_call_limits"].(int); w.rand.IntN(3) == 0 {
			t[w.pick("user_call_limits", "ip_call_limits")] = limit + 1
		}
		if w.rand.IntN(6) == 0 {
			t["remark"] = strings.Repeat("长", 300)
		}
		if w.rand.IntN(6) == 0 {
			t["specials"] = []any{map[string]any{"user": strings.Repeat("u", 70), "call_limits": 1}}
		}
	}
	for _, a := range objectsOf(s, "acls") {
		a["values"] = w.oddValues(a["values"].([]any))
	}
	for _, a := range objectsOf(s, "apps") {
		if c, ok := a["access_control"].(map[string]any); ok && len(c) > 0 {
			c["values"] = w.oddValues(c["values"].([]any))
		}
	}
	return s
}

func objectsOf(s State, section string) (out []map[string]any) {
	for _, o := range s[section].([]any) {
		out = append(out, o.(map[string]any))
	}
	return out
}

// takeOffline takes some APIs offline in one of their environments. What is bound to them stays bound.
func (w *World) takeOffline(s State) {
	gone := map[string]bool{} // method path environment
	for i := range w.APIs {
		a := &w.APIs[i]
		if w.rand.IntN(3) > 0 {
			continue
		}
		at := w.rand.IntN(len(a.Published))
		gone[a.Path+" "+a.Published[at]] = true
		a.Published = slices.Delete(slices.Clone(a.Published), at, at+1)
	}
	for _, section := range []string{"throttles", "apps", "acls", "plugins"} {
		for _, o := range objectsOf(s, section) {
			refs, _ := o["apis"].([]any)
			for i := range refs {
				if a, env := w.meant(refs[i]); gone[a.Path+" "+env] {
					refs[i] = map[string]any{"group": a.Group, "name": a.Name, "environment": env, "offline": true}
				}
			}
		}
	}
}

// meant is the API of a reference that reference has made.
func (w *World) meant(ref any) (API, string) {
	m, ok := ref.(map[string]any)
	env := "RELEASE"
	if ok {
		env = m["environment"].(string)
	}
	at := slices.IndexFunc(w.APIs, func(a API) bool {
		return !ok && ref == a.Group+"/"+a.Name || ok && (m["path"] == a.Path || m["group"] == a.Group && m["name"] == a.Name)
	})
	return w.APIs[at], env
}

// oddValues are values as somebody may have sent them.
func (w *World) oddValues(values []any) []any {
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
		return append(values, w.pick("192.168.1.*", "300.1.1.1", "10.0.0.9-10.0.0.1", "12345"))
	case 3:
		return []any{""}
	}
	return values
}
