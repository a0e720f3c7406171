package spec

import (
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// Checked is a YAML document that is not a desired-state file, such as the config file, checked against its shape.
type Checked struct {
	Value map[string]any // as the shape describes it, without the fields that were wrong
	root  *yamlnode.Node
}

// At is the source of the value at a JSON pointer, or of the last existing value on the path to it.
func (d *Checked) At(pointer string) kind.Source { return sourceOf(d.root.At(pointer)) }

// Has reports whether there is a value at a JSON pointer.
func (d *Checked) Has(pointer string) bool {
	_, reached := d.root.Reach(pointer)
	return reached == pointer
}

// Keys are the keys of the mapping at a JSON pointer, in the order of the file.
func (d *Checked) Keys(pointer string) (keys []string) {
	if !d.Has(pointer) {
		return nil
	}
	for _, k := range d.root.At(pointer).Keys {
		keys = append(keys, k.Value)
	}
	return keys
}

// Finding makes a finding about the value at a JSON pointer.
func (d *Checked) Finding(pointer, problem, hint string) Finding {
	return finding(d.root.At(pointer), pointer, problem, hint)
}

// ReadChecked reads a file whose documents are mappings of shape s. Variables, strictness and findings are those of
// desired-state files. Empty documents are left out, and top-level keys that begin with x- are ignored, as a place for
// anchors. Do not use the documents when a finding is an error. Without a lookup a dollar has no special meaning.
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
	return out, sortUnique(findings)
}

// withoutAnchors is a document without its keys that begin with x-.
func withoutAnchors(root *yamlnode.Node) *yamlnode.Node {
	if root.Form != yamlnode.Mapping {
		return root
	}
	return root.Filter(func(key string) bool { return !strings.HasPrefix(key, anchorPrefix) })
}
