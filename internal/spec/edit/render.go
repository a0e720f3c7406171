package edit

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// layout is the style of a file, which new values follow.
type layout struct {
	step    int    // indentation of a mapping inside another, in columns
	compact bool   // dashes are in the column of their key
	newline string // "\n" or "\r\n"
	json    bool   // all keys are in double quotes
}

// detectLayout derives the layout of a file from the first places that show it.
func (f *File) detectLayout() layout {
	l := layout{step: 2, newline: "\n", json: true}
	if at := bytes.IndexByte(f.data, '\n'); at > 0 && f.data[at-1] == '\r' {
		l.newline = "\r\n"
	}
	found, keys := false, 0
	var walk func(n *Value)
	walk = func(n *Value) {
		for _, key := range n.Keys {
			keys++
			l.json = l.json && key.Node.Style&yaml.DoubleQuotedStyle != 0
		}
		for _, item := range n.Items {
			if !found && !n.flow && !item.flow && n.Keys != nil && len(item.Items) > 0 {
				found = true
				l.compact = item.Keys == nil && f.column(item) == f.column(n)
				if step := f.column(item) - f.column(n); step > 0 {
					l.step = step
				}
			}
			walk(item)
		}
	}
	for _, doc := range f.docs {
		if doc != nil {
			walk(doc)
		}
	}
	l.json = l.json && keys > 0
	return l
}

// encode renders a value in the layout of the file, with lines that begin at column 0.
func (l layout) encode(v *yaml.Node) (string, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(l.step)
	if l.compact {
		enc.CompactSeqIndent()
	}
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("write a value: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), enc.Close()
}

// inline renders a value on one line, for use inside brackets.
func (l layout) inline(v *yaml.Node) (string, error) {
	out, err := l.encode(&yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{l.flat(v)}})
	return strings.TrimSuffix(strings.TrimPrefix(out, "["), "]"), err
}

// flat is v with everything in flow style, and with quotes if the file is JSON.
func (l layout) flat(v *yaml.Node) *yaml.Node {
	c := *v
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	if v.Kind == yaml.ScalarNode {
		switch {
		case l.json && c.Tag == "!!str", c.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
			c.Style = yaml.DoubleQuotedStyle
		}
		return &c
	}
	c.Style = yaml.FlowStyle
	c.Content = make([]*yaml.Node, len(v.Content))
	for i, inner := range v.Content {
		c.Content[i] = l.flat(inner)
	}
	return &c
}

// entry renders a key with its value, or an item with its dash, in block style at a column.
func (l layout) entry(column int, isKey bool, key string, v *yaml.Node) (string, error) {
	whole := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{v}}
	if isKey {
		whole = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, v}}
	}
	out, err := l.encode(whole)
	return l.indent(out, column), err
}

// indent indents all lines but the first, and uses the line ends of the file.
func (l layout) indent(text string, column int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = strings.Repeat(" ", column) + line
		}
	}
	return strings.Join(lines, l.newline)
}

// withQuotesOf gives a new scalar the quotes of the one that it replaces.
func withQuotesOf(old, v *yaml.Node) *yaml.Node {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	if old.Kind != yaml.ScalarNode || v.Kind != yaml.ScalarNode || v.Tag != "!!str" || v.Style&yaml.DoubleQuotedStyle != 0 {
		return v
	}
	c := *v
	switch {
	case strings.Contains(v.Value, "\n"):
		if old.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && old.Style&quoted != 0 {
			c.Style = yaml.DoubleQuotedStyle
		}
	case old.Style&quoted != 0:
		c.Style = old.Style & quoted
	}
	return &c
}
