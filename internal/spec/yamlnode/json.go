package yamlnode

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// fromJSON rewrites the two JSON escapes that the YAML parser does not support: \/ and characters beyond the basic
// plane, which are written as surrogate pairs (\ud83d\ude00). It adds blanks after a string that became shorter, so that
// positions do not change. Anything but JSON is returned as it is.
func fromJSON(data []byte) []byte {
	text := bytes.TrimPrefix(data, ByteOrderMark)
	if !bytes.Contains(text, []byte(`\/`)) && !bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) || !json.Valid(text) {
		return data
	}
	out := make([]byte, 0, len(text))
	inside, missing := false, 0
	for i := 0; i < len(text); {
		var replacement string
		_, width := utf8.DecodeRune(text[i:])
		switch {
		case text[i] == '"':
			inside = !inside
		case inside && text[i] == '\\':
			replacement, width = escapeForYAML(text[i:])
		}
		if replacement == "" {
			replacement = string(text[i : i+width])
		}
		out = append(out, replacement...)
		missing += utf8.RuneCount(text[i:i+width]) - utf8.RuneCountInString(replacement)
		i += width
		if !inside {
			out = append(out, bytes.Repeat([]byte(" "), missing)...)
			missing = 0
		}
	}
	return out
}

// escapeForYAML returns the length of the escape at the start of s, and its replacement in YAML; "" when YAML has the
// same escape.
func escapeForYAML(s []byte) (replacement string, width int) {
	switch {
	case s[1] == '/':
		return "/", 2
	case s[1] != 'u':
		return "", 2
	case len(s) >= 12 && s[6] == '\\' && s[7] == 'u':
		high, _ := strconv.ParseUint(string(s[2:6]), 16, 16)
		low, _ := strconv.ParseUint(string(s[8:12]), 16, 16)
		if r := utf16.DecodeRune(rune(high), rune(low)); r != '\ufffd' {
			return string(r), 12
		}
	}
	return "", 6
}
