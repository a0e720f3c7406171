package explain

import (
	"fmt"
	"slices"
	"strings"
)

// Title returns the heading of a part of a throttle or app.
func (x *Item) Title() string {
	switch x.Kind {
	case "throttle_special":
		return "instead for " + strings.Replace(x.Name, ":", " ", 1)
	case "app_access_control":
		return "access control"
	}
	return strings.ReplaceAll(x.Kind, "_", " ") + " " + x.Name
}

// Summary says in a few lines what an item does, if that is clearer than its settings, and returns the settings that the lines
// do not include.
func (x *Item) Summary() (lines []string, rest []Setting) {
	g := summary{slices.Clone(x.Settings)}
	if several, ok := summaries[x.Kind]; ok && len(g.rest) > 0 {
		lines = several(&g)
	} else if text := g.of(x.Kind); text != "" {
		lines = []string{text}
	}
	return lines, g.rest
}

// summaries are the kinds whose summary is more than a sentence.
var summaries = map[string]func(*summary) []string{"authorizer": (*summary).authorizer, "channel": (*summary).channel, "gateway_response": (*summary).response}

// summary takes settings out of a list to put them into sentences.
type summary struct{ rest []Setting }

// value removes a setting from the list and returns its value; nil if it is missing.
func (g *summary) value(path string) any {
	i := slices.IndexFunc(g.rest, func(s Setting) bool { return s.Path == path })
	if i < 0 {
		return nil
	}
	value := g.rest[i].Value
	g.rest = slices.Delete(g.rest, i, i+1)
	return value
}

// take removes a setting and returns it as text; "" if it is missing.
func (g *summary) take(path string) string {
	if value := g.value(path); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// under removes and returns all settings below a path.
func (g *summary) under(path string) (out []Setting) {
	g.rest = slices.DeleteFunc(g.rest, func(s Setting) bool {
		below := strings.HasPrefix(s.Path, path+"/")
		if below {
			out = append(out, s)
		}
		return below
	})
	return out
}

// list removes a list and returns its items, joined by commas.
func (g *summary) list(path string) string {
	return strings.Join(Texts(g.value(path)), ", ")
}

// Texts returns the items of a list as texts, nil for any other value.
func Texts(v any) (items []string) {
	list, _ := v.([]any)
	for _, item := range list {
		items = append(items, fmt.Sprint(item))
	}
	return items
}

func (g *summary) of(kindName string) string {
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
