package kind

import (
	"encoding/json"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api/wire"
)

// word is a value of an enumeration that the API spells as a number. It is kept as text, exactly as the answer spells
// it.
type word string

// UnmarshalJSON accepts numbers and texts.
func (w *word) UnmarshalJSON(raw []byte) error {
	tree, err := wire.Tree(raw)
	*w = word(wire.Text(tree))
	return err
}

// MarshalJSON writes a number if the text is a whole number, and a text otherwise.
func (w word) MarshalJSON() ([]byte, error) {
	if strings.Trim(string(w), "0123456789") == "" && w != "" && w[0] != '0' {
		return []byte(w), nil
	}
	return json.Marshal(string(w))
}

// words maps the API's spelling of an enumeration to the one that files use.
type words map[word]string

// read returns the spelling that files use for a word of the API. An unknown word keeps its spelling; the result is ""
// if the answer leaves the word out.
func (w words) read(reported word) string {
	if known, ok := w[reported]; ok {
		return known
	}
	return string(reported)
}

// unrecognized returns the word under the pointer of its field if it is unknown; nil otherwise.
func (w words) unrecognized(pointer string, reported word) wire.Unrecognized {
	if _, known := w[reported]; known || reported == "" {
		return nil
	}
	raw, _ := reported.MarshalJSON() // a text can be written as JSON
	return wire.Unrecognized{pointer: raw}
}

// spell returns the API's spelling of a word in a file.
func (w words) spell(file string) word {
	for reported, known := range w {
		if known == file {
			return reported
		}
	}
	return word(file)
}

// joined is a list that the API writes as one text whose entries are separated by |.
type joined []string

// UnmarshalJSON also accepts a list, whose entries may be such texts.
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
