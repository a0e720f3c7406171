package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/calls/explain"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textExplain writes a block for each kind of policy: a line for each object and where it comes from,
// below it what it says.
func (p *page) textExplain(d *document.Explanation) {
	if d.Report == nil {
		return
	}
	a := &d.API
	p.linef("%s  %s  %s", p.paint(document.Clean(a.Group+"/"+a.Name), color.Bold), document.Clean(a.Method+" "+a.Path), document.Clean("authentication "+a.AuthType))
	where := "published in " + strings.Join(a.Published, ", ")
	if len(a.Published) == 0 {
		where = "published nowhere"
	}
	p.linef("In %s; %s.", document.Clean(d.Environment), document.Clean(where))
	var throttles []explain.Item
	if d.Throttle != nil {
		throttles = append(throttles, *d.Throttle)
	}
	p.items("Throttle", throttles)
	p.items("Plugins", d.Plugins)
	p.items("Access control", d.ACLs)
	p.items("Apps that may call", d.Apps)
	if len(d.Absent) > 0 {
		p.linef("\n%s", p.paint("Bound in the files, but not on the gateway", color.Bold))
		for _, x := range d.Absent {
			p.linef("    %s%s%s", p.paint(document.Clean(x.Address), color.FgYellow), gap, document.PlaceOf(x.Source))
		}
	}
	if len(d.Notes)+len(d.Warnings) > 0 {
		p.linef("")
	}
	for _, n := range d.Notes {
		p.linef("%s %s", p.paint("note:", color.FgCyan), document.Clean(n))
	}
	p.warnings(d.Warnings)
}

func (p *page) items(title string, list []explain.Item) {
	p.linef("\n%s", p.paint(title, color.Bold))
	if len(list) == 0 {
		p.linef("    none")
	}
	for i := range list {
		p.item(&list[i])
	}
}

func (p *page) item(x *explain.Item) {
	name := document.Clean(x.Name)
	if x.Type != "" {
		name += document.Clean(" (" + x.Type + ")")
	}
	p.linef("    %s%s%s", p.paint(name, color.FgGreen), gap, origin(x))
	if x.ShadowedBy != "" {
		p.linef("%s%s", indent, p.paint("no effect, because of "+document.Clean(x.ShadowedBy), color.FgYellow))
	}
	if x.Differs {
		p.linef("%s%s", indent, p.paint("the files say something else; see diff", color.FgYellow))
	}
	p.settings(x, indent)
	for i := range x.Parts {
		part := &x.Parts[i]
		p.linef("%s%s%s%s", indent, document.Clean(partName(part)), gap, document.PlaceOf(part.Source))
		p.settings(part, indent+"    ")
	}
}

// partName is how a part of a throttle or app is called.
func partName(x *explain.Item) string {
	switch x.Kind {
	case "throttle_special":
		return "instead for " + strings.Replace(x.Name, ":", " ", 1)
	case "app_access_control":
		return "access control"
	}
	return strings.ReplaceAll(x.Kind, "_", " ") + " " + x.Name
}

// settings writes what an item says: its gist, and the other leaves as path: value. Lists stand on one line.
func (p *page) settings(x *explain.Item, indent string) {
	g := gist{left: slices.Clone(x.Settings)}
	if text := g.of(x.Kind); text != "" {
		p.linef("%s%s", indent, document.Clean(text))
	}
	for len(g.left) > 0 {
		s := g.left[0]
		path := s.Path
		if at := strings.LastIndexByte(path, '/'); at > 0 && strings.Trim(path[at+1:], "0123456789") == "" {
			path = path[:at]
			p.linef("%s%s: %s", indent, document.Clean(strings.TrimPrefix(path, "/")), document.Clean(g.list(path)))
			continue
		}
		g.left = g.left[1:]
		value, _ := document.Shorten(s.Value, nil, p.valueWidth())
		p.linef("%s%s: %s", indent, document.Clean(strings.TrimPrefix(path, "/")), document.Show(value, s.Sensitive))
	}
}

// gist takes the settings that a sentence tells better than their paths.
type gist struct{ left []explain.Setting }

func (g *gist) take(path string) string {
	for i, s := range g.left {
		if s.Path == path {
			g.left = slices.Delete(g.left, i, i+1)
			return fmt.Sprint(s.Value)
		}
	}
	return ""
}

// list takes the items of a list, or what stands below them.
func (g *gist) list(path string) string {
	var items []string
	g.left = slices.DeleteFunc(g.left, func(s explain.Setting) bool {
		below := strings.HasPrefix(s.Path, path+"/")
		if below {
			items = append(items, strings.Trim(document.Show(s.Value, s.Sensitive), `"`))
		}
		return below
	})
	return strings.Join(items, ", ")
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

// origin says which places of the files say so.
func origin(x *explain.Item) string {
	switch {
	case x.Source == nil && x.Binding == nil:
		return "set on the gateway only"
	case x.Source == nil:
		return "declared on the gateway only, bound at " + document.PlaceOf(x.Binding)
	case x.Binding == nil:
		return document.PlaceOf(x.Source) + ", bound on the gateway only"
	case x.Source.File == x.Binding.File:
		return fmt.Sprintf("%s, bound in line %d", document.PlaceOf(x.Source), x.Binding.Line)
	}
	return document.PlaceOf(x.Source) + ", bound at " + document.PlaceOf(x.Binding)
}
