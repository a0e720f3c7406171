package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// TestComments: comments have the right position, and a # inside a scalar is not taken for one.
func TestComments(t *testing.T) {
	const file = "\ufeff# mark top of the file\r\n" + `version: apigw-sync/v1 #mark behind a value
throttles:
  # mark two lines before

  # other words
  -
    name: "支付 # mark in quotes" #  mark   behind 支付
    remark: 'it''s # mark in quotes, too
      # mark and on the next line'   # mark behind quotes
    # mark before a block
    a: |  # mark behind the sign of a block
      text
        # mark in a block

      # mark still in it
    # mark behind the block
    b: it's # mark behind an apostrophe
    c: x# mark no comment
    d: &anchor "\" # mark behind an anchor"
    # marking is another word
--- # mark of another document
e: >-

  # mark the first line of a block
`
	_, places, _ := LoadPlaces([]Input{{Name: "f.yaml", Data: []byte(file)}}, Options{}, "mark ")
	var got []Comment
	for _, c := range places.Comments {
		if c.Source.File != "f.yaml" {
			t.Errorf("wrong file: %+v", c)
		}
		c.Source.File = ""
		got = append(got, c)
	}
	want := []Comment{
		{Source: kind.Source{Line: 1, Column: 1}, Text: "top of the file", Alone: true, Line: 2},
		{Source: kind.Source{Line: 2, Column: 24}, Text: "behind a value", Line: 2},
		{Source: kind.Source{Line: 4, Column: 3}, Text: "two lines before", Alone: true, Line: 8},
		{Source: kind.Source{Line: 8, Column: 33}, Text: "behind 支付", Line: 8},
		{Source: kind.Source{Line: 10, Column: 38}, Text: "behind quotes", Line: 10},
		{Source: kind.Source{Line: 11, Column: 5}, Text: "before a block", Alone: true, Line: 12},
		{Source: kind.Source{Line: 12, Column: 11}, Text: "behind the sign of a block", Line: 12},
		{Source: kind.Source{Line: 17, Column: 5}, Text: "behind the block", Alone: true, Line: 18},
		{Source: kind.Source{Line: 18, Column: 13}, Text: "behind an apostrophe", Line: 18},
		{Source: kind.Source{Line: 22, Column: 5}, Text: "of another document", Line: 22},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
