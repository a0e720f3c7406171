package shape

import (
	"maps"
	"slices"
)

// Draft is the JSON Schema version of everything this project publishes.
const Draft = "https://json-schema.org/draft/2020-12/schema"

// VariableDef is the name under $defs of the schema of a text with a variable in it. Every scalar may be such a text,
// since variables are replaced before values are checked.
const VariableDef = "variable"

// Variable returns the schema that VariableDef names.
func Variable() map[string]any {
	return map[string]any{"type": "string", "pattern": `\$\{`, "description": "A text with ${NAME}, ${NAME:-default} or ${NAME:?message} in it, or ${file:PATH} alone, the text of a file."}
}

// JSONSchema renders s for JSON Schema 2020-12. The result refers to #/$defs/variable.
func (s *Shape) JSONSchema() map[string]any {
	m := s.constraints()
	if text := s.Description(); text != "" {
		m["description"] = text
	}
	if s.Default != nil {
		m["default"] = s.Default
	}
	if s.Example != nil && s.Type != Map { // examples of mappings are too long for an editor to show
		m["examples"] = []any{s.Example}
	}
	for _, r := range s.Rules {
		if words, ok := r.Keywords["enum"].([]any); ok && r.Warning {
			m["examples"] = words // editors offer these; an enum would make other values an error, but they only give a warning
		}
	}
	if s.Secret {
		m["writeOnly"] = true
	}
	return m
}

func (s *Shape) constraints() map[string]any {
	m := map[string]any{}
	switch s.Type {
	case Text:
		m["type"] = "string"
	case Integer:
		m["type"] = "integer"
	case Number:
		m["type"] = "number"
	case Bool:
		m["type"] = "boolean"
	case List:
		m["type"], m["items"] = "array", s.Items.JSONSchema()
	case Map:
		s.mapKeywords(m)
	case Either:
		choices := make([]any, len(s.Choices))
		for i, c := range s.Choices {
			choices[i] = c.JSONSchema()
		}
		m["anyOf"] = choices
	case AnyValue:
	}
	for _, r := range s.Rules {
		if r.Warning {
			continue
		}
		maps.Copy(m, r.Keywords)
	}
	return s.orVariableOrNull(m)
}

func (s *Shape) mapKeywords(m map[string]any) {
	properties, required := map[string]any{}, []any{}
	for _, f := range s.Fields {
		properties[f.Name] = f.Shape.JSONSchema()
		if f.Required {
			required = append(required, f.Name)
		}
	}
	m["type"], m["properties"], m["additionalProperties"] = "object", properties, s.UnknownKeys != RejectUnknown
	if s.Each != nil {
		m["additionalProperties"] = s.Each.JSONSchema()
	}
	if s.Known != nil { // editors offer these names
		m["propertyNames"] = map[string]any{"anyOf": []any{map[string]any{"enum": s.Known}, map[string]any{"type": "string"}}}
	}
	if len(required) > 0 {
		m["required"] = required
	}
	if s.Cases == nil {
		return
	}
	var all []any
	for _, value := range slices.Sorted(maps.Keys(s.Cases.Shapes)) {
		all = append(all, map[string]any{
			"if":   map[string]any{"properties": map[string]any{s.Cases.By: map[string]any{"const": value}}, "required": []any{s.Cases.By}},
			"then": map[string]any{"properties": map[string]any{s.Cases.Field: s.Cases.Shapes[value].JSONSchema()}},
		})
	}
	m["allOf"] = all
}

// orVariableOrNull extends the schema of a scalar so that it may also be a text with a variable, and the schema of a
// nullable value so that it may also be null.
func (s *Shape) orVariableOrNull(m map[string]any) map[string]any {
	var others []any
	switch s.Type {
	case Text, Integer, Number, Bool:
		others = append(others, map[string]any{"$ref": "#/$defs/" + VariableDef})
	default:
	}
	if s.Nullable && s.Type != AnyValue {
		others = append(others, map[string]any{"type": "null"})
	}
	if len(others) == 0 || (s.Type == Text && len(s.Rules) == 0 && !s.Nullable) {
		return m
	}
	return map[string]any{"anyOf": append([]any{m}, others...)}
}
