// Package config reads the config file .apigw-sync.yaml: named targets, each a set of defaults for
// flags and of variables for desired-state files.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"sigs.k8s.io/yaml"
)

// Name is how config files are called.
const Name = ".apigw-sync.yaml"

// File is a config file.
type File struct {
	Path    string             `json:"-"` // as it was found
	Targets map[string]*Target `json:"targets"`
}

// Target holds what flags default to, under the flags' names, and variables. A key that is left out
// says nothing about its flag.
type Target struct {
	Endpoint       *string  `json:"endpoint"`
	Against        *string  `json:"against"` // relative to the config file
	Region         *string  `json:"region"`
	Cloud          *string  `json:"cloud"`
	ProjectID      *string  `json:"project_id"`
	InstanceID     *string  `json:"instance_id"`
	Environment    *string  `json:"environment"`
	File           []string `json:"file"`    // relative to the config file
	Overlay        []string `json:"overlay"` // relative to the config file
	Kind           []string `json:"kind"`
	ObjectName     []string `json:"name"`
	Prune          *bool    `json:"prune"`
	MaxDeletes     *int     `json:"max_deletes"`
	AllowEmpty     *bool    `json:"allow_empty"`
	Parallelism    *int     `json:"parallelism"`
	MaxRPS         *float64 `json:"max_rps"`
	Timeout        *string  `json:"timeout"` // such as 10m
	RequestTimeout *string  `json:"request_timeout"`

	Vars vars `json:"vars"` // variables of desired-state files
}

// vars are texts by name.
type vars map[string]string

// UnmarshalJSON names the variable that is no text.
func (v *vars) UnmarshalJSON(raw []byte) error {
	var values map[string]json.RawMessage
	if err := unmarshal(raw, &values); err != nil {
		return fmt.Errorf("vars: %w", err)
	}
	*v = vars{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var text string
		if err := unmarshal(values[name], &text); err != nil {
			return fmt.Errorf("vars.%s: %w", name, err)
		}
		(*v)[name] = text
	}
	return nil
}

// Find looks for the config file in folder and the folders above it. The path is "" when there is none.
// A relative folder gives a relative path.
func Find(folder string) (path string, err error) {
	full, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for at := full; ; at = filepath.Dir(at) {
		path := filepath.Join(at, Name)
		info, err := os.Stat(path)
		if err == nil && !info.IsDir() {
			if short, err := filepath.Rel(full, path); err == nil && !filepath.IsAbs(folder) {
				return filepath.Join(folder, short), nil
			}
			return path, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if at == filepath.Dir(at) {
			return "", nil
		}
	}
}

// Read reads the config file at path. An unknown key is an error that names the nearest known one.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user's own file, named by the user
	if err != nil {
		return nil, fmt.Errorf("config file: %w", err)
	}
	f := &File{Path: path}
	if err := f.parse(text); err != nil {
		return nil, fmt.Errorf("config file %s: %w", path, err)
	}
	return f, nil
}

// noise is what the YAML parser says without telling anything.
var noise = strings.NewReplacer("error converting YAML to JSON: ", "", "yaml: ", "", "unmarshal errors:\n  ", "", "\n  ", "; ")

func (f *File) parse(text []byte) error {
	// Once without types, since the error of an unknown key should say where it stands.
	asJSON, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return errors.New(noise.Replace(err.Error()))
	}
	var top map[string]json.RawMessage
	if err := unmarshal(asJSON, &top); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		if key != "targets" {
			return unknown(key, []string{"targets"})
		}
	}
	var targets map[string]json.RawMessage
	if raw, ok := top["targets"]; ok {
		if err := unmarshal(raw, &targets); err != nil {
			return fmt.Errorf("targets: %w", err)
		}
	}
	f.Targets = map[string]*Target{}
	for _, name := range slices.Sorted(maps.Keys(targets)) {
		t := &Target{}
		if err := t.parse(targets[name]); err != nil {
			return fmt.Errorf("targets.%s: %w", name, err)
		}
		f.Targets[name] = t
	}
	return nil
}

