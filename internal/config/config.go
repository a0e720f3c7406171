// Package config reads the config file .apigw-sync.yaml: named targets, each a set of defaults for
// flags and of variables for desired-state files.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Name is how config files are called.
const Name = ".apigw-sync.yaml"

// File is a config file.
type File struct {
	Path     string             `json:"-"` // as it was found
	Defaults *Target            `json:"defaults"`
	Targets  map[string]*Target `json:"targets"` // as they are written, without what defaults add
	Order    []string           `json:"-"`       // names of targets as the file has them

	documents []spec.Checked // one, or none of an empty file
}

// Target holds what flags default to, under the flags' names, and variables. A key that is left out
// says nothing about its flag.
type Target struct {
	Endpoint       *string   `json:"endpoint"`
	Against        *string   `json:"against"` // relative to the config file
	Region         *string   `json:"region"`
	Cloud          *string   `json:"cloud"`
	ProjectID      *string   `json:"project_id"`
	InstanceID     *string   `json:"instance_id"`
	Environment    *string   `json:"environment"`
	File           []string  `json:"file"`    // relative to the config file
	Overlay        []string  `json:"overlay"` // relative to the config file
	Kind           []string  `json:"kind"`
	ObjectName     []string  `json:"name"`
	Environments   []string  `json:"only_environments"`
	Prune          *bool     `json:"prune"`
	MaxDeletes     *int      `json:"max_deletes"`
	AllowEmpty     *bool     `json:"allow_empty"`
	Parallelism    *InFlight `json:"parallelism"`
	MaxRPS         *float64  `json:"max_rps"`
	Timeout        *string   `json:"timeout"` // such as 10m
	RequestTimeout *string   `json:"request_timeout"`
	Notify         []string  `json:"notify"` // URLs, which variables may hold

	Production *bool `json:"production"` // who writes is asked for the name of the target; no flag says so
	Wave       *int  `json:"wave"`       // of an apply to many; nil comes after all that have one

	Vars map[string]string `json:"vars"` // variables of desired-state files
}

// InFlight is a number or auto, as the flag has it.
type InFlight string

// UnmarshalJSON reads either.
func (f *InFlight) UnmarshalJSON(data []byte) error {
	*f = InFlight(strings.Trim(string(data), `"`))
	return nil
}

// whole is what a config file may look like.
var whole = shape.OfMap("A config file.", shape.May("defaults", targetShape()), shape.May("targets", shape.OfEach("Targets by their names.", targetShape())))

// targetShape is what a target may say, and what defaults may.
func targetShape() *shape.Shape {
	text := shape.OfText("", shape.Length(1, 0))
	of := map[reflect.Type]*shape.Shape{
		reflect.TypeFor[*string](): text, reflect.TypeFor[[]string](): shape.OfList("", text), reflect.TypeFor[*bool](): shape.OfFlag(""),
		reflect.TypeFor[*InFlight](): shape.OfEither("", shape.OfWhole(""), shape.OfText("", shape.OneOf("auto"))),
		reflect.TypeFor[*int]():      shape.OfWhole(""), reflect.TypeFor[*float64](): shape.OfNumber(""),
		reflect.TypeFor[map[string]string](): shape.OfEach("", shape.OfText("")),
	}
	var fields []shape.Field
	for f := range reflect.TypeFor[Target]().Fields() {
		fields = append(fields, shape.May(f.Tag.Get("json"), of[f.Type]))
	}
	return shape.OfMap("A target.", fields...).OrNull()
}

// Wrong tells that the value of a key of a target is wrong, which the target says or the defaults.
func (f *File) Wrong(target, key, problem string) error {
	at := jsonptr.Join("targets", target, key)
	if d := &f.documents[0]; !d.Has(at) && d.Has(jsonptr.Join("defaults", key)) {
		at = jsonptr.Join("defaults", key)
	}
	return &Wrong{[]spec.Finding{f.documents[0].Finding(at, problem, "")}}
}

// Place is the line that says the value of a key for a target, for people.
func (f *File) Place(target, key string) string {
	wrong, _ := errors.AsType[*Wrong](f.Wrong(target, key, ""))
	at := wrong.Findings[0].Source
	return fmt.Sprintf("%s:%d: %s", at.File, at.Line, key)
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

// Wrong is what a config file gets wrong.
type Wrong struct{ Findings []spec.Finding }

func (w *Wrong) Error() string {
	lines := make([]string, len(w.Findings))
	for i, f := range w.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "; ")
}

