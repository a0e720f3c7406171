package emulator

import "strings"

// Texts in state files have the syntax of desired-state files: $$ is a dollar, and ${NAME:-default} is a variable. The emulator does
// not look at its process environment: a variable is replaced by its default, and not replaced if it has none.

var variable = expression(`\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`)

// expandText replaces the variables in a text by their defaults. It applies to keys, too, because Dump doubles all dollars.
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

// escapeVariables doubles the dollars in a rendered file that would otherwise start a variable or an escaped dollar.
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
