package impact

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/calls/precedence"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// pluginsBy returns the plugins of some types, by type: an API has at most one of each type.
func pluginsBy(s side, of func(pluginType string) bool) map[string]*kind.Plugin {
	out := map[string]*kind.Plugin{}
	for address, p := range bound[kind.Plugin](s) {
		if of(p.Type) {
			out[p.Type] = s.state.compared(address, p)
		}
	}
	return out
}

// unionKeys returns the keys that are in at least one of two maps, sorted.
func unionKeys[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// comparePlugins compares the plugins of some types. An added plugin has the level added, a removed one the level removed, and
// one with other content the level Change.
func comparePlugins(v *view, of func(pluginType string) bool, name string, added, removed Level) (out []Aspect) {
	before, after := pluginsBy(v.before, of), pluginsBy(v.after, of)
	for _, typ := range unionKeys(before, after) {
		aspect := Aspect{Name: name, Level: Change, Before: typ, After: typ, Sure: true}
		switch b, a := before[typ], after[typ]; {
		case b == nil:
			aspect.Level, aspect.Before = added, "none"
		case a == nil:
			aspect.Level, aspect.After = removed, "none"
		case v.after.state.same(b, a):
			continue
		default:
			aspect.After += " (other content)"
		}
		out = append(out, aspect)
	}
	return out
}

// same reports whether two plugins of a type do the same, as far as the gateway shows. The result is stored, because
// many APIs have the same two plugins.
func (w *state) same(have, want *kind.Plugin) bool {
	pair := [2]*kind.Plugin{have, want}
	equal, known := w.equalPlugins[pair]
	if !known {
		k, like := kind.Of("plugin"), *have
		like.Name, like.Remark = want.Name, want.Remark
		equal = len(diff.Leaves(k, k.ForComparison(*want, like), *want)) == 0
		w.equalPlugins[pair] = equal
	}
	return equal
}

// cors compares the sites from which browsers may call. Without a plugin the API's own setting applies. It is not
// known, so it counts as no site.
func cors(v *view) (out []Aspect) {
	before, after := pluginsBy(v.before, precedence.ReplacesCORS)["cors"], pluginsBy(v.after, precedence.ReplacesCORS)["cors"]
	if before == nil && after == nil || before != nil && after != nil && v.after.state.same(before, after) {
		return nil
	}
	sure := before != nil && after != nil
	for _, f := range []struct {
		field, what string
		gained      Level
	}{{"allow_origin", "origin", Exposure}, {"allow_methods", "method", Change}} {
		b, a := commaList(before, f.field), commaList(after, f.field)
		aspect := Aspect{Name: CORS, Before: listText(b, f.what), After: listText(a, f.what), Sure: sure}
		if aspect.Before == aspect.After {
			aspect.After += " (others)"
		}
		out = append(out, aspect.withLevels(!b["*"] && hasMore(a, b), f.gained, !a["*"] && hasMore(b, a), Outage)...)
	}
	if len(out) == 0 {
		out = append(out, Aspect{Name: CORS, Level: Change, Before: "cors", After: "cors (other headers or times)", Sure: sure})
	}
	return out
}

// commaList returns the items of a comma-separated text of a plugin.
func commaList(p *kind.Plugin, field string) map[string]bool {
	out := map[string]bool{}
	if p == nil {
		return out
	}
	text, _ := p.Content[field].(string)
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out[item] = true
		}
	}
	return out
}

func listText(items map[string]bool, what string) string {
	switch {
	case items["*"]:
		return "any " + what
	case len(items) == 1:
		return slices.Collect(maps.Keys(items))[0]
	case len(items) == 0:
		return "none"
	}
	return plural(len(items), what)
}

func plural(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// plugins compares the plugins of all other types.
func plugins(v *view) []Aspect {
	others := func(t string) bool {
		return !precedence.Authenticates(t) && !precedence.ReplacesCORS(t) && !precedence.ReplacesThrottle(t)
	}
	return comparePlugins(v, others, Plugins, Change, Change)
}
