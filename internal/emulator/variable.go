package emulator

import "strings"

// State files spell texts as desired-state files do: $$ is a dollar, and ${NAME:-default} is a variable.
// There is no environment here: a variable is its default, and one without stays as it is.

var variable = expression(`\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`)

// expandText replaces variables of a text by their defaults. Keys have them, too: Dump doubles dollars wherever they stand.
func expandText(s string) string {
	return variable().ReplaceAllStringFunc(s, func(m string) string {
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
