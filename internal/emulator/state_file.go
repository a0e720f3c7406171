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

// stateFile is the format of Load and Dump: a desired-state file plus what it only refers to, under
// gateway. Each resource has sections of it; the keys that only matter to the tool are accepted and ignored.
type stateFile struct {
	version, environment string
	sections             map[string]json.RawMessage // by key, with "gateway." before those below gateway
	saved
}

// saved is what lets a gateway be saved and loaded as the same: the ids by address, the times of creation
// and update (CREATED or CREATED/UPDATED) by address, and how many ids were made so far. Any of
// it may be missing; the gateway then makes its own.
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
	err := together(
		takeKey(all, "version", &f.version), takeKey(all, "environment", &f.environment),
		takeKey(gateway, "ids", &f.ids), takeKey(gateway, "times", &f.times), takeKey(gateway, "serial", &f.serial),
	)
	f.sections = all
	for key, value := range gateway {
		f.sections["gateway."+key] = value
	}
	return err
}

// takeKey reads a key, where it is there, and removes it.
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

// forTheTool reports whether a key says nothing to a gateway.
func forTheTool(key string) bool {
	return slices.Contains([]string{"owns", "ignore", "takes_over"}, key) || strings.HasPrefix(key, "x-")
}

// fileVersion is the only version of the format.
const fileVersion = "apigw-sync/v1"

// fileObject is what every object may say to the tool alone.
type fileObject struct {
	Name      string `json:"name"`
	Protected bool   `json:"protected,omitempty"`
	MovedFrom string `json:"moved_from,omitempty"`
}

// textOr reads a string into text, and anything else into object, whose members must be known.
func textOr(b []byte, text *string, object any) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, text)
	}
	return strict(b, object)
}

// strict is json.Unmarshal that refuses unknown members.
func strict(b []byte, into any) error {
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

// span of time stamps in a file.
func timesText(created, updated time.Time) string {
	s := created.UTC().Format(time.RFC3339Nano)
	if !updated.IsZero() && !updated.Equal(created) {
		s += "/" + updated.UTC().Format(time.RFC3339Nano)
	}
	return s
}
