package kind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Page is the answer of a list.
type Page struct {
	Size, Total int
	raw         json.RawMessage
	fields      map[string]json.RawMessage
}

// UnmarshalJSON takes the answer apart; the items stay as they are for the kind that asked for them.
func (p *Page) UnmarshalJSON(raw []byte) (err error) {
	p.raw = slices.Clone(raw)
	if p.fields, err = members(p.raw); err != nil {
		return err
	}
	for name, to := range map[string]*int{"size": &p.Size, "total": &p.Total} {
		if v, ok := p.fields[name]; ok {
			if err := json.Unmarshal(v, to); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (p *Page) items(field string) json.RawMessage {
	raw := p.fields[field]
	if string(raw) == "null" {
		return nil
	}
	return raw
}

var errNoObject = errors.New("the answer is no JSON object")

// members splits a valid JSON object without a look at its values. Pages are most of what a run reads:
// this goes through one once, where a map of raw messages would take it apart three times.
func members(raw []byte) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	at := blank(raw, 0)
	if at >= len(raw) || raw[at] != '{' {
		return nil, errNoObject
	}
	for at = blank(raw, at+1); at < len(raw) && raw[at] == '"'; at = blank(raw, at) {
		end := valueEnd(raw, at)
		var key string
		if err := json.Unmarshal(raw[at:end], &key); err != nil {
			return nil, errNoObject
		}
		begin := blank(raw, blank(raw, end)+1) // behind the colon
		if begin >= len(raw) {
			return nil, errNoObject
		}
		at = valueEnd(raw, begin)
		out[key] = raw[begin:at:at]
		if at = blank(raw, at); at < len(raw) && raw[at] == ',' {
			at++
		}
	}
	return out, nil
}

func blank(raw []byte, at int) int {
	for at < len(raw) && (raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\r' || raw[at] == '\t') {
		at++
	}
	return at
}

// valueEnd is the end of the value that begins at a place.
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

// textEnd is the closing quote of the text that begins at a place.
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
