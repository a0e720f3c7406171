package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/content"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Files writes the page of the keys that desired-state files have.
func Files() string {
	p := newPage("Desired-state files")
	p.text("A file holds YAML (or JSON) documents with the keys below. An unknown key is an error; keys of a document that begin\n" +
		"with `x-` are ignored, as a place for anchors. A text may hold `${NAME}`, `${NAME:-default}` or `${NAME:?message}`, which\n" +
		"the environment and the `vars` of the target fill in; a variable that is empty counts as not set, and `${NAME:-}` says\n" +
		"that empty is fine; `$$` is a dollar. `${file:PATH}` as a whole value is the text of a file ([more](../howto/secrets.md)). What a variable puts into `owns` is literal: wildcards in it are errors. In folders\n" +
		"`*.yaml` and `*.yml` are read, but no name that begins with a dot, and nothing behind a link to a folder.\n" +
		"[The JSON Schema](../../schema/config.schema.json), which `apigw-sync schema` prints, says the same to\n" +
		"editors. The [concepts](../concepts.md) tell what the parts are for.")
	document := spec.Document()
	var top []shape.Field
	for _, f := range document.Fields {
		if !isSection(f.Name) {
			top = append(top, f)
			continue
		}
		see := "See [" + f.Name + "](#" + anchor(f.Name) + ")."
		section := shape.OfList(see, shape.OfFree(""))
		if f.Shape.Type == shape.Map {
			section = shape.OfMap(see)
		}
		top = append(top, shape.May(f.Name, section))
	}
	p.printf("\n## The document\n")
	p.keys(top)
	var apis *shape.Shape
	for _, f := range document.Fields {
		if isSection(f.Name) {
			p.section(f, &apis)
		}
	}
	if apis != nil {
		p.printf("\n## References to APIs\n")
		p.text(apis.Items.Doc + " In `apis` of all sections.")
		for _, form := range apis.Items.Choices {
			if form.Type == shape.Map {
				p.keys(form.Fields)
			} else {
				p.text("As text: " + meaning(form))
			}
		}
	}
	return p.String()
}

// isSection reports whether a key of a document lists the objects of a kind.
func isSection(key string) bool {
	return slices.ContainsFunc(kind.All, func(k *kind.Kind) bool { return k.Section == key })
}

// section describes the items of a section. What describes references to APIs is left for the end.
func (p *page) section(f shape.Field, apis **shape.Shape) {
	p.printf("\n## %s\n", f.Name)
	p.text(f.Shape.Doc)
	item := f.Shape.Items
	if item == nil { // a mapping
		p.printf("\n```yaml\n%s```\n", asYAML(map[string]any{f.Name: f.Shape.Example}))
		return
	}
	fields := slices.Clone(item.Fields)
	for i := range fields {
		if fields[i].Name == "apis" {
			*apis = fields[i].Shape
			fields[i].Shape = shape.OfList("", shape.OfFree("")).WithAbsent(fields[i].Shape.Absent)
			fields[i].Shape.Doc = "APIs that it is bound to, see [references to APIs](#references-to-apis)."
		}
	}
	p.keys(fields)
	if item.Cases == nil {
		return
	}
	for _, value := range sorted(item.Cases.Shapes) {
		p.printf("\n### %s %s\n", item.Cases.Field, value)
		said := *item.Cases.Shapes[value]
		said.Example = nil // it follows below
		p.text("With `" + item.Cases.By + ": " + value + "`. " + meaning(&said))
		p.keys(item.Cases.Shapes[value].Fields)
		if example := content.Example(value); example != nil {
			p.printf("\nAn example that uses about everything:\n\n```yaml\n%s```\n", asYAML(map[string]any{item.Cases.Field: example}))
		}
	}
}

func asYAML(v any) string {
	raw, err := json.Marshal(v)
	if err == nil {
		raw, err = yaml.JSONToYAML(raw)
	}
	if err != nil {
		panic(fmt.Sprintf("an example is no YAML: %v", err)) // it is part of the program
	}
	return string(raw)
}

// inline is a value as a file may hold it in one line: a text as it is, all else as JSON, which is YAML.
func inline(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("an example is no JSON: %v", err)) // it is part of the program
	}
	return strings.TrimSpace(b.String())
}

// keys adds a table of keys, with those of mappings inside them.
func (p *page) keys(fields []shape.Field) {
	p.table([]string{"Key", "Value", "Meaning"}, rowsOf("", fields))
}

func rowsOf(prefix string, fields []shape.Field) (rows [][]string) {
	for _, f := range fields {
		s := f.Shape
		value := typeOf(s)
		switch {
		case f.Required:
			value += ", **required**"
		case s.Default != nil && s.Default != "":
			value += ", default " + code(inline(s.Default))
		}
		rows = append(rows, []string{code(prefix + f.Name), value, meaning(s)})
		rows = append(rows, inner(prefix+f.Name, s)...)
	}
	return rows
}

// inner are the rows of what a value is made of.
func inner(at string, s *shape.Shape) (rows [][]string) {
	switch s.Type {
	case shape.Map:
		return rowsOf(at+".", s.Keys())
	case shape.List:
		if s.Items.Type != shape.Map && s.Items.Type != shape.Either && (len(s.Items.Rules) > 0 || s.Items.Example != nil) {
			rows = append(rows, []string{code(at + "[]"), typeOf(s.Items), meaning(s.Items)})
		}
		return append(rows, inner(at+"[]", s.Items)...)
	case shape.Either:
		for _, c := range s.Choices {
			if c.Type == shape.Map {
				rows = append(rows, rowsOf(at+".", c.Fields)...)
			} else {
				rows = append(rows, []string{code(at), "or " + typeOf(c), meaning(c)})
			}
		}
	}
	return rows
}

// typeOf names the type of a value, its unit, and the words that it may be.
func typeOf(s *shape.Shape) string {
	name := s.Type.String()
	if s.Type == shape.List && s.Items.Type <= shape.Flag {
		name = "a list of " + map[shape.Type]string{shape.Text: "texts", shape.Whole: "whole numbers", shape.Number: "numbers", shape.Flag: "true or false"}[s.Items.Type]
	}
	if words := s.Words(); len(words) > 0 {
		name = "`" + strings.Join(words, "`, `") + "`"
	}
	if s.Unit != "" {
		name += ", in " + s.Unit
	}
	return name
}

// meaning is what a value is for, what it may be, and one to copy.
func meaning(s *shape.Shape) string {
	parts := []string{prose(s.Doc)}
	if s.Absent != "" {
		parts = append(parts, "Absent: "+prose(s.Absent)+".")
	}
	if demands := s.Demands(); len(demands) > 0 {
		parts = append(parts, "Rules: "+prose(strings.Join(demands, "; "))+".")
	}
	if s.Fixed {
		parts = append(parts, shape.FixedNote)
	}
	if s.Secret {
		parts = append(parts, shape.SecretNote)
	}
	if s.Example != nil {
		parts = append(parts, "Example: "+code(inline(s.Example)))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}
