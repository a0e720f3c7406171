package spec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// gatewaySection writes what other sections only refer to, for the emulator.
func (w *writer) gatewaySection() *yaml.Node {
	apis, called := w.export.Known, w.namesByID()
	envs, groups := map[string]bool{DefaultEnvironment: true}, map[string][]*kind.API{}
	for _, a := range apis {
		groups[a.Group] = append(groups[a.Group], a)
		for i := range a.Published {
			envs[a.Published[i].Env] = true
		}
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		group := newMap()
		put(group, "name", text(name))
		members := &yaml.Node{Kind: yaml.SequenceNode}
		slices.SortFunc(groups[name], func(a, b *kind.API) int {
			return strings.Compare(a.Name+" "+a.Method+a.Path, b.Name+" "+b.Method+b.Path)
		})
		for _, a := range groups[name] {
			members.Content = append(members.Content, apiNode(a, called))
		}
		put(group, "apis", members)
		list.Content = append(list.Content, group)
	}
	section := newMap()
	put(section, "environments", textList(slices.Sorted(maps.Keys(envs))))
	put(section, "groups", list)
	return section
}

// namesByID looks up the names of the objects in the export; "" for others.
func (w *writer) namesByID() func(kindName, id string) string {
	names := map[string]string{}
	for i := range w.export.Objects {
		if o := &w.export.Objects[i]; o.ID != "" {
			names[o.Kind+" "+o.ID] = strings.TrimPrefix(o.Key, o.Owner+"/")
		}
	}
	return func(kindName, id string) string { return names[kindName+" "+id] }
}

// apiNode writes an API, with references to those objects whose name is in the export.
func apiNode(a *kind.API, called func(kindName, id string) string) *yaml.Node {
	n := newMap()
	n.Style = yaml.FlowStyle
	put(n, "name", text(a.Name))
	put(n, "method", text(a.Method))
	put(n, "path", text(a.Path))
	if a.MatchMode != "" && a.MatchMode != "NORMAL" {
		put(n, "match_mode", text(a.MatchMode))
	}
	put(n, "auth_type", text(a.AuthType))
	put(n, "published", textList(environmentsOf(a)))
	if len(a.Tags) > 0 {
		put(n, "tags", textList(a.Tags))
	}
	channel := ""
	for _, ref := range a.Refers() {
		switch name := called(ref.Kind, ref.ID); {
		case name == "":
		case ref.Field == kind.ChannelOfBackend:
			channel = name
		default:
			put(n, ref.Field, text(name))
		}
	}
	if a.Backend != nil {
		put(n, "backend", backendNode(a.BackendType, a.Backend, channel))
	} else if a.BackendType != "" && !kind.IsHTTP(a.BackendType) {
		put(n, "backend_type", text(a.BackendType))
	}
	return n
}

// backendNode writes where an API sends calls: to a host or a channel.
func backendNode(backendType string, b *kind.Backend, channel string) *yaml.Node {
	to, host := newMap(), b.Host
	if b.ChannelID() != "" {
		host = b.Channel.Host
	}
	for _, f := range []struct{ key, value string }{{kind.ChannelOfBackend, channel}, {"host", host}, {"protocol", b.Protocol}, {"method", b.Method}, {"path", b.Path}} {
		if f.value != "" {
			put(to, f.key, text(f.value))
		}
	}
	if b.Timeout > 0 {
		put(to, "timeout", leafNode("!!int", strconv.FormatInt(b.Timeout, 10)))
	}
	out := newMap()
	put(out, strings.ToLower(backendType), to)
	return out
}
