package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Odd makes a state odd in ways that gateways are and rules of files are not: some APIs are offline with their bindings,
// names, limits and values are other than files may have them, lists hold spaces and repeats. The world's APIs change, too.
func (w *World) Odd(s State) State {
	w.takeOffline(s)
	for _, k := range kinds() {
		for i, o := range objectsOf(s, k.Section) {
			if !referred(k) && k.Refers != k.Name && w.rand.IntN(8) == 0 {
				o["name"] = fmt.Sprintf(pick(w.rand, []string{"odd-%d", "%d_odd", "o%d", "a b %d"}), i)
			}
			w.oddFields(k.Shape, o)
		}
	}
	return s
}

func (w *World) oddFields(s *shape.Shape, m map[string]any) {
	whole := map[string]int64{} // by unit: the number that others may not be above
	for _, f := range s.Fields {
		longest, bounded := f.Shape.Keyword("maxLength").(int)
		switch v := m[f.Name].(type) {
		case map[string]any:
			w.oddFields(f.Shape, v)
		case []any:
			if f.Shape.Type == shape.List && f.Shape.Items.Type == shape.Text {
				m[f.Name] = w.oddValues(v)
			} else if first, ok := slices.Concat(v, []any{nil})[0].(map[string]any); ok && f.Shape.Type == shape.List {
				w.oddFields(f.Shape.Items, first)
			}
		case string:
			if bounded && f.Shape.Keyword("pattern") == nil && f.Shape.Refers == "" && !strings.HasPrefix(v, "-----BEGIN ") && w.rand.IntN(6) == 0 {
				m[f.Name] = strings.Repeat(letter(f), longest+5)
			}
		}
		if most := whole[f.Shape.Unit]; f.Shape.Unit != "" && most > 0 && !f.Required && w.rand.IntN(6) == 0 {
			m[f.Name] = most + 1
		}
		if n, ok := m[f.Name].(int64); ok && f.Required {
			whole[f.Shape.Unit] = n
		}
	}
}

// letter is one of those that a text may be made of: any where it is for people, else a plain one.
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
	for _, k := range kinds() {
		for _, o := range objectsOf(s, k.Section) {
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
	env := spec.DefaultEnvironment
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
		return append(values, pick(w.rand, []string{"192.168.1.*", "300.1.1.1", "10.0.0.9-10.0.0.1", "12345"}))
	case 3:
		return []any{""}
	}
	return values
}
