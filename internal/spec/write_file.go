package spec

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file renders the items of one file, and reads it back: what the rules refuse is left out and named.
func (w *writer) file(name string, items []item) (File, error) {
	f := File{Name: name}
	for {
		f.Variables = nil
		left := slices.Clone(f.LeftOut)
		for _, it := range items {
			f.Variables = append(f.Variables, it.variables...)
			left = append(left, it.leftOut...)
		}
		data, err := encode(w.document(items, f.Variables, left))
		if err != nil {
			return File{}, fmt.Errorf("write the file: %w", err)
		}
		refused, err := refusedBy(data, items)
		if err != nil {
			return File{}, err
		}
		if len(refused) == 0 {
			f.Data, f.LeftOut = data, left
			return f, nil
		}
		var kept []item
		for i, it := range items {
			if why, out := refused[i]; out {
				f.LeftOut = append(f.LeftOut, LeftOut{it.object.Address(), why})
				continue
			}
			kept = append(kept, it)
		}
		items = kept
	}
}

func encode(root *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// refusedBy reads a written file and tells why which of its items are refused.
func refusedBy(data []byte, items []item) (map[int]string, error) {
	_, findings := Load([]Input{{Name: "export", Data: data}}, Options{})
	refused := map[int]string{}
	for _, f := range findings {
		if f.Warning {
			continue
		}
		i, rest, ok := itemAt(f.Path, items)
		if !ok {
			return nil, fmt.Errorf("the export cannot be read back: %s", f)
		}
		if refused[i] == "" {
			refused[i] = strings.TrimPrefix(rest+": "+f.Problem, ": ")
		}
	}
	return refused, nil
}

// itemAt finds the item that a JSON pointer of the document leads into, and what of the pointer is left.
func itemAt(pointer string, items []item) (at int, rest string, ok bool) {
	steps := strings.SplitN(strings.TrimPrefix(pointer, "/"), "/", 3)
	if len(steps) < 2 {
		return 0, "", false
	}
	n, err := strconv.Atoi(steps[1])
	if err != nil {
		return 0, "", false
	}
	for i, it := range items {
		if it.kind.Section != steps[0] {
			continue
		}
		if n == 0 {
			return i, strings.TrimPrefix(pointer, "/"+steps[0]+"/"+steps[1]), true
		}
		n--
	}
	return 0, "", false
}

// document is the tree of a file. Items stand in the order of the sections.
func (w *writer) document(items []item, variables []Variable, left []LeftOut) *yaml.Node {
	doc := newMap()
	put(doc, "version", text(Version))
	if w.environment != DefaultEnvironment {
		put(doc, "environment", text(w.environment))
	}
	var section *yaml.Node
	for i, it := range items {
		if i == 0 || it.kind != items[i-1].kind {
			section = &yaml.Node{Kind: yaml.SequenceNode}
			put(doc, it.kind.Section, section)
		}
		section.Content = append(section.Content, it.node)
	}
	if w.export.APIs {
		put(doc, "gateway", gatewaySection(w.export.Known))
	}
	root := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{doc}}
	root.HeadComment = w.head(variables, left)
	return root
}

func (w *writer) head(variables []Variable, left []LeftOut) string {
	lines := append([]string{"yaml-language-server: $schema=" + SchemaURL}, w.export.Notes...)
	lines = append(lines, w.general())
	if len(left) > 0 {
		lines = append(lines, "Left out here:")
		for _, l := range left {
			lines = append(lines, "  "+l.Address+": "+l.Why)
		}
	}
	if len(variables) > 0 {
		lines = append(lines, "Secrets come from variables; one that is not set leaves the gateway's secret alone:")
		for _, v := range variables {
			lines = append(lines, "  "+v.Name+"  "+v.Address+" "+v.Path)
		}
	}
	for i, l := range lines {
		lines[i] = "# " + commented(l)
	}
	return strings.Join(lines, "\n")
}

// general tells what no export says.
func (w *writer) general() string {
	what := "Left out: ids, since names say the same; fields that have the API's default"
	if !w.export.APIs {
		what += "; groups, APIs and environments, to which files only refer"
	}
	return what + "."
}

// commented keeps a line of a comment in its line.
func commented(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == 0x7f {
			return '?'
		}
		return r
	}, line)
}
