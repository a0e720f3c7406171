package spec

import (
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// references writes links in the shortest form that means one target. Those to APIs that are offline stay where they are.
func (w *writer) references(links []kind.Link) *yaml.Node {
	links = slices.Clone(links)
	sort.SliceStable(links, func(i, j int) bool { return links[i].Address() < links[j].Address() })
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range links {
		n.Content = append(n.Content, w.reference(&links[i]))
	}
	if len(links) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (w *writer) reference(l *kind.Link) *yaml.Node {
	if l.To != nil {
		return text(kind.Literal(l.To.Key))
	}
	plain := w.names[l.API.Address()] <= 1 && strings.Count(l.API.Address(), "/") == 1 && !kind.IsGlob(l.API.Address())
	_, live := l.API.In(l.Env)
	if plain && live && l.Env == w.environment {
		return text(l.API.Address())
	}
	n := newMap()
	n.Style = yaml.FlowStyle
	put(n, "group", text(kind.Literal(l.API.Group)))
	put(n, "name", text(kind.Literal(l.API.Name)))
	if w.names[l.API.Address()] > 1 {
		put(n, "method", text(l.API.Method))
		put(n, "path", text(l.API.Path))
	}
	if l.Env != w.environment {
		put(n, "environment", text(l.Env))
	}
	if !live {
		put(n, "optional", leafNode("!!bool", "true"))
		n.LineComment = "# " + commented("bound, and not published in "+l.Env+" now")
	}
	return n
}
