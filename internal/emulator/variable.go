package emulator

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// State files spell texts as desired-state files do: $$ is a dollar, and ${NAME:-default} is a variable.
// There is no environment here: a variable is its default, and one without stays as it is.

var variable = regexp.MustCompile(`\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`)

// resolved returns a document as JSON, its variables replaced by their defaults, without what only holds anchors.
func resolved(document []byte) ([]byte, error) {
	var tree any
	if err := yaml.UnmarshalStrict(document, &tree); err != nil {
		return nil, err
	}
	if top, ok := tree.(map[string]any); ok { // a place for anchors
		maps.DeleteFunc(top, func(key string, _ any) bool { return strings.HasPrefix(key, "x-") })
	}
	return json.Marshal(replaceVariables(tree))
}

func replaceVariables(v any) any {
	switch t := v.(type) {
	case string:
		return expandText(t)
	case map[string]any:
		plain := make(map[string]any, len(t)) // keys, too: Dump doubles dollars wherever they stand
		for key, value := range t {
			plain[expandText(key)] = replaceVariables(value)
		}
		return plain
	case []any:
		for i := range t {
			t[i] = replaceVariables(t[i])
		}
	}
	return v
}

func expandText(s string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string {
		if m == "$$" {
			return "$"
		}
		if _, value, ok := strings.Cut(m, ":-"); ok {
			return strings.TrimSuffix(value, "}")
		}
		return m
	})
}

// escapeVariables doubles the dollars of a rendered file that would be read as the beginning of something.
func escapeVariables(file []byte) []byte {
	out := make([]byte, 0, len(file))
	for i, c := range file {
		out = append(out, c)
		if c == '$' && i+1 < len(file) && (file[i+1] == '{' || file[i+1] == '$') {
			out = append(out, '$')
		}
	}
	return out
}
