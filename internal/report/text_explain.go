package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/apigw-sync/apigw-sync/internal/calls/explain"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// textExplain writes a block for each kind of policy: a line for each object and where it comes from, and under it its
// settings.
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
	if d.Authorizer != nil {
		p.items("Authorizer", []explain.Item{*d.Authorizer})
	}
	p.items("Throttle", throttles)
	p.items("Plugins", d.Plugins)
	p.items("Access control", d.ACLs)
	p.items("Apps that may call", d.Apps)
	for _, k := range kind.All {
		list := slices.DeleteFunc(slices.Clone(d.Others), func(x explain.Item) bool { return x.Kind != k.Name })
		if len(list) > 0 {
			p.items(strings.ToUpper(k.Section[:1])+strings.ReplaceAll(k.Section[1:], "_", " "), list)
		}
	}
	p.backends(d.Backends)
	if d.Response != nil {
		p.items("Gateway response", []explain.Item{*d.Response})
	}
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
		p.linef("%s%s", indent, p.paint(differs, color.FgYellow))
	}
	p.settings(x, indent)
	for i := range x.Parts {
		p.part(&x.Parts[i])
	}
}

// part writes a part of an object.
func (p *page) part(x *explain.Item) {
	p.linef("%s%s%s%s", indent, document.Clean(x.Title()), gap, document.PlaceOf(x.Source))
	if x.Differs {
		p.linef("%s    %s", indent, p.paint(differs, color.FgYellow))
	}
	p.settings(x, indent+"    ")
}

const differs = "the files say something else; see diff"

// backends writes where calls go: the usual place first, then those of policies.
func (p *page) backends(list []explain.Backend) {
	if len(list) == 0 {
		return
	}
	p.linef("\n%s", p.paint("Backend", color.Bold))
	for i := range list {
		b := &list[i]
		p.hanging("    ", b.Summary())
		for _, x := range []*explain.Item{b.Channel, b.Authorizer} {
			if x != nil {
				p.part(x)
			}
		}
	}
}

// hanging writes a text after a margin; what does not fit on a line is wrapped and indented further.
func (p *page) hanging(margin, text string) {
	for i, part := range breakText(document.Clean(text), p.room(len(margin)+2)) {
		p.linef("%s%s%s", margin, strings.Repeat("  ", min(i, 1)), part)
	}
}

// settings writes the settings of an item: its gist, and the other leaves as path: value. Lists are on one line.
func (p *page) settings(x *explain.Item, indent string) {
	lines, rest := x.Summary()
	for _, line := range lines {
		p.hanging(indent, line)
	}
	list := func(path string, items []string) {
		p.linef("%s%s: %s", indent, document.Clean(strings.TrimPrefix(path, "/")), document.Clean(strings.Join(items, ", ")))
	}
	inOneList := func(a, b *explain.Setting) bool { return inList(a.Path) != "" && inList(a.Path) == inList(b.Path) }
	for settings := range runs(rest, inOneList) {
		s := settings[0]
		if path := inList(s.Path); path != "" {
			var items []string
			for _, s := range settings {
				items = append(items, strings.Trim(document.Show(s.Value, s.Sensitive), `"`))
			}
			list(path, items)
			continue
		}
		if items := explain.Texts(s.Value); items != nil {
			list(s.Path, items)
			continue
		}
		value, _ := document.Shorten(s.Value, nil, p.valueWidth())
		path, shown := document.Clean(strings.TrimPrefix(s.Path, "/")), document.Show(value, s.Sensitive)
		if p.style.Width == 0 || wide(indent+path+": "+shown) <= p.style.Width {
			p.linef("%s%s: %s", indent, path, shown)
			continue
		}
		p.linef("%s%s:", indent, path)
		for _, line := range breakText(shown, p.room(len(indent)+2)) {
			p.linef("%s  %s", indent, line)
		}
	}
}

// inList returns the path of the list that contains a leaf as an element; "" if there is none.
func inList(path string) string {
	if at := strings.LastIndexByte(path, '/'); at > 0 && strings.Trim(path[at+1:], "0123456789") == "" {
		return path[:at]
	}
	return ""
}

// origin names the lines of the files that declare and bind an item.
func origin(x *explain.Item) string {
	switch {
	case kind.LinksFrom(x.Kind) == nil: // the API itself refers to it
		return document.PlaceOf(x.Source)
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
