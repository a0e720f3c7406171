package spec

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// value writes a value according to its shape s, which is nil where no shape is known.
func (w *writer) value(s *shape.Shape, v any, address, path string) *yaml.Node {
	if s != nil && (s.NotReturned && !w.literal || s.Secret && (!w.export.Secrets || hidden(v))) {
		return leafNode("!!str", "${"+w.variable(address, path)+":-}")
	}
	s = chosen(s, v)
	switch t := v.(type) {
	case map[string]any:
		return w.mapping(s, t, address, path)
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i, item := range t {
			var inner *shape.Shape
			if s != nil {
				inner = s.Items
			}
			n.Content = append(n.Content, w.value(inner, item, address, fmt.Sprintf("%s/%d", path, i)))
		}
		if short(n) {
			n.Style = yaml.FlowStyle
		}
		return n
	case string:
		if w.literal {
			return verbatim(t)
		}
		return text(t)
	case nil:
		return leafNode("!!null", "null")
	case bool:
		return leafNode("!!bool", fmt.Sprint(t))
	case float64:
		if t == math.Trunc(t) && math.Abs(t) < 1<<53 {
			return leafNode("!!int", strconv.FormatFloat(t, 'f', 0, 64))
		}
		return leafNode("!!float", strconv.FormatFloat(t, 'g', -1, 64))
	}
	return leafNode("!!int", fmt.Sprint(v))
}

// chosen is the choice of s that describes v, or s itself if it has no choices or v is a scalar.
func chosen(s *shape.Shape, v any) *shape.Shape {
	if s == nil {
		return nil
	}
	for _, c := range s.Choices {
		switch v.(type) {
		case map[string]any:
			if c.Type == shape.Map {
				return c
			}
		case []any:
			if c.Type == shape.List {
				return c
			}
		}
	}
	return s
}

// variable returns the name of the variable for a secret. A number distinguishes secrets that would have the same name.
func (w *writer) variable(address, path string) string {
	v := Variable{Address: address, Path: path}
	stem := variableName(address, path)
	for n := 1; ; n++ {
		v.Name = stem
		if n > 1 {
			v.Name = fmt.Sprintf("%s_%d", stem, n)
		}
		if _, taken := w.taken[v.Name]; !taken {
			break
		}
	}
	w.taken[v.Name] = v
	w.variables = append(w.variables, v)
	return v.Name
}

// hidden reports whether the gateway shows a secret not at all, or only as a mask.
func hidden(v any) bool {
	s, _ := v.(string)
	return s == "" || strings.Contains(s, "***")
}

// mapping writes the keys of the shape in its order, then all other keys sorted by name.
func (w *writer) mapping(s *shape.Shape, m map[string]any, address, path string) *yaml.Node {
	n := newMap()
	done := map[string]bool{}
	if s != nil {
		for _, f := range s.Fields {
			if v, ok := m[f.Name]; ok {
				put(n, f.Name, w.value(s.FieldIn(m, f.Name), v, address, path+"/"+f.Name))
				done[f.Name] = true
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !done[key] {
			put(n, key, w.value(guessShape(key, m[key]), m[key], address, path+"/"+jsonptr.Escape(key)))
		}
	}
	return n
}

// guessShape is the shape of a value that no shape describes: that of a secret if its key sounds like one, else nil.
func guessShape(key string, v any) *shape.Shape {
	if _, text := v.(string); text && shape.SecretName(key) {
		return shape.OfText("").AsSecret()
	}
	return nil
}

// variableName makes the name of an environment variable for a secret, from letters, digits and _.
func variableName(address, path string) string {
	_, name, _ := strings.Cut(address, "/")
	var b strings.Builder
	for _, r := range strings.ToUpper(name + path) {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r < unicode.MaxASCII:
			b.WriteByte('_')
		default:
			b.WriteString("U" + strings.ToUpper(strconv.FormatInt(int64(r), 16)))
		}
	}
	out := strings.Trim(b.String(), "_")
	if out == "" || out[0] <= '9' {
		out = "APP_" + out
	}
	return out
}
