package edit

import (
	"errors"

	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
	"go.yaml.in/yaml/v3"
)

// errMismatch means that this package has a bug, which was detected before the text was returned.
var errMismatch = errors.New("the edited text is not what was asked for; nothing was changed")

// result is the value that the edits ask for.
func (n *Value) result() *yaml.Node {
	if n.set != nil {
		return n.set
	}
	if n.Node.Kind != yaml.MappingNode && n.Node.Kind != yaml.SequenceNode {
		return n.Node
	}
	out := &yaml.Node{Kind: n.Node.Kind}
	add := func(after int) {
		for _, a := range n.added {
			if a.after != after {
				continue
			}
			if n.Node.Kind == yaml.MappingNode {
				out.Content = append(out.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: a.key})
			}
			out.Content = append(out.Content, a.value)
		}
	}
	add(-1)
	for i, item := range n.Items {
		if !item.removed {
			if n.Keys != nil {
				out.Content = append(out.Content, n.Keys[i].Node)
			}
			out.Content = append(out.Content, item.result())
		}
		add(i)
	}
	return out
}

// verify returns an error unless a text consists of exactly these documents.
func verify(text []byte, want []*yaml.Node) error {
	got, err := yamlnode.Documents(text)
	if err != nil {
		return errors.Join(errMismatch, err)
	}
	if len(got) != len(want) {
		return errMismatch
	}
	for i, doc := range got {
		empty := len(doc.Content) == 0
		if empty != (want[i] == nil) || !empty && !equalNodes(doc.Content[0], want[i]) {
			return errMismatch
		}
	}
	return nil
}

func equalNodes(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) || a.Value != b.Value {
		return false
	}
	if a.Kind == yaml.ScalarNode && a.ShortTag() != b.ShortTag() {
		return false
	}
	for i := range a.Content {
		if !equalNodes(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
