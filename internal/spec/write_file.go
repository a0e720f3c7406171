package spec

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// file renders the items of one file.
func (w *writer) file(name string, items []item) (File, error) {
	items, missing, err := w.removeRefused(items)
	if err != nil {
		return File{}, err
	}
	f := File{Name: name, LeftOut: NotShown(w.export.Unread)}
	for _, l := range missing {
		f.LeftOut = append(f.LeftOut, LeftOut{l.object.Address(), l.why})
	}
	for _, it := range items {
		f.Variables = append(f.Variables, it.variables...)
		f.LeftOut = append(f.LeftOut, it.leftOut...)
	}
	root := w.document(items, missing, f.Variables, f.LeftOut)
	if w.export.Split == OneFile || name == ownsFile+".yaml" {
		w.owns(root.Content[0])
	}
	f.Data, err = encode(root)
	return f, err
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

// document is the tree of a file. Items must be in the order of the sections.
func (w *writer) document(items []item, missing []dropped, variables []Variable, left []LeftOut) *yaml.Node {
	doc := newMap()
	put(doc, "version", text(Version))
	if w.environment != DefaultEnvironment {
		put(doc, "environment", text(w.environment))
	}
	var section *yaml.Node
	for i, it := range items {
		if i == 0 || it.kind != items[i-1].kind {
			section = &yaml.Node{Kind: yaml.SequenceNode}
			if it.kind.AllExist {
				section = newMap()
			}
			put(doc, it.kind.Section, section)
		}
		if it.kind.AllExist {
			put(section, it.object.Key, it.node.Content[childAt(it.node, valueField)])
			continue
		}
		section.Content = append(section.Content, it.node)
	}
	if rules := w.ignoring(items, missing); rules != nil {
		put(doc, "ignore", rules)
	}
	if w.export.APIs {
		put(doc, "gateway", w.gatewaySection())
	}
	root := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{doc}}
	root.HeadComment = w.head(variables, left)
	return root
}

func (w *writer) head(variables []Variable, left []LeftOut) string {
	lines := append([]string{"yaml-language-server: $schema=" + SchemaURL}, w.export.Notes...)
	lines = append(lines, w.leftOutAlways())
	if len(left) > 0 {
		lines = append(lines, "Left out of this file:")
		for _, l := range left {
			lines = append(lines, "  "+l.Address+": "+l.Why)
		}
	}
	if len(variables) > 0 {
		lines = append(lines, "Secrets come from variables; if one is not set, the secret on the gateway stays as it is:")
		for _, v := range variables {
			lines = append(lines, "  "+v.Name+"  "+v.Address+" "+v.Path)
		}
	}
	for i, l := range lines {
		lines[i] = "# " + commented(l)
	}
	return strings.Join(lines, "\n")
}

// NotShown lists what a gateway refuses to show; many owners with the same refusal share an entry.
func NotShown(all []kind.Unread) (out []LeftOut) {
	const most = 5
	owners, order := map[kind.Unread][]string{}, []kind.Unread{}
	for _, u := range all {
		same := kind.Unread{Kind: u.Kind, Message: u.Message}
		if owners[same] == nil {
			order = append(order, same)
		}
		owners[same] = append(owners[same], u.Owner)
	}
	for _, u := range order {
		of := slices.DeleteFunc(owners[u], func(name string) bool { return name == "" })
		what := "every " + u.Kind
		if len(of) > 0 {
			what = u.Kind + " of " + kind.FirstOf(of, most)
		}
		out = append(out, LeftOut{what, u.Message})
	}
	return out
}

// leftOutAlways says what is left out of every export.
func (w *writer) leftOutAlways() string {
	what := "Left out: ids, because names identify objects; fields with the API's default"
	if !w.export.APIs {
		what += "; APIs, and everything else that files only refer to"
	}
	return what + "."
}

// commented replaces characters that would end the line of a comment, or garble it.
func commented(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == 0x7f {
			return '?'
		}
		return r
	}, line)
}
