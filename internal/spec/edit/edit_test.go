package edit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// node reads a value as YAML.
func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

// act makes the edits that are written as lines: set POINTER VALUE, remove POINTER, append POINTER VALUE, insert POINTER
// VALUE, add POINTER KEY VALUE.
func act(t *testing.T, f *edit.File, script string) error {
	t.Helper()
	for line := range strings.Lines(script) {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		var err error
		switch words[0] {
		case "set":
			err = f.Set(0, words[1], node(t, words[2]))
		case "remove":
			err = f.Remove(0, words[1])
		case "append":
			err = f.Append(0, words[1], node(t, words[2]))
		case "insert":
			err = f.Insert(0, words[1], node(t, words[2]))
		case "add":
			key, value, _ := strings.Cut(words[2], " ")
			err = f.Add(0, strings.TrimSuffix(words[1], "."), key, node(t, value), []string{"name", "type", "limit", "remark", "apis"})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var cases = []struct{ name, before, edits, after string }{
	{"a number, comments kept", "a:\n  limit:   800   # calls\n  b: 1\n", "set /a/limit 900", "a:\n  limit:   900   # calls\n  b: 1\n"},
	{"quotes kept", "a: \"x\"\nb: 'y'\nc: z\n", "set /a one\nset /b it's\nset /c two words", "a: \"one\"\nb: 'it''s'\nc: two words\n"},
	{"text that needs quotes", "a: x\n", `set /a "no"`, "a: \"no\"\n"},
	{"CRLF and a byte order mark", "\ufeffa: 1\r\nb:\r\n  - x\r\nc: 支付 # 付\r\n", "set /a 2\nappend /b y\nset /c 订单", "\ufeffa: 2\r\nb:\r\n  - x\r\n  - y\r\nc: 订单 # 付\r\n"},
	{"no line break at the end", "a:\n  - x", "append /a y", "a:\n  - x\n  - y"},
	{"removal of the last item without a line break", "a:\n  - x\n  - y", "remove /a/1", "a:\n  - x"},
	{"items of a block", "a:\n  # about x\n  - x\n  - y # about y\n\n  # about z\n  - z\nb: 1\n", "remove /a/1\nappend /a w", "a:\n  # about x\n  - x\n\n  # about z\n  - z\n  - w\nb: 1\n"},
	{"a comment is removed with its item", "a:\n  # about x\n  - x\n  - y\n", "remove /a/0", "a:\n  - y\n"},
	{"the last item", "a: # list\n  - x\nb: 1\n", "remove /a/0", "a: [] # list\nb: 1\n"},
	{"all items replaced", "a:\n  - x\n  - y\nb: 1\n", "remove /a/0\nremove /a/1\nappend /a z", "a:\n  - z\nb: 1\n"},
	{"dashes in the column of the key", "a:\n- x: 1\n  y: 2\nb: 1\n", "append /a {x: 2}\nset /b [c]", "a:\n- x: 1\n  y: 2\n- {x: 2}\nb: [c]\n"},
	{"removal of objects between blank lines", "a:\n  - name: x\n    limit: 1\n\n  # about y\n  - name: y\n    # no limit\n\n  - name: z\n", "remove /a/1", "a:\n  - name: x\n    limit: 1\n\n  - name: z\n"},
	{"the last object", "a:\n  - name: x\n\n  - name: y\n    limit: 1\n    # end of y\n", "remove /a/1", "a:\n  - name: x\n"},
	{"items inserted after others", "a:\n  - x # about x\n  # about y\n  - y\nb: [x, y]\n", "insert /a/0 u\ninsert /a/0 v\nset /b/0 w\ninsert /b/0 z", "a:\n  - x # about x\n  - u\n  - v\n  # about y\n  - y\nb: [w, z, y]\n"},
	{"blank lines between objects", "a:\n  - name: x\n\n  # about y\n  - name: y\n\nb: 1\n", "append /a {name: z}", "a:\n  - name: x\n\n  # about y\n  - name: y\n\n  - {name: z}\n\nb: 1\n"},
	{"a whole object", "a:\n  - name: x\n", "append /a {name: y, remark: why}", "a:\n  - name: x\n  - {name: y, remark: why}\n"},
	{"a key at its position in the order", "- name: x # the name\n  # about apis\n  apis: []\n", "add /0 limit 5\nadd /0 remark {a: b}", "- name: x # the name\n  limit: 5\n  remark: {a: b}\n  # about apis\n  apis: []\n"},
	{"a key before all others", "- type: x\n", "add /0 name y", "- name: y\n  type: x\n"},
	{"a key is removed", "name: x\n# about the limit\nlimit: 5 # calls\nremark: y\n", "remove /limit", "name: x\nremark: y\n"},
	{"the first key of an item is removed", "- name: x\n  type: y\n- name: z\n", "remove /0/name", "- type: y\n- name: z\n"},
	{"flow lists", "a: [x, y, z]\nb: [ ]\nc: [x]\n", "remove /a/0\nremove /a/2\nappend /a w\nappend /b v\nappend /b u\nremove /c/0", "a: [y, w]\nb: [v, u]\nc: []\n"},
	{"flow lists on several lines", "a: [\n  x, # about x\n  y,\n]\n", "append /a z\nset /a/0 w", "a: [\n  w, # about x\n  y,\n  z,\n]\n"},
	{"flow mappings", "a: {name: x, limit: 5, apis: []}\nb: {}\n", "remove /a/limit\nadd /a remark why not\nadd /b name [1, 2]", "a: {name: x, remark: why not, apis: []}\nb: {name: [1, 2]}\n"},
	{"text with commas in brackets", "a: [x]\n", "append /a 'a, b'\nappend /a '{'", "a: [x, 'a, b', '{']\n"},
	{"JSON", `{"a": {"b": "x"}, "c": [1]}`, "set /a/b y\nadd /a k v\nappend /c d", `{"a": {"b": "y", "k": "v"}, "c": [1, "d"]}`},
	{"block scalars", "a: |\n  one\n  two\nb: 1\n", `set /a "three\nfour"`, "a: \"three\\nfour\"\nb: 1\n"},
	{"a comment after the | of a block scalar", "- a: |  # note\n    one\n    two\n- b: |-  # note\n    one\n", `set /0/a "three"` + "\nset /1/b \"four\\nfive\"", "- a: \"three\"  # note\n- b: \"four\\nfive\"  # note\n"},
	{"a block scalar before another", "- a: |-\n    one\n\n    two\n  b: >+\n    x\n\n- c\n", "set /0/a short\nset /0/b other", "- a: short\n  b: other\n- c\n"},
	{"an empty value", "a:\nb: ~ # nothing\nc: 1\n", "set /a 5\nset /b x", "a: 5\nb: x # nothing\nc: 1\n"},
	{"a block replaces a list in brackets", "a: [x] # c\nb: 1\n", "set /a [y, z]", "a: [y, z] # c\nb: 1\n"},
	{"folded plain text", "a: one\n  two\n\n  three # c\nb: 1\n", "set /a four", "a: four # c\nb: 1\n"},
	{"unused anchors", "a: &x 5\nb: &y\n  - 1\n", "set /a 6\nappend /b 2\nremove /b/0", "a: &x 6\nb: &y\n  - 2\n"},
	{"keys in quotes", "\"a b\": {'x/y': 1}\n", "set /a~1b 1", ""},
	{"lists in lists", "- - a\n  - b\n- - c\n", "append /0 d\nremove /0/0\nappend /1 e", "- - b\n  - d\n- - c\n  - e\n"},
	{"a document after another", "# head\n---\na: 1\n...\n", "set /a 2", "# head\n---\na: 2\n...\n"},
}

// TestEdits checks each case: the edited text, or that the edit is refused.
func TestEdits(t *testing.T) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			f, err := edit.Parse([]byte(tc.before))
			if err == nil {
				err = act(t, f, tc.edits)
			}
			if tc.after == "" {
				if err == nil {
					t.Fatal("no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.after, string(got)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestSharedValues: an edit that would also change another value by an alias is refused; others are made.
func TestSharedValues(t *testing.T) {
	const file = "a: &x [1, 2]\nb: *x\nc: &base {name: y}\nd:\n  <<: *base\n  limit: 5\n"
	for _, edits := range []string{"append /a 3", "set /a 3", "remove /a", "set /a/0 3", "set /b/0 3", "set /c/name z", "remove /c"} {
		f, err := edit.Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if err := act(t, f, edits); !errors.Is(err, edit.ErrShared) {
			t.Errorf("%s: %v", edits, err)
		}
	}
	f, err := edit.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := act(t, f, "set /d/name z"); !errors.Is(err, edit.ErrMissing) {
		t.Errorf("a merged key: %v", err)
	}
	if err := act(t, f, "set /b [3]\nadd /d name z\nset /d/limit 6"); err != nil {
		t.Fatal(err)
	}
	got, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := "a: &x [1, 2]\nb: [3]\nc: &base {name: y}\nd:\n  name: z\n  <<: *base\n  limit: 6\n"
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
