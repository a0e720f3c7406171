package content

import (
	"embed"
	"fmt"
)

//go:embed examples/*.json
var examples embed.FS

// Example returns a valid content that uses about everything the type with that name knows, in
// canonical form, and nil for a type that does not exist. Each call returns a value of its own.
func Example(name string) map[string]any {
	text, err := examples.ReadFile("examples/" + name + ".json")
	if err != nil {
		return nil
	}
	v, err := decodeJSON(string(text))
	if err != nil {
		panic(fmt.Sprintf("example of plugin type %s: %v", name, err))
	}
	c, _ := v.(map[string]any)
	return Of(name).Normalize(c)
}
