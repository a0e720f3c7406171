package kind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// Page is the answer of a list.
type Page struct {
	Total  int // number of entries on all pages; Unknown if the answer does not report it, or reports fewer than it contains
	raw    json.RawMessage
	fields map[string]json.RawMessage
}

// UnmarshalJSON splits the answer into its members. The items stay raw: the kind that asked for them decodes them.
func (p *Page) UnmarshalJSON(raw []byte) (err error) {
	p.raw, p.Total = slices.Clone(raw), Unknown
	if p.fields, err = members(p.raw); err != nil {
		return err
	}
	p.Total = count(p.fields["total"])
	return nil
}

// count reads a number of entries: Unknown if it is not such a number, math.MaxInt if it is larger.
func count(raw json.RawMessage) int {
	var n *float64
	unrecognized, err := wire.Decode(raw, &n)
	switch {
	case err != nil || n == nil || *n < 0 || *n != math.Trunc(*n) || len(unrecognized) > 0:
		return Unknown
	case *n >= math.MaxInt:
		return math.MaxInt
	}
	return int(*n)
}

// absent reports whether a field is missing or null.
func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// items returns the raw array in a field; nil if it is null or missing. An answer with neither the array nor a total is
// not the answer of a list, which is an error.
func (p *Page) items(field string) (json.RawMessage, error) {
	raw := p.fields[field]
	if absent(raw) {
		raw = nil
	}
	if raw == nil && p.Total == Unknown && count(p.fields["size"]) != 0 {
		return nil, fmt.Errorf("the answer has neither %s nor a total", field)
	}
	return raw, nil
}

// entries decodes the items in a field of a page. It also returns, for each of them, the values of an unexpected type.
func entries[W any](p *Page, field string) (list []*W, unrecognized []wire.Unrecognized, err error) {
	raw, err := p.items(field)
	if err != nil || raw == nil {
		return nil, nil, err
	}
	if raw[0] != '[' {
		return nil, nil, fmt.Errorf("%s is no list", field)
	}
	if json.Unmarshal(raw, &list) == nil {
		list = slices.DeleteFunc(list, func(w *W) bool { return w == nil })
		return list, make([]wire.Unrecognized, len(list)), nil
	}
	var parts []json.RawMessage
	if _, err := wire.Decode(raw, &parts); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", field, err)
	}
	list = nil
	for i, part := range parts {
		if string(part) == "null" {
			continue
		}
		w := new(W)
		unclear, err := wire.Decode(part, w)
		if err != nil {
			return nil, nil, fmt.Errorf("%s/%d: %w", field, i, err)
		}
		list, unrecognized = append(list, w), append(unrecognized, unclear)
	}
	return list, unrecognized, nil
}

// parts returns the raw entries of a list, without those that are null.
func parts(raw []byte) (out [][]byte) {
	eachEntry(raw, func(entry []byte) bool {
		if string(entry) != "null" {
			out = append(out, entry)
		}
		return true
	})
	return out
}

var errForm = errors.New("a value has an unexpected form")

var errNoObject = errors.New("the answer is no mapping")

// members splits a valid JSON object without decoding its values. Most of what a run reads are pages. This function
// scans a page once; decoding into a map of raw messages would scan it three times.
func members(raw []byte) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	err := eachMember(raw, func(key, value []byte) bool {
		out[string(key)] = slices.Clip(value)
		return true
	})
	return out, err
}

// eachMember calls see for the members of a valid JSON object until it returns false.
func eachMember(raw []byte, see func(key, value []byte) (more bool)) error {
	at := blank(raw, 0)
	if at >= len(raw) || raw[at] != '{' {
		return errNoObject
	}
	for at = blank(raw, at+1); at < len(raw) && raw[at] == '"'; at = blank(raw, at) {
		end := valueEnd(raw, at)
		key := raw[at+1 : max(at+1, end-1)]
		if bytes.IndexByte(key, '\\') >= 0 {
			var text string
			if err := json.Unmarshal(raw[at:end], &text); err != nil {
				return errNoObject
			}
			key = []byte(text)
		}
		begin := blank(raw, blank(raw, end)+1) // after the colon
		if begin >= len(raw) {
			return errNoObject
		}
		at = valueEnd(raw, begin)
		if !see(key, raw[begin:at]) {
			return nil
		}
		if at = blank(raw, at); at < len(raw) && raw[at] == ',' {
			at++
		}
	}
	return nil
}

// eachEntry calls see for the entries of a valid JSON list until it returns false.
func eachEntry(raw []byte, see func(entry []byte) (more bool)) {
	for at := blank(raw, blank(raw, 0)+1); at < len(raw) && raw[at] != ']'; at = blank(raw, at) {
		end := valueEnd(raw, at)
		if end == at || !see(raw[at:end]) {
			return
		}
		if at = blank(raw, end); at < len(raw) && raw[at] == ',' {
			at++
		}
	}
}

// blank returns the index of the first byte at or after an index that is not blank space.
func blank(raw []byte, at int) int {
	for at < len(raw) && (raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\r' || raw[at] == '\t') {
		at++
	}
	return at
}

// valueEnd returns the index after the value that begins at an index.
func valueEnd(raw []byte, at int) int {
	depth := 0
	for ; at < len(raw); at++ {
		switch raw[at] {
		case '"':
			at = textEnd(raw, at)
			if depth == 0 {
				return min(at+1, len(raw))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
			if depth < 0 {
				return at
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return at
			}
		}
	}
	return len(raw)
}

// textEnd returns the index of the closing quote of the text that begins at an index.
func textEnd(raw []byte, at int) int {
	for {
		n := bytes.IndexByte(raw[at+1:], '"')
		if n < 0 {
			return len(raw)
		}
		at += 1 + n
		slashes := 0
		for raw[at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at
		}
	}
}
