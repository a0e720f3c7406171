package spec

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Checked is a YAML document of another format than that of desired-state files, checked against its shape.
type Checked struct {
	Value map[string]any // as the shape has it; what was wrong is left out
	root  *yamlnode.Node
}

// At is the place of the value that a JSON pointer leads to, or of the last value on the way to it.
func (d *Checked) At(pointer string) kind.Source { return sourceOf(d.root.At(pointer)) }

// Has reports whether a JSON pointer leads to a value.
func (d *Checked) Has(pointer string) bool {
	_, reached := d.root.Reach(pointer)
	return reached == pointer
}

// Keys are the keys of the mapping that a JSON pointer leads to, as they stand there.
func (d *Checked) Keys(pointer string) (keys []string) {
	if !d.Has(pointer) {
		return nil
	}
	for _, k := range d.root.At(pointer).Keys {
		keys = append(keys, k.Value)
	}
	return keys
}

// Finding tells that something is wrong with the value at a JSON pointer.
func (d *Checked) Finding(pointer, problem, hint string) Finding {
	return finding(d.root.At(pointer), pointer, problem, hint)
}

// ReadChecked reads a file whose documents are mappings of shape s, with the variables, the strictness
// and the findings of desired-state files. Empty documents are left out. The documents are fit for use
// only when no finding is an error. Top-level keys that begin with x- are a place for anchors. Without a lookup a dollar is a character like any other.
func ReadChecked(in Input, s *shape.Shape, lookup func(string) (string, bool)) ([]Checked, []Finding) {
	roots, findings := read(in, nil)
	var out []Checked
	for _, root := range roots {
		root = withoutAnchors(root)
		c := &checker{options: Options{Lookup: lookup}, report: func(f Finding) { findings = append(findings, f) }, prefix: func(*yamlnode.Node) string { return "" }}
		v, _ := c.value(root, s)
		if m, ok := v.(map[string]any); ok {
			out = append(out, Checked{Value: m, root: root})
		}
	}
	return out, tidy(findings)
}

// withoutAnchors is a document without the keys that say nothing by themselves.
func withoutAnchors(root *yamlnode.Node) *yamlnode.Node {
	if root.Form != yamlnode.Mapping {
		return root
	}
	out := *root
	out.Keys, out.Items = nil, nil
	for i, k := range root.Keys {
		if !strings.HasPrefix(k.Value, anchorPrefix) {
			out.Keys, out.Items = append(out.Keys, k), append(out.Items, root.Items[i])
		}
	}
	return &out
}
