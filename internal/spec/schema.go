package spec

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/shape"
)

// Schema is the JSON Schema (2020-12) of a desired-state file, for editors and other tools. Overlays
// follow it except that their items may leave out keys. Like in the checker a scalar may be a
// variable; what only YAML can get wrong, such as quotes, no JSON Schema can tell.
func Schema() map[string]any {
	defs := map[string]any{shape.VariableDef: shape.Variable()}
	root := head.JSONSchema()
	properties, _ := root["properties"].(map[string]any)
	for _, k := range sections {
		item := items[k.Section].JSONSchema()
		if fields, _ := item["properties"].(map[string]any); kind.LinkFrom(k.Name) != nil {
			fields["apis"] = map[string]any{"type": "array", "description": apisShape.Doc, "items": ref("reference")}
		}
		defs[k.Name] = item
		properties[k.Section] = map[string]any{"type": "array", "items": ref(k.Name)}
	}
	defs["reference"] = apisShape.Items.JSONSchema()
	// An empty file, or document, is a file.
	return map[string]any{
		"$schema": shape.Draft, "title": "apigw-sync desired state", "description": head.Doc,
		"anyOf": []any{map[string]any{"type": "null"}, ref("document")},
		"$defs": with(defs, "document", root),
	}
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

func with(m map[string]any, key string, v any) map[string]any { m[key] = v; return m }
