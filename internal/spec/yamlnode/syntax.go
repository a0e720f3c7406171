package yamlnode

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// badBytes finds what keeps an input from being text at all.
func badBytes(data []byte) (Fault, bool) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return Fault{1, 1, "the file is UTF-16", "save it as UTF-8"}, true
	}
	if utf8.Valid(data) {
		return Fault{}, false
	}
	for i := 0; i < len(data); {
		r, width := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && width == 1 {
			line, column := position(data, i)
			return Fault{line, column, "the file is not UTF-8 here", "save it as UTF-8"}, true
		}
		i += width
	}
	return Fault{}, false
}

// position counts the line and column, in characters, of the byte at offset.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	start := bytes.LastIndexByte(before, '\n') + 1
	before = before[start:]
	if start == 0 {
		before = bytes.TrimPrefix(before, ByteOrderMark)
	}
	return line, 1 + utf8.RuneCount(before)
}

// The parser's words that need a look at the text.
const (
	missingInList    = "did not find expected ',' or ']'"
	missingInMapping = "did not find expected ',' or '}'"
	unclosed         = "found unexpected end of stream"
	badStart         = "found character that cannot start any token"
)

// words are what is wrong and what to do about it.
type words struct{ problem, hint string }

// saying puts the parser's words in ours. The parser's own texts are shown only when they are
// constant: an unknown alias could be an unquoted secret.
var saying = map[string]words{
	"mapping values are not allowed in this context": {"a : is not expected here", "check the indentation, and quote a text that holds a colon and a space"},
	badStart:                              {"a text cannot begin with this character", "quote the text"},
	"unknown anchor":                      {"no anchor of this name stands before the alias", "quote the text if the * belongs to it"},
	unclosed:                              {"the quote is not closed", "add the closing quote"},
	missingInList:                         {"a , or ] is missing in the list", `quote texts that hold [ ] { } or a comma, as in "${NAME}"`},
	missingInMapping:                      {"a , or } is missing in the mapping", `quote texts that hold [ ] { } or a comma, as in "${NAME}"`},
	"could not find expected ':'":         {"a : is missing after the key", "check the indentation, and quote texts of several lines"},
	"did not find expected key":           {"a key is expected here", "check the indentation, and that quotes before it are closed"},
	"did not find expected '-' indicator": {"a - is expected here", "check the indentation"},
	"did not find expected node content":  {"a value is missing", ""},
	"did not find expected alphabetic or numeric character": {"a name is missing after the * or &", "quote the text if the character belongs to it"},
	"found unknown escape character":                        {"this escape is not known between double quotes", `write \\ for a backslash, and / without one`},
	"found invalid Unicode character escape code":           {"this is no character", "write the character itself"},
	"control characters are not allowed":                    {"a control character is not allowed", "take it out, or write it as an escape between double quotes"},
	"found undefined tag handle":                            {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find URI escaped octet":                        {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find expected tag URI":                         {"tags are not supported", "quote the text if the ! belongs to it"},
	"found a tab character that violates indentation":       {"a tab cannot indent", "use spaces"},
	"found duplicate %YAML directive":                       {"the %YAML line appears twice", "remove one of them"},
	"found incompatible YAML document":                      {"the file asks for another version of YAML", "remove the %YAML line"},
}

var parserLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxFault places an error of the parser. The parser tells a line at most, often a neighbouring
// one; the place is found by looking for the shortest beginning of the file that fails the same way.
func syntaxFault(data []byte, err error) Fault {
	message := essence(err)
	said, known := saying[message]
	if !known {
		said = words{problem: "this is not YAML: " + message}
	}
	offset := failingOffset(data, message, reportedLine(err))
	if message == unclosed {
		offset = openQuote(data, reportedLine(err), offset)
	}
	line, column := position(data, offset)
	switch rest := data[min(offset, len(data)):]; {
	case message == badStart && bytes.HasPrefix(rest, []byte("\t")):
		said = words{"a tab cannot indent", "use spaces"}
	case bytes.HasPrefix(rest, []byte("${")):
		said = words{"a variable inside [ ] or { } must be quoted", `write "${NAME}"`}
	}
	return Fault{line, column, said.problem, said.hint}
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

// lookahead is how many characters the parser has ready before it looks at the first of them.
const lookahead = 4

// failingOffset returns the offset of the character at which the parser fails in this way.
func failingOffset(data []byte, message string, line int) int {
	taken, _ := parse(data, 1)
	switch {
	case message == missingInList || message == missingInMapping:
		return brokenFlow(data[:taken])
	case len(data) > maxSearch:
		return lastVisible(data, taken-1)
	}
	ends := characters(data[:taken], min(startOf(data, line), lastLines(data[:taken])))
	fails := func(n int) bool {
		_, err := parse(data[:n], n)
		return err != nil && essence(err) == message
	}
	i := sort.Search(len(ends)-1, func(i int) bool { return fails(ends[i]) })
	return lastVisible(data, ends[i]-1)
}

// startOf is the offset at which a line starts.
func startOf(data []byte, line int) (start int) {
	for range line - 1 {
		next := bytes.IndexByte(data[start:], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return start
}

// lastLines is the offset at which the line before the last one starts that says something.
func lastLines(data []byte) int {
	last := bytes.LastIndexByte(bytes.TrimRight(data, " \r\n"), '\n')
	return bytes.LastIndexByte(data[:max(0, last)], '\n') + 1
}

// characters lists where the characters from start on end; the last entry is the end of the data.
func characters(data []byte, start int) (ends []int) {
	for i := start; i < len(data); {
		_, width := utf8.DecodeRune(data[i:])
		i += width
		ends = append(ends, i)
	}
	return append(ends, len(data))
}

// brokenFlow is where a list or mapping in brackets goes on as it should not: a variable without
// quotes on the last two lines, else where the parser was.
func brokenFlow(taken []byte) int {
	start := lastLines(taken)
	for rest := taken[start:]; ; {
		i := bytes.LastIndex(rest, []byte("${"))
		if i < 0 {
			break
		}
		if i > 0 && bytes.IndexByte([]byte(" ,:[{"), rest[i-1]) >= 0 {
			return start + i
		}
		rest = rest[:i]
	}
	end := len(taken)
	for range lookahead - 1 {
		_, width := utf8.DecodeLastRune(taken[:end])
		end -= width
	}
	return lastVisible(taken, end-1)
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
		for i := startOf(data, l); i < len(data) && data[i] != '\n'; i++ {
			if data[i] != '"' && data[i] != '\'' {
				continue
			}
			if Closing(data[i+1:], data[i]) >= 0 {
				continue
			}
			if _, err := parse(data[:i+1], i+1); err != nil && essence(err) == unclosed {
				return i
			}
		}
	}
	return otherwise
}

// Closing is where the quote stands that ends a text; -1 when none does.
func Closing(rest []byte, quote byte) int {
	for i := 0; i < len(rest); i++ {
		switch {
		case quote == '"' && rest[i] == '\\', quote == '\'' && rest[i] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			i++
		case rest[i] == quote:
			return i
		}
	}
	return -1
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
