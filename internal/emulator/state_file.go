package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// stateFile is a document of a state file: a desired-state file that also has, under gateway, what such a file only refers to.
// Resources define its sections. Keys that only matter to the tool are accepted and ignored.
type stateFile struct {
	version, environment string
	sections             map[string]json.RawMessage // by key, with "gateway." before those below gateway
	saved
}

// saved preserves the identity of a gateway when it is saved and loaded: ids by address, times of creation and update by address
// (CREATED or CREATED/UPDATED), and the number of ids generated so far. What is missing is generated.
type saved struct {
	ids, times map[string]string
	serial     uint64
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *stateFile) UnmarshalJSON(b []byte) error {
	var all, gateway map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	if err := takeKey(all, "gateway", &gateway); err != nil {
		return err
	}
	err := joinErrors(
		takeKey(all, "version", &f.version), takeKey(all, "environment", &f.environment),
		takeKey(gateway, "ids", &f.ids), takeKey(gateway, "times", &f.times), takeKey(gateway, "serial", &f.serial),
	)
	f.sections = all
	for key, value := range gateway {
		f.sections["gateway."+key] = value
	}
	return err
}

// takeKey reads a key, if it is present, and removes it.
func takeKey(all map[string]json.RawMessage, key string, into any) error {
	raw, has := all[key]
	delete(all, key)
	if !has {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// onlyForTool reports whether a key only matters to the tool, not to a gateway.
func onlyForTool(key string) bool {
	return slices.Contains([]string{"owns", "ignore", "takes_over"}, key) || strings.HasPrefix(key, "x-")
}

// fileVersion is the only version of the format.
const fileVersion = "apigw-sync/v1"

// fileObject has the name of an object, and the keys that every object may have but only the tool uses.
type fileObject struct {
	Name string `json:"name"`
	toolKeys
}

type toolKeys struct {
	Protected bool   `json:"protected,omitempty"`
	MovedFrom string `json:"moved_from,omitempty"`
}

// decodeTextOr reads a string into text, and anything else into object. Unknown members are an error.
func decodeTextOr(b []byte, text *string, object any) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, text)
	}
	return decodeStrict(b, object)
}

// decodeStrict is like json.Unmarshal, but refuses unknown members.
func decodeStrict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}

// formatTimes returns times in the form of the state file.
func formatTimes(created, updated time.Time) string {
	s := created.UTC().Format(time.RFC3339Nano)
	if !updated.IsZero() && !updated.Equal(created) {
		s += "/" + updated.UTC().Format(time.RFC3339Nano)
	}
	return s
}
