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

// Name is the name of config files.
const Name = ".apigw-sync.yaml"

// File is a config file.
type File struct {
	Path     string             `json:"-"` // as it was found
	Defaults *Target            `json:"defaults"`
	Targets  map[string]*Target `json:"targets"` // as written, without the defaults
	Order    []string           `json:"-"`       // names of targets as the file has them

	documents []spec.Checked // one, or none of an empty file
}

// Target holds defaults for flags, under the names of the flags, and variables. A key that is left out does not set its
// flag.
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

	Production *bool `json:"production"` // before writing, ask for the name of the target; no flag has this name
	Wave       *int  `json:"wave"`       // order of an apply to many targets; nil comes after all numbered waves

	Vars map[string]string `json:"vars"` // variables of desired-state files
}

// InFlight is a number or auto, like the value of the flag.
type InFlight string

// UnmarshalJSON reads either.
func (f *InFlight) UnmarshalJSON(data []byte) error {
	*f = InFlight(strings.Trim(string(data), `"`))
	return nil
}

// whole is what a config file may look like.
var whole = shape.OfMap("A config file.", shape.Optional("defaults", targetShape()), shape.Optional("targets", shape.OfEach("Targets by their names.", targetShape())))

// targetShape is what a target may say, and what defaults may.
func targetShape() *shape.Shape {
	text := shape.OfText("", shape.Length(1, 0))
	of := map[reflect.Type]*shape.Shape{
		reflect.TypeFor[*string](): text, reflect.TypeFor[[]string](): shape.OfList("", text), reflect.TypeFor[*bool](): shape.OfBool(""),
		reflect.TypeFor[*InFlight](): shape.OfEither("", shape.OfInteger(""), shape.OfText("", shape.OneOf("auto"))),
		reflect.TypeFor[*int]():      shape.OfInteger(""), reflect.TypeFor[*float64](): shape.OfNumber(""),
		reflect.TypeFor[map[string]string](): shape.OfEach("", shape.OfText("")),
	}
	var fields []shape.Field
	for f := range reflect.TypeFor[Target]().Fields() {
		fields = append(fields, shape.Optional(f.Tag.Get("json"), of[f.Type]))
	}
	return shape.OfMap("A target.", fields...).OrNull()
}

// Wrong is the error of a wrong value of a target's key, at the line of the target or of the defaults that sets it.
func (f *File) Wrong(target, key, problem string) error {
	at := jsonptr.Join("targets", target, key)
	if d := &f.documents[0]; !d.Has(at) && d.Has(jsonptr.Join("defaults", key)) {
		at = jsonptr.Join("defaults", key)
	}
	return &Wrong{[]spec.Finding{f.documents[0].Finding(at, problem, "")}}
}

// Place names, for messages, the line that sets a key of a target.
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

// Wrong is the error of an invalid config file.
type Wrong struct{ Findings []spec.Finding }

func (w *Wrong) Error() string {
	lines := make([]string, len(w.Findings))
	for i, f := range w.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "; ")
}

// Read reads the config file at path. All its mistakes are one error, a *Wrong.
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
		findings = append(findings, documents[1].Finding("", "is a second document; a config file must have only one", "put all targets into the first document"))
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
		if t == nil { // the file has the name of the target, and no keys for it
			f.Targets[name] = &Target{}
		}
	}
	return f, nil
}

// Target returns a target with the defaults added, and with its paths relative to the working folder.
func (f *File) Target(name string) (*Target, error) {
	t := f.Targets[name]
	if t == nil {
		names := slices.Sorted(maps.Keys(f.Targets))
		if len(names) == 0 {
			return nil, fmt.Errorf("target %s: %s has no targets", name, f.Path)
		}
		return nil, fmt.Errorf("target %s is not in %s; %s", name, f.Path, spec.DidYouMean(name, names, "it has "+strings.Join(names, ", ")))
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

// over is the target with the defaults for the keys that it leaves out. Variables are merged one by one; all other keys are
// replaced as a whole. A target that sets endpoint or against does not get the default of the other one.
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

// plural is the only key whose flag has a different name.
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

// Flags returns the flags that the target sets, by name, with their values as on a command line. Flags that it does not set
// are missing; an empty list has no values.
func (t *Target) Flags() map[string][]string {
	out := map[string][]string{}
	v := reflect.ValueOf(*t)
	for field, x := range v.Fields() {
		name := FlagOf(field.Tag.Get("json"))
		switch list, ok := reflect.TypeAssert[[]string](x); {
		case x.IsNil(), x.Kind() == reflect.Map: // not set, or variables, which are not flags
		case ok:
			out[name] = list
		default:
			out[name] = []string{fmt.Sprint(x.Elem())}
		}
	}
	return out
}
