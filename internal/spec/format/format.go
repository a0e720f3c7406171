// Package format rewrites desired-state files in the canonical layout. Their meaning stays the same, and every comment
// stays with what it is about.
//
//	indentation  2 blanks, also for lists inside mappings
//	keys         in the order of the reference: name first, sections as on its first page
//	lists        on one line, or with a line per entry, as they were
//	quotes       removed where no YAML reader needs them
//	blank lines  at most one in a row, and none at the beginning and end
//
// Positions of values come from package edit, so that formatter and loader understand a file in the same way. The result
// is compared with the input before it is returned.
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

// ErrJSON is the error for a JSON file, for which this layout makes no sense.
var ErrJSON = errors.New("is JSON, which fmt leaves as it is")

// Format returns data in the canonical layout. s is the shape of a document and determines the order of keys. Rare YAML
// notation that cannot be preserved, such as keys after a question mark, is an error.
func Format(data []byte, s *shape.Shape) ([]byte, error) {
	plain := []byte(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(bytes.TrimPrefix(data, yamlnode.ByteOrderMark))))
	if trimmed := bytes.TrimSpace(plain); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		return nil, ErrJSON
	}
	for _, order := range []bool{true, false} { // aliases may depend on the present order of keys
		out, comments, err := format(plain, s, order)
		if err != nil {
			return nil, err
		}
		if sameMeaning(plain, out, comments) {
			return out, nil
		}
	}
	return nil, errors.New("cannot be formatted without changing its meaning")
}

// printer is one run over a file.
type printer struct {
	data  []byte
	left  []comment // not written yet, in the order of the file
	order bool      // sort the keys of mappings
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
			continue // between writes the separators around an empty document
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

// root writes the value of a document, and the comments before it.
func (p *printer) root(v *edit.Value, s *shape.Shape, lead []string) []string {
	if len(v.Items) == 0 || p.inLine(v) {
		return append(lead, p.flat(v, s)+p.trailingComment(v.End))
	}
	entries, foot := p.entries(v, s, -1, len(p.data))
	entries[0].lead = append(lead, entries[0].lead...)
	return append(p.sorted(v, s, entries), foot...)
}

// between writes what separates two documents: separators, directives and comments. It returns in lead the comments that
// belong to what follows.
func (p *printer) between(from, to int) (lines, lead []string) {
	for _, c := range p.takeBefore(to) { // apart from these, the region has only separators and directives
		lines = p.separators(lines, from, c.start)
		if c.alone || len(lines) == 0 {
			if c.blank {
				lines = append(lines, "")
			}
			lines = append(lines, c.text)
		} else {
			lines[len(lines)-1] += " " + c.text // after ---
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
			return lines, nil // a comment about the whole file
		}
	}
	return lines[:i:i], lines[i:]
}

// separators adds the document markers and directives in a region without comments.
func (p *printer) separators(lines []string, from, to int) []string {
	for line := range strings.Lines(string(p.data[from:to])) {
		word := strings.TrimSpace(line)
		if word == "---" || word == "..." || strings.HasPrefix(word, "%") {
			lines = append(lines, word)
		}
	}
	return lines
}