// Read reads the config file at path. All that is wrong in it is one error, a *Wrong.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the user's own file, named by the user
	if err != nil {
		return nil, fmt.Errorf("config file: %w", err)
	}
	return parse(path, text)
}

func parse(path string, text []byte) (*File, error) {
	documents, findings := spec.ReadChecked(spec.Input{Name: filepath.ToSlash(path), Data: text}, whole, nil)
	if len(documents) > 1 {
		findings = append(findings, documents[1].Finding("", "is a second document; a config file is one", "bring all targets under one targets"))
	}
	if len(findings) > 0 {
		return nil, &Wrong{findings}
	}
	f := &File{Path: path, Targets: map[string]*Target{}, documents: documents}
	for _, d := range documents {
		raw, err := json.Marshal(d.Value)
		if err == nil {
			err = json.Unmarshal(raw, f)
		}
		if err != nil {
			return nil, fmt.Errorf("config file %s: %w", path, err)
		}
		f.Order = d.Keys("/targets")
	}
	if f.Defaults == nil {
		f.Defaults = &Target{}
	}
	for name, t := range f.Targets {
		if t == nil { // nothing is said about it
			f.Targets[name] = &Target{}
		}
	}
	return f, nil
}

// Target returns the target of that name with what the defaults add, its paths made relative to where the program runs.
func (f *File) Target(name string) (*Target, error) {
	t := f.Targets[name]
	if t == nil {
		names := slices.Sorted(maps.Keys(f.Targets))
		if len(names) == 0 {
			return nil, fmt.Errorf("target %s: %s has no targets", name, f.Path)
		}
		return nil, fmt.Errorf("target %s is not in %s; %s", name, f.Path, spec.Meant(name, names, "it has "+strings.Join(names, ", ")))
	}
	out, folder := t.over(f.Defaults), filepath.Dir(f.Path)
	out.File, out.Overlay = below(folder, out.File), below(folder, out.Overlay)
	if out.Against != nil {
		out.Against = &below(folder, []string{*out.Against})[0]
	}
	if out.Endpoint != nil {
		if path, ok := strings.CutPrefix(*out.Endpoint, "emulator:"); ok && path != "" {
			endpoint := "emulator:" + below(folder, []string{path})[0]
			out.Endpoint = &endpoint
		}
	}
	return &out, nil
}

// over is the target with what defaults say that it leaves out: variables one by one, all else as a whole. What says
// the same in another way counts as said.
func (t *Target) over(defaults *Target) Target {
	out := *t
	mine, theirs := reflect.ValueOf(&out).Elem(), reflect.ValueOf(defaults).Elem()
	for i := range mine.NumField() {
		if mine.Field(i).IsNil() {
			mine.Field(i).Set(theirs.Field(i))
		}
	}
	out.Vars = maps.Clone(defaults.Vars)
	if out.Vars == nil {
		out.Vars = map[string]string{}
	}
	maps.Copy(out.Vars, t.Vars)
	if t.Against == nil && t.Endpoint != nil {
		out.Against = nil
	}
	if t.Endpoint == nil && t.Against != nil {
		out.Endpoint = nil
	}
	return out
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

// plural is the one key whose flag is called otherwise.
const plural, singular = "only_environments", "only-environment"

// FlagOf is the flag that a key of a target sets.
func FlagOf(key string) string {
	if key == plural {
		return singular
	}
	return strings.ReplaceAll(key, "_", "-")
}

// KeyOf is the key of a target that sets a flag.
func KeyOf(flag string) string {
	if flag == singular {
		return plural
	}
	return strings.ReplaceAll(flag, "-", "_")
}

// Flags returns what the target says about flags, by their names, each value in the form of a command
// line. A flag that it says nothing about is missing; a list that it leaves empty has no values.
func (t *Target) Flags() map[string][]string {
	out := map[string][]string{}
	v := reflect.ValueOf(*t)
	for field, x := range v.Fields() {
		name := FlagOf(field.Tag.Get("json"))
		switch list, ok := reflect.TypeAssert[[]string](x); {
		case x.IsNil(), x.Kind() == reflect.Map: // nothing is said, or variables, which no flag has
		case ok:
			out[name] = list
		default:
			out[name] = []string{fmt.Sprint(x.Elem())}
		}
	}
	return out
}
