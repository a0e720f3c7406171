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
	p.text("A file contains YAML (or JSON) documents with the keys below. Unknown keys are errors. Top-level keys that begin with `x-`\n" +
		"are ignored, so you can put anchors there.")
	p.text("**Variables.** A text may contain `${NAME}`, `${NAME:-default}` or `${NAME:?message}`. Values come from the environment and from the\n" +
		"`vars` of the target. An empty variable counts as not set; `${NAME:-}` allows it to be empty. `$$` is a dollar sign.\n" +
		"`${file:PATH}` as a whole value is the text of a file ([more](../howto/secrets.md)). In `owns`, the value of a variable is\n" +
		"literal: wildcards in it are errors.")
	p.text("**Folders.** In a folder, all `*.yaml` and `*.yml` files are read, except names that begin with a dot, and files behind a link to a\n" +
		"folder.")
	p.text("[The JSON Schema](../../schema/config.schema.json), which `apigw-sync schema` prints, gives the same rules to editors. The\n" +
		"[concepts](../concepts.md) explain what the parts are for.")
	document := spec.Document()
	var top []shape.Field
	for _, f := range document.Fields {
		if !isSection(f.Name) {
			top = append(top, f)
			continue
		}
		see := "See [" + f.Name + "](#" + anchor(f.Name) + ")."
		section := shape.OfList(see, shape.OfAny(""))
		if f.Shape.Type == shape.Map {
			section = shape.OfMap(see)
		}
		top = append(top, shape.Optional(f.Name, section))
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

// section describes the items of a section. References to APIs are described once, at the end.
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
			fields[i].Shape = shape.OfList("", shape.OfAny("")).WithAbsent(fields[i].Shape.Absent)
			fields[i].Shape.Doc = "APIs that it is bound to; see [references to APIs](#references-to-apis)."
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
			p.printf("\nAn example with almost all keys:\n\n```yaml\n%s```\n", asYAML(map[string]any{item.Cases.Field: example}))
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

// inline is a value as it can be written on one line of a file: a text as it is, everything else as JSON, which is also YAML.
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
		rows = append(rows, innerRows(prefix+f.Name, s)...)
	}
	return rows
}

// innerRows are the rows for the keys and items inside a value.
func innerRows(at string, s *shape.Shape) (rows [][]string) {
	switch s.Type {
	case shape.Map:
		return rowsOf(at+".", s.Keys())
	case shape.List:
		if s.Items.Type != shape.Map && s.Items.Type != shape.Either && (len(s.Items.Rules) > 0 || s.Items.Example != nil) {
			rows = append(rows, []string{code(at + "[]"), typeOf(s.Items), meaning(s.Items)})
		}
		return append(rows, innerRows(at+"[]", s.Items)...)
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
	if s.Type == shape.List && s.Items.Type <= shape.Bool {
		name = "a list of " + map[shape.Type]string{shape.Text: "texts", shape.Integer: "whole numbers", shape.Number: "numbers", shape.Bool: "true or false"}[s.Items.Type]
	}
	if words := s.Words(); len(words) > 0 {
		name = "`" + strings.Join(words, "`, `") + "`"
	}
	if s.Unit != "" {
		name += ", in " + s.Unit
	}
	return name
}

// meaning is the purpose of a value, its limits, and an example to copy.
func meaning(s *shape.Shape) string {
	parts := []string{prose(s.Doc)}
	if s.Absent != "" {
		parts = append(parts, "Absent: "+prose(s.Absent)+".")
	}
	if demands := s.RuleTexts(); len(demands) > 0 {
		parts = append(parts, "Rules: "+prose(strings.Join(demands, "; "))+".")
	}
	if s.Immutable {
		parts = append(parts, shape.ImmutableNote)
	}
	if s.Secret {
		parts = append(parts, shape.SecretNote)
	}
	if s.Example != nil {
		parts = append(parts, "Example: "+code(inline(s.Example)))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}
