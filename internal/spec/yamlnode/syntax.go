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

// badBytes reports whether an input is not UTF-8, and where.
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
			return Fault{line, column, "this is not UTF-8", "save it as UTF-8"}, true
		}
		i += width
	}
	return Fault{}, false
}

// position is the line and column, in characters, of the byte at offset.
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

// Messages of the parser for which the text must be examined.
const (
	missingInList    = "did not find expected ',' or ']'"
	missingInMapping = "did not find expected ',' or '}'"
	unclosed         = "found unexpected end of stream"
	badStart         = "found character that cannot start any token"
)

// explanation says what is wrong and what to do about it.
type explanation struct{ problem, hint string }

// explanations replace the messages of the parser. A message that is not listed here is shown only if it is constant,
// because others quote the file: the name of an unknown alias could be an unquoted secret.
var explanations = map[string]explanation{
	"mapping values are not allowed in this context": {"a : is not expected here", "check the indentation, and quote text that contains a colon and a space"},
	badStart:                              {"text cannot begin with this character", "quote the text"},
	"unknown anchor":                      {"no anchor of this name comes before the alias", "quote the text if the * belongs to it"},
	unclosed:                              {"the quote is not closed", "add the closing quote"},
	missingInList:                         {"a , or ] is missing in the list", `quote text that contains [ ] { } or a comma, as in "${NAME}"`},
	missingInMapping:                      {"a , or } is missing in the mapping", `quote text that contains [ ] { } or a comma, as in "${NAME}"`},
	"could not find expected ':'":         {"a : is missing after the key", "check the indentation, and quote text of several lines"},
	"did not find expected key":           {"a key is expected here", "check the indentation, and that quotes before it are closed"},
	"did not find expected '-' indicator": {"a - is expected here", "check the indentation"},
	"did not find expected node content":  {"a value is missing", "write the value, and close each [ and {"},
	"did not find expected alphabetic or numeric character": {"a name is missing after the * or &", "quote the text if the character belongs to it"},
	"found unknown escape character":                        {"this escape is not known in double quotes", `write \\ for a backslash, and / without one`},
	"found invalid Unicode character escape code":           {"this is not a character", "write the character itself"},
	"control characters are not allowed":                    {"a control character is not allowed", "remove it, or write it as an escape in double quotes"},
	"found undefined tag handle":                            {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find URI escaped octet":                        {"tags are not supported", "quote the text if the ! belongs to it"},
	"did not find expected tag URI":                         {"tags are not supported", "quote the text if the ! belongs to it"},
	"found a tab character that violates indentation":       {"a tab cannot indent", "use spaces"},
	"found duplicate %YAML directive":                       {"the %YAML line appears twice", "remove one of them"},
	"found incompatible YAML document":                      {"the file requires another version of YAML", "remove the %YAML line"},
}

var parserLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxFault adds the position to an error of the parser. The parser reports only a line, if anything, and often an
// adjacent one. The position is found by searching for the shortest prefix of the file that fails with the same message.
func syntaxFault(data []byte, err error) Fault {
	message := constantPart(err)
	explained, known := explanations[message]
	if !known {
		explained = explanation{problem: "this is not YAML: " + message}
	}
	offset := failingOffset(data, message, reportedLine(err))
	if message == unclosed {
		offset = openQuote(data, reportedLine(err), offset)
	}
	line, column := position(data, offset)
	switch rest := data[min(offset, len(data)):]; {
	case message == badStart && bytes.HasPrefix(rest, []byte("\t")):
		explained = explanation{"a tab cannot indent", "use spaces"}
	case bytes.HasPrefix(rest, []byte("${")):
		explained = explanation{"a variable inside [ ] or { } must be quoted", `write "${NAME}"`}
	}
	return Fault{line, column, explained.problem, explained.hint}
}

// constantPart is the message without its line and without quotes from the file.
func constantPart(err error) string {
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

// maxSearch is the size of a file above which the position of a syntax error is only estimated.
const maxSearch = 1 << 20

// lookahead is how many characters the parser buffers before it processes the first of them.
const lookahead = 4

// failingOffset returns the offset of the character at which the parser fails with a message.
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
		return err != nil && constantPart(err) == message
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

// lastLines is the offset at which the last line before the last line with text starts.
func lastLines(data []byte) int {
	last := bytes.LastIndexByte(bytes.TrimRight(data, " \r\n"), '\n')
	return bytes.LastIndexByte(data[:max(0, last)], '\n') + 1
}

// characters lists the end offsets of the characters from start on; the last entry is the end of the data.
func characters(data []byte, start int) (ends []int) {
	for i := start; i < len(data); {
		_, width := utf8.DecodeRune(data[i:])
		i += width
		ends = append(ends, i)
	}
	return append(ends, len(data))
}

// brokenFlow is where a list or mapping in brackets is wrong: at an unquoted variable on the last two lines, or else where
// the parser stopped.
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

// lastVisible moves an offset back over blanks and line breaks, but not tabs, to the start of a character.
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

// openQuote finds the quote that is never closed: on the line that the parser reports, the first quote that makes the
// parser fail.
func openQuote(data []byte, line, otherwise int) int {
	for _, l := range []int{line, 1} {
		for i := startOf(data, l); i < len(data) && data[i] != '\n'; i++ {
			if data[i] != '"' && data[i] != '\'' {
				continue
			}
			if Closing(data[i+1:], data[i]) >= 0 {
				continue
			}
			if _, err := parse(data[:i+1], i+1); err != nil && constantPart(err) == unclosed {
				return i
			}
		}
	}
	return otherwise
}

// Closing is the index of the quote that ends a text; -1 when there is none.
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

// parse reads all documents, at most step bytes at a time, and returns how many bytes it had read at the first error.
func parse(data []byte, step int) (taken int, err error) {
	r := &slowReader{data: data, step: max(step, 1)}
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

// slowReader is a reader that returns few bytes at a time, so that the parser reads no further than it must.
type slowReader struct {
	data        []byte
	taken, step int
}

func (s *slowReader) Read(p []byte) (int, error) {
	if s.taken == len(s.data) {
		return 0, io.EOF
	}
	n := copy(p, s.data[s.taken:min(len(s.data), s.taken+s.step)])
	s.taken += n
	return n, nil
}
