package kind

import (
	"encoding/json"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// word is an enumeration that the API spells as a number, as it is written.
type word string

// UnmarshalJSON takes texts as well.
func (w *word) UnmarshalJSON(raw []byte) error {
	tree, err := wire.Tree(raw)
	*w = word(wire.Text(tree))
	return err
}

// MarshalJSON writes a number where it is one.
func (w word) MarshalJSON() ([]byte, error) {
	if strings.Trim(string(w), "0123456789") == "" && w != "" && w[0] != '0' {
		return []byte(w), nil
	}
	return json.Marshal(string(w))
}

// words are what files write for a word of the wire.
type words map[word]string

// read is the word of files for one of the wire. One that nobody has heard of is itself; "" is what is not told.
func (w words) read(told word) string {
	if known, ok := w[told]; ok {
		return known
	}
	return string(told)
}

// strange is a word of the wire that nobody has heard of, under the pointer of its field.
func (w words) strange(pointer string, told word) wire.Strange {
	if _, known := w[told]; known || told == "" {
		return nil
	}
	raw, _ := told.MarshalJSON() // a text can be written as JSON
	return wire.Strange{pointer: raw}
}

// spell is the word of the wire for one of files.
func (w words) spell(file string) word {
	for told, known := range w {
		if known == file {
			return told
		}
	}
	return word(file)
}

// joined is a list that the API writes as one text, its entries joined with |.
type joined []string

// UnmarshalJSON takes lists as well.
func (j *joined) UnmarshalJSON(raw []byte) error {
	var list []string
	if _, err := wire.Decode(raw, &list); err != nil {
		return err
	}
	*j = nil
	for _, text := range list {
		if text != "" {
			*j = append(*j, strings.Split(text, "|")...)
		}
	}
	return nil
}
