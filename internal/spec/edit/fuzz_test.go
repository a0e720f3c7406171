package edit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// FuzzEdit: an edit of a value in any file is refused, or results in a text that matches the edit, which Bytes verifies,
// and that is unchanged before and after a plain scalar.
func FuzzEdit(f *testing.F) {
	for i, tc := range cases {
		f.Add([]byte(tc.before), uint(i), uint(i/3))
	}
	f.Add([]byte("a: &x\n  - *y\n"), uint(1), uint(2))
	f.Add([]byte("? a\n: b\n"), uint(1), uint(0))
	f.Add([]byte("a: |2-\n   x\n  y\n"), uint(1), uint(0))
	f.Fuzz(func(t *testing.T, data []byte, which, how uint) {
		var doc yaml.Node
		if !utf8.Valid(data) || unreadable(data, &doc) || len(doc.Content) == 0 {
			return
		}
		file, err := edit.Parse(data)
		if err != nil {
			return
		}
		var places []place
		walk(doc.Content[0], "", &places)
		p := places[which%uint(len(places))]
		if slices.ContainsFunc(places, func(q place) bool { return q.pointer == p.pointer && q.y != p.y }) {
			return // a key appears twice
		}
		switch how % 4 {
		case 0:
			err = file.Set(0, p.pointer, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "new: value"})
		case 1:
			err = file.Remove(0, p.pointer)
		case 2:
			err = file.Append(0, p.pointer, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "5"})
		case 3:
			err = file.Add(0, p.pointer, "new", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x\ny"}, nil)
		}
		if err != nil {
			return
		}
		out, err := file.Bytes()
		if err != nil || how%4 != 0 || p.y.Kind != yaml.ScalarNode || p.y.Style != 0 || p.y.Anchor != "" || strings.Contains(p.y.Value, "\n") {
			return
		}
		before, behind, ok := surroundings(data, p.y)
		if ok && (!bytes.HasPrefix(out, before) || !bytes.HasSuffix(out, behind)) {
			t.Errorf("the edit of %s changed more than the value:\n%q\n%q", p.pointer, data, out)
		}
	})
}

func unreadable(data []byte, doc *yaml.Node) (bad bool) {
	defer func() { bad = bad || recover() != nil }()
	return yaml.Unmarshal(data, doc) != nil
}

type place struct {
	pointer string
	y       *yaml.Node
}

func walk(y *yaml.Node, pointer string, out *[]place) {
	*out = append(*out, place{pointer, y})
	switch y.Kind {
	case yaml.SequenceNode:
		for i, item := range y.Content {
			walk(item, fmt.Sprintf("%s/%d", pointer, i), out)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(y.Content); i += 2 {
			key := strings.NewReplacer("~", "~0", "/", "~1").Replace(y.Content[i].Value)
			walk(y.Content[i+1], pointer+"/"+key, out)
		}
	}
}

// surroundings are the texts before and after a scalar that is written verbatim on one line.
func surroundings(data []byte, y *yaml.Node) (before, behind []byte, ok bool) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	if bytes.ContainsAny(data, "\r\u0085\u2028\u2029\ufeff") || y.Value == "" || y.Line > len(lines) {
		return nil, nil, false
	}
	start := len(bytes.Join(lines[:y.Line-1], nil))
	for range y.Column - 1 {
		_, width := utf8.DecodeRune(data[start:])
		start += width
	}
	rest, ok := bytes.CutPrefix(data[start:], []byte(y.Value))
	return data[:start], rest, ok
}
