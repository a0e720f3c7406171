package spec

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// badBytes finds what keeps an input from being text at all.
func badBytes(in Input) (Finding, bool) {
	data := in.Data
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return Finding{Source: at(in.Name, 1, 1), Problem: "the file is UTF-16", Hint: "save it as UTF-8"}, true
	}
	if utf8.Valid(data) {
		return Finding{}, false
	}
	for i := 0; i < len(data); {
		r, width := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && width == 1 {
			line, column := position(data, i)
			return Finding{Source: at(in.Name, line, column), Problem: "the file is not UTF-8 here", Hint: "save it as UTF-8"}, true
		}
		i += width
	}
	return Finding{}, false
}

// position counts the line and column, in characters, of the byte at offset.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	start := bytes.LastIndexByte(before, '\n') + 1
	before = before[start:]
	if start == 0 {
		before = bytes.TrimPrefix(before, byteOrderMark)
	}
	return line, 1 + utf8.RuneCount(before)
}

// saying puts the parser's words in ours. The parser's own texts are shown only when they are
// constant: an unknown alias could be an unquoted secret.
var saying = map[string]fault{
	"mapping values are not allowed in this context": {"a : is not expected here", "check the indentation, and quote a text that holds a colon and a space"},
	"found character that cannot start any token":    {"a text cannot begin with this character", "quote the text"},
	"unknown anchor":                                        {"no anchor of this name stands before the alias", "quote the text if the * belongs to it"},
	"found unexpected end of stream":                        {"the quote is not closed", "add the closing quote"},
	"did not find expected ',' or ']'":                      {"a , or ] is missing in the list", `quote texts that hold [ ] { } or a comma, as in "${NAME}"`},
	"did not find expected ',' or '}'":                      {"a , or } is missing in the mapping", `quote texts that hold [ ] { } or a comma, as in "${NAME}"`},
	"could not find expected ':'":                           {"a : is missing after the key", "check the indentation, and quote texts of several lines"},
	"did not find expected key":                             {"a key is expected here", "check the indentation"},
	"did not find expected '-' indicator":                   {"a - is expected here", "check the indentation"},
	"did not find expected node content":                    {"a value is missing", ""},
	"did not find expected alphabetic or numeric character": {"a name is missing after the * or &", "quote the text if the character belongs to it"},
	"found unknown escape character":                        {"this escape is not known between double quotes", `write \\ for a backslash, or use single quotes`},
	"found invalid Unicode character escape code":           {"this is no character", "write the character itself"},
	"control characters are not allowed":                    {"a control character is not allowed", "take it out, or write it as an escape between double quotes"},
	"found undefined tag handle":                            {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find URI escaped octet":                        {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find expected tag URI":                         {"tags are not supported", "quote the text if the ! belongs to it"},
	"found a tab character that violates indentation":       {"a tab cannot indent", "use spaces"},
	"found duplicate %YAML directive":                       {"the %YAML line stands here twice", "remove one of them"},
	"found incompatible YAML document":                      {"the file asks for another version of YAML", "remove the %YAML line"},
}

var tab = fault{"a tab cannot indent", "use spaces"}

var parserLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxFinding places an error of the parser. The parser tells a line at most, often a neighbouring
// one; the place is found by looking for the shortest beginning of the file that fails the same way.
func syntaxFinding(in Input, err error) Finding {
	message := essence(err)
	said, known := saying[message]
	if !known {
		said = fault{problem: "this is not YAML: " + message}
	}
	offset := failingOffset(in.Data, message)
	if message == "found unexpected end of stream" {
		offset = openQuote(in.Data, reportedLine(err), offset)
	}
	line, column := position(in.Data, offset)
	if message == "found character that cannot start any token" && offset < len(in.Data) && in.Data[offset] == '\t' {
		said = tab
	}
	return Finding{Source: at(in.Name, line, column), Problem: said.problem, Hint: said.hint}
}

// essence is the error without its line and without what it quotes from the file.
func essence(err error) string {
	message := strings.TrimPrefix(err.Error(), parserLine.FindString(err.Error()))
	if strings.HasPrefix(message, "unknown anchor") {
		return "unknown anchor"
	}
	return message
}

func reportedLine(err error) int {
	found := parserLine.FindStringSubmatch(err.Error())
	if found == nil {
		return 1
	}
	line, _ := strconv.Atoi(found[1])
	return line
}

// maxSearch is the size above which the place of a syntax error is only estimated.
const maxSearch = 1 << 20

// failingOffset returns the offset of the last character without which the parser does not fail in
// this way.
func failingOffset(data []byte, message string) int {
	high, _ := parse(data, 1)
	if len(data) > maxSearch {
		return lastVisible(data, high-1)
	}
	fails := func(n int) bool {
		_, err := parse(data[:n], n)
		return err != nil && essence(err) == message
	}
	if !fails(high) {
		high = len(data)
	}
	low := bytes.LastIndexByte(data[:high], '\n')
	low = max(0, bytes.LastIndexByte(data[:max(0, low)], '\n'))
	if fails(low) {
		low = 0
	}
	for low+1 < high {
		if middle := (low + high) / 2; fails(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return lastVisible(data, high-1)
}

// lastVisible steps back over blank space other than a tab that indents, and to the start of its character.
func lastVisible(data []byte, offset int) int {
	offset = max(0, min(offset, len(data)-1))
	for offset > 0 && (data[offset] == ' ' || data[offset] == '\n' || data[offset] == '\r') {
		offset--
	}
	for offset > 0 && !utf8.RuneStart(data[offset]) {
		offset--
	}
	return offset
}

// openQuote finds the quote that is never closed: on the line that the parser tells, the first quote
// with which the rest of the line makes it fail.
func openQuote(data []byte, line, otherwise int) int {
	for _, l := range []int{line, 1} {
		start := 0
		for range l - 1 {
			next := bytes.IndexByte(data[start:], '\n')
			if next < 0 {
				break
			}
			start += next + 1
		}
		for i := start; i < len(data) && data[i] != '\n'; i++ {
			if data[i] != '"' && data[i] != '\'' {
				continue
			}
			if closes(data[i+1:], data[i]) {
				continue
			}
			if _, err := parse(data[:i+1], i+1); err != nil && essence(err) == "found unexpected end of stream" {
				return i
			}
		}
	}
	return otherwise
}

// closes reports whether the text between quotes ends.
func closes(rest []byte, quote byte) bool {
	for i := 0; i < len(rest); i++ {
		switch {
		case quote == '"' && rest[i] == '\\', quote == '\'' && rest[i] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			i++
		case rest[i] == quote:
			return true
		}
	}
	return false
}

// parse reads all documents, at most step bytes at once, and returns how many bytes had been
// taken at the first error.
func parse(data []byte, step int) (taken int, err error) {
	r := &slow{data: data, step: max(step, 1)}
	d := yaml.NewDecoder(r)
	for {
		var y yaml.Node
		if err := decode(d, &y); errors.Is(err, io.EOF) {
			return r.taken, nil
		} else if err != nil {
			return r.taken, err
		}
	}
}

// slow is a reader that gives few bytes at a time, so that the parser reads no further than it must.
type slow struct {
	data        []byte
	taken, step int
}

func (s *slow) Read(p []byte) (int, error) {
	if s.taken == len(s.data) {
		return 0, io.EOF
	}
	n := copy(p, s.data[s.taken:min(len(s.data), s.taken+s.step)])
	s.taken += n
	return n, nil
}