func (t *Target) parse(raw json.RawMessage) error {
	var keys map[string]json.RawMessage
	if err := unmarshal(raw, &keys); err != nil {
		return err
	}
	known := targetKeys()
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(known, key) {
			return unknown(key, known)
		}
	}
	return unmarshal(raw, t)
}

// unmarshal decodes JSON with errors that tell the key and the types, not Go's.
func unmarshal(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	err := d.Decode(into)
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	word := map[reflect.Kind]string{
		reflect.Map: "a mapping", reflect.Struct: "a mapping", reflect.Slice: "a list", reflect.String: "text; quote it",
		reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Float64: "a number",
	}[wrong.Type.Kind()]
	value, _, _ := strings.Cut(wrong.Value, " ")
	value = map[string]string{"object": "a mapping", "array": "a list", "string": "text", "bool": "true or false", "number": "a number"}[value]
	if wrong.Field == "" {
		return fmt.Errorf("is %s, but must be %s", value, word)
	}
	return fmt.Errorf("%s: is %s, but must be %s", wrong.Field, value, word)
}

func unknown(key string, known []string) error {
	if near := nearest(key, known); near != "" {
		return fmt.Errorf("the key %s is not known; did you mean %s?", key, near)
	}
	return fmt.Errorf("the key %s is not known; known keys are %s", key, strings.Join(known, ", "))
}

// nearest is the name that differs from what was written in the fewest letters, "" when it is like none.
func nearest(written string, names []string) (near string) {
	best := 1 + len(written)/3
	for _, name := range names {
		if d := levenshtein.ComputeDistance(written, name); d <= best {
			near, best = name, d-1
		}
	}
	return near
}

func targetKeys() (keys []string) {
	for f := range reflect.TypeFor[Target]().Fields() {
		keys = append(keys, f.Tag.Get("json"))
	}
	return keys
}

// Target returns the target of that name, its paths made relative to where the program runs.
func (f *File) Target(name string) (*Target, error) {
	t := f.Targets[name]
	if t == nil {
		names := slices.Sorted(maps.Keys(f.Targets))
		if len(names) == 0 {
			return nil, fmt.Errorf("target %s: %s has no targets", name, f.Path)
		}
		if near := nearest(name, names); near != "" {
			return nil, fmt.Errorf("target %s is not in %s; did you mean %s?", name, f.Path, near)
		}
		return nil, fmt.Errorf("target %s is not in %s; it has %s", name, f.Path, strings.Join(names, ", "))
	}
	out, folder := *t, filepath.Dir(f.Path)
	out.File, out.Overlay = below(folder, t.File), below(folder, t.Overlay)
	if t.Against != nil {
		out.Against = &below(folder, []string{*t.Against})[0]
	}
	if t.Endpoint != nil {
		if path, ok := strings.CutPrefix(*t.Endpoint, "emulator:"); ok && path != "" {
			endpoint := "emulator:" + below(folder, []string{path})[0]
			out.Endpoint = &endpoint
		}
	}
	return &out, nil
}

func below(folder string, paths []string) []string {
	if paths == nil {
		return nil
	}
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p
		if !filepath.IsAbs(p) && p != "-" {
			out[i] = filepath.Join(folder, p)
		}
	}
	return out
}

// Flags returns what the target says about flags, by their names, each value in the form of a command
// line. A flag that it says nothing about is missing; a list that it leaves empty has no values.
func (t *Target) Flags() map[string][]string {
	out := map[string][]string{}
	v := reflect.ValueOf(*t)
	for field, x := range v.Fields() {
		name := strings.ReplaceAll(field.Tag.Get("json"), "_", "-")
		switch x := x.Interface().(type) {
		case *string:
			if x != nil {
				out[name] = []string{*x}
			}
		case *bool:
			if x != nil {
				out[name] = []string{strconv.FormatBool(*x)}
			}
		case *int:
			if x != nil {
				out[name] = []string{strconv.Itoa(*x)}
			}
		case *float64:
			if x != nil {
				out[name] = []string{strconv.FormatFloat(*x, 'g', -1, 64)}
			}
		case []string:
			if x != nil {
				out[name] = x
			}
		}
	}
	return out
}
