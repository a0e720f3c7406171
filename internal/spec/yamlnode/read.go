package yamlnode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

const (
	maxDepth   = 100       // levels of nested values; files need about ten
	maxAliased = 1_000_000 // values of one input that come from aliases
)

// ByteOrderMark may precede a text and does not belong to it.
var ByteOrderMark = []byte("\xef\xbb\xbf")

// Read parses a text and returns the root values of its documents that are not empty. A syntax error is a fault, and only
// the documents before it are returned. Each document is passed to see, which may be nil.
func Read(file string, data []byte, see func(*yaml.Node)) (roots []*Node, faults []Fault) {
	if f, bad := badBytes(data); bad {
		return nil, []Fault{f}
	}
	c := converter{report: func(f Fault) { faults = append(faults, f) }}
	data = fromJSON(data)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for i := 0; ; i++ {
		var y yaml.Node
		err := decode(decoder, &y)
		if errors.Is(err, io.EOF) {
			return roots, faults
		}
		if err != nil {
			return roots, append(faults, syntaxFault(data, err))
		}
		if len(y.Content) == 0 {
			continue
		}
		if see != nil {
			see(&y)
		}
		c.doc = &Document{File: file, Index: i}
		c.done, c.open = map[*yaml.Node]*Node{}, map[*yaml.Node]bool{}
		if root := c.node(y.Content[0], 1); root.Form != Scalar || root.Value != "" || !root.Plain {
			roots = append(roots, root)
		}
	}
}

// decode reads the next document. The parser panics on some malformed inputs.
func decode(d *yaml.Decoder, y *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return d.Decode(y)
}

// Documents are the documents of a text as nodes of the parser, including empty ones.
func Documents(data []byte) (docs []*yaml.Node, err error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var y yaml.Node
		switch err := decode(d, &y); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, err
		}
		docs = append(docs, &y)
	}
}

// converter converts the parser's nodes of one input to Nodes.
type converter struct {
	doc     *Document
	done    map[*yaml.Node]*Node // converted values with an anchor
	open    map[*yaml.Node]bool  // values with an anchor that are being converted
	aliased int                  // number of values that aliases added
	report  func(Fault)
}

func (c *converter) node(y *yaml.Node, depth int32) *Node {
	n := &Node{Doc: c.doc, Line: int32(y.Line), Column: int32(y.Column), size: 1, height: 1} //nolint:gosec // inputs are far smaller
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
		n.Form, n.Items = List, make([]*Node, 0, len(y.Content))
		for _, item := range y.Content {
			n.add(c.node(item, depth+1))
		}
	case yaml.MappingNode:
		n.Form = Mapping
		c.members(y, n, depth)
	default:
		n.Plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0
		n.Value = y.Value
	}
	return n
}

// usualTag reports whether a tag is accepted: !!seq and !!map change nothing, and !!str makes a scalar text, like quotes.
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

func (c *converter) alias(y *yaml.Node, n *Node, depth int32) *Node {
	target := c.done[y.Alias]
	switch {
	case target == nil:
		return c.broken(n, "the alias is inside the value that it refers to", "")
	case depth+target.height > maxDepth+1:
		return c.broken(n, fmt.Sprintf("values are nested more than %d levels deep", maxDepth), "")
	}
	if c.aliased += int(target.size); c.aliased > maxAliased {
		if c.aliased-int(target.size) <= maxAliased {
			c.report(n.fault(fmt.Sprintf("aliases stand for more than %d values", maxAliased), "write fewer aliases, or split the file"))
		}
		n.Form = Broken
		return n
	}
	return target
}

// members converts the keys and values of a mapping. Those from merge keys (<<) come last, and explicit keys override
// them.
func (c *converter) members(y *yaml.Node, n *Node, depth int32) {
	seen := make(map[string]*Node, len(y.Content)/2)
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := c.node(y.Content[i], depth+1)
		value := c.node(y.Content[i+1], depth+1)
		if y.Content[i].Tag == "!!merge" && key.Plain {
			merged = append(merged, c.sources(value)...)
			continue
		}
		switch first := seen[key.Value]; {
		case key.Form == Broken:
		case key.Form != Scalar:
			c.report(key.fault("a key must be text", `quote text that begins with [ or {, as in "${NAME}"`))
		case key.Plain && key.Value == "":
			c.report(key.fault("a key is missing before the :", ""))
		case first != nil:
			c.report(key.fault(fmt.Sprintf("the key %s appears twice, first at %s", DisplayKey(key.Value), location(c.doc.File, first)), "remove one of them"))
		default:
			seen[key.Value] = key
			n.Keys = append(n.Keys, key)
			n.add(value)
		}
	}
	for _, m := range merged {
		for i, key := range m.Keys {
			if seen[key.Value] == nil {
				seen[key.Value] = key
				n.Keys = append(n.Keys, key)
				n.add(m.Items[i])
			}
		}
	}
}

// sources are the mappings of a merge key.
func (c *converter) sources(value *Node) []*Node {
	switch value.Form {
	case Mapping:
		return []*Node{value}
	case List:
		var out []*Node
		for _, item := range value.Items {
			out = append(out, c.sources(item)...)
		}
		return out
	case Scalar:
		c.report(value.fault("a merge key (<<) takes a mapping or a list of them", "write <<: *ANCHOR"))
	default:
	}
	return nil
}

func (n *Node) add(item *Node) {
	n.Items = append(n.Items, item)
	n.size += item.size
	n.height = max(n.height, item.height+1)
}

func (c *converter) broken(n *Node, problem, hint string) *Node {
	c.report(n.fault(problem, hint))
	n.Form = Broken
	return n
}

// location is file:line:col.
func location(file string, n *Node) string { return fmt.Sprintf("%s:%d:%d", file, n.Line, n.Column) }

// DisplayKey is a key in the form that messages show.
func DisplayKey(key string) string {
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
		return strconv.Quote(key)
	}
	return key
}
