// Package format writes desired-state files in their one usual form and keeps what they mean, with every comment
// beside what it is about.
//
//	indentation  2 blanks, also of lists inside mappings
//	keys         in the order of the reference: name first, sections as in its first page
//	lists        in one line, or an entry a line: as they were
//	quotes       gone where no reader of YAML needs them
//	blank lines  one where there were some, none at the ends
//
// The places of values come from package edit, so that what is read is what the loader reads. The outcome is
// compared with the input before anybody sees it.
package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
	"github.com/apigw-sync/apigw-sync/internal/spec/yamlnode"
)

// ErrJSON is the error of a file that is JSON, which has no comments and other usual forms.
var ErrJSON = errors.New("is JSON, which fmt leaves as it is")

// Format returns data as it should be written. s describes a document and tells the order of keys. Data must
// be YAML; what is rare in YAML and cannot be kept is an error, such as keys behind a question mark.
func Format(data []byte, s *shape.Shape) ([]byte, error) {
	plain := []byte(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(bytes.TrimPrefix(data, yamlnode.ByteOrderMark))))
	if trimmed := bytes.TrimSpace(plain); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		return nil, ErrJSON
	}
	for _, order := range []bool{true, false} { // aliases may need the order that there is
		out, comments, err := format(plain, s, order)
		if err != nil {
			return nil, err
		}
		if keeps(plain, out, comments) {
			return out, nil
		}
	}
	return nil, errors.New("cannot be formatted without changing what it says")
}

// printer is one run over a file. Comments are taken from left in the order in which they stand.
type printer struct {
	data  []byte
	left  []comment
	order bool
}

func format(data []byte, s *shape.Shape, order bool) (out []byte, comments []comment, err error) {
	file, err := edit.Parse(data)
	if err != nil {
		return nil, nil, err
	}
	documents := file.Documents()
	comments = commentsIn(data, documents)
	p := printer{data: data, left: comments, order: order}
	var lines []string
	at := 0
	for _, root := range documents {
		if root == nil || root.Start == root.End && root.Node.Kind == yaml.ScalarNode {
			continue // what separates it is between the others
		}
		if root.Start != root.Inner {
			return nil, nil, fmt.Errorf("line %d: an anchor or tag of a whole document cannot be formatted", root.Node.Line)
		}
		between, lead := p.between(at, root.Start)
		lines = append(lines, between...)
		body := p.root(root, s, lead)
		lines = append(lines, body...)
		at = root.End
	}
	rest, lead := p.between(at, len(data))
	lines = append(append(lines, rest...), lead...)
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return nil, comments, nil
	}
	return []byte(strings.Join(lines, "\n") + "\n"), comments, nil
}

// root writes the value of a document, whose comments before it are known.
func (p *printer) root(v *edit.Value, s *shape.Shape, lead []string) []string {
	if len(v.Items) == 0 || p.inLine(v) {
		return append(lead, p.flat(v, s)+p.trail(v.End))
	}
	entries, foot := p.entries(v, s, -1, len(p.data))
	entries[0].lead = append(lead, entries[0].lead...)
	return append(p.sorted(v, s, entries), foot...)
}

// between writes what stands between two documents: separators, directives and comments. The comments that
// belong to what follows are returned apart.
func (p *printer) between(from, to int) (lines, lead []string) {
	for _, c := range p.take(to) { // the region has nothing but them and separators
		lines = p.separators(lines, from, c.start)
		if c.alone || len(lines) == 0 {
			if c.blank {
				lines = append(lines, "")
			}
			lines = append(lines, c.text)
		} else {
			lines[len(lines)-1] += " " + c.text // behind ---
		}
		from = c.end
	}
	lines = p.separators(lines, from, to)
	if to < len(p.data) && blankAbove(p.data, to, from) {
		return append(lines, ""), nil
	}
	i := len(lines)
	for i > 0 && strings.HasPrefix(lines[i-1], "#") {
		i--
	}
	for _, line := range lines[i:] {
		if strings.Contains(line, "yaml-language-server:") {
			return lines, nil // the head of the file
		}
	}
	return lines[:i:i], lines[i:]
}

// separators adds the marks of documents and the directives in a region without comments.
func (p *printer) separators(lines []string, from, to int) []string {
	for line := range strings.Lines(string(p.data[from:to])) {
		word := strings.TrimSpace(line)
		if word == "---" || word == "..." || strings.HasPrefix(word, "%") {
			lines = append(lines, word)
		}
	}
	return lines
}
