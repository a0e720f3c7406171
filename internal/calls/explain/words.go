package explain

import (
	"fmt"
	"slices"
	"strings"
)

// Title is what a part of a throttle or app is called.
func (x *Item) Title() string {
	switch x.Kind {
	case "throttle_special":
		return "instead for " + strings.Replace(x.Name, ":", " ", 1)
	case "app_access_control":
		return "access control"
	}
	return strings.ReplaceAll(x.Kind, "_", " ") + " " + x.Name
}

// Gist is a sentence that says what an item does, where one does it better than its settings, and the settings that
// the sentence does not tell.
func (x *Item) Gist() (text string, rest []Setting) {
	g := gist{slices.Clone(x.Settings)}
	return g.of(x.Kind), g.rest
}

// gist takes settings into a sentence.
type gist struct{ rest []Setting }

func (g *gist) take(path string) string {
	i := slices.IndexFunc(g.rest, func(s Setting) bool { return s.Path == path })
	if i < 0 {
		return ""
	}
	value := g.rest[i].Value
	g.rest = slices.Delete(g.rest, i, i+1)
	return fmt.Sprint(value)
}

// list takes the items of a list.
func (g *gist) list(path string) string {
	i := slices.IndexFunc(g.rest, func(s Setting) bool { return s.Path == path })
	if i < 0 {
		return ""
	}
	items := Texts(g.rest[i].Value)
	g.rest = slices.Delete(g.rest, i, i+1)
	return strings.Join(items, ", ")
}

// Texts are the items of a list, nil of any other value.
func Texts(v any) (items []string) {
	list, _ := v.([]any)
	for _, item := range list {
		items = append(items, fmt.Sprint(item))
	}
	return items
}

func (g *gist) of(kindName string) string {
	switch kindName {
	case "throttle":
		parts := []string{fmt.Sprintf("%s calls in %s %s", g.take("/api_call_limits"), g.take("/time_interval"), g.take("/time_unit"))}
		for _, l := range []struct{ path, of string }{{"/user_call_limits", "of one user"}, {"/app_call_limits", "of one app"}, {"/ip_call_limits", "from one address"}} {
			if n := g.take(l.path); n != "" {
				parts = append(parts, l.of+" "+n)
			}
		}
		if g.take("/type") == "shared" {
			parts = append(parts, "all bound APIs together")
		}
		return strings.Join(parts, ", ")
	case "throttle_special":
		return g.take("/call_limits") + " calls"
	case "app_quota":
		return fmt.Sprintf("%s calls in %s %s, over all APIs", g.take("/call_limits"), g.take("/time_interval"), g.take("/time_unit"))
	case "acl", "app_access_control":
		return g.take("/type") + " " + g.list("/values")
	}
	return ""
}
