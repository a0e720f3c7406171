package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

const (
	maxDepth   = 100       // levels of values inside values; files need about ten
	maxAliased = 1_000_000 // values of one input that stand there by way of aliases
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// read parses one input to the root values of its documents, empty documents left out. What cannot be
// parsed is reported, and what comes before it is returned. Each document is shown to comments, which may be nil.
func read(in Input, comments *commentReader) (roots []*node, findings []Finding) {
	c := converter{report: func(f Finding) { findings = append(findings, f) }}
	if f, bad := badBytes(in); bad {
		return nil, []Finding{f}
	}
	in.Data = fromJSON(in.Data)
	decoder := yaml.NewDecoder(bytes.NewReader(in.Data))
	for i := 0; ; i++ {
		var y yaml.Node
		err := decode(decoder, &y)
		if errors.Is(err, io.EOF) {
			return roots, findings
		}
		if err != nil {
			return roots, append(findings, syntaxFinding(in, err))
		}
		if len(y.Content) == 0 {
			continue
		}
		if comments != nil {
			comments.see(&y)
		}
		c.doc = &document{file: in.Name, index: i, overlay: in.Overlay}
		c.done, c.open = map[*yaml.Node]*node{}, map[*yaml.Node]bool{}
		if root := c.node(y.Content[0], 1); root.form != scalar || root.value != "" || !root.plain {
			roots = append(roots, root)
		}
	}
}

// decode reads the next document. The parser gives up on some strange inputs by panicking.
func decode(d *yaml.Decoder, y *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return d.Decode(y)
}

// converter turns the nodes of one input into ours.
type converter struct {
	doc     *document
	done    map[*yaml.Node]*node // values with an anchor, for their aliases
	open    map[*yaml.Node]bool  // those being converted
	aliased int                  // values that aliases added
	report  func(Finding)
}

func (c *converter) node(y *yaml.Node, depth int32) *node {
	n := &node{doc: c.doc, line: int32(y.Line), column: int32(y.Column), size: 1, height: 1} //nolint:gosec // inputs are far smaller
	if depth > maxDepth {
		return c.broken(n, fmt.Sprintf("values are nested more than %d levels deep", maxDepth), "")
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y, n, depth)
	}
	if y.Anchor != "" {
		c.open[y] = true
		defer func() { delete(c.open, y); c.done[y] = n }()
	}
	if y.Style&yaml.TaggedStyle != 0 && !usualTag(y) {
		return c.broken(n, "tags are not supported", "leave out what follows the !, or quote the text if the ! belongs to it")
	}
	switch y.Kind {
	case yaml.SequenceNode:
		n.form, n.items = list, make([]*node, 0, len(y.Content))
		for _, item := range y.Content {
			n.add(c.node(item, depth+1))
		}
	case yaml.MappingNode:
		n.form = mapping
		c.members(y, n, depth)
	default:
		n.plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0
		n.value = y.Value
	}
	return n
}

// usualTag lets tags pass that say what the value is anyway. !!str makes text as quotes do.
func usualTag(y *yaml.Node) bool {
	switch y.Kind {
	case yaml.SequenceNode:
		return y.Tag == "!!seq"
	case yaml.MappingNode:
		return y.Tag == "!!map"
	default:
		return y.Tag == "!!str"
	}
}

func (c *converter) alias(y *yaml.Node, n *node, depth int32) *node {
	target := c.done[y.Alias]
	switch {
	case target == nil:
		return c.broken(n, "the alias stands inside the value that it names", "")
	case depth+target.height > maxDepth+1:
		return c.broken(n, fmt.Sprintf("values are nested more than %d levels deep", maxDepth), "")
	}
	if c.aliased += int(target.size); c.aliased > maxAliased {
		if c.aliased-int(target.size) <= maxAliased {
			c.report(finding(n, "", fmt.Sprintf("aliases stand for more than %d values", maxAliased), "write fewer aliases, or split the file"))
		}
		n.form = broken
		return n
	}
	return target
}

// members converts the keys and values of a mapping. What merge keys (<<) bring comes last and gives
// way to what is written.
func (c *converter) members(y *yaml.Node, n *node, depth int32) {
	seen := make(map[string]*node, len(y.Content)/2)
	var merged []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := c.node(y.Content[i], depth+1)
		value := c.node(y.Content[i+1], depth+1)
		if y.Content[i].Tag == "!!merge" && key.plain {
			merged = append(merged, c.sources(value)...)
			continue
		}
		switch first := seen[key.value]; {
		case key.form == broken:
		case key.form != scalar:
			c.report(finding(key, "", "a key must be text", `quote a text that begins with [ or {, as in "${NAME}"`))
		case key.plain && key.value == "":
			c.report(finding(key, "", "a key is missing before the :", ""))
		case first != nil:
			c.report(finding(key, "", fmt.Sprintf("the key %s appears twice, first at %s", shown(key.value), place(first.source())), "remove one of them"))
		default:
			seen[key.value] = key
			n.keys = append(n.keys, key)
			n.add(value)
		}
	}
	for _, m := range merged {
		for i, key := range m.keys {
			if seen[key.value] == nil {
				seen[key.value] = key
				n.keys = append(n.keys, key)
				n.add(m.items[i])
			}
		}
	}
}

// sources are the mappings that a merge key names.
func (c *converter) sources(value *node) []*node {
	switch value.form {
	case mapping:
		return []*node{value}
	case list:
		var out []*node
		for _, item := range value.items {
			out = append(out, c.sources(item)...)
		}
		return out
	case scalar:
		c.report(finding(value, "", "a merge key (<<) takes a mapping or a list of them", "write <<: *ANCHOR"))
	default:
	}
	return nil
}

func (n *node) add(item *node) {
	n.items = append(n.items, item)
	n.size += item.size
	n.height = max(n.height, item.height+1)
}

func (c *converter) broken(n *node, problem, hint string) *node {
	c.report(finding(n, "", problem, hint))
	n.form = broken
	return n
}

func finding(n *node, path, problem, hint string) Finding {
	return Finding{Source: n.source(), Path: path, Problem: problem, Hint: hint}
}

func at(file string, line, column int) kind.Source {
	return kind.Source{File: file, Line: line, Column: column}
}
