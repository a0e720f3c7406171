package content

import (
	"embed"
	"fmt"
)

//go:embed examples/*.json
var examples embed.FS

// Example returns a valid content in canonical form that uses nearly every member of the type with that name; nil if
// there is no such type. Each call returns a new value, which may be changed.
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
