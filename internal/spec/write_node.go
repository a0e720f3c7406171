package spec

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

func newMap() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func leafNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func put(m *yaml.Node, key string, v *yaml.Node) {
	m.Content = append(m.Content, leafNode("!!str", key), v)
}

// text writes a string, with what looks like a variable escaped.
func text(s string) *yaml.Node { return verbatim(escapeVariables(s)) }

// verbatim writes a string so that every YAML reader reads it as one.
func verbatim(s string) *yaml.Node {
	n := leafNode("!!str", s)
	switch {
	case strings.Contains(s, "\n") && printable(s) && !strings.HasPrefix(s, " ") && strings.TrimRight(s, " \n\t") == s:
		n.Style = yaml.LiteralStyle
	case otherThanText(s) != "" || s == "" || !printable(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// escapeVariables doubles the dollars that the loader would take for the start of a variable or an escape.
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

// short reports whether a list fits on one line.
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

func textList(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, text(v))
	}
	return n
}
