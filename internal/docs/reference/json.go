package reference

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/schema"
)

// described is the part of a JSON Schema that this page shows. It is read as YAML, which keeps the order of the keys.
type described struct {
	Title       string               `yaml:"title"`
	Description string               `yaml:"description"`
	Type        yaml.Node            `yaml:"type"`
	Ref         string               `yaml:"$ref"`
	Const       string               `yaml:"const"`
	Enum        []string             `yaml:"enum"`
	Required    []string             `yaml:"required"`
	Properties  yaml.Node            `yaml:"properties"`
	Additional  yaml.Node            `yaml:"additionalProperties"`
	Items       *described           `yaml:"items"`
	AnyOf       []described          `yaml:"anyOf"`
	OneOf       []described          `yaml:"oneOf"`
	Defs        map[string]described `yaml:"$defs"`
}

// JSON writes the page of the documents that commands print with -o json.
func JSON() (string, error) {
	p := newPage("JSON documents")
	p.text("With `-o json`, a command prints one document to stdout, even if it fails. New keys may be added at any time; as long as\n" +
		"`format_version` stays the same, no key is removed or changes its meaning. This page is generated from the schemas that\n" +
		"`apigw-sync schema NAME` prints.")
	for _, format := range schema.Outputs() {
		text, _ := schema.Output(format)
		var s described
		if err := yaml.Unmarshal(text, &s); err != nil {
			return "", fmt.Errorf("schema %s: %w", format, err)
		}
		p.printf("\n## %s\n", format)
		p.text(fmt.Sprintf("%s [Schema](../../schema/%s.schema.json).", s.Description, format))
		p.properties(format, &s)
		for _, name := range sorted(s.Defs) {
			part := s.Defs[name]
			p.printf("\n### %s of %s\n", name, format)
			if part.Description != "" {
				p.text(part.Description)
			}
			p.properties(format, &part)
		}
	}
	return p.String(), nil
}

func (p *page) properties(format string, s *described) {
	if rows := s.rows(format, ""); len(rows) > 0 {
		p.table([]string{"Key", "Value", "Meaning"}, rows)
	} else {
		p.text("Value: " + s.value(format) + ".")
	}
}

func (s *described) rows(format, prefix string) (rows [][]string) {
	for i := 0; i+1 < len(s.Properties.Content); i += 2 {
		key := s.Properties.Content[i].Value
		var v described
		if err := s.Properties.Content[i+1].Decode(&v); err != nil {
			continue // true: any value
		}
		value := v.value(format)
		if !slices.Contains(s.Required, key) {
			value += ", may be absent"
		}
		rows = append(rows, []string{code(prefix + key), value, prose(v.Description)})
		rows = append(rows, v.rows(format, prefix+key+".")...)
		if v.Items != nil {
			rows = append(rows, v.Items.rows(format, prefix+key+"[].")...)
		}
	}
	return rows
}

// value describes the possible values.
func (s *described) value(format string) string {
	switch {
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return fmt.Sprintf("[%s](#%s)", name, anchor(name+" of "+format))
	case s.Const != "":
		return code(s.Const)
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`"
	case s.Items != nil:
		return "list of " + s.Items.value(format)
	case len(s.AnyOf)+len(s.OneOf) > 0:
		var forms []string
		for _, c := range slices.Concat(s.AnyOf, s.OneOf) {
			forms = append(forms, c.value(format))
		}
		return strings.Join(forms, " or ")
	}
	var types []string
	if s.Type.Kind == yaml.SequenceNode {
		_ = s.Type.Decode(&types)
		return strings.Join(types, " or ")
	}
	if s.Type.Value == "" {
		return "any value"
	}
	return s.Type.Value
}
