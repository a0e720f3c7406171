package spec

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

//go:generate go test -run TestSchemaIsCurrent -update

// SchemaURL is where editors find the schema of desired-state files.
const SchemaURL = "https://raw.githubusercontent.com/apigw-sync/apigw-sync/main/schema/config.schema.json"

// Schema is the JSON Schema (2020-12) of a desired-state file, for editors and other tools. Overlays follow it, except
// that their items may leave out required keys. As in the checker, a scalar may be a variable. Mistakes of notation, such
// as missing quotes, are beyond a JSON Schema.
func Schema() map[string]any {
	defs := map[string]any{shape.VariableDef: shape.Variable()}
	root := wholeDocument.JSONSchema()
	properties, _ := root["properties"].(map[string]any)
	for _, k := range sections {
		if k.AllExist {
			continue
		}
		section, _ := properties[k.Section].(map[string]any)
		item, _ := section["items"].(map[string]any)
		if fields, _ := item["properties"].(map[string]any); kind.LinkFrom(k.Name) != nil {
			apis, _ := fields[kind.LinkFrom(k.Name).Field].(map[string]any)
			defs["reference"], apis["items"] = apis["items"], ref("reference")
		}
		defs[k.Name], section["items"] = item, ref(k.Name)
	}
	root["$schema"], root["title"], root["$defs"] = shape.Draft, "apigw-sync desired state", defs
	root["type"] = []any{"object", "null"} // a document may be empty
	root["patternProperties"] = map[string]any{"^" + anchorPrefix: map[string]any{"description": "Ignored: a place for anchors."}}
	return root
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }
