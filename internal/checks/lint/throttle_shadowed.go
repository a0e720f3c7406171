package lint

import (
	"fmt"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

var throttleShadowed = &Rule{
	ID: "AGS005", Name: "throttle-shadowed", Severity: Warning, Gateway: MoreWithExport,
	Title: "A throttle has no effect because of a rate_limit plugin",
	Reason: "If both are bound to the same API in an environment, only the plugin applies: the throttle limits nothing there, " +
		"and changing its limits has no effect. Without an export, the rule reports this if references of both name the " +
		"same API, or if one reference covers everything that the other does.",
	check: func(s *subject) {
		specials := map[string]int{}
		each(s, "throttle_special", func(d *kind.Declared, _ kind.Special) { specials[d.Owner]++ })
		plugins := map[slot]*binding{}
		for i := range s.bound() {
			if b := &s.bindings[i]; kind.LinkOf(b.kind).Owner == "plugin" && precedence.ReplacesThrottle(s.pluginType(b.owner)) {
				plugins[b.slot()] = b
			}
		}
		shadows := map[[2]string]*shadow{}
		var order []*shadow
		for i := range s.bindings {
			b := &s.bindings[i]
			plugin := plugins[b.slot()]
			if plugin == nil || b.ref == nil || kind.LinkOf(b.kind).Owner != "throttle" {
				continue
			}
			key := [2]string{b.owner, plugin.owner}
			if shadows[key] == nil {
				shadows[key] = &shadow{throttle: b, plugin: plugin}
				order = append(order, shadows[key])
			}
			shadows[key].targets = append(shadows[key].targets, b.target())
		}
		for _, x := range order {
			d := s.byAddress["throttle/"+x.throttle.owner]
			s.add(s.Places.OfReference(x.throttle.ref, ""), d,
				fmt.Sprintf("%s no effect on %s, because plugin/%s limits calls there (%s)",
					limits(d, specials[d.Key]), kind.FirstOf(x.targets, maxNamed), x.plugin.owner, x.plugin.where()),
				"unbind one of them there")
		}
	},
}

// shadow is a throttle and the plugin that replaces it.
type shadow struct {
	throttle, plugin *binding // the first of each that are bound to the same API
	targets          []string
}

// limits names what a throttle limits, as the subject of a sentence.
func limits(d *kind.Declared, specials int) string {
	var names []string
	tree := kind.Of(d.Kind).Tree(d.Value)
	for _, f := range kind.Of(d.Kind).Shape.Fields {
		if n, ok := tree[f.Name].(int64); ok && n > 0 && strings.HasSuffix(f.Name, "_call_limits") {
			names = append(names, f.Name)
		}
	}
	if specials > 0 {
		names = append(names, countOf(specials, "special limit", "special limits"))
	}
	if len(names) == 1 {
		return names[0] + " has"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " have"
}
