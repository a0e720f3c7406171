package spec

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

func newMap() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func leafNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func put(m *yaml.Node, key string, v *yaml.Node) {
	m.Content = append(m.Content, leafNode("!!str", key), v)
}

// text writes a string so that what looks like a variable is none.
func text(s string) *yaml.Node { return written(escapeVariables(s)) }

// written writes a string so that every reader of YAML reads it as one.
func written(s string) *yaml.Node {
	n := leafNode("!!str", s)
	switch {
	case strings.Contains(s, "\n") && printable(s) && !strings.HasPrefix(s, " ") && strings.TrimRight(s, " \n\t") == s:
		n.Style = yaml.LiteralStyle
	case otherThanText(s) != "" || s == "" || !printable(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// escapeVariables doubles the dollars that the loader would take for the beginning of something.
func escapeVariables(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '$' && i+1 < len(s) && (s[i+1] == '{' || s[i+1] == '$') {
			b.WriteByte('$')
		}
	}
	return b.String()
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && (!unicode.IsPrint(r) && r != ' ') })
}

// short reports whether a list reads well in one line.
func short(n *yaml.Node) bool {
	length := 0
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Style == yaml.LiteralStyle {
			return false
		}
		length += len(item.Value) + 2
	}
	return length <= 80
}

// gatewaySection writes what files only refer to, for the emulator.
func gatewaySection(apis []*kind.API) *yaml.Node {
	envs, groups := map[string]bool{DefaultEnvironment: true}, map[string][]*kind.API{}
	for _, a := range apis {
		groups[a.Group] = append(groups[a.Group], a)
		for _, p := range a.Published {
			envs[p.Env] = true
		}
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		group := newMap()
		put(group, "name", text(name))
		members := &yaml.Node{Kind: yaml.SequenceNode}
		sort.Slice(groups[name], func(i, j int) bool {
			a, b := groups[name][i], groups[name][j]
			return a.Name+" "+a.Method+a.Path < b.Name+" "+b.Method+b.Path
		})
		for _, a := range groups[name] {
			members.Content = append(members.Content, apiNode(a))
		}
		put(group, "apis", members)
		list.Content = append(list.Content, group)
	}
	section := newMap()
	put(section, "environments", textList(slices.Sorted(maps.Keys(envs))))
	put(section, "groups", list)
	return section
}

func apiNode(a *kind.API) *yaml.Node {
	n := newMap()
	n.Style = yaml.FlowStyle
	put(n, "name", text(a.Name))
	put(n, "method", text(a.Method))
	put(n, "path", text(a.Path))
	if a.MatchMode != "" && a.MatchMode != "NORMAL" {
		put(n, "match_mode", text(a.MatchMode))
	}
	put(n, "auth_type", text(a.AuthType))
	var envs []string
	for _, p := range a.Published {
		envs = append(envs, p.Env)
	}
	sort.Strings(envs)
	put(n, "published", textList(envs))
	if len(a.Tags) > 0 {
		put(n, "tags", textList(a.Tags))
	}
	return n
}

func textList(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, text(v))
	}
	return n
}
