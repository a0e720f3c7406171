package spec

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// references writes links, each in the shortest form that matches only its target. Links to APIs that are offline become
// optional references, which keep the binding as it is.
func (w *writer) references(links []kind.Link) *yaml.Node {
	links = slices.Clone(links)
	slices.SortStableFunc(links, func(a, b kind.Link) int { return strings.Compare(a.Address(), b.Address()) })
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
	to := l.To
	if to.API == nil {
		return text(kind.Literal(to.Name))
	}
	plain := w.names[to.Name] <= 1 && strings.Count(to.Name, "/") == 1 && !kind.IsGlob(to.Name)
	_, live := to.API.In(to.Env)
	if plain && live && to.Env == w.environment {
		return text(to.Name)
	}
	n := newMap()
	n.Style = yaml.FlowStyle
	put(n, "group", text(kind.Literal(to.API.Group)))
	put(n, "name", text(kind.Literal(to.API.Name)))
	if w.names[to.Name] > 1 {
		put(n, "method", text(to.API.Method))
		put(n, "path", text(to.API.Path))
	}
	if to.Env != w.environment {
		put(n, "environment", text(to.Env))
	}
	if !live {
		put(n, "optional", leafNode("!!bool", "true"))
		n.LineComment = "# " + commented("bound, but not published in "+to.Env+" at present")
	}
	return n
}
